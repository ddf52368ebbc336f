"""Rows that a driver makes itself, for tags that cannot be had; and telling news from echo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_NOT_LIVE, FLAG_TEXT, ROW, Batch
from hmi.core.tags import Tag

LONGEST_TEXT: Final = 4096  # characters; a device that sends megabytes, again and again, must not fill the disk


@dataclass(frozen=True, slots=True)
class Decoded:
    """A batch of what a device sent, and what was wrong with the type of some: tag index -> reason."""

    batch: Batch
    mismatches: dict[int, str]


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
        found.append(text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…")
    return Batch(rows, tuple(found))


class Echo:
    """The last row of each tag, so that the same value of the same moment is not told twice.

    A subscription sends every item's first value, and so does the seeding read: else both would be stored.
    """

    def __init__(self, tags: Sequence[Tag]) -> None:
        size = 1 + max((tag.index for tag in tags), default=-1)
        self._known = np.zeros(size, bool)
        self._time = np.zeros(size, np.int64)
        # In columns: gathering and scattering whole rows costs ten times as much.
        self._rest = {name: np.zeros(size, dtype) for name, dtype in _REST.items()}

    def forget(self) -> None:
        """After a loss everything is news again: the values were shown as stale meanwhile."""
        self._known[:] = False

    def untold(self, tags: Sequence[int]) -> list[int]:
        """Which of these tags nothing was told of since the last loss."""
        wanted = np.array(tags, np.int64)
        found: list[int] = wanted[~self._known[wanted]].tolist()
        return found

    def newest(self) -> NDArray[np.int64]:
        """Source time of the last row of each tag, by tag index; 0 where there was none."""
        return np.where(self._known, self._time, 0)

    def newer(self, batch: Batch) -> Batch:
        """What was read beside a subscription, but for rows that are older than what that has told meanwhile."""
        rows = batch.rows
        kept = ~self._known[rows["tag"]] | (rows["time"] >= self._time[rows["tag"]] - _COARSE_NS)
        found = Batch(rows[kept], batch.texts)
        self.without(found)
        return found

    def without(self, batch: Batch) -> Batch:
        """The batch without rows that repeat value, quality and source time of the tag's last row."""
        rows = batch.rows
        tags = np.ascontiguousarray(rows["tag"])
        columns = self._columns(batch)
        same = self._known[tags] & (np.abs(rows["time"] - self._time[tags]) < _COARSE_NS)
        if same.any():
            same &= _same_time(rows["time"], self._time[tags])
            for name, found in columns.items():
                same &= found == self._rest[name][tags]
        self._time[tags] = rows["time"]
        self._known[tags] = True
        for name, found in columns.items():
            self._rest[name][tags] = found
        return batch if not same.any() else Batch(rows[~same], batch.texts)

    def _columns(self, batch: Batch) -> dict[str, NDArray[Any]]:
        rows = batch.rows
        columns = {name: rows[name].view(dtype) for name, dtype in _REST.items()}
        if batch.texts:
            columns["raw"] = columns["raw"].copy()
            for position in np.flatnonzero((rows["flags"] & FLAG_TEXT) != 0):
                columns["raw"][position] = hash(batch.texts[int(rows["raw"][position])])
        return columns


def _same_time(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Equal, or one is the other cut to whole microseconds, as what a protocol library has decoded is."""
    return np.asarray((one == other) | (one == other - other % _COARSE_NS) | (other == one - one % _COARSE_NS))


_COARSE_NS: Final = 1000
# What must be equal beside the time; of values their bits, for which not-a-number is equal to itself.
_REST: Final = {"value": np.dtype("<i8"), "raw": np.dtype("<i8"), "quality": np.dtype("<u4"), "flags": np.dtype("<u4")}
