"""Figures over long times: out of the hours' summaries where those say enough, out of the samples where not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.aggregate import Aggregates, aggregate
from hmi.core.figures import OF_COUNTERS
from hmi.core.history import Gap, Samples
from hmi.core.stretch import of_summaries, with_samples
from hmi.store.folder import DAY_NS
from hmi.store.opened import Opened
from hmi.store.samples import joined
from hmi.store.summary import Columns, Summary, columns_of

_OF_A_TAG: Final = (
    " FROM hour WHERE tag = (SELECT id FROM tag WHERE name = ?) AND hour >= ? AND hour <= ? ORDER BY hour"
)
_HOURS: Final = (
    "SELECT t0, t1, n, good, worst, q0, q1, vmin, vmax, vsum, m2, first, last, up, falls, tw, twd" + _OF_A_TAG
)
_LEAN_HOURS: Final = "SELECT t0, t1, good, worst, q1, vmin, vmax, vsum, last, tw, twd" + _OF_A_TAG
_ALL: Final = ("t0", "t1", *Summary._fields)  # of the first query
_LEAN: Final = ("t0", "t1", "good", "worst", "q1", "vmin", "vmax", "vsum", "last", "tw", "twd")
_NEED_NO_MORE: Final = frozenset(
    ("Count", "Average", "TimeAverage", "Total", "Minimum", "Maximum", "Range", "End", "DurationGood", "DurationBad")
)
_HOUR_NS: Final = 3_600_000_000_000

Row = tuple[Any, ...]  # time of the first sample, of the last one, then as in hmi.store.summary.Summary


class Wanted(NamedTuple):
    """Which figures of a tag, for which steps."""

    kinds: Sequence[str]
    edges: NDArray[np.int64]  # ns UTC
    until_ns: int  # nothing is known of what was after that
    span: float | None = None  # after how much a counter begins anew

    @property
    def columns(self) -> tuple[str, ...]:
        """What must be known of an hour for these figures."""
        return _LEAN if _NEED_NO_MORE.issuperset(self.kinds) else _ALL


class Known(NamedTuple):
    """What history has of one tag in that time."""

    sums: Columns  # of summed-up hours, by the names of `Wanted.columns`, in any order
    before: Samples | None  # what it was when the first step began
    rest: Samples | None  # not sealed yet
    gaps: Sequence[Gap]
    read: Callable[[int, int], list[Samples]]  # samples of blocks between two times


class RolledUp:
    """The hours of days that are closed, as rollup.db has them, for one question."""

    def __init__(self, file: sqlite3.Connection | None) -> None:
        """Raises sqlite3.Error when the file cannot be read."""
        self._file = file
        rows = file.execute("SELECT day FROM day").fetchall() if file is not None else []
        self.days = frozenset(row[0] * DAY_NS for row in rows)

    def hours(self, name: str, wanted: Wanted, without: frozenset[int]) -> list[Row]:
        """The tag's hours as rows of `Wanted.columns`, those of some days (by their first ns) left out."""
        if self._file is None:
            return []
        first, last = int(wanted.edges[0]), int(wanted.edges[-1])
        floor = max(-(2**63), first // _HOUR_NS * _HOUR_NS)
        query = _LEAN_HOURS if wanted.columns is _LEAN else _HOURS
        rows: list[Row] = self._file.execute(query, (name, floor, last)).fetchall()
        if not rows or rows[-1][0] < min(without, default=2**63):  # they are of days before
            return rows
        return [row for row in rows if row[0] // DAY_NS * DAY_NS not in without]


def _unknown(count: int) -> Columns:
    """What nobody asks for; where somebody did, it would be seen."""
    none, nothing = np.broadcast_to(np.float64(np.nan), count), np.broadcast_to(np.int64(0), count)
    return {"m2": none, "first": none, "up": none, "falls": nothing}


@contextmanager
def rolled_up(rollup: Opened) -> Iterator[RolledUp]:
    """For one question; summaries that cannot be read are as good as none: the days themselves say the same."""
    with ExitStack() as stack:
        try:
            found = RolledUp(stack.enter_context(rollup.asked()))
        except sqlite3.Error:
            rollup.close()
            found = RolledUp(None)
        yield found


def summed(wanted: Wanted, days: Sequence[Row], hours: Sequence[Row]) -> Columns:
    """The columns of blocks, each a row as DayView.sums gives it, and of hours that are rolled up."""
    own, other = columns_of(days, _ALL), columns_of(hours, wanted.columns)
    if not len(hours):
        return own
    are_first = not len(days) or other["t0"][-1] < own["t0"][0]  # as mostly: then they stand in order
    parts = (other, own) if are_first else (own, other)
    return {name: np.concatenate([part[name] for part in parts]) for name in wanted.columns}


def reported(name: str, wanted: Wanted, known: Known) -> Aggregates:
    """The figures of one tag for each step."""
    sums, t0 = known.sums, known.sums["t0"]
    if (t0[1:] < t0[:-1]).any():
        order = np.argsort(t0, kind="stable")
        sums = {name: column[order] for name, column in sums.items()}
    hours = of_summaries(sums["t0"], sums["t1"], {**_unknown(len(t0)), **sums})
    loose = joined(name, [part for part in (known.before, known.rest) if part is not None]) or Samples.empty(name)

    def read(start: int, stop: int) -> Samples:
        return joined(name, known.read(start, stop)) or Samples.empty(name)

    counters = not OF_COUNTERS.isdisjoint(wanted.kinds)
    stretches = with_samples(hours, loose, read, wanted.edges, known.gaps, counters)
    return aggregate(name, wanted.kinds, stretches, wanted.edges, known.gaps, wanted.until_ns, wanted.span)
