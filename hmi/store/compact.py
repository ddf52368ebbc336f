"""Blocks of many tags side by side, unpacked only as far as it takes to tell one sample of each.

Their columns stay as narrow as they were kept: what a number means is worked out for those that are asked for, of all
tags at once. An hour of a tag at a second takes some 25 KB so, a sixth of what its samples take.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Damaged
from hmi.store.codec_columns import fill, kind_of, unpack
from hmi.store.codec_dense import KINDS
from hmi.store.codec_times import SHIFT, Line

Ints = NDArray[np.int64]

_WIDTHS: Final = [kind.itemsize for kind in KINDS]
_DOUBLE: Final = KINDS.index(np.dtype("<f8"))
_NEAR: Final = np.arange(-3, 5)  # places around the one where a time is expected


class Spot(NamedTuple):
    """Where a column lies."""

    kind: int
    start: int  # in numbers of its kind
    step: int = 1  # 0: all of its numbers are the one at the start

    @property
    def as_double(self) -> Spot:
        """The same bits, read as doubles. Raises Damaged."""
        if _WIDTHS[self.kind] != _WIDTHS[_DOUBLE]:
            raise Damaged("a block's values are not of the width that they must have")
        return Spot(_DOUBLE, self.start, self.step)


ZERO: Final = Spot(0, 0, 0)  # a column of zeros


class Shelf:
    """Columns that will lie in one piece of memory: asked for one by one, unpacked together."""

    def __init__(self) -> None:
        self._size = 8  # the first ones are the zero
        self._packed: list[tuple[Spot, int, bytes]] = []
        self._there: list[tuple[Spot, NDArray[Any]]] = []

    def put(self, packed: bytes, n: int) -> Spot:
        """A packed column of `n` numbers. Raises Damaged."""
        kind = kind_of(packed)
        if kind is None:
            return self.lay(unpack(packed, n))
        spot = self._spot(kind, n)
        self._packed.append((spot, n, packed))
        return spot

    def lay(self, column: NDArray[Any]) -> Spot:
        """A column as it is."""
        spot = self._spot(KINDS.index(column.dtype), len(column))
        self._there.append((spot, column))
        return spot

    def same(self, number: float) -> Spot:
        """A column of one number; of an int as int64, of a float as a double."""
        return self.lay(np.array([number]))._replace(step=0)

    def filled(self) -> NDArray[np.uint8]:
        """All of them, unpacked. Raises Damaged."""
        memory = np.empty(self._size, np.uint8)
        memory[:8] = 0
        views = _views(memory)
        for spot, column in self._there:
            views[spot.kind][spot.start : spot.start + len(column)] = column
        for spot, n, packed in self._packed:
            fill(packed, views[spot.kind][spot.start : spot.start + n])
        return memory

    def _spot(self, kind: int, n: int) -> Spot:
        start, width = self._size, _WIDTHS[kind]
        self._size += n * width + 7 & ~7
        return Spot(kind, start // width)


class Columns:
    """One column of each of several blocks."""

    def __init__(self, memory: NDArray[np.uint8], spots: Sequence[Spot]) -> None:
        table = np.array(spots, np.int64).reshape(-1, 3)
        self._start, self._step = table[:, 1], table[:, 2]
        views, kinds = _views(memory), np.unique(table[:, 0]).tolist()
        self._groups = [(views[kind], np.flatnonzero(table[:, 0] == kind)) for kind in kinds]
        self.is_zero = bool((table == ZERO).all())

    def at(self, places: Ints, kind: type[Any]) -> NDArray[Any]:
        """One number of each column, at its place in it; `places` may have a row for each column."""
        start, step = (part[:, None] if places.ndim > 1 else part for part in (self._start, self._step))
        index = start + places * step
        if len(self._groups) == 1:
            return self._groups[0][0][index].astype(kind)
        found = np.empty(index.shape, kind)
        for view, members in self._groups:
            found[members] = view[index[members]]
        return found


class Lines:
    """The times of several blocks."""

    def __init__(self, memory: NDArray[np.uint8], lines: Sequence[tuple[Line, Spot, int]]) -> None:
        """Of each block the line, the spot of its numbers, and how many there are (one at least)."""
        own = [(line.base, line.unit, line.slope, n) for line, _, n in lines]
        self._base, self._unit, self._slope, n = np.array(own, np.int64).reshape(-1, 4).T
        self._last = n - 1
        self._numbers = Columns(memory, [spot for _, spot, _ in lines])
        passed = self._passed(self._last) - self._passed(np.zeros_like(n))
        self._rate = np.where(passed > 0, self._last / np.maximum(passed, 1), 0.0)  # samples a unit
        self._known: tuple[Ints, Ints] | None = None

    def at(self, places: Ints) -> Ints:
        """The time of one sample of each, ns UTC."""
        found: Ints = self._base + self._unit * self._passed(places)
        return found

    def places(self, when_ns: int) -> Ints:
        """Of each block the place of the last sample at or before a moment; none of them may begin later."""
        goal = (np.int64(when_ns) - self._base) // self._unit
        if self._known is None:
            found = self._halved(goal, np.zeros_like(goal), self._last)
        else:
            found = self._nearby(goal, *self._known)
        self._known = goal, found
        return found

    def _passed(self, places: Ints) -> Ints:
        slope = self._slope[:, None] if places.ndim > 1 else self._slope
        found: Ints = self._numbers.at(places, np.int64)
        found += places * slope >> SHIFT
        return found

    def _nearby(self, goal: Ints, before: Ints, places: Ints) -> Ints:
        """Where it may be expected, from where it was before; searched for where that is far off."""
        guess = places + np.rint((goal - before) * self._rate).astype(np.int64)
        around = np.minimum(np.maximum(guess[:, None] + _NEAR, 0), self._last[:, None])
        early = self._passed(around) <= goal[:, None]
        found = np.where(early, around, 0).max(axis=1)
        sure = early[:, 0] & (~early[:, -1] | (found == self._last))
        if sure.all():
            return found
        return self._halved(goal, np.where(sure, found, 0), np.where(sure, found, self._last))

    def _halved(self, goal: Ints, low: Ints, high: Ints) -> Ints:
        """By halving: those at `low` are early enough, those beyond `high` are not."""
        while (low < high).any():
            middle = (low + high + 1) >> 1
            early = self._passed(middle) <= goal
            low, high = np.where(early, middle, low), np.where(early, high, middle - 1)
        return low


def _views(memory: NDArray[np.uint8]) -> list[NDArray[Any]]:
    return [memory.view(kind) for kind in KINDS]
