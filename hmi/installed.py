"""Where this program is installed: from source or frozen, which plant came with it, and whether it is as it was made.

An installation is a folder ROOT with `versions/0.1.0+3/{app/hmi,plant/,MANIFEST.json}`, a link `current` to the one
that runs, and `place.json`, which says where its data and the station's settings lie. Nothing here needs a plant.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from hmi.core.errors import HmiError

MANIFEST: Final = "MANIFEST.json"
_BESIDE: Final = frozenset((MANIFEST, f"{MANIFEST}.minisig"))  # all other files of a version are in the manifest
_FORMAT: Final = 1
_PLANT: Final = "plant/"
_TOLD: Final = 3  # files named in one line
Seen = dict[str, tuple[int, ...]]  # file -> size, times of change, place on the disk, when its hash was last right


class PlantOfBundle(msgspec.Struct, frozen=True):
    """The plant that an installer carries."""

    id: str
    name: str
    version: int


class Manifest(msgspec.Struct, frozen=True):
    """What an installation consists of: MANIFEST.json."""

    format: int
    program: str  # version of the program
    plant: PlantOfBundle
    platform: str  # linux-x86_64
    made: str  # ISO 8601
    files: dict[str, str]  # path below the version's folder -> sha256

    @property
    def version(self) -> str:
        """Of program and plant together, as the folder of the version is called: 0.1.0+3."""
        return f"{self.program}+{self.plant.version}"


class Place(msgspec.Struct, frozen=True):
    """What belongs to an installation and outlives its versions: place.json."""

    data: str
    site: str  # file with the station's settings
    backups: str = ""
    service: str = ""  # the system's service that runs the engine


class _Memory(msgspec.Struct):
    manifest: str
    seen: Seen


def frozen() -> bool:
    """Whether this is the packaged program and not the source; asked nowhere else."""
    return bool(getattr(sys, "frozen", False))


def program() -> list[str]:
    """What begins a command line that runs this same program."""
    return [sys.executable] if frozen() else [sys.executable, "-m", "hmi"]


def version_folder() -> Path | None:
    """The folder of the version that this process runs from; None from source or where no plant was put in."""
    if not frozen():
        return None
    folder = Path(sys.executable).resolve().parent.parent
    return folder if (folder / MANIFEST).is_file() else None


def root() -> Path | None:
    """The installation's own folder, in which the versions are."""
    folder = version_folder()
    return folder.parent.parent if folder is not None and folder.parent.name == "versions" else None


def plant_folder() -> Path | None:
    """The plant that came with this installation, by the link `current`: what an update switches shows at once."""
    folder = version_folder()
    if folder is None:
        return None
    current = folder.parent.parent / "current"
    return (current if current.is_symlink() and current.resolve() == folder else folder) / "plant"


def place() -> Place | None:
    """Where the data and settings of this installation are; None where nobody has said so."""
    folder = root()
    if folder is None or not (folder / "place.json").is_file():
        return None
    try:
        return msgspec.json.decode((folder / "place.json").read_bytes(), type=Place)
    except (OSError, ValueError, RecursionError) as error:
        raise HmiError(f"{folder / 'place.json'} cannot be read ({error}): install the program again") from None


def manifest(folder: Path | None = None) -> Manifest | None:
    """The manifest of a version's folder, else of the one that runs; raises HmiError when it cannot be used."""
    folder = folder or version_folder()
    if folder is None:
        return None
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, ValueError, RecursionError) as error:
        text = f"{folder / MANIFEST} cannot be used ({error}): nothing here can be trusted. Install the program again"
        raise HmiError(text) from None
    if found.format != _FORMAT:
        raise HmiError(f"{folder / MANIFEST} is of format {found.format}; this program reads {_FORMAT}: update it")
    return found


def verify(folder: Path | None = None, memory: Path | None = None, plant: bool = True) -> list[str]:
    """The files that differ from the manifest, each with what is wrong; [] where all is as it was made, or from source.

    With a `memory` file, files of the program that have the size, times and place that they had when their hash
    was last right are not read again: 0.02 s instead of 1. The plant's own files are always read, or left out (`plant`
    False) where their own signature was judged, under which they may have been renewed since.
    """
    folder = folder or version_folder()
    found = manifest(folder)
    if folder is None or found is None:
        return []
    before = _remembered(memory, folder)
    seen: Seen = {}
    files = found.files
    wrong = [text for name in files if (text := _wrong(folder, name, files, before, seen))]
    wrong += [f"{name} is not in the manifest" for name in sorted(_present(folder) - files.keys() - _BESIDE)]
    wrong = [text for text in wrong if plant or not text.startswith(_PLANT)]
    if memory is not None and seen != before:
        _remember(memory, folder, seen)
    return wrong


def must_be_whole(memory: Path | None = None, plant: bool = True) -> None:
    """Raise HmiError, naming the files, when the installation is not as it was made."""
    if wrong := verify(memory=memory, plant=plant):
        more = f" and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise HmiError(
            f"The installation in {version_folder()} is not as it was made: {'; '.join(wrong[:_TOLD])}{more}. "
            "Nothing was started. Install it again, or go back to the version before; hmi about --verify lists all"
        )


def _wrong(folder: Path, name: str, files: Mapping[str, str], before: Seen, seen: Seen) -> str:
    """What is wrong with one file; "" nothing, and then it is noted as seen."""
    path = folder / name
    try:
        if path.is_symlink():  # right when it leads to a file of the installation that has to be the same
            target = os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/")
            return "" if files.get(target) == files[name] else f"{name} leads elsewhere"
        info = path.stat()
        stamp = (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
        if before.get(name) != stamp or name.startswith(_PLANT):
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != files[name]:
                    return f"{name} was changed"
    except FileNotFoundError:
        return f"{name} is missing"
    except OSError as error:
        return f"{name} cannot be read ({error.strerror})"
    seen[name] = stamp
    return ""


def _present(folder: Path) -> set[str]:
    return {os.path.relpath(path, folder).replace(os.sep, "/") for path in _files(os.fspath(folder))}


def _files(folder: str) -> Iterator[str]:
    """All files below a folder; a linked folder counts as one, for what is behind it is named by its own path."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield entry.path


def _remembered(memory: Path | None, folder: Path) -> Seen:
    if memory is not None:
        with suppress(OSError, ValueError, RecursionError):
            found = msgspec.json.decode(memory.read_bytes(), type=_Memory)
            if found.manifest == _digest_of_manifest(folder):
                return found.seen
    return {}


def _remember(memory: Path, folder: Path, seen: Seen) -> None:
    draft = memory.with_name(f"{memory.name}.{os.getpid()}")
    with suppress(OSError):  # a full disk costs the next start a second
        memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_bytes(msgspec.json.encode(_Memory(_digest_of_manifest(folder), seen)))
        draft.replace(memory)


def _digest_of_manifest(folder: Path) -> str:
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def document(found: Manifest) -> dict[str, Any]:
    """A manifest without its list of files, for a listing."""
    plant = {"id": found.plant.id, "name": found.plant.name, "version": found.plant.version}
    return {"program": found.program, "plant": plant, "platform": found.platform, "made": found.made}
