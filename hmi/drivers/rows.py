"""Rows that a driver makes itself, for tags that cannot be had; and telling news from echo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_NOT_LIVE, FLAG_TEXT, ROW, Batch
from hmi.core.tags import Tag


def bad_rows(tags: Sequence[Tag], quality: int | Mapping[int, int], now_ns: int) -> Batch:
    """Tags that cannot be had; `quality` says why: one code, or tag index -> code."""
    rows = np.zeros(len(tags), ROW)
    rows["tag"] = [tag.index for tag in tags]
    rows["value"] = np.nan
    rows["time"] = rows["received"] = now_ns
    rows["quality"] = [quality[tag.index] for tag in tags] if isinstance(quality, Mapping) else quality
    rows["flags"] = FLAG_NOT_LIVE | FLAG_NO_SOURCE_TIME
    return with_texts(rows, ((position, "") for position, tag in enumerate(tags) if tag.is_text))


def with_texts(rows: NDArray[Any], texts: Iterable[tuple[int, str]]) -> Batch:
    """A batch of these rows, some of which (by position) are texts."""
    found: list[str] = []
    for position, text in texts:
        rows["raw"][position] = len(found)
        rows["value"][position] = np.nan
        rows["flags"][position] |= FLAG_TEXT
        found.append(text)
    return Batch(rows, tuple(found))


class Echo:
    """The last row of each tag, so that the same value of the same moment is not told twice.

    A subscription sends every item's first value, and so does the seeding read: else both would be stored.
    """

    def __init__(self, tags: Sequence[Tag]) -> None:
        size = 1 + max((tag.index for tag in tags), default=-1)
        self._last = np.zeros(size, ROW)
        self._known = np.zeros(size, bool)

    def forget(self) -> None:
        """After a loss everything is news again: the values were shown as stale meanwhile."""
        self._known[:] = False

    def without(self, batch: Batch) -> Batch:
        """The batch without rows that repeat value, quality and source time of the tag's last row."""
        rows = self._signatures(batch)
        tags = rows["tag"]
        last = self._last[tags]
        same_value = rows["value"].view(np.int64) == last["value"].view(np.int64)
        same = self._known[tags] & same_value
        for column in ("time", "raw", "quality", "flags"):
            same &= rows[column] == last[column]
        self._last[tags] = rows
        self._known[tags] = True
        return batch if not same.any() else Batch(batch.rows[~same], batch.texts)

    def _signatures(self, batch: Batch) -> NDArray[Any]:
        rows = batch.rows
        if not batch.texts:
            return np.ascontiguousarray(rows)
        rows = rows.copy()
        for position in np.flatnonzero((rows["flags"] & FLAG_TEXT) != 0):
            rows["raw"][position] = hash(batch.texts[int(rows["raw"][position])])
        return rows
