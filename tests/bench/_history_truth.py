"""What the answers must be, worked out from what was generated: a figure of a wrong answer is worth nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.core.errors import HmiError
from tests.bench._history_contender import Buckets, Digest, Grid, Hours, Raw, bits, hours_of
from tests.bench._history_workload import SECOND_NS

_SNAP_NS = 60 * SECOND_NS  # a trend may begin at a whole minute, and its buckets be whole minutes wide


def demand(holds: bool | np.bool_, who: str, what: str) -> None:
    """Raises HmiError, which ends the bench, unless it holds."""
    if not holds:
        raise HmiError(
            f"{who} answered wrongly: {what}. Figures of wrong answers are worth nothing: the bench ends here"
        )


def digest_of(rows: NDArray[Any]) -> Digest:
    """What every contender must say of these rows."""
    bad = int((bits(rows["quality"]) < 0).sum())
    return Digest(len(rows), float(rows["value"].min()), float(rows["value"].max()), bad)


class Pen:
    """All that was generated of one tag, in order of time."""

    def __init__(self, parts: Sequence[Raw]) -> None:
        self.all = Raw(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        order = np.argsort(self.all.time, kind="stable")
        self.all = Raw(*(column[order] for column in self.all))

    def part(self, from_ns: int, to_ns: int) -> Raw:
        """A stretch, the end left out."""
        rows = slice(*np.searchsorted(self.all.time, [from_ns, to_ns]).tolist())
        return Raw(*(column[rows] for column in self.all))

    def check_raw(self, who: str, found: Raw, from_ns: int, to_ns: int) -> None:
        """Every sample, bit for bit."""
        for name, got, wanted in zip(Raw._fields, found, self.part(from_ns, to_ns), strict=True):
            demand(np.array_equal(got, wanted), who, f"{name} of {len(got)} samples, {len(wanted)} were stored")

    def check_trend(self, who: str, found: Buckets, grid: Grid, asked: Grid) -> None:
        """Count, minimum and maximum of every bucket, that none is missing, and that it is what was asked for."""
        slack = grid.width_ns + _SNAP_NS
        demand(asked.from_ns - slack < grid.from_ns <= asked.from_ns, who, "a trend that begins elsewhere")
        demand(asked.to_ns <= grid.to_ns < asked.to_ns + slack, who, "a trend that ends elsewhere")
        demand(grid.width_ns <= asked.width_ns + _SNAP_NS, who, "a trend that is too coarse")
        part = self.part(grid.from_ns, grid.to_ns)
        usable = part.quality >= 0
        time, value = part.time[usable], part.value[usable]
        some = found.count > 0
        start = found.start[some]
        demand(not ((start - grid.from_ns) % grid.width_ns).any(), who, "a bucket that is none of its grid")
        heads = np.searchsorted(time, start)
        demand(heads[0] == 0, who, "a trend without its beginning")
        demand(np.array_equal(found.count[some], np.diff(np.append(heads, len(time)))), who, "counts of a trend")
        demand(np.array_equal(found.low[some], np.minimum.reduceat(value, heads)), who, "minima of a trend")
        demand(np.array_equal(found.high[some], np.maximum.reduceat(value, heads)), who, "maxima of a trend")

    def check_hourly(self, who: str, found: Hours, from_ns: int, to_ns: int) -> None:
        """Counts and extremes exactly, means as far as sums in another order agree."""
        wanted = hours_of(self.part(from_ns - 10 * SECOND_NS, to_ns), from_ns, to_ns)
        for name in ("count", "low", "high"):
            demand(np.array_equal(getattr(found, name), getattr(wanted, name)), who, f"{name} of hours")
        for name in ("mean", "weighted"):
            close = np.allclose(getattr(found, name), getattr(wanted, name), rtol=1e-9, atol=0)
            demand(close, who, f"{name} of hours")


def check_at(
    who: str, found: tuple[NDArray[Any], NDArray[Any]], rows: NDArray[Any], tags: Sequence[int], when: int
) -> None:
    """Time and value of each tag; `rows`: what was generated around that moment."""
    before = rows[rows["time"] <= when]
    before = before[np.argsort(before["time"], kind="stable")]
    last = np.zeros(int(before["tag"].max()) + 1, np.int64)
    last[before["tag"]] = np.arange(len(before))  # of several the last one counts
    wanted = before[last[list(tags)]]
    demand(np.array_equal(found[0], wanted["time"]), who, "times of values at a moment")
    demand(np.array_equal(found[1], wanted["value"]), who, "values at a moment")
