"""The program in a package of Debian: its version's folder is taken out of it, and no script of it is run."""

from __future__ import annotations

import io
import lzma
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

import zstandard

from hmi.core.errors import HmiError

MAGIC: Final = b"!<arch>\n"
_HEAD: Final = 60  # bytes of a member's header
_MEMBERS: Final = 8  # a package has three
_PLACE: Final = re.compile(r"(?:\./)?opt/hmi-[a-z][a-z0-9_-]*/versions/[0-9.]+\+\d+/(?P<name>.+)", re.DOTALL)


class _Part(io.RawIOBase):
    """So many bytes of a file, from where it stands."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # of any kind of bytes
        data = self._file.read(min(len(view), self._left))
        view[: len(data)] = data
        self._left -= len(data)
        return len(data)


@contextmanager
def opened(file: IO[bytes]) -> Iterator[tarfile.TarFile]:
    """The files that a package brings, as a stream; raises HmiError where there are none in it."""
    name, size = _data(file)
    part = io.BufferedReader(_Part(file, size), 1 << 20)
    if name.endswith(".zst"):
        stream: IO[bytes] = zstandard.ZstdDecompressor().stream_reader(part)
    elif name.endswith(".xz"):
        stream = lzma.LZMAFile(part)  # noqa: SIM115 - whoever reads the tar closes it
    else:
        raise HmiError(f"It is packed as {name[:40]!r}, which is not ours: nothing was changed")
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        yield archive


def name_in_version(name: str) -> str:
    """What a file of a package is called in the folder of the version; "" it is not of the version."""
    found = _PLACE.fullmatch(name)
    return found["name"] if found else ""


def _data(file: IO[bytes]) -> tuple[str, int]:
    """Name and size of the part with the files, from where the file then is to be read."""
    if file.read(len(MAGIC)) == MAGIC:
        for _ in range(_MEMBERS):
            head = file.read(_HEAD)
            size = head[48:58].strip()
            if len(head) != _HEAD or not size.isdigit():
                break
            name = head[:16].decode("ascii", "replace").strip().rstrip("/")
            if name.startswith("data.tar"):
                return name, int(size)
            file.seek(int(size) + int(size) % 2, io.SEEK_CUR)
    raise HmiError("It is no package that can be read: nothing was changed. Fetch it again")
