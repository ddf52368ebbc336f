"""A signed program with its plant, from a stick into a folder of its own beside the version in use.

It is copied first and proven from the copy: a stick could give other bytes the second time.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

import zstandard

from hmi.core.errors import HmiError
from hmi.installed import Manifest, manifest, verify
from hmi.plantfiles.bundle_pack import sync
from hmi.plantfiles.signing import SUFFIX, Keys, SignatureError, proven, signature_text
from hmi.update import apt, debian
from hmi.update.extract import KINDS, extract
from hmi.update.versions import PARTIAL, Installation, Version, remove, version_of

_CHUNK: Final = 1 << 20
_MOST_FILES: Final = 50_000
_MOST_BYTES: Final = 3_000_000_000


class _Digests(NamedTuple):
    """Of the bytes that were copied, as either way of signing names them."""

    blake2b: bytes
    sha256: str


def unpacked(artefact: Path, installation: Installation, keys: Keys, rings: Sequence[Path] = ()) -> Path:
    """The folder of a version, whole and on the disk; raises HmiError, and then nothing of it is left.

    It is proven by the signature beside it, made with one of `keys`; a package without one in a folder that apt
    installs from, by the list of that folder and a key of gpg (`rings`).
    """
    copy = installation.versions / f".incoming{PARTIAL}"
    partial = installation.versions / f".unpacked{PARTIAL}"
    try:
        remove(copy)
        remove(partial)
        _prove(artefact, copy, keys, rings)
        _extract(copy, partial)
        return _put_in(partial, installation)
    except OSError as error:
        raise HmiError(f"Nothing was changed: {error.filename or artefact}: {error.strerror or error}") from None
    finally:
        remove(copy)
        remove(partial)


def _prove(artefact: Path, copy: Path, keys: Keys, rings: Sequence[Path]) -> None:
    folder = apt.folder_of(artefact) if rings else None
    has_signature = artefact.with_name(artefact.name + SUFFIX).exists()
    if folder is not None and not (keys and has_signature):
        apt.prove(folder, artefact, _copied(artefact, copy).sha256, rings)
        return
    signed = signature_text(artefact)
    proven(_copied(artefact, copy).blake2b, signed, keys, artefact.name)


def _copied(source: Path, copy: Path) -> _Digests:
    """Copy a file and give the digests of the bytes that were written."""
    digest, other = hashlib.blake2b(digest_size=64), hashlib.sha256()
    with source.open("rb") as file, copy.open("xb") as out:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            other.update(chunk)
            out.write(chunk)
    return _Digests(digest.digest(), other.hexdigest())


def _extract(copy: Path, folder: Path) -> None:
    """Unpack, nothing of it outside the folder. It is signed, but the signer's computer may have been another's."""
    folder.mkdir(mode=0o755)
    count = total = 0
    try:
        with _archive(copy) as (archive, name_of):
            for member in archive:
                count, total = count + 1, total + max(0, member.size)
                if count > _MOST_FILES or total > _MOST_BYTES or member.type not in KINDS:
                    raise SignatureError(f"{member.name[:100]!r} in it: it is no program. Nothing was changed")
                if name := name_of(member.name):
                    extract(archive, member, name, folder)
    except (tarfile.TarError, zstandard.ZstdError, lzma.LZMAError, EOFError) as error:
        raise SignatureError(f"It cannot be unpacked ({error}): nothing was changed. Fetch it again") from None
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            _synced(path)
        elif path.is_dir() and not path.is_symlink():
            sync(path)


@contextmanager
def _archive(path: Path) -> Iterator[tuple[tarfile.TarFile, Callable[[str], str]]]:
    """What it holds, and what each file is called in the folder of the version; "" it is none of that."""
    with path.open("rb") as file:
        begins = file.read(len(debian.MAGIC))
        file.seek(0)
        if begins == debian.MAGIC:
            with debian.opened(file) as archive:
                yield archive, debian.name_in_version
            return
        packed = begins.startswith(b"\x28\xb5\x2f\xfd")
        stream: IO[bytes] = zstandard.ZstdDecompressor().stream_reader(file) if packed else file
        with tarfile.open(fileobj=stream, mode="r|" if packed else "r|gz") as archive:
            yield archive, str


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_in(partial: Path, installation: Installation) -> Path:
    """Give an unpacked version its name, if it is one for here and every file of it is as its manifest says."""
    found = manifest(partial)
    assert found is not None
    version = fitting(found, installation)
    if wrong := verify(partial):
        raise SignatureError(f"It is not as its manifest says: {wrong[0]}. Nothing was changed")
    folder = installation.folder(version)
    if folder == installation.current:
        raise HmiError(f"{version} is in use already: nothing was changed")
    remove(folder)
    sync(partial)
    partial.rename(folder)
    sync(installation.versions)
    return folder


def fitting(found: Manifest, installation: Installation) -> Version:
    """The version of a manifest that is for this installation; raises HmiError."""
    own = installation.manifest
    if found.plant.id != own.plant.id:
        raise HmiError(f"This is for the plant {found.plant.id!r}, and here runs {own.plant.id!r}: nothing was changed")
    if found.platform != own.platform:
        raise HmiError(f"This is for {found.platform}, and this computer is {own.platform}: nothing was changed")
    version = version_of(found.version)
    if version is None:
        raise HmiError(f"Its version {found.version[:40]!r} is none: nothing was changed")
    return version


def refuse_older(new: Version, used: Version, downgrade: bool) -> None:
    """Raise HmiError for a version whose program or plant is older than the one in use."""
    if (new.program < used.program or new.plant < used.plant) and not downgrade:
        what = "program" if new.program < used.program else "plant"
        raise HmiError(f"The {what} of {new} is older than that of {used}, in use: nothing was changed (--downgrade)")
