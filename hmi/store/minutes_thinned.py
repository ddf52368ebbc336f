"""A month of a trend out of the minutes of its hours: of each bucket its extremes, and only what else is drawn.

The first and last value are needed of one minute in many: they are taken out of the bytes one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.store.minutes_odd import FIRST, LAST, NONE
from hmi.store.minutes_packed import Packed, raised
from hmi.store.thin import Columns, extreme, heads_of

_COUNT, _LOW, _HIGH, _HEAD, _TAIL = range(5)  # columns: the last two are the first and last value of a minute
_OWN: Final = threading.local()
_ROOM: Final = 1000  # hours: a month is 744

_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]


def thinned(blobs: Sequence[bytes], hours_ns: _Ints, span: tuple[int, int, int]) -> Columns | None:
    """What `hmi.store.thin.reduce` makes of the minutes of some hours, in order and none of them backfilled.

    `span`: from, to and the width of a bucket, ns, which is whole minutes. None where no minute is in it. Raises
    Damaged, naming the first hour that is; that their bytes are as they were written is known from their rows.
    """
    packed = Packed(blobs, hours_ns, proven=True)
    times, columns = _room(len(blobs))
    t = packed.t(times)
    heads, stop = heads_of(t, *span)
    if not len(heads):
        return None
    t0 = span[0] + (t[heads] - span[0]) // span[2] * span[2]
    with np.errstate(all="ignore"):  # what stands after the last minute of an hour may look like any number
        return {"t0": t0, **_Month(packed, heads, stop).columns(columns)}


class _Month:
    """Minutes, and where the first one of each bucket stands."""

    def __init__(self, packed: Packed, heads: _Ints, stop: int) -> None:
        self._packed = packed
        self._heads, self._stop = heads, stop
        self._tails = np.append(heads[1:], stop) - 1

    def columns(self, room: _Floats) -> Columns:
        """The columns of a window but when its buckets begin."""
        packed, heads, (count, low, high) = self._packed, self._heads, room
        for column, numbers in ((_COUNT, count), (_LOW, low), (_HIGH, high)):
            packed.fill(column, numbers)
        count += packed.head["count"][:, None]
        raised(packed, low)
        ends = [self._ends(_HEAD, heads, low), self._ends(_TAIL, self._tails, low)]
        power = self._scaled(low, high)
        worst = self._odd(low, high, *ends) if packed.odd else np.zeros(len(heads), np.uint32)
        return {
            "count": np.add.reduceat(self._row(count), heads).astype(np.int64),
            "vmin": extreme(np.minimum, np.fmin, self._row(low), heads) / power,
            "vmax": extreme(np.maximum, np.fmax, self._row(high), heads) / power,
            "first": ends[0],
            "last": ends[1],
            "worst": worst,
            "backfilled": np.zeros(len(heads), np.bool_),
        }

    def _scaled(self, low: _Floats, high: _Floats) -> np.float64:
        """Make integers values, but for a power of ten that they all have in common, which is given.

        The least of some integers is also the least of the values: extremes alone need be divided.
        """
        decimal, powers = self._packed.is_decimal, 10.0 ** self._packed.head["kind"]
        if not decimal.all():
            own = powers[decimal][:, None]
            high[decimal] = (high[decimal] + low[decimal]) / own
            low[decimal] = low[decimal] / own
            return np.float64(1.0)
        high += low
        if (powers == powers[0]).all():
            return np.float64(powers[0])
        low /= powers[:, None]
        high /= powers[:, None]
        return np.float64(1.0)

    def _row(self, column: NDArray[Any]) -> NDArray[Any]:
        """Sixty numbers an hour as the minutes that there are."""
        flat: NDArray[Any] = column[self._packed.kept].ravel()[: self._stop]
        return flat

    def _placed(self, minutes: _Ints) -> tuple[_Ints, _Ints]:
        """Which hour some of all minutes are in, and which of its minutes they are."""
        if self._packed.is_full:
            return minutes // 60, minutes % 60
        ends = np.cumsum(self._packed.minutes)
        hours = np.searchsorted(ends, minutes, "right")
        return hours, minutes - (ends - self._packed.minutes)[hours]

    def _ends(self, column: int, minutes: _Ints, low: _Floats) -> _Floats:
        """The first or last values of some minutes; `low` as the integers that decimals are distances from."""
        packed, (hours, places) = self._packed, self._placed(minutes)
        found = packed.take(column, hours, places)
        rows: Any = ... if packed.is_decimal.all() else packed.is_decimal[hours]
        own = hours[rows]
        found[rows] = (found[rows] + low[own, places[rows]]) / 10.0 ** packed.head["kind"][own]
        return found

    def _odd(self, low: _Floats, high: _Floats, first: _Floats, last: _Floats) -> NDArray[np.uint32]:
        """The worst quality of each bucket; what is missing of minutes is made NaN."""
        packed, heads = self._packed, self._heads
        begins = np.cumsum(packed.minutes) - packed.minutes
        hours = np.repeat(np.array(list(packed.odd)), [len(own.slots) for own in packed.odd.values()])
        places = np.concatenate([own.places(packed.present[row]) for row, own in packed.odd.items()])
        missing = np.concatenate([own.missing for own in packed.odd.values()])
        none = (missing & NONE) != 0
        low[hours[none], places[none]] = high[hours[none], places[none]] = np.nan
        minutes = begins[hours] + places
        inside = (minutes >= heads[0]) & (minutes < self._stop)
        minutes, missing = minutes[inside], missing[inside]
        buckets = np.searchsorted(heads, minutes, "right") - 1
        first[buckets[(minutes == heads[buckets]) & ((missing & FIRST) != 0)]] = np.nan
        last[buckets[(minutes == self._tails[buckets]) & ((missing & LAST) != 0)]] = np.nan
        worst = np.zeros(len(heads), np.uint32)
        np.maximum.at(worst, buckets, np.concatenate([own.worst for own in packed.odd.values()])[inside])
        return worst


def _room(hours: int) -> tuple[_Ints, _Floats]:
    """Memory for times and three columns, good until this thread asks again: fresh one costs more than filling it."""
    room: tuple[_Ints, _Floats] | None = getattr(_OWN, "room", None)
    if hours > _ROOM:
        return np.empty((hours, 60), np.int64), np.empty((3, hours, 60))
    if room is None:
        room = _OWN.room = np.empty(_ROOM * 60, np.int64), np.empty(3 * _ROOM * 60)
    times, columns = room
    return times[: hours * 60].reshape(hours, 60), columns[: 3 * hours * 60].reshape(3, hours, 60)
