"""The minutes of an hour of one tag in a few hundred bytes: what a trend of days is drawn from, and exactly.

Layout, little-endian: version u1, CRC-32 of the rest u4, kind u1 (a decimal exponent, or 16 for float32, 17 for
float64), widths u2 (three bits a column: nothing, 4, 8, 16, 32 or 64 bits), minutes that have samples u8 (a bit each),
base of counts u4, base of lows i8, base of their steps i8; then the columns count, low, high, first and last, a number
for each minute that has samples. Decimal numbers are integers: lows as steps from minute to minute, the others as
distances from their minute's low.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.store.codec_bytes import Damaged
from hmi.store.thin import Thin

HOUR_NS: Final = 3_600_000_000_000
MINUTE_NS: Final = 60_000_000_000

_VERSION: Final = 1
_HEAD: Final = np.dtype(
    [
        ("version", "u1"),
        ("crc", "<u4"),
        ("kind", "u1"),
        ("widths", "<u2"),
        ("minutes", "<u8"),
        ("count", "<u4"),
        ("low", "<i8"),
        ("step", "<i8"),
    ]
)
_CRC_FROM: Final = 5
_FLOAT32, _FLOAT64 = 16, 17
_WIDTHS: Final = (0, 4, 8, 16, 32, 64)  # bits, by width code
_BITS: Final = np.array([*_WIDTHS, 0, 0])
_FEWEST: Final = 240  # samples: reading fewer of them costs no more than reading their minutes
_WORTH: Final = 0.6  # bytes a sample, at most
_DECIMALS: Final = 10
_SLOTS: Final = np.arange(60)
_STARTS: Final = _SLOTS[1:] * MINUTE_NS

_Ints = NDArray[np.int64]


# ------------------------------------------------------------------------------------------------- packing


def pack(samples: Samples, at: _Ints | None = None) -> bytes | None:
    """The minutes of samples of one clock hour, in order; None where the samples themselves serve as well.

    That is: few of them, any that is not good, text, or minutes that would take more room than they spare work.
    """
    value = samples.value
    if len(value) < _FEWEST or samples.quality.any() or np.isnan(value).any():
        return None
    times = samples.at if at is None else at
    hour = int(times[0]) // HOUR_NS * HOUR_NS
    if times[-1] - hour >= HOUR_NS:
        return None
    found = np.concatenate([[0], np.searchsorted(times, hour + _STARTS), [len(times)]])
    count = np.diff(found)
    present = np.flatnonzero(count)
    heads, count = found[present], count[present]
    extremes = (np.minimum.reduceat(value, heads), np.maximum.reduceat(value, heads))
    body = _packed(count, np.stack([*extremes, value[heads], value[heads + count - 1]]), present)
    return body if len(body) <= len(value) * _WORTH else None


def _packed(count: _Ints, reals: NDArray[np.float64], present: _Ints) -> bytes:
    head = np.zeros(1, _HEAD)
    head["version"] = _VERSION
    head["minutes"] = np.bitwise_or.reduce(np.uint64(1) << present.astype(np.uint64))
    head["count"] = count.min()
    columns = [count - count.min(), *_integers(reals, head)]
    codes = [_code(column) for column in columns]
    head["widths"] = sum(code << 3 * place for place, code in enumerate(codes))
    rest = b"".join([head.tobytes()[_CRC_FROM:], *map(_column, columns, codes)])
    return bytes([_VERSION]) + zlib.crc32(rest).to_bytes(4, "little") + rest


def _integers(reals: NDArray[np.float64], head: NDArray[Any]) -> list[NDArray[Any]]:
    """Low, high, first and last as small integers where they are decimals, else as the bits that they are."""
    decimal = _decimal(reals)
    if decimal is not None:
        head["kind"], (low, *others) = decimal
        step = np.diff(low)
        head["low"], head["step"] = low[0], step.min() if len(step) else 0
        return [np.append(0, step - head["step"]), *(other - low for other in others)]
    with np.errstate(over="ignore"):
        narrow = reals.astype(np.float32)
    if np.array_equal(narrow, reals):
        head["kind"] = _FLOAT32
        return list(narrow.view(np.uint32).astype(np.uint64))
    head["kind"] = _FLOAT64
    return list(reals.view(np.uint64))


def _decimal(reals: NDArray[np.float64]) -> tuple[int, _Ints] | None:
    """The fewest decimals that give every one of these numbers back to the last bit; None when none do."""
    if np.abs(reals).max() > 2.0**50 or np.signbit(reals[reals == 0]).any():
        return None
    few = reals[:, 0]
    for decimals in range(_DECIMALS):
        scale = 10.0**decimals
        if (np.rint(few * scale) / scale != few).any():  # a minute's worth tells most of what it is not
            continue
        scaled = np.rint(reals * scale)
        if (scaled / scale == reals).all():
            return (decimals, scaled.astype(np.int64)) if np.abs(scaled).max() < 2.0**50 else None
    return None


def _code(column: NDArray[Any]) -> int:
    largest = int(column.max()).bit_length()
    return bisect_left(_WIDTHS, largest)


def _column(column: NDArray[Any], code: int) -> bytes:
    if code == 0:
        return b""
    if code > 1:
        return column.astype(f"<u{_BITS[code] // 8}").tobytes()
    halves = np.append(column, 0)[: (len(column) + 1) // 2 * 2].astype(np.uint8)
    return (halves[::2] | halves[1::2] << 4).tobytes()


# ------------------------------------------------------------------------------------------------ unpacking


def unpack(blobs: Sequence[bytes], hours_ns: _Ints) -> Thin:
    """All minutes of some hours, in order; raises Damaged, naming the first hour that is."""
    if not blobs:
        none = np.empty(0)
        return Thin(none.astype(np.int64), none.astype(np.int64), none, none, none, none, none.astype(np.uint32))
    head, starts = _heads(blobs, hours_ns)
    bits = np.unpackbits(head["minutes"].astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    present = bits[:, :60].astype(bool)
    minutes = present.sum(axis=1)
    kept: Any = minutes[:, None] > _SLOTS if minutes.min() < 60 else ...
    with np.errstate(all="ignore"):  # what stands after the last minute of an hour may look like any number
        columns = _columns(b"".join([*blobs, bytes(480)]), starts, head, minutes)
        _put_together(head, columns)
    t = (np.asarray(hours_ns, np.int64)[:, None] + _SLOTS * MINUTE_NS)[present]
    count, low, high, first, last = (column[kept].ravel() for column in columns)
    return Thin(t, count.astype(np.int64), low, high, first, last, np.zeros(len(t), np.uint32))


def _heads(blobs: Sequence[bytes], hours_ns: _Ints) -> tuple[NDArray[Any], _Ints]:
    """The heads, checked, and where each blob's columns begin when all blobs stand in a row."""
    size = _HEAD.itemsize
    lengths = np.array([len(blob) for blob in blobs], np.int64)
    if lengths.min() < size:
        raise _damaged(int(lengths.argmin()), hours_ns, "it is cut short")
    head = np.frombuffer(b"".join([blob[:size] for blob in blobs]), _HEAD)
    wrong = np.array([zlib.crc32(memoryview(blob)[_CRC_FROM:]) for blob in blobs], np.uint32) != head["crc"]
    if wrong.any():
        raise _damaged(int(wrong.argmax()), hours_ns, "its checksum is wrong")
    known = (head["version"] == _VERSION) & (
        (head["kind"] < _DECIMALS) | (head["kind"] == _FLOAT32) | (head["kind"] == _FLOAT64)
    )
    known &= (head["minutes"] >> np.uint64(60) == 0) & (head["minutes"] != 0)
    if not known.all():
        raise _damaged(int(known.argmin()), hours_ns, "it is of a kind that this version does not know")
    minutes = np.bitwise_count(head["minutes"]).astype(np.int64)
    bits = _BITS[(head["widths"].astype(np.int64)[:, None] >> 3 * np.arange(5)) & 7]
    whole = size + ((minutes[:, None] * bits + 7) // 8).sum(axis=1) == lengths
    if not whole.all():
        raise _damaged(int(whole.argmin()), hours_ns, "it does not hold what its head says")
    return head, np.cumsum(lengths) - lengths + size


def _columns(joined: bytes, starts: _Ints, head: NDArray[Any], minutes: _Ints) -> NDArray[np.float64]:
    """The five columns of every blob as 60 numbers each; those after its last minute mean nothing."""
    flat, at = np.frombuffer(joined, np.uint8), starts.copy()
    found = np.zeros((5, len(starts), 60))
    for place, column in enumerate(found):
        code = head["widths"].astype(np.int64) >> 3 * place & 7
        letter = np.where((head["kind"] < _DECIMALS) | (place == 0), 0, head["kind"])
        for form in np.unique(letter << 3 | code):
            rows = np.flatnonzero(letter << 3 | code == form)
            if _BITS[form & 7]:
                column[rows] = _numbers(flat, at[rows], int(_BITS[form & 7]), bool(form >> 3))
        at += (minutes * _BITS[code] + 7) // 8
    return found


def _numbers(flat: NDArray[np.uint8], at: _Ints, bits: int, real: bool) -> NDArray[Any]:
    taken = flat[at[:, None] + np.arange(60 * bits // 8)]
    if bits == 4:
        return np.stack([taken & 15, taken >> 4], axis=2).reshape(len(at), 60)
    return taken.view(f"<{'f' if real else 'u'}{bits // 8}")


def _put_together(head: NDArray[Any], columns: NDArray[np.float64]) -> None:
    """Make the numbers of the file the counts and values that they stand for, in place.

    Doubles do, and less memory is touched: packing saw to it that no integer needs more than their 53 bits.
    """
    columns[0] += head["count"][:, None]
    decimal = head["kind"] < _DECIMALS
    rows: Any = ... if decimal.all() else decimal
    head, values = head[rows], columns[1:, rows]
    values[0] += head["step"][:, None]
    values[0][:, 0] = head["low"]
    np.cumsum(values[0], axis=1, out=values[0])
    values[1:] += values[0]
    values /= 10.0 ** head["kind"][:, None]
    columns[1:, rows] = values


def _damaged(row: int, hours_ns: _Ints, why: str) -> Damaged:
    return Damaged(f"the minutes of the hour that began at {int(hours_ns[row])} ns UTC are damaged: {why}")
