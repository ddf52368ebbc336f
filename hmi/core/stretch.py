"""Stretches of one tag's history, each with its sums: the hours that are summed up already, and single samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Gap, Samples, usable

_COLUMNS: Final = {
    "t0": np.int64,
    "t1": np.int64,
    "good": np.int64,
    "worst": np.int64,
    "q1": np.int64,
    "vmin": np.float64,
    "vmax": np.float64,
    "vsum": np.float64,
    "m2": np.float64,
    "first": np.float64,
    "last": np.float64,
    "up": np.float64,
    "falls": np.int64,
    "tw": np.float64,
    "twd": np.int64,
}
_ADDED: Final = ("vsum", "m2", "up", "tw")


@dataclass(frozen=True, slots=True)
class Stretches:
    """Rows in order of time; of `good` = 0 the sums are 0 and the extremes NaN. Names as in the store's summaries."""

    t0: NDArray[np.int64]  # time of the first sample, ns
    t1: NDArray[np.int64]  # time of the last sample, ns
    good: NDArray[np.int64]  # number of usable values: not bad, not NaN
    worst: NDArray[np.int64]  # quality
    q1: NDArray[np.int64]  # quality of the last sample
    vmin: NDArray[np.float64]
    vmax: NDArray[np.float64]
    vsum: NDArray[np.float64]
    m2: NDArray[np.float64]  # sum of squared deviations from the stretch's mean
    first: NDArray[np.float64]  # as it stood, NaN when not usable
    last: NDArray[np.float64]
    up: NDArray[np.float64]  # sum of the steps upwards
    falls: NDArray[np.int64]  # number of the steps downwards
    tw: NDArray[np.float64]  # integral of the held value from t0 to t1, value x s
    twd: NDArray[np.int64]  # how much of t0 to t1 a usable value was held, ns

    def __len__(self) -> int:
        return len(self.t0)

    def rows(self, which: slice | NDArray[np.bool_]) -> Stretches:
        """Some of them."""
        return Stretches(**{name: getattr(self, name)[which] for name in _COLUMNS})


def of_samples(samples: Samples) -> Stretches:
    """Every sample a stretch of its own."""
    at, good = samples.at, usable(samples.value, samples.quality)
    shown = np.where(good, samples.value, np.nan)
    nothing: Any = np.broadcast_to(np.float64(0.0), at.shape)
    none: Any = np.broadcast_to(np.int64(0), at.shape)
    quality = samples.quality.astype(np.int64)
    return Stretches(
        t0=at,
        t1=at,
        good=good.astype(np.int64),
        worst=quality,
        q1=quality,
        vmin=shown,
        vmax=shown,
        vsum=np.where(good, samples.value, 0.0),
        m2=nothing,
        first=shown,
        last=shown,
        up=nothing,
        falls=none,
        tw=nothing,
        twd=none,
    )


def of_summaries(t0: NDArray[np.int64], t1: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> Stretches:
    """Summed-up hours, by the names of the store's columns, NaN where nothing was usable."""
    named = {**columns, "t0": t0, "t1": t1}
    rows: dict[str, Any] = {name: np.asarray(named[name], kind) for name, kind in _COLUMNS.items()}
    for name in _ADDED:
        rows[name] = np.where(rows["good"] == 0, 0.0, rows[name])
    return Stretches(**rows)


def join(parts: Sequence[Stretches]) -> Stretches:
    """Several as one, by time; of equal times in the order of the parts."""
    parts = [part for part in parts if len(part)]
    turned = sorted(parts, key=lambda part: int(part.t0[0]))
    if all(one.t0[-1] < other.t0[0] for one, other in pairwise(turned)):
        parts = turned  # then they need not be sorted row by row
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {
        name: np.concatenate([np.empty(0, kind), *(getattr(part, name) for part in parts)])
        for name, kind in _COLUMNS.items()
    }
    if (columns["t0"][1:] < columns["t0"][:-1]).any():
        order = np.argsort(columns["t0"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
    return Stretches(**columns)


def to_read(hours: Stretches, edges: NDArray[np.int64], gaps: Sequence[Gap], counters: bool) -> NDArray[np.bool_]:
    """Which summed-up hours do not say enough, so that their samples must be read.

    Those that a step's edge or a gap falls into, those that overlap (values that came late), and, of `counters`, those
    in which one went down or at whose ends it could not be read.
    """
    t0, t1 = hours.t0, hours.t1
    starts, ends = merged(gaps)
    cuts = np.unique(np.concatenate([np.asarray(edges, np.int64), starts, ends]))
    found: NDArray[np.bool_] = np.searchsorted(cuts, t0, "right") != np.searchsorted(cuts, t1, "right")
    found |= within(t0, starts, ends) & (t0 < t1)
    if len(hours) > 1:
        found[1:] |= t0[1:] <= np.maximum.accumulate(t1)[:-1]
        found[:-1] |= t1[:-1] >= t0[1:]
    if counters:
        unsure = (hours.falls > 0) | np.isnan(hours.first) | np.isnan(hours.last) | np.isnan(hours.up)
        found |= (hours.good > 0) & unsure
    return found


def with_samples(
    hours: Stretches,
    loose: Samples,
    read: Callable[[int, int], Samples],
    edges: NDArray[np.int64],
    gaps: Sequence[Gap],
    counters: bool,
) -> Stretches:
    """Summed-up hours, with samples in the place of those that do not say enough: ready to be aggregated.

    `loose` are samples that are in no hour (yet), in order; `read` gives all that is in the hours of a stretch of time,
    both ends included.
    """
    at = loose.at
    unclear = to_read(hours, edges, gaps, counters)
    unclear |= np.searchsorted(at, hours.t0) != np.searchsorted(at, hours.t1, "right")
    turns = np.flatnonzero(np.diff(np.concatenate([[False], unclear, [False]])))
    runs = [hours.rows(slice(start, stop)) for start, stop in turns.reshape(-1, 2).tolist()]
    known = [of_samples(read(int(run.t0[0]), int(run.t1.max()))) for run in runs]
    return join([hours.rows(~unclear) if runs else hours, *known, of_samples(loose)])


def merged(gaps: Sequence[Gap]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and ends of the times in which nothing was recorded, none overlapping."""
    spans: list[list[int]] = []
    for start, stop, _ in sorted(gap for gap in gaps if gap.from_ns < gap.to_ns):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], stop)
        else:
            spans.append([start, stop])
    table = np.array(spans, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def within(t: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which moments lie in one of the spans, their ends not included."""
    if not len(starts):
        return np.zeros(len(t), np.bool_)
    span = np.searchsorted(starts, t, "right") - 1
    return (span >= 0) & (t < ends[span])
