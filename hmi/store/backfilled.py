"""Which stretches of a tag's blocks were fetched later, from the device's own history: kept beside a day's blocks.

Minutes and hours' summaries do not know it of their samples. It stands among a day's states as a slab of its own: a row
a stretch, at the time of its first sample, `raw` that of its last. A file of before has none: there it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import ROW
from hmi.core.history import Samples, is_backfilled
from hmi.store.slab import Slab, join

STATE: Final = "backfilled"

Run = tuple[int, int]  # times of the first and the last of some samples in a row that were fetched later, ns UTC


class Runs(NamedTuple):
    """The stretches of one tag, in order of their first times."""

    first: NDArray[np.int64]
    reach: NDArray[np.int64]  # the latest last time so far

    def touch(self, from_ns: NDArray[np.int64], to_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of some stretches of time, both ends included, whether any of these reaches into them."""
        before = self.first.searchsorted(to_ns, "right")
        reached: NDArray[np.bool_] = self.reach[np.maximum(before, 1) - 1] >= from_ns
        return reached & (before > 0)


def runs_in(samples: Samples) -> tuple[Run, ...]:
    """The stretches of some samples, that stand in order, that were fetched later."""
    if not np.count_nonzero(samples.flags):  # faster than any()
        return ()
    late = np.concatenate([[False], is_backfilled(samples.flags), [False]])
    edges = np.flatnonzero(late[1:] != late[:-1])
    at = samples.received
    return tuple(zip(at[edges[::2]].tolist(), at[edges[1::2] - 1].tolist(), strict=True))


def with_runs(known: Slab | None, found: Iterable[tuple[int, Run]]) -> Slab | None:
    """What a day knew, and what is new, each with the number of its tag; None when there is nothing."""
    new = sorted(found)
    parts = [known] if known is not None else []
    if new:
        rows = np.zeros(len(new), ROW)
        rows["tag"] = [tag for tag, _ in new]
        rows["time"] = [run[0] for _, run in new]
        rows["raw"] = [run[1] for _, run in new]
        parts.append(Slab.of(rows["tag"], rows))
    return join(parts) if parts else None


def runs_of(slab: Slab, tag: int) -> Runs | None:
    """The stretches of one tag; None when it has none."""
    rows = slab.rows_of(tag)
    if rows.start == rows.stop:
        return None
    found = slab.samples("", rows)
    return Runs(found.received, np.maximum.accumulate(found.raw))
