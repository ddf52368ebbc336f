"""A plant pack: one signed plant folder as one file of kilobytes, NAME.hmiplant, to be carried to stations.

What comes on a stick may have been made by an enemy: it is judged whole, in memory, before a byte of it is written.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.plantfiles.bundle import BIGGEST, FILE, SIGNATURE, Bundle, decoded, differences, encoded, read
from hmi.plantfiles.bundle_names import clash, wrong_name
from hmi.plantfiles.folder import MAX_BYTES, MAX_FILES
from hmi.plantfiles.signing import Keys, SignatureError, proven

ENDING: Final = ".hmiplant"
_BIGGEST_PACK: Final = 120_000_000  # bytes on the stick
_BIGGEST_FILE: Final = 20_000_000  # bytes of one file, unpacked
_BIGGEST_SIGNATURE: Final = 16_384
_RATIO: Final = 200  # unpacked to packed: text of plants comes to 10
_FREE: Final = 1_000_000  # bytes up to which the ratio says nothing
_SPARE: Final = 2  # the bundle's own two files
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


class Pack(NamedTuple):
    """What a pack holds, all of it as it was signed."""

    bundle: Bundle
    files: dict[str, bytes]  # the bundle's own two among them
    key: str  # the number of the key that signed; "" nobody was asked


def pack(folder: Path, out: Path) -> Bundle:
    """Pack a signed plant folder; the same folder always gives the same bytes. Raises HmiError."""
    bundle, data = read(folder)
    if wrong := differences(folder, bundle):
        raise HmiError(f"{folder} was changed after it was signed ({wrong[0]}): nothing was packed. Sign it again")
    if out.exists():
        raise HmiError(f"{out} is there already: choose another name, or move it away")
    names = [FILE, *([SIGNATURE] if (folder / SIGNATURE).exists() else []), *sorted(bundle.files)]
    try:
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as room:
            draft = Path(room) / "pack"
            with zipfile.ZipFile(draft, "w") as archive:
                for name in names:
                    body = data if name == FILE else (folder / name).read_bytes()
                    archive.writestr(_info(name), body, zipfile.ZIP_DEFLATED, 9)
            opened(draft, None)  # what no station would take is not given out
            os.link(draft, out) if os.name == "posix" else draft.rename(out)
    except OSError as error:
        raise HmiError(f"nothing was packed: {error.filename or out}: {error.strerror}") from None
    return bundle


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


def opened(path: Path, keys: Keys | None) -> Pack:
    """All of a pack, judged: signed by a trusted key, nothing in it but what was signed. Raises SignatureError.

    With `keys` None nobody's signature is asked for, as on a station that trusts no key; all else is asked.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > _BIGGEST_PACK:
                raise SignatureError(f"{path.name} has {size / 1e6:.0f} MB: that is no plant pack, nothing was written")
            with zipfile.ZipFile(file) as archive:
                return _judged(archive, path.name, keys)
    except OSError as error:
        raise SignatureError(f"{path} cannot be read: {error.strerror or error}") from None
    except _BROKEN as error:
        why = f"it is no plant pack, or was cut short ({error})"
        raise SignatureError(f"{path.name} is refused: {why}. Nothing was written") from None


def _judged(archive: zipfile.ZipFile, name: str, keys: Keys | None) -> Pack:
    entries = _entries(archive, name)
    data = _one(archive, entries, FILE, BIGGEST, name)
    key = ""
    if keys is not None:
        text = _one(archive, entries, SIGNATURE, _BIGGEST_SIGNATURE, name).decode("utf-8", "replace")
        key = proven(minisign.digest(data), text, keys, name).key_name
    bundle = decoded(data, f"{FILE} in {name}")
    if encoded(bundle) != data:
        raise _refused(name, f"{FILE} in it is not as this program writes it")
    if surplus := entries.keys() - bundle.files.keys() - {FILE, SIGNATURE}:
        raise _refused(name, f"{min(surplus)!r} in it was not signed")
    files = {FILE: data}
    if SIGNATURE in entries:
        files[SIGNATURE] = _one(archive, entries, SIGNATURE, _BIGGEST_SIGNATURE, name)
    for file, hashed in bundle.files.items():
        files[file] = _one(archive, entries, file, _BIGGEST_FILE, name)
        if hashlib.sha256(files[file]).hexdigest() != hashed:
            raise _refused(name, f"{file} in it was changed")
    return Pack(bundle, files, key)


def _entries(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """What the archive says it holds, judged before anything is unpacked."""
    infos = archive.infolist()
    if len(infos) > MAX_FILES + _SPARE:
        raise _refused(name, f"it holds {len(infos)} files, a plant at most {MAX_FILES}")
    for info in infos:
        why = wrong_name(info.orig_filename) or _wrong_entry(info)
        if why:
            raise _refused(name, f"{info.orig_filename[:100]!a} in it: {why}")
    if why := clash(info.filename for info in infos):
        raise _refused(name, f"{why} in it")
    whole = sum(info.file_size for info in infos)
    if whole > MAX_BYTES:
        raise _refused(name, f"unpacked it would have {whole / 1e6:.0f} MB, a plant at most {MAX_BYTES // 10**6}")
    return {info.filename: info for info in infos}


def _wrong_entry(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.filename != info.orig_filename or info.is_dir() or kind not in (0, stat.S_IFREG):
        return "it is no ordinary file but a link, folder or device"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.compress_type not in _METHODS:
        return "it is packed in a way that plant packs are not"
    if info.file_size > _BIGGEST_FILE:
        return f"it would have {info.file_size / 1e6:.0f} MB"
    if info.file_size > _FREE and info.file_size > _RATIO * max(1, info.compress_size):
        return "it would grow more than any plant file does: a bomb"
    return ""


def _one(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], file: str, most: int, name: str) -> bytes:
    """One file, unpacked, and never more of it than it says it has."""
    if file not in entries:
        raise _refused(name, f"{file} is missing in it: {'it is not signed' if file == SIGNATURE else 'no whole pack'}")
    info = entries[file]
    if info.file_size > most:
        raise _refused(name, f"{file} in it is too large")
    with archive.open(info) as packed:
        data = packed.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise _refused(name, f"{file} in it is not as long as it says")
    return data


def unpack(found: Pack, folder: Path) -> None:
    """Write a judged pack into a new folder, to outlast a power cut; whoever calls names it when it is whole."""
    folder.mkdir(mode=0o755, parents=True)
    for name, data in sorted(found.files.items()):
        path = folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for made in (folder, *folder.rglob("*/")):
        sync(made)


def sync(folder: Path) -> None:
    """See to it that names given in a folder outlast a power cut, where the system has a way to."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some file systems of sticks have no such call
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _refused(name: str, why: str) -> SignatureError:
    return SignatureError(f"{name} is refused: {why}. Nothing was written")
