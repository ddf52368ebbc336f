"""The folder that apt installs from, read without apt: what is in it, and whether a package of it is what was signed.

The signed list (Release) names the list of packages by its hash, and that one each package by its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from hmi.core.errors import HmiError
from hmi.plantfiles.signing import FOLDER, SignatureError

INDEX: Final = "Packages"
_RELEASE: Final = "Release"
_BIGGEST: Final = 8_000_000  # bytes of a list
_ARMOURED: Final = re.compile(
    r"-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?P<body>[A-Za-z0-9+/=\s]+?)(?:\r?\n=[^\r\n]{4})?"
    r"\r?\n-----END PGP PUBLIC KEY BLOCK-----"
)


class Listed(NamedTuple):
    """A package of the folder, as its list says."""

    package: str
    version: str
    path: Path
    sha256: str


def folder_of(package: Path) -> Path | None:
    """The apt folder that a package lies in; None where it lies by itself."""
    return next((above for above in package.absolute().parents[:3] if (above / INDEX).is_file()), None)


def listed(folder: Path, text: str | None = None) -> Iterator[Listed]:
    """What the list of a folder names; `text`: the list itself, once it was proven. Rows that are none are left out."""
    said = _read(folder / INDEX).decode("utf-8", "replace") if text is None else text
    for paragraph in re.split(r"\n\s*\n", said):
        row = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and not line[0].isspace())
        name = PurePosixPath(row.get("Filename", ""))
        if not name.name or name.is_absolute() or ".." in name.parts:
            continue
        yield Listed(row.get("Package", ""), row.get("Version", ""), folder / name, row.get("SHA256", ""))


def rings(places: Iterable[Path | None]) -> tuple[Path, ...]:
    """The keys of gpg that a station trusts for programs: files NAME.asc beside its other trusted keys."""
    folders = [place / FOLDER / sub for place in places if place is not None for sub in ("", "program")]
    return tuple(path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.asc")))


def prove(folder: Path, package: Path, sha256: str, trusted: Iterable[Path]) -> None:
    """Raise SignatureError unless a package with this hash is of the list that a trusted key has signed."""
    release = _read(folder / _RELEASE)
    _signed(release, _read(folder / f"{_RELEASE}.gpg"), tuple(trusted))
    index = _read(folder / INDEX)
    wanted = re.search(rf"^ ([0-9a-f]{{64}}) +(\d+) {INDEX}$", _hashes(release), re.MULTILINE)
    if wanted is None or hashlib.sha256(index).hexdigest() != wanted[1]:
        raise SignatureError(f"{folder / INDEX} is not what was signed: it was changed or damaged. Fetch it again")
    rows = listed(folder, index.decode("utf-8", "replace"))
    said = next((row.sha256 for row in rows if row.path.absolute() == package.absolute()), "")
    if said != sha256:
        why = "is not in the signed list" if not said else "is not what was signed: it was changed or damaged"
        raise SignatureError(f"{package.name} {why}. Fetch it again")


def _hashes(release: bytes) -> str:
    """The part of the signed list with the hashes that count."""
    return release.decode("utf-8", "replace").partition("\nSHA256:\n")[2]


def _signed(data: bytes, signature: bytes, trusted: tuple[Path, ...]) -> None:
    program = shutil.which("gpgv")
    if program is None:
        raise HmiError(f"gpgv is not installed, which proves {_RELEASE}: install it, or bring the package's .minisig")
    with tempfile.TemporaryDirectory(prefix="hmi-apt-") as room:
        words = []
        for number, path in enumerate(trusted):
            ring = Path(room) / f"{number}.gpg"
            ring.write_bytes(_bare(path))
            words += ["--keyring", str(ring)]
        for name, body in ((_RELEASE, data), (f"{_RELEASE}.gpg", signature)):
            (Path(room) / name).write_bytes(body)
        files = [str(Path(room) / f"{_RELEASE}.gpg"), str(Path(room) / _RELEASE)]
        done = subprocess.run(
            [program, "--homedir", room, *words, *files], capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        names = ", ".join(path.name for path in trusted)
        why = said[-1].removeprefix("gpgv: ") if said else f"gpgv ended with {done.returncode}"
        raise SignatureError(f"{_RELEASE} was not signed by a key that this station trusts ({names}): {why}")


def _bare(path: Path) -> bytes:
    """A key as gpgv wants it, which does not read the armoured form."""
    found = _ARMOURED.search(_read(path).decode("ascii", "replace"))
    try:
        if found is not None:
            return base64.b64decode("".join(found["body"].split()), validate=True)
    except binascii.Error:
        pass
    raise SignatureError(f"{path} is no public key of gpg: write it anew with gpg --armor --export")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_BIGGEST + 1)
    except FileNotFoundError:
        raise SignatureError(f"{path} is missing, so nothing in that folder is signed: lay it out again") from None
    except OSError as error:
        raise HmiError(f"{path} cannot be read ({error.strerror}): nothing was changed") from None
    if len(data) > _BIGGEST:
        raise SignatureError(f"{path} is larger than any list of packages: nothing was changed")
    return data
