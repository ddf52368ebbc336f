"""Archives that are the same bytes for the same content: tar, compressed, and Debian's package around two of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

import zstandard
from content import Entry

XZ = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 9}]  # most of it is programs
LEVEL = 12  # of zstd: two thirds of the time of 15, for 2 % more


def tar(target: BinaryIO, entries: Mapping[str, Entry], made: int, folders: bool = False) -> None:
    """Write a tar of root's files, all of one time; with every folder before what is in it, where that is wanted."""
    known = {"."}
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.GNU_FORMAT) as archive:
        for name, entry in sorted(entries.items()):
            for above in reversed(Path(name).parents if folders else ()):
                if above.as_posix() not in known:
                    known.add(above.as_posix())
                    archive.addfile(_info(f"./{above.as_posix()}", made, tarfile.DIRTYPE, 0o755))
            _add(archive, name, entry, made)


def _add(archive: tarfile.TarFile, name: str, entry: Entry, made: int) -> None:
    if entry.link:
        info = _info(name, made, tarfile.SYMTYPE, 0o777)
        info.linkname = entry.link
        archive.addfile(info)
        return
    info = _info(name, made, tarfile.REGTYPE, entry.mode)
    if entry.path is None:
        info.size = len(entry.data)
        archive.addfile(info, io.BytesIO(entry.data))
        return
    with entry.path.open("rb") as file:
        info.size = entry.path.stat().st_size
        archive.addfile(info, file)


def _info(name: str, made: int, kind: bytes, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = kind, mode, made
    info.uname = info.gname = "root"
    return info


def compressed_tar(target: Path, entries: Mapping[str, Entry], made: int, kind: str, folders: bool = False) -> None:
    """Write a tar packed by zst or xz; the file appears when it is whole."""
    with drafted(target) as out, _packer(out, kind) as packer:
        tar(packer, entries, made, folders)


@contextmanager
def drafted(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole, and is none when it is not."""
    draft = target.with_name(f"{target.name}.partial")
    try:
        with draft.open("wb") as out:
            yield out
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _packer(out: BinaryIO, kind: str) -> AbstractContextManager[BinaryIO]:
    if kind == "xz":
        return lzma.open(out, "wb", filters=XZ)
    # So many workers on every computer: with one alone it would write other bytes than with several.
    return zstandard.ZstdCompressor(level=LEVEL, threads=2).stream_writer(out, closefd=False)


def deb(target: Path, control: Mapping[str, Entry], data: Mapping[str, Entry], made: int, kind: str) -> None:
    """Write a package of Debian: its control files, and its files by their path from the root."""
    papers = {**control, "md5sums": Entry(_md5sums(data))}
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=made) as squeezed:
        tar(squeezed, {f"./{name}": one for name, one in papers.items()}, made)
    size = packed.tell()
    packed.seek(0)
    body = target.with_name(f"{target.name}.data")
    try:
        compressed_tar(body, {f"./{name}": one for name, one in data.items()}, made, kind, folders=True)
        with drafted(target) as out, body.open("rb") as heavy:
            out.write(b"!<arch>\n")
            _member(out, "debian-binary", io.BytesIO(b"2.0\n"), 4, made)
            _member(out, "control.tar.gz", packed, size, made)
            _member(out, f"data.tar.{kind}", heavy, body.stat().st_size, made)
    finally:
        body.unlink(missing_ok=True)


def _member(out: BinaryIO, name: str, content: BinaryIO, size: int, made: int) -> None:
    out.write(f"{name:<16}{made:<12}{0:<6}{0:<6}{'100644':<8}{size:<10}`\n".encode())
    shutil.copyfileobj(content, out)
    if size % 2:
        out.write(b"\n")


def _md5sums(data: Mapping[str, Entry]) -> bytes:
    """What `dpkg -V` compares; against mistakes and not against people, who have the manifest to get past."""
    rows = []
    for name, entry in sorted(data.items()):
        if not entry.link:
            rows.append(f"{hashlib.md5(entry.content(), usedforsecurity=False).hexdigest()}  {name}\n")
    return "".join(rows).encode()
