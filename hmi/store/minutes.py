"""The minutes of an hour of one tag in a few hundred bytes: what a trend of days is drawn from, and exactly.

Layout, little-endian: version u1, CRC-32 of the rest u4, kind u1 (a decimal exponent, or 16 for float32, 17 for
float64), widths u2 (three bits a column: nothing, 4, 8, 16, 32 or 64 bits), minutes that have samples u8 (a bit each),
base of counts u4, base of lows i8, base of their steps i8; then the columns count, low, high, first and last, a number
for each minute that has samples. Decimal numbers are integers: lows as steps from minute to minute, the others as
distances from their minute's low. Version 2 goes on behind them with hmi.store.minutes_odd.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT
from hmi.core.history import Samples, usable
from hmi.store.minutes_odd import Odd, told, uncertain
from hmi.store.minutes_packed import (
    COLUMNS,
    CRC_FROM,
    DECIMALS,
    FLOAT32,
    FLOAT64,
    HEAD,
    MINUTE_NS,
    ODD,
    VERSION,
    WIDTHS,
    Packed,
    whole,
)
from hmi.store.thin import Thin

HOUR_NS: Final = 3_600_000_000_000

_MINUTES: Final = slice(8, 16)
_LARGEST: Final = np.array([(1 << bits) - 1 for bits in WIDTHS], np.uint64)  # by width code
_FEWEST: Final = 240  # samples: reading fewer of them costs no more than reading their minutes
_WORTH: Final = 0.6  # bytes a sample, at most
_SCALES: Final = 10.0 ** np.arange(DECIMALS)

_Ints = NDArray[np.int64]


# ------------------------------------------------------------------------------------------------- packing


def pack(samples: Samples, at: _Ints | None = None, plain: bytes | None = None) -> bytes | None:
    """The minutes of samples of one clock hour, in order; None where the samples themselves serve as well.

    That is: few of them, none that is usable, text, or minutes that would take more room than they spare work. `plain`
    is what `pack_all` made of the values.
    """
    if not len(samples):
        return None
    at = samples.at if at is None else at
    if samples.quality.any() or np.isnan(samples.value).any():
        return _pack_odd(samples, at, plain)
    return pack_all(samples.value, at, np.zeros(1, np.int64))[0]


def _pack_odd(samples: Samples, at: _Ints, plain: bytes | None) -> bytes | None:
    """The same of an hour in which not everything is good."""
    minute = at // MINUTE_NS
    starts = np.flatnonzero(np.append(True, minute[1:] != minute[:-1]))
    slots, hour = minute[starts] % 60, _Hours(np.zeros(1, np.int64), len(starts))
    within = len(starts) <= 60 and minute[0] // 60 == minute[-1] // 60
    if len(at) < _FEWEST or not within or bool((samples.flags & FLAG_TEXT).any()):
        return None
    if plain is not None and usable(samples.value, samples.quality).all():  # as a sensor that is uncertain for years
        return _with_odd(plain, uncertain(samples.quality, starts, slots), len(at))
    with np.errstate(all="ignore"):
        found = told(samples.value, samples.quality, starts, slots)
        if found is None:
            return None
        odd, count, reals = found
        [body] = _packed(hour, slots.astype(np.uint64), count, reals)
    return _with_odd(body, odd, len(at))


def _with_odd(body: bytes, odd: Odd, n: int) -> bytes | None:
    rest = body[CRC_FROM:] + odd.pack()
    whole = bytes([ODD]) + zlib.crc32(rest).to_bytes(4, "little") + rest
    return whole if len(whole) <= n * _WORTH else None


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
    head = np.zeros(len(hours.heads), HEAD)
    head["version"] = VERSION
    head["minutes"] = np.bitwise_or.reduceat(np.uint64(1) << slots, hours.heads)
    head["count"] = np.minimum.reduceat(count, hours.heads)
    columns = np.empty((5, len(count)), np.uint64)
    columns[0] = count - head["count"].astype(np.int64)[hours.owner]
    columns[1:] = _integers(hours, reals, head)
    codes = np.searchsorted(_LARGEST, np.maximum.reduceat(columns, hours.heads, axis=1))
    head["widths"] = (codes << 3 * COLUMNS).sum(axis=0)
    return _joined(hours, head, columns, codes)


def _integers(hours: _Hours, reals: NDArray[np.float64], head: NDArray[Any]) -> NDArray[Any]:
    """Low, high, first and last as small integers where they are decimals, else as the bits that they are."""
    decimals = _decimals(hours, reals)
    scaled = np.rint(reals * _SCALES[decimals[hours.owner]])
    far = np.maximum.reduceat(np.abs(scaled).max(axis=0), hours.heads) >= 2.0**50
    narrow = reals.astype(np.float32)
    is_narrow = np.logical_and.reduceat((narrow == reals).all(axis=0), hours.heads)
    head["kind"] = np.where((decimals < 0) | far, np.where(is_narrow, FLOAT32, FLOAT64), decimals)
    kind = head["kind"][hours.owner]
    whole = np.where(kind < DECIMALS, scaled, 0.0).astype(np.int64)
    low = whole[0]
    step = np.diff(low, prepend=0)
    step[hours.heads] = np.iinfo(np.int64).max
    least = np.where(hours.counts > 1, np.minimum.reduceat(step, hours.heads), 0)
    is_decimal = head["kind"] < DECIMALS
    head["low"], head["step"] = low[hours.heads], np.where(is_decimal, least, 0)
    whole[1:] -= low
    whole[0] = np.where(hours.places == 0, 0, step - least[hours.owner])
    bits = np.where(kind == FLOAT32, narrow.view(np.uint32).astype(np.uint64), reals.view(np.uint64))
    return np.where(kind < DECIMALS, whole.view(np.uint64), bits)


def _decimals(hours: _Hours, reals: NDArray[np.float64]) -> _Ints:
    """Of each hour the fewest decimals that give every one of its numbers back to the last bit; -1 when none do."""
    odd = (np.signbit(reals) & (reals == 0)) | ~(np.abs(reals) <= 2.0**50)
    found = np.full(len(hours.heads), -1)
    left = np.flatnonzero(~np.logical_or.reduceat(odd.any(axis=0), hours.heads))
    for decimals in range(DECIMALS):
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
    forms |= {code: padded.astype(f"<u{WIDTHS[code] // 8}") for code in set(codes.ravel().tolist()) - {0, 1}}
    found = []
    for number, (own, minutes) in enumerate(zip(codes.T.tolist(), hours.counts.tolist(), strict=True)):
        ends = {1: (minutes + 1) // 2}
        parts = [
            forms[code][place, number, : ends.get(code, minutes)].tobytes() for place, code in enumerate(own) if code
        ]
        rest = b"".join([head[number].tobytes()[CRC_FROM:], *parts])
        found.append(bytes([VERSION]) + zlib.crc32(rest).to_bytes(4, "little") + rest)
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
    packed = Packed(blobs, hours_ns)
    columns = np.empty((5, len(blobs), 60))
    with np.errstate(all="ignore"):  # what stands after the last minute of an hour may look like any number
        for place, column in enumerate(columns):
            packed.fill(place, column)
        columns[0] += packed.head["count"][:, None]
        whole(packed, columns[1:])
    worst = np.zeros((len(blobs), 60), np.uint32)
    for row, own in packed.odd.items():
        places = own.places(packed.present[row])
        own.blank(columns[1:, row], places)
        worst[row, places] = own.worst
    count, low, high, first, last = (column[packed.kept].ravel() for column in columns)
    t, worst = packed.t(), worst[packed.kept].ravel()
    return Thin(t, count.astype(np.int64), low, high, first, last, worst, np.zeros(len(t), np.bool_))


def is_odd(blob: bytes) -> bool:
    """Whether not all samples of an hour are good."""
    return blob[:1] == bytes([ODD])


def counts(blobs: Sequence[bytes]) -> _Ints:
    """How many minutes each of some hours has."""
    return np.bitwise_count(np.frombuffer(b"".join([blob[_MINUTES] for blob in blobs]), "<u8")).astype(np.int64)
