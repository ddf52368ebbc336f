"""What of the incoming values is kept: every tag's own wish, told twice kept once, and a place for late comers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from hmi.core.batch import Batch
from hmi.core.tags import Tag
from hmi.store.rows import QUALITY, RECEIVED, SEQ, TIME, Row, rows_of, same

_SECOND_NS: Final = 1_000_000_000


class Intake:
    """Turns batches into table rows; lives on the writer thread."""

    def __init__(self, tags: Sequence[Tag], start_ns: int) -> None:
        """`start_ns` makes the sequence numbers of this run different from every other run's."""
        self._recorded = np.array([tag.history != "off" for tag in tags], bool)
        self._every_ns = {tag.index: every_ns(tag.history) for tag in tags if every_ns(tag.history)}
        self._last: dict[int, Row] = {}
        self._late = start_ns // 1000

    def seed(self, last: Mapping[int, Row]) -> None:
        """The newest row of each tag from runs before, by plant index."""
        self._last = dict(last)

    def rows(self, batch: Batch) -> list[Row]:
        """The rows to be stored, in the order in which they came."""
        keep = self._recorded[batch.rows["tag"]]
        wanted = batch if keep.all() else Batch(batch.rows[keep], batch.texts)
        found = (self._placed(row) for row in rows_of(wanted))
        return [row for row in found if row is not None]

    def _placed(self, row: Row) -> Row | None:
        """The row with its sequence number; None when it is not to be kept."""
        last = self._last.get(row[0])
        if last is not None:
            if same(row, last) or self._too_soon(row, last):
                return None
            if row[TIME] <= last[TIME]:  # another value of the same moment, or one that comes late
                self._late += 1
                row = (*row[:SEQ], self._late, *row[SEQ + 1 :])
        if last is None or row[TIME] >= last[TIME]:
            self._last[row[0]] = row
        return row

    def _too_soon(self, row: Row, last: Row) -> bool:
        every = self._every_ns.get(row[0])
        if every is None or row[QUALITY] != last[QUALITY]:
            return False
        return bool(abs(row[RECEIVED] - last[RECEIVED]) < every)


def every_ns(history: str) -> int:
    """The period of `every:SECONDS` in ns; 0 for any other wish."""
    kind, _, seconds = history.partition(":")
    return round(float(seconds) * _SECOND_NS) if kind == "every" else 0
