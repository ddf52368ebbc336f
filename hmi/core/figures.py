"""How the figures of a report are made: sums over the samples of each step, and what stood between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.counter import went_on
from hmi.core.history import Gap
from hmi.core.quality import BAD, GOOD, UNCERTAIN
from hmi.core.stretch import Stretches, merged, within

UNCERTAIN_DATA_SUBNORMAL: Final = 0x40A4_0000
BAD_NO_DATA: Final = 0x809B_0000

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


class Steps:
    """What the figures of every step are made of: sums over its stretches, and what stood between them."""

    def __init__(
        self, stretches: Stretches, edges: _Ints, gaps: Sequence[Gap], until_ns: int, span: float | None
    ) -> None:
        first, stop = (int(row) for row in np.searchsorted(stretches.t0, (edges[0], edges[-1])))
        self.count = len(edges) - 1
        self.edges = edges
        self.span = span
        self.all = stretches
        self.inside = stretches.rows(slice(first, stop))
        self.step = np.searchsorted(edges, self.inside.t0, "right") - 1  # of each row
        self.heads = _heads(self.step)
        self.full = self.step[self.heads]  # steps in which values came in
        self.good = self.added(self.inside.good)
        self.first_row = first
        self.gaps = merged(gaps)
        self.until_ns = max([until_ns, *stretches.t1[-1:].tolist()])
        self._hold()

    def added(self, column: NDArray[Any]) -> NDArray[Any]:
        """Sums over the rows of each step."""
        return self._sums(self.step, column)

    def picked(self, which: np.ufunc, column: NDArray[Any]) -> _Floats:
        """The extreme of the rows of each step, NaN of none."""
        return self.put(self.full, which.reduceat(column, self.heads) if len(self.heads) else column[:0])

    def put(self, steps: _Ints, values: NDArray[Any]) -> _Floats:
        """Values of some of the steps, NaN for the others."""
        found = np.full(self.count, np.nan)
        found[steps] = values
        return found

    def ends(self, rows: _Ints) -> tuple[_Ints, _Ints, _Ints]:
        """Which steps some of the rows are in, and the first and the last of them in each."""
        step = self.step[rows]
        heads = _heads(step)
        return step[heads], rows[heads], rows[np.append(heads, len(rows))[1:] - 1]

    def bound(self, edges: _Ints) -> _Floats:
        """The value that stood at each edge; NaN when it is not usable, not recorded or not yet known."""
        row = np.searchsorted(self.all.t0, edges)
        here = row < np.searchsorted(self.all.t0, edges, "right")  # a value came in just then
        value = np.where(here, np.append(self.all.first, np.nan)[row], np.append(np.nan, self.all.last)[row])
        value[within(edges, *self.gaps) | (edges > self.until_ns)] = np.nan
        return value

    def quality(self) -> NDArray[np.uint32]:
        """The quality of each step's figures."""
        worst = np.fmax(self.picked(np.maximum, self.inside.worst), self.stood)
        nothing = self.held_good + self.good == 0
        worst[nothing & ~(worst >= BAD)] = BAD_NO_DATA
        whole = (self.held_good == np.diff(self.edges)) & (worst < UNCERTAIN)
        return np.where(nothing, worst, np.where(whole, GOOD, UNCERTAIN_DATA_SUBNORMAL)).astype(np.uint32)

    def _hold(self) -> None:
        """Add up what was held between the rows, and what the rows themselves say was held in them."""
        rows = self.all.rows(slice(max(0, self.first_row - 1), self.first_row + len(self.inside)))
        row, time, step = self._pieces(rows.t0, rows.t1)
        value = rows.last[row]
        usable = ~np.isnan(value)
        self.held_good = self._sums(step, np.where(usable, time, 0)) + self.added(self.inside.twd)
        apart = self.inside.t1 - self.inside.t0 - self.inside.twd
        self.held_bad = self._sums(step, np.where(usable, 0, time)) + self.added(apart)
        area = self._sums(step[usable], value[usable] * (time[usable] / 1e9))
        self.area = area + self.added(self.inside.tw)
        heads = _heads(step)
        self.stood = self.put(step[heads], rows.q1[row[heads]])  # quality of what stood first in each step

    def _pieces(self, t0: _Ints, t1: _Ints) -> tuple[_Ints, _Ints, _Ints]:
        """The time between rows cut at edges and gaps: which row was held, how long (ns), in which step."""
        cuts = np.unique(np.concatenate([self.edges, *self.gaps]))
        place = np.searchsorted(t1, cuts)
        start = np.insert(t1, place, cuts)
        row = np.insert(np.arange(len(t1)), place, place - 1)
        start, row = start[row >= 0], row[row >= 0]
        ends = np.append(t0[1:], self.until_ns)[row]
        stop = np.minimum(np.minimum(np.append(start[1:], self.edges[-1]), ends), self.until_ns)
        step = np.searchsorted(self.edges, start, "right") - 1
        told = (stop > start) & (step >= 0) & (step < self.count) & ~within(start, *self.gaps)
        return row[told], (stop - start)[told], step[told]

    def _sums(self, step: _Ints, column: NDArray[Any]) -> NDArray[Any]:
        """By steps that are in order; of integers exact."""
        found = np.zeros(self.count, column.dtype)
        heads = _heads(step)
        if len(heads):  # reduceat of nothing raises
            found[step[heads]] = np.add.reduceat(column, heads)
        return found


def _heads(step: _Ints) -> _Ints:
    return np.flatnonzero(np.append(True, step[1:] != step[:-1])) if len(step) else step


def _average(steps: Steps) -> _Floats:
    mean: _Floats = steps.added(steps.inside.vsum) / steps.good
    return mean


def _time_average(steps: Steps) -> _Floats:
    mean: _Floats = steps.area / (steps.held_good / 1e9)
    return mean


def _total(steps: Steps) -> _Floats:
    return np.where(steps.held_good > 0, steps.area, np.nan)


def _counter_total(steps: Steps) -> _Floats:
    rows = np.flatnonzero(steps.all.good[: steps.first_row + len(steps.inside)])
    there, before = rows[1:], rows[:-1]
    went = np.zeros(len(steps.all))
    went[there] = went_on(steps.all.last[before], steps.all.first[there], steps.span)
    mine = slice(steps.first_row, steps.first_row + len(steps.inside))
    return np.where(steps.good + steps.held_good > 0, steps.added(went[mine] + steps.inside.up), np.nan)


def _minimum(steps: Steps) -> _Floats:
    return steps.picked(np.fmin, steps.inside.vmin)


def _maximum(steps: Steps) -> _Floats:
    return steps.picked(np.fmax, steps.inside.vmax)


def _minimum_too(steps: Steps) -> _Floats:
    return np.fmin(_minimum(steps), _start_bound(steps))


def _maximum_too(steps: Steps) -> _Floats:
    return np.fmax(_maximum(steps), _start_bound(steps))


def _deviation(steps: Steps) -> _Floats:
    rows = steps.inside
    mean = _average(steps)[steps.step]
    apart = np.where(rows.good == 0, 0.0, rows.m2 + rows.good * (rows.vsum / rows.good - mean) ** 2)
    variance = steps.added(apart) / np.maximum(steps.good - 1, 1)  # of one value 0, says the standard
    return np.where(steps.good > 0, np.sqrt(variance), np.nan)


def _start(steps: Steps) -> _Floats:
    return steps.put(steps.full, steps.inside.first[steps.heads])


def _end(steps: Steps) -> _Floats:
    full, _, last = steps.ends(np.arange(len(steps.inside)))
    return steps.put(full, steps.inside.last[last])


def _delta(steps: Steps) -> _Floats:
    full, first, last = steps.ends(np.flatnonzero(steps.inside.good))
    return steps.put(full, steps.inside.last[last] - steps.inside.first[first])


def _start_bound(steps: Steps) -> _Floats:
    return steps.bound(steps.edges[:-1])


def _end_bound(steps: Steps) -> _Floats:
    return steps.bound(steps.edges[1:])


FIGURES: Final[Mapping[str, Callable[[Steps], _Floats]]] = MappingProxyType(
    {
        "Average": _average,  # of the values that came in, whatever time they stood
        "TimeAverage": _time_average,
        "Total": _total,  # time integral, value x s: of a flow in l/s, litres
        "CounterTotal": _counter_total,  # how far a counter went on, also while it could not be read
        "Minimum": _minimum,  # of the values that came in
        "Maximum": _maximum,
        "Range": lambda steps: _maximum(steps) - _minimum(steps),
        "Minimum2": _minimum_too,  # also of the value that stood when the step began
        "Maximum2": _maximum_too,
        "Range2": lambda steps: _maximum_too(steps) - _minimum_too(steps),
        "Count": lambda steps: steps.good,
        "StandardDeviationSample": _deviation,
        "Start": _start,  # first value that came in, as it stood
        "End": _end,
        "Delta": _delta,  # from the first usable value that came in to the last
        "StartBound": _start_bound,  # value that stood when the step began
        "EndBound": _end_bound,
        "DeltaBounds": lambda steps: _end_bound(steps) - _start_bound(steps),
        "DurationGood": lambda steps: steps.held_good / 1e9,
        "DurationBad": lambda steps: steps.held_bad / 1e9,
    }
)
OF_COUNTERS: Final = frozenset(("CounterTotal", "Delta"))  # need the usable values beside those that are not
