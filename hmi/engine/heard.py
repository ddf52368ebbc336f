"""After a gap in history: tags that are heard again but stay as they were are stored once more, as of then.

A value that did not change meanwhile keeps its old source time. History alone, which carries no value over a gap, would
then not know it until it changes, however long that takes. Tags that change soon need nothing: they are waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.batch import FLAG_AGAIN, FLAG_NOT_LIVE, FLAG_TIME_SUSPECT, Batch
from hmi.core.tags import TagTable

WAIT_NS: Final = 2_000_000_000  # for a value that was made after the gap
_NEVER: Final = np.iinfo(np.int64).min
_OWN_TIME: Final = FLAG_NOT_LIVE | FLAG_TIME_SUSPECT  # made by this station, or stored by its receipt anyway


class Heard:
    """Which tags history waits for; belongs to the engine's loop. Costs next to nothing while it waits for none."""

    def __init__(self, table: TagTable) -> None:
        self._table = table
        self._due_ns = np.full(len(table), _NEVER)  # end of the gap; a value that is older does not end it
        self._is_live = np.zeros(len(table), bool)  # else it must be heard after the gap
        self._said_ns = np.full(len(table), _NEVER)  # as of when it was stored once more
        self._any = False

    def gap(self, tags: Sequence[int] | NDArray[Any], to_ns: int, is_live: bool) -> None:
        """History knows nothing of these tags until `to_ns`; `is_live`: what the table shows as live is so since."""
        index = np.asarray(tags, np.intp)
        self._due_ns[index] = np.maximum(self._due_ns[index], to_ns)
        self._is_live[index] = is_live
        self._any = self._any or len(index) > 0

    def again(self, batch: Batch) -> Batch:
        """Of what came in, the rows to store once more as of their receipt: older than what was stored as of now.

        So it is with a device whose clock is behind: what it says next must not end up before what it said last.
        """
        if not self._any:
            return Batch.empty()
        rows, tags = batch.rows, batch.rows["tag"]
        theirs = (rows["flags"] & _OWN_TIME) == 0
        self._due_ns[tags[theirs & (rows["time"] > self._due_ns[tags])]] = _NEVER
        old = theirs & (rows["time"] <= self._said_ns[tags])
        self._said_ns[tags[theirs & ~old]] = _NEVER
        self._any = bool((self._due_ns != _NEVER).any() or (self._said_ns != _NEVER).any())
        newest = {int(tag): row for row, tag in zip(np.flatnonzero(old), tags[old], strict=True)}
        found = rows[list(newest.values())].copy()
        return self._as_of(Batch(found, batch.texts), found["received"])

    def settle(self, now_ns: int) -> Batch:
        """What is to be stored once more by now; called at every beat of the engine."""
        if not self._any:
            return Batch.empty()
        table = self._table
        index = np.flatnonzero((self._due_ns != _NEVER) & (now_ns - WAIT_NS >= self._due_ns))
        due_ns = self._due_ns[index]
        known = (table.quality[index] != q.BAD_WAITING) & ((table.flags[index] & _OWN_TIME) == 0)
        index = index[known & (self._is_live[index] | (table.received[index] > due_ns))]
        batch = table.rows(index)
        batch = self._as_of(batch, np.maximum(batch.rows["received"], self._due_ns[index]))
        self._due_ns[index] = _NEVER
        return batch

    def _as_of(self, batch: Batch, at_ns: NDArray[np.int64]) -> Batch:
        rows = batch.rows
        rows["time"] = rows["received"] = at_ns
        rows["flags"] |= FLAG_AGAIN
        self._said_ns[rows["tag"]] = at_ns
        return batch
