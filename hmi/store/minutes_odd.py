"""Minutes in which not every sample is a good number: what is said of them behind the columns of their hour.

Layout, little-endian: minutes of the hour that are such u8 (a bit each), how many qualities follow u1 (one for all of
them, or one each), the worst quality u4, and what is missing u1 of each: 1 its first sample is not usable, 2 its last
one, 4 none is.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import usable
from hmi.store.codec_bytes import Damaged

_HEAD: Final = struct.Struct("<QB")
FIRST, LAST, NONE = 1, 2, 4  # what is missing

_Ints = NDArray[np.int64]


class Odd(NamedTuple):
    """The odd minutes of one hour."""

    slots: _Ints  # which minutes of the hour
    worst: NDArray[np.uint32]
    missing: NDArray[np.uint8]

    def places(self, present: NDArray[np.bool_]) -> _Ints:
        """Which of the minutes that the hour has these are."""
        return np.cumsum(present)[self.slots] - 1

    def blank(self, columns: NDArray[np.float64], places: _Ints) -> None:
        """Make NaN what is missing: columns low, high, first and last of an hour; `places` are these minutes'."""
        columns[0:2, places[(self.missing & NONE) != 0]] = np.nan
        columns[2, places[(self.missing & FIRST) != 0]] = np.nan
        columns[3, places[(self.missing & LAST) != 0]] = np.nan

    def pack(self) -> bytes:
        """As bytes."""
        worst = self.worst[:1] if (self.worst == self.worst[0]).all() else self.worst
        mask = sum(1 << slot for slot in self.slots.tolist())
        return _HEAD.pack(mask, len(worst)) + worst.astype("<u4").tobytes() + self.missing.tobytes()

    @classmethod
    def unpack(cls, packed: bytes, minutes: int) -> Odd:
        """The other way; `minutes` that the hour has, a bit each. Raises Damaged."""
        if len(packed) < _HEAD.size:
            raise Damaged("it is cut short")
        mask, qualities = _HEAD.unpack_from(packed)
        count = int(mask).bit_count()
        whole = _HEAD.size + 4 * qualities + count == len(packed)
        if not whole or not mask or mask & ~minutes or qualities not in (1, count):
            raise Damaged("it does not hold what its head says")
        worst = np.frombuffer(packed, "<u4", qualities, _HEAD.size).astype(np.uint32)
        missing = np.frombuffer(packed, np.uint8, count, len(packed) - count)
        slots = np.array([slot for slot in range(60) if mask >> slot & 1], np.int64)
        return cls(slots, np.broadcast_to(worst, count) if qualities == 1 else worst, missing)


def uncertain(quality: NDArray[np.uint32], starts: _Ints, slots: _Ints) -> Odd:
    """The odd ones of minutes that begin at `starts`, where every value is usable."""
    worst = np.maximum.reduceat(quality, starts)
    odd = np.flatnonzero(worst)
    return Odd(slots[odd], worst[odd], np.zeros(len(odd), np.uint8))


def told(
    value: NDArray[np.float64], quality: NDArray[np.uint32], starts: _Ints, slots: _Ints
) -> tuple[Odd, _Ints, NDArray[np.float64]] | None:
    """Minutes that begin at `starts`: the odd ones, and of each the count and low, high, first and last usable value.

    What is missing is filled with a value beside it, so that it packs well. None where nothing is usable.
    """
    good = usable(value, quality)
    if not good.any():
        return None
    ends = np.append(starts[1:], len(value)) - 1
    count = np.add.reduceat(good.astype(np.int64), starts)
    low = np.minimum.reduceat(np.where(good, value, np.inf), starts)
    high = np.maximum.reduceat(np.where(good, value, -np.inf), starts)
    none = count == 0
    held = np.maximum.accumulate(np.where(none, 0, np.arange(len(starts))))
    held[: int(none.argmin())] = int(none.argmin())  # before there was a first one
    low, high = low[held], np.where(none, low[held], high)
    first, last = np.where(good[starts], value[starts], low), np.where(good[ends], value[ends], low)
    missing = FIRST * ~good[starts] + LAST * ~good[ends] + NONE * none
    worst = np.maximum.reduceat(quality, starts)
    odd = np.flatnonzero((count < ends - starts + 1) | (worst != 0))
    return Odd(slots[odd], worst[odd], missing[odd].astype(np.uint8)), count, np.stack([low, high, first, last])
