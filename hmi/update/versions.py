"""The versions of an installation: side by side in ROOT/versions, and two links that say which one runs.

`current` always leads to a version that is whole and has been tried at this station; `previous` to the one before.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from hmi.core.errors import HmiError
from hmi.installed import Manifest, Place, manifest
from hmi.plantfiles.bundle_install import switch

PARTIAL: Final = ".partial"
PROGRAM: Final = "app/hmi"
_VERSION: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6}){0,3})\+(\d{1,10})")


class Version(NamedTuple):
    """Of program and plant together; the program's counts first."""

    program: tuple[int, ...]
    plant: int

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.program))}+{self.plant}"


def version_of(text: str) -> Version | None:
    """0.1.0+3 as a version; None for anything else."""
    found = _VERSION.fullmatch(text)
    return Version(tuple(map(int, found[1].split("."))), int(found[2])) if found else None


class Installation:
    """One installation on this computer: ROOT with its versions."""

    def __init__(self, root: Path) -> None:
        """Raises HmiError where nothing is installed."""
        self.root = Path(os.path.abspath(root))  # noqa: PTH100 - links on the way to it are the owner's affair
        self.versions = self.root / "versions"
        if not (self.root / "current").is_symlink() or not self.versions.is_dir():
            raise HmiError(
                f"{root} is no installation: it has no versions and no link `current`. Say which with --root"
            )
        found = manifest(self.current)
        assert found is not None
        self.manifest: Manifest = found

    @property
    def current(self) -> Path:
        """The folder of the version that is in use."""
        return self._folder("current") or self.root / "current"

    @property
    def previous(self) -> Path | None:
        """The folder of the version before; None where there is none to go back to."""
        folder = self._folder("previous")
        return folder if folder is not None and folder.is_dir() and folder != self.current else None

    @property
    def version(self) -> Version:
        """The version in use."""
        return self.version_in(self.current)

    def version_in(self, folder: Path) -> Version:
        """The version in a folder, as its manifest says; raises HmiError."""
        made = manifest(folder)
        found = version_of(made.version) if made else None
        if found is None:
            raise HmiError(f"{folder} does not say which version it is: install the program again")
        return found

    def place(self) -> Place | None:
        """Where data and settings are, as the installer has written it down."""
        try:
            return msgspec.json.decode((self.root / "place.json").read_bytes(), type=Place)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise HmiError(f"{self.root / 'place.json'} cannot be read ({error}): install the program again") from None

    def folder(self, version: Version) -> Path:
        """Where a version is, or is to be."""
        return self.versions / str(version)

    def use(self, folder: Path) -> None:
        """Put a version into use: the one before is remembered first, so that a cut between leaves both."""
        before = self.current
        if before != folder:
            switch(self.root / "previous", Path("versions") / before.name)
        switch(self.root / "current", Path("versions") / folder.name)
        found = manifest(folder)
        assert found is not None
        self.manifest = found

    def take_back(self, folder: Path, before: Path | None) -> None:
        """Undo `use`: a version is in use again, and the one `before` it is again the way back from there."""
        self.use(folder)
        if before is None:
            (self.root / "previous").unlink(missing_ok=True)
        else:
            switch(self.root / "previous", Path("versions") / before.name)

    def forget(self, *keep: Path) -> None:
        """Take away versions that are neither in use nor the one before, nor run by anybody still."""
        kept = {self.current, self.previous, *keep, *self._run()}
        for path in self.versions.iterdir():
            if path not in kept and not path.name.startswith(".") and path.is_dir():
                remove(path)

    def clear(self) -> None:
        """Take away what an update that was cut short has left behind."""
        for path in self.versions.glob(f"*{PARTIAL}"):
            remove(path)
        for path in self.versions.glob(f".*{PARTIAL}"):
            remove(path)
        remove(self.root / "trial")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else changes the versions meanwhile; raises HmiError when somebody does."""
        import fcntl

        try:
            handle = os.open(self.root / "update.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            how = "do it as the user who installed it, or with sudo"
            raise HmiError(f"{self.root} cannot be written into ({error.strerror}): {how}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            what = "wait for that, or agree to what it prepared: hmi update --agree"
            raise HmiError(f"Somebody else is bringing {self.root} up to date just now: {what}") from None
        finally:
            os.close(handle)

    def _run(self) -> set[Path]:
        """The versions whose programs run now: a window left open, an engine whose plant was changed under it."""
        found = set()
        for entry in Path("/proc").glob("[0-9]*/exe"):
            with suppress(OSError):  # ended meanwhile, or another user's: only the owner changes the versions
                program = entry.readlink()
                if program.is_relative_to(self.versions):
                    found.add(self.versions / program.relative_to(self.versions).parts[0])
        return found

    def _folder(self, link: str) -> Path | None:
        path = self.root / link
        return self.versions / path.readlink().name if path.is_symlink() else None


def remove(path: Path) -> None:
    """Take a file or folder away, whatever is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
