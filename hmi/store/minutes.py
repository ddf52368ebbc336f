"""The minutes of an hour of one tag in a few hundred bytes: what a trend of days is drawn from, and exactly.

Layout, little-endian: version u1, CRC-32 of the rest u4, kind u1 (a decimal exponent, or 16 for float32, 17 for
float64), widths u2 (three bits a column: nothing, 4, 8, 16, 32 or 64 bits), minutes that have samples u8 (a bit each),
base of counts u4, base of lows i8, base of their steps i8; then the columns count, low, high, first and last, a number
for each minute that has samples. Decimal numbers are integers: lows as steps from minute to minute, the others as
distances from their minute's low.
"""

from __future__ import annotations

import zlib
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
_MINUTES: Final = slice(8, 16)
_FLOAT32, _FLOAT64 = 16, 17
_WIDTHS: Final = (0, 4, 8, 16, 32, 64)  # bits, by width code
_LARGEST: Final = np.array([(1 << bits) - 1 for bits in _WIDTHS], np.uint64)  # by width code
_BITS: Final = np.array([*_WIDTHS, 0, 0])
_FEWEST: Final = 240  # samples: reading fewer of them costs no more than reading their minutes
_WORTH: Final = 0.6  # bytes a sample, at most
_DECIMALS: Final = 10
_SCALES: Final = 10.0 ** np.arange(_DECIMALS)
_SLOTS: Final = np.arange(60)

_Ints = NDArray[np.int64]


# ------------------------------------------------------------------------------------------------- packing


def pack(samples: Samples, at: _Ints | None = None) -> bytes | None:
    """The minutes of samples of one clock hour, in order; None where the samples themselves serve as well.

    That is: few of them, any that is not good, text, or minutes that would take more room than they spare work.
    """
    if not len(samples) or samples.quality.any():
        return None
    return pack_all(samples.value, samples.at if at is None else at, np.zeros(1, np.int64))[0]


def pack_all(value: NDArray[np.float64], at: _Ints, heads: _Ints) -> list[bytes | None]:
    """The same of good samples of many hours that stand in a row, each of them beginning at one of the heads."""
    counts, none = np.diff(np.append(heads, len(value))), [None] * len(heads)
    tails = heads + counts - 1
    fit = (counts >= _FEWEST) & (at[heads] // HOUR_NS == at[tails] // HOUR_NS)
    if not fit.any():
        return [*none]
    minute = at // MINUTE_NS
    new = np.append(True, minute[1:] != minute[:-1])
    new[heads] = True
    starts = np.flatnonzero(new)
    slots = (minute[starts] % 60).astype(np.uint64)
    with np.errstate(all="ignore"):  # what is not fit may be any number
        count, reals = _minutes(value, starts)
        hours = _Hours(np.searchsorted(starts, heads), len(starts))
        fit &= hours.counts <= 60  # else its times go back, as after a clock that was set: it is not read by minutes
        fit &= ~np.logical_or.reduceat(np.isnan(reals[0]), hours.heads)
        bodies = _packed(hours, slots, count, reals)
    return [
        body if may and len(body) <= number * _WORTH else None
        for body, may, number in zip(bodies, fit.tolist(), counts.tolist(), strict=True)
    ]


class _Hours:
    """Which minutes belong to which hour, where all minutes of some hours stand in a row."""

    def __init__(self, heads: _Ints, minutes: int) -> None:
        self.heads = heads
        self.counts = np.diff(np.append(heads, minutes))
        self.owner = np.repeat(np.arange(len(heads)), self.counts)
        self.places = np.minimum(np.arange(minutes) - heads[self.owner], 59)  # of each minute in its hour


def _minutes(value: NDArray[np.float64], starts: _Ints) -> tuple[_Ints, NDArray[np.float64]]:
    """Of each minute the count, and lowest, highest, first and last value."""
    count = np.diff(np.append(starts, len(value)))
    extremes = (np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts))
    return count, np.stack([*extremes, value[starts], value[starts + count - 1]])


def _packed(hours: _Hours, slots: NDArray[np.uint64], count: _Ints, reals: NDArray[np.float64]) -> list[bytes]:
    head = np.zeros(len(hours.heads), _HEAD)
    head["version"] = _VERSION
    head["minutes"] = np.bitwise_or.reduceat(np.uint64(1) << slots, hours.heads)
    head["count"] = np.minimum.reduceat(count, hours.heads)
    columns = np.empty((5, len(count)), np.uint64)
    columns[0] = count - head["count"].astype(np.int64)[hours.owner]
    columns[1:] = _integers(hours, reals, head)
    codes = np.searchsorted(_LARGEST, np.maximum.reduceat(columns, hours.heads, axis=1))
    head["widths"] = (codes << 3 * np.arange(5)[:, None]).sum(axis=0)
    return _joined(hours, head, columns, codes)


def _integers(hours: _Hours, reals: NDArray[np.float64], head: NDArray[Any]) -> NDArray[Any]:
    """Low, high, first and last as small integers where they are decimals, else as the bits that they are."""
    decimals = _decimals(hours, reals)
    scaled = np.rint(reals * _SCALES[decimals[hours.owner]])
    far = np.maximum.reduceat(np.abs(scaled).max(axis=0), hours.heads) >= 2.0**50
    narrow = reals.astype(np.float32)
    is_narrow = np.logical_and.reduceat((narrow == reals).all(axis=0), hours.heads)
    head["kind"] = np.where((decimals < 0) | far, np.where(is_narrow, _FLOAT32, _FLOAT64), decimals)
    kind = head["kind"][hours.owner]
    whole = np.where(kind < _DECIMALS, scaled, 0.0).astype(np.int64)
    low = whole[0]
    step = np.diff(low, prepend=0)
    step[hours.heads] = np.iinfo(np.int64).max
    least = np.where(hours.counts > 1, np.minimum.reduceat(step, hours.heads), 0)
    is_decimal = head["kind"] < _DECIMALS
    head["low"], head["step"] = low[hours.heads], np.where(is_decimal, least, 0)
    whole[1:] -= low
    whole[0] = np.where(hours.places == 0, 0, step - least[hours.owner])
    bits = np.where(kind == _FLOAT32, narrow.view(np.uint32).astype(np.uint64), reals.view(np.uint64))
    return np.where(kind < _DECIMALS, whole.view(np.uint64), bits)


def _decimals(hours: _Hours, reals: NDArray[np.float64]) -> _Ints:
    """Of each hour the fewest decimals that give every one of its numbers back to the last bit; -1 when none do."""
    odd = (np.signbit(reals) & (reals == 0)) | ~(np.abs(reals) <= 2.0**50)
    found = np.full(len(hours.heads), -1)
    left = np.flatnonzero(~np.logical_or.reduceat(odd.any(axis=0), hours.heads))
    for decimals in range(_DECIMALS):
        if not len(left):
            break
        own = hours.counts[left]
        heads = np.cumsum(own) - own
        part = reals[:, np.repeat(hours.heads[left] - heads, own) + np.arange(own.sum())]
        equal = (np.rint(part * _SCALES[decimals]) / _SCALES[decimals] == part).all(axis=0)
        fits = np.logical_and.reduceat(equal, heads)
        found[left[fits]] = decimals
        left = left[~fits]
    return found


def _joined(hours: _Hours, head: NDArray[Any], columns: NDArray[np.uint64], codes: _Ints) -> list[bytes]:
    """The bytes of each hour: its head, and each column in its own width."""
    padded = np.zeros((5, len(head), 60), np.uint64)
    padded[:, hours.owner, hours.places] = columns
    forms: dict[int, NDArray[Any]] = {1: (padded[:, :, ::2] | padded[:, :, 1::2] << np.uint64(4)).astype(np.uint8)}
    forms |= {code: padded.astype(f"<u{_WIDTHS[code] // 8}") for code in set(codes.ravel().tolist()) - {0, 1}}
    found = []
    for number, (own, minutes) in enumerate(zip(codes.T.tolist(), hours.counts.tolist(), strict=True)):
        ends = {1: (minutes + 1) // 2}
        parts = [
            forms[code][place, number, : ends.get(code, minutes)].tobytes() for place, code in enumerate(own) if code
        ]
        rest = b"".join([head[number].tobytes()[_CRC_FROM:], *parts])
        found.append(bytes([_VERSION]) + zlib.crc32(rest).to_bytes(4, "little") + rest)
    return found


# ------------------------------------------------------------------------------------------------ unpacking


def unpack(blobs: Sequence[bytes], hours_ns: _Ints) -> Thin:
    """All minutes of some hours, in order; raises Damaged, naming the first hour that is.

    What was backfilled they do not know.
    """
    if not blobs:
        none = np.empty(0)
        times, qualities, marks = none.astype(np.int64), none.astype(np.uint32), none.astype(np.bool_)
        return Thin(times, times, none, none, none, none, qualities, marks)
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
    qualities, marks = np.zeros(len(t), np.uint32), np.zeros(len(t), np.bool_)
    return Thin(t, count.astype(np.int64), low, high, first, last, qualities, marks)


def counts(blobs: Sequence[bytes]) -> _Ints:
    """How many minutes each of some hours has."""
    return np.bitwise_count(np.frombuffer(b"".join([blob[_MINUTES] for blob in blobs]), "<u8")).astype(np.int64)


def _heads(blobs: Sequence[bytes], hours_ns: _Ints) -> tuple[NDArray[Any], _Ints]:
    """The heads, checked, and where each blob's columns begin when all blobs stand in a row."""
    size = _HEAD.itemsize
    lengths = np.array([len(blob) for blob in blobs], np.int64)
    if lengths.min() < size:
        raise _damaged(int(lengths.argmin()), hours_ns, "it is cut short")
    head = np.frombuffer(b"".join([blob[:size] for blob in blobs]), _HEAD)
    wrong = np.array([zlib.crc32(blob[_CRC_FROM:]) for blob in blobs], np.uint32) != head["crc"]
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
    at = starts.copy()
    found = np.zeros((5, len(starts), 60))
    for place, column in enumerate(found):
        code = head["widths"].astype(np.int64) >> 3 * place & 7
        letter = np.where((head["kind"] < _DECIMALS) | (place == 0), 0, head["kind"])
        for form in np.unique(letter << 3 | code):
            rows = np.flatnonzero(letter << 3 | code == form)
            if _BITS[form & 7]:
                column[rows] = _numbers(joined, at[rows], int(_BITS[form & 7]), bool(form >> 3))
        at += (minutes * _BITS[code] + 7) // 8
    return found


def _numbers(joined: bytes, at: _Ints, bits: int, real: bool) -> NDArray[Any]:
    """Sixty numbers from each of some places on: taken as one item each, which numpy copies as a whole."""
    size = 60 * bits // 8
    everywhere: NDArray[Any] = np.ndarray((len(joined) - size + 1,), f"V{size}", joined, strides=(1,))
    taken = everywhere[at].view(np.uint8).reshape(len(at), size)
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
