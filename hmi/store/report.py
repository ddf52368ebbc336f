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
from hmi.store.summary import columns_of

_HOURS: Final = (
    "SELECT t0, t1, n, good, worst, q0, q1, vmin, vmax, vsum, m2, first, last, up, falls, tw, twd FROM hour "
    "WHERE tag = (SELECT id FROM tag WHERE name = ?) AND hour >= ? AND hour <= ? ORDER BY hour"
)
_HOUR_NS: Final = 3_600_000_000_000

Row = tuple[Any, ...]  # time of the first sample, of the last one, then as in hmi.store.summary.Summary


class Wanted(NamedTuple):
    """Which figures of a tag, for which steps."""

    kinds: Sequence[str]
    edges: NDArray[np.int64]  # ns UTC
    until_ns: int  # nothing is known of what was after that
    span: float | None = None  # after how much a counter begins anew


class Known(NamedTuple):
    """What history has of one tag in that time."""

    sums: list[Row]
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

    def hours(self, name: str, from_ns: int, to_ns: int, without: frozenset[int]) -> list[Row]:
        """The tag's hours, those of some days (by their first ns) left out."""
        if self._file is None:
            return []
        floor = max(-(2**63), from_ns // _HOUR_NS * _HOUR_NS)
        rows: list[Row] = self._file.execute(_HOURS, (name, floor, to_ns)).fetchall()
        if not rows or rows[-1][0] < min(without, default=2**63):  # they are of days before
            return rows
        return [row for row in rows if row[0] // DAY_NS * DAY_NS not in without]


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


def reported(name: str, wanted: Wanted, known: Known) -> Aggregates:
    """The figures of one tag for each step."""
    rows = sorted(known.sums, key=lambda row: row[0])
    t0, t1 = (np.array([row[end] for row in rows], np.int64) for end in (0, 1))
    hours = of_summaries(t0, t1, columns_of([row[2:] for row in rows]))
    loose = joined(name, [part for part in (known.before, known.rest) if part is not None]) or Samples.empty(name)

    def read(start: int, stop: int) -> Samples:
        return joined(name, known.read(start, stop)) or Samples.empty(name)

    counters = not OF_COUNTERS.isdisjoint(wanted.kinds)
    stretches = with_samples(hours, loose, read, wanted.edges, known.gaps, counters)
    return aggregate(name, wanted.kinds, stretches, wanted.edges, known.gaps, wanted.until_ns, wanted.span)
