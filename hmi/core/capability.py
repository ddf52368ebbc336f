"""How well a measurement keeps within its limits: mean, spread, histogram, and Cp, Cpk, Pp, Ppk (ISO 22514-2).

Per value, Cp and Cpk use the spread within (the mean moving range of neighbours / d2), Pp and Ppk the overall standard
deviation. Over time each value weighs as long as it stood; neighbours have no meaning then, so there is no Cp and Cpk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.held import Held

D2: Final = 1.128379167095513  # of two neighbours: 2 / sqrt(pi)
FEW: Final = 50  # below that many values indices say little
_LEAST: Final = 2

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """The specification: lowest and highest value allowed; None where there is none."""

    low: float | None = None
    high: float | None = None


@dataclass(slots=True)
class Moments:
    """Mean and spread of weighted values, part by part, without keeping them (Chan, Golub and LeVeque)."""

    weight: float = 0.0
    mean: float = 0.0
    m2: float = 0.0  # sum of squared deviations from the mean

    def add(self, values: _Floats, weights: _Floats) -> None:
        """The next values, none of them NaN."""
        total = float(weights.sum())
        if total <= 0:
            return
        shift = float(values[0])
        mean = shift + float(((values - shift) * weights).sum()) / total
        m2 = float(((values - mean) ** 2 * weights).sum())
        apart, whole = mean - self.mean, self.weight + total
        self.m2 += m2 + apart**2 * self.weight * total / whole
        self.mean += apart * total / whole
        self.weight = whole


@dataclass(frozen=True, slots=True)
class Capability:
    """What is known of a measurement; an index is None where it has no meaning."""

    count: int  # values that counted
    left_out: int  # values that could not be used
    seconds: float  # for which a value stood
    mean: float
    overall: float  # standard deviation
    within: float | None  # spread from neighbour to neighbour
    lowest: float
    highest: float
    beyond: float  # share of the values, or of the time, outside the limits
    cp: float | None
    cpk: float | None
    pp: float | None
    ppk: float | None

    @property
    def is_few(self) -> bool:
        """Whether the indices say little for want of values."""
        return self.count < FEW


@dataclass(slots=True)
class Tally:
    """Takes the values of one tag stretch by stretch and says at the end how it keeps within its limits."""

    limits: Limits
    edges: _Floats  # of the histogram's bins
    over_time: bool = False
    bins: _Floats = field(init=False)  # values, or seconds, in each bin; what lies outside is in the outer ones
    _moments: Moments = field(init=False, default_factory=Moments)
    _count: int = field(init=False, default=0)
    _left_out: int = field(init=False, default=0)
    _seconds: float = field(init=False, default=0.0)
    _ranges: tuple[int, float] = field(init=False, default=(0, 0.0))  # how many moving ranges, and their sum
    _extremes: tuple[float, float] = field(init=False, default=(math.inf, -math.inf))
    _beyond: float = field(init=False, default=0.0)
    _last: tuple[int, float] | None = field(init=False, default=None)  # the stretch before: its end, its last value

    def __post_init__(self) -> None:
        self.bins = np.zeros(len(self.edges) - 1)

    def add(self, held: Held, begins_held: bool = False) -> None:
        """The next stretch; `begins_held`: its first row is no value that came, only one that stood already."""
        known = np.isfinite(held.value)
        came = known.copy()
        if begins_held and len(came):
            came[0] = False
        self._left_out += int(len(known) - known.sum()) - int(begins_held and len(known) and not known[0])
        lengths = np.maximum(held.stop - held.start, 0) / 1e9
        self._count += int(came.sum())
        self._seconds += float(lengths[known].sum())
        counted = known if self.over_time else came
        values = held.value[counted]
        weights = lengths[counted] if self.over_time else np.ones(len(values))
        self._weigh(values, weights)
        self._range(held, begins_held)

    def result(self) -> Capability | None:
        """What is known by now; None of less than two values."""
        weight = self._moments.weight
        if self._count < _LEAST or weight <= 0:
            return None
        overall = math.sqrt(self._moments.m2 / (weight if self.over_time else weight - 1))
        number, total = self._ranges
        within = total / number / D2 if number and not self.over_time else None
        cp, cpk = _indices(self.limits, self._moments.mean, within)
        pp, ppk = _indices(self.limits, self._moments.mean, overall)
        return Capability(
            self._count,
            self._left_out,
            self._seconds,
            self._moments.mean,
            overall,
            within,
            *self._extremes,
            self._beyond / weight,
            cp,
            cpk,
            pp,
            ppk,
        )

    def _weigh(self, values: _Floats, weights: _Floats) -> None:
        if not len(values):
            return
        self._moments.add(values, weights)
        self._extremes = (min(self._extremes[0], float(values.min())), max(self._extremes[1], float(values.max())))
        inside = np.clip(values, self.edges[0], self.edges[-1])
        self.bins += np.histogram(inside, self.edges, weights=weights)[0]
        low, high = self.limits.low, self.limits.high
        out = (values < (-math.inf if low is None else low)) | (values > (math.inf if high is None else high))
        self._beyond += float(weights[out].sum())

    def _range(self, held: Held, begins_held: bool) -> None:
        """Moving ranges from each value that came to the next, where both can be used and no gap is between."""
        if not len(held):
            return
        near = held.joined.copy()
        before = np.append(np.nan, held.value[:-1])
        if self._last is None:
            near[:2] &= not begins_held  # what stood before all of them is none of them
        elif not begins_held and self._last[0] >= held.start[0]:
            near[0], before[0] = True, self._last[1]
        steps = np.abs(held.value - before)[near & np.isfinite(held.value) & np.isfinite(before)]
        self._ranges = (self._ranges[0] + len(steps), self._ranges[1] + float(steps.sum()))
        self._last = (int(held.stop[-1]), float(held.value[-1]))


def bins_of(low: float, high: float, most: int = 40) -> _Floats:
    """Edges of a histogram over all values from `low` to `high`."""
    first, last = (low, high) if math.isfinite(low) and math.isfinite(high) else (0.0, 1.0)
    if not last > first:
        first, last = first - (abs(first) * 0.01 or 0.5), last + (abs(last) * 0.01 or 0.5)
    edges: _Floats = np.linspace(first, last, most + 1)
    return edges


def _indices(limits: Limits, mean: float, spread: float | None) -> tuple[float | None, float | None]:
    """Potential (both limits are needed) and actual index of a spread."""
    if spread is None or not spread > 0:
        return None, None
    sides = []
    if limits.high is not None:
        sides.append((limits.high - mean) / (3 * spread))
    if limits.low is not None:
        sides.append((mean - limits.low) / (3 * spread))
    both = limits.low is not None and limits.high is not None
    return (sum(sides) / 2 if both else None), (min(sides) if sides else None)
