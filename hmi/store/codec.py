"""Blocks of history as bytes: an hour of one tag in a few hundred of them, and every bit of it back again.

A blob is one byte that says what it is, one byte of version, and the CRC-32 of the rest, for SQLite does not look into
blobs. Whatever else a blob holds, decoding it gives what was encoded or raises Damaged.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.history import Samples
from hmi.store.codec_bytes import Cursor, Damaged, part, unzipped, written, zipped
from hmi.store.codec_columns import narrowed, pack, unpack_integers, unpack_narrow
from hmi.store.codec_dense import Column
from hmi.store.codec_times import Line, line_of, pack_times, unpack_times
from hmi.store.codec_values import Way, pack_values, unpack_column, unpack_values

__all__ = [
    "Damaged",
    "Parts",
    "constant",
    "decode",
    "decode_times",
    "drawn",
    "encode",
    "encode_times",
    "line_in",
    "lined",
    "parts_of",
]

Times = NDArray[np.int64]
Drawn = tuple[Way, Column, NDArray[np.uint32] | None, NDArray[np.uint32] | None]

_SAMPLES, _TIMES = 1, 2
_VERSION: Final = 1
_HEAD: Final = struct.Struct("<BBI")
_RAW, _QUALITY, _FLAGS, _SUSPECT, _TEXTS = 1, 2, 4, 8, 16  # which columns follow the number of samples
_RAW_WHOLE: Final = 32  # raw is the value without its fraction
_REACH: Final = 2.0**63  # of int64
_MINUS_ZERO: Final = -(2**63)  # its bits
_NO_RAW: Final = np.zeros(8192, np.int64)
_NO_RAW.flags.writeable = False


def encode_times(at: Times) -> bytes:
    """The times of a block, ns UTC; tags with equal times may share them."""
    return _sealed(_TIMES, written(len(at)) + (pack_times(at) if len(at) else b""))


def decode_times(blob: bytes, n: int) -> Times:
    """The `n` times again; raises Damaged."""
    cursor = _opened(blob, _TIMES, n)
    return unpack_times(cursor.rest(), n) if n else np.empty(0, np.int64)


def line_in(blob: bytes, n: int) -> Line:
    """What they say before their numbers are unpacked; raises Damaged."""
    return line_of(_opened(blob, _TIMES, n).rest())


def lined(blob: bytes, n: int) -> tuple[Line, Column]:
    """How the `n` times are told, and their numbers: `hmi.store.codec_times.lay` makes them; raises Damaged."""
    line = line_in(blob, n)
    return line, unpack_narrow(line.numbers, n)


class Parts(NamedTuple):
    """A block's columns as they are packed; None: all zeros, or no such thing."""

    raw: bytes | None
    quality: bytes | None
    flags: bytes | None
    suspect: bytes | None
    texts: bytes | None
    is_raw_whole: bool  # raw is the value without its fraction
    value: bytes


def parts_of(blob: bytes, n: int) -> Parts:
    """The columns of a block of `n` samples; raises Damaged."""
    cursor = _opened(blob, _SAMPLES, n)
    if not n:
        raise Damaged("a block holds no samples: such a one is never written")
    columns = cursor.byte()
    if not columns:  # of nearly all
        return Parts(None, None, None, None, None, is_raw_whole=False, value=cursor.rest())
    there = (_RAW, _QUALITY, _FLAGS, _SUSPECT, _TEXTS)
    raw, quality, flags, suspect, texts = (cursor.part() if columns & bit else None for bit in there)
    return Parts(raw, quality, flags, suspect, texts, bool(columns & _RAW_WHOLE), cursor.rest())


def encode(samples: Samples, scale: float = 1.0, offset: float = 0.0) -> bytes | None:
    """All of a block but its times; None where `constant` says all: one value, good, no flags, raw 0.

    `scale` and `offset` are the tag's, engineering value = raw x scale + offset: a hint, the blob is read without them.
    Of receipt, only that of samples whose source time cannot be right is kept (it is their place in the block).
    """
    value = np.ascontiguousarray(samples.value, np.float64)
    raw, texts = _texts_used(samples)
    columns, beside = _beside_values(samples, texts)
    told = bool(np.count_nonzero(raw))
    if not columns and not told and _is_constant(value):
        return None
    if told:
        if _is_whole(raw, value):
            columns, raw = columns | _RAW_WHOLE, np.zeros_like(raw)
        else:
            columns, beside = columns | _RAW, part(pack(narrowed(raw))) + beside
    head = written(len(samples)) + bytes([columns])
    return _sealed(_SAMPLES, head + beside + pack_values(value, raw, scale, offset))


def decode(blob: bytes, at: Times, tag: str) -> Samples:
    """A block again, beside its times; the samples share `at`, which must not be written to. Raises Damaged."""
    n = len(at)
    parts = parts_of(blob, n)
    none = np.zeros(n, np.int64)
    raw, quality, some = (none if part is None else unpack_integers(part, n) for part in parts[:3])
    flags = some.astype(np.uint32)
    time = at if parts.suspect is None else _with_suspect(at, flags, parts.suspect)
    texts = () if parts.texts is None else _unpacked_texts(parts.texts)
    value = unpack_values(parts.value, raw)
    if parts.is_raw_whole:
        raw = whole_of(value)
    if parts.flags is not None:
        _check_texts(raw, flags, texts)
    return Samples(tag, time, at, value, raw, quality.astype(np.uint32), flags, texts)


def drawn(blob: bytes, n: int) -> Drawn:
    """How the values of a block of `n` samples are told, and where there are any, qualities and flags; Damaged."""
    parts = parts_of(blob, n)
    way, column = unpack_column(parts.value, _no_raw(n) if parts.raw is None else unpack_integers(parts.raw, n))
    beside = (parts.quality, parts.flags)
    quality, flags = (None if part is None else unpack_integers(part, n).astype(np.uint32) for part in beside)
    return way, column, quality, flags


def _no_raw(n: int) -> NDArray[np.int64]:
    return _NO_RAW[:n] if n <= len(_NO_RAW) else np.zeros(n, np.int64)


def constant(tag: str, at: Times, value: float) -> Samples:
    """A block that `encode` had nothing to say about: the same good value at all times."""
    n = len(at)
    none = np.zeros(n, np.uint32)
    return Samples(tag, at, at, np.full(n, value, np.float64), np.zeros(n, np.int64), none, none)


def _beside_values(samples: Samples, texts: list[str]) -> tuple[int, bytes]:
    """Which columns there are beside value and raw, and these."""
    columns, parts = 0, []
    if np.count_nonzero(samples.quality):  # faster than any()
        columns, parts = _QUALITY, [pack(narrowed(samples.quality.astype(np.int64)))]
    if np.count_nonzero(samples.flags):
        columns |= _FLAGS
        parts.append(pack(narrowed(samples.flags.astype(np.int64))))
        suspect = (samples.flags & FLAG_TIME_SUSPECT) != 0
        if suspect.any():
            columns |= _SUSPECT
            parts.append(pack_times(samples.time[suspect]))
    if texts:
        columns |= _TEXTS
        parts.append(_packed_texts(texts))
    return columns, b"".join(map(part, parts))


def _is_constant(value: NDArray[np.float64]) -> bool:
    """NaN and minus zero are none: a column of a table keeps neither."""
    bits = value.view(np.int64)
    if not len(bits):
        return True
    first = bits[0]
    likely = first == bits[-1] and first == bits[len(bits) // 2] and first != _MINUS_ZERO and value[0] == value[0]
    return bool(likely and (bits == first).all())


def _is_whole(raw: NDArray[np.int64], value: NDArray[np.float64]) -> bool:
    """Whether raw says less than the value does. Where it says all that the value does, the value is told from it."""
    return not bool((raw == value).all()) and bool((raw == whole_of(value)).all())


def whole_of(value: NDArray[np.float64]) -> NDArray[np.int64]:
    """Values without their fractions; 0 where that is no int64."""
    return np.where(np.abs(value) < _REACH, value, 0.0).astype(np.int64)


def _with_suspect(at: Times, flags: NDArray[np.uint32], packed: bytes) -> Times:
    suspect = (flags & FLAG_TIME_SUSPECT) != 0
    time = at.copy()
    count = int(np.count_nonzero(suspect))
    if not count:
        raise Damaged("a block keeps source times and has no sample that they belong to")
    time[suspect] = unpack_times(packed, count)
    return time


# ------------------------------------------------------------------------------------------------------ texts


def _texts_used(samples: Samples) -> tuple[NDArray[np.int64], list[str]]:
    """The raw column with its texts numbered anew: only those that some row shows, each once."""
    raw = np.ascontiguousarray(samples.raw, np.int64)
    if not np.count_nonzero(samples.flags):
        return raw, []
    is_text = (samples.flags & FLAG_TEXT) != 0
    if not is_text.any():
        return raw, []
    old, place = np.unique(raw[is_text], return_inverse=True)
    if old[0] < 0 or old[-1] >= len(samples.texts):
        raise ValueError("samples name a text that is not there")
    numbers: dict[str, int] = {}
    new = [numbers.setdefault(samples.texts[text], len(numbers)) for text in old.tolist()]
    raw = raw.copy()
    raw[is_text] = np.array(new)[place]
    return raw, list(numbers)


def _packed_texts(texts: list[str]) -> bytes:
    body = b"".join(part(text.encode("utf-8", "surrogatepass")) for text in texts)
    return written(len(texts)) + written(len(body)) + zipped(body)


def _unpacked_texts(packed: bytes) -> tuple[str, ...]:
    cursor = Cursor(packed)
    count, size = cursor.number(), cursor.number()
    if count > size:
        raise Damaged("a block has more texts than fit into it")
    body = Cursor(unzipped(cursor.rest(), size))
    texts = [body.part() for _ in range(count)]
    body.end()
    try:
        return tuple(text.decode("utf-8", "surrogatepass") for text in texts)
    except UnicodeDecodeError:
        raise Damaged("a text of the block cannot be read") from None


def _check_texts(raw: NDArray[np.int64], flags: NDArray[np.uint32], texts: tuple[str, ...]) -> None:
    shown = raw[(flags & FLAG_TEXT) != 0]
    if len(shown) and (shown.min() < 0 or shown.max() >= len(texts)):
        raise Damaged("a block names a text that is not in it")


# ------------------------------------------------------------------------------------------------ the envelope


def _sealed(kind: int, body: bytes) -> bytes:
    return _HEAD.pack(kind, _VERSION, zlib.crc32(body)) + body


def _opened(blob: bytes, kind: int, n: int) -> Cursor:
    """The body of a blob of `n` samples or times, behind their number."""
    if len(blob) < _HEAD.size:
        raise Damaged("a block is shorter than its own head")
    found, version, crc = _HEAD.unpack_from(blob)
    if found != kind or version != _VERSION:
        raise Damaged(f"a block is of a kind ({found}, version {version}) that cannot be read here")
    if zlib.crc32(memoryview(blob)[_HEAD.size :]) != crc:
        raise Damaged("a block has changed since it was written: its checksum is wrong")
    cursor = Cursor(blob, _HEAD.size)
    if (count := cursor.number()) != n:
        raise Damaged(f"a block holds {count} samples where {n} belong")
    return cursor
