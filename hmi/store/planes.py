"""Numbers as bytes that pack well: the lowest bytes of all of them, then the next ones; and zstd around it.

The tags of a scan are the same second by second: what was made of them last is at hand, for each thread its own.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

_OWN: Final = threading.local()


def planes(column: NDArray[Any]) -> bytes:
    """A column so: equal bytes stand together, which is quickly packed."""
    return np.ascontiguousarray(column).view(np.uint8).reshape(-1, column.itemsize).T.tobytes()


def column_in(plain: bytes, kind: str, n: int, place: int) -> NDArray[Any]:
    """The other way: `n` numbers of a kind ("<f8") that begin at a place; ValueError when they are not all there."""
    width = np.dtype(kind).itemsize
    found = np.frombuffer(plain, np.uint8, n * width, place).reshape(width, n)
    return np.ascontiguousarray(found.T).view(kind).reshape(n)


def tag_planes(tag: NDArray[np.uint32]) -> bytes:
    """The steps from tag to tag, of a column that nobody changes."""
    known: tuple[NDArray[np.uint32], bytes] | None = getattr(_OWN, "packed", None)
    if known is None or known[0] is not tag:
        known = _OWN.packed = tag, planes(np.diff(tag, prepend=tag.dtype.type(0)))
    return known[1]


def tags_in(steps: bytes, n: int) -> NDArray[np.uint32]:
    """The tags again; seconds that have the same ones share a column."""
    known: tuple[bytes, NDArray[np.uint32]] | None = getattr(_OWN, "unpacked", None)
    if known is None or known[0] != steps or len(known[1]) != n:
        known = _OWN.unpacked = steps, np.cumsum(column_in(steps, "<u4", n, 0), dtype=np.uint32)
    return known[1]


def squeezed(plain: bytes) -> bytes:
    """Bytes by zstd; the packer is this thread's own: one that is made anew each second costs a tenth more."""
    packer: zstandard.ZstdCompressor | None = getattr(_OWN, "packer", None)
    if packer is None:
        packer = _OWN.packer = zstandard.ZstdCompressor(level=1)
    return packer.compress(plain)


def released(body: bytes, most: int) -> bytes:
    """The other way; at most so many bytes. Raises ZstdError."""
    unpacker: zstandard.ZstdDecompressor | None = getattr(_OWN, "unpacker", None)
    if unpacker is None:
        unpacker = _OWN.unpacker = zstandard.ZstdDecompressor()
    return unpacker.decompress(body, max_output_size=most)
