"""Thinning inside SQLite: extremes, first and last of each bucket, without a Python object per sample."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# 2147483648 is quality.BAD: bad values are never extremes, but they mark their bucket.
_SUM: Final = (
    "SELECT count(value) FILTER (WHERE quality < 2147483648), min(value) FILTER (WHERE quality < 2147483648), "
    "max(value) FILTER (WHERE quality < 2147483648), max(quality) FROM sample WHERE tag = ? AND time >= ? AND time < ?"
)
_FIRST: Final = (
    "SELECT time, CASE WHEN quality < 2147483648 THEN value END FROM sample "
    "WHERE tag = ? AND time >= ? AND time < ? ORDER BY time, seq LIMIT 1"
)
_LAST: Final = (
    "SELECT time, CASE WHEN quality < 2147483648 THEN value END FROM sample "
    "WHERE tag = ? AND time >= ? AND time < ? ORDER BY time DESC, seq DESC LIMIT 1"
)
_NAMES: Final = ("count", "vmin", "vmax", "worst", "first", "last")
_KINDS: Final = (np.int64, np.float64, np.float64, np.uint32, np.float64, np.float64)

_Bucket = tuple[Any, ...]  # count, min, max, worst, time of first, first, time of last, last


class Buckets:
    """The buckets of one tag over a window, gathered from one file after the other."""

    def __init__(self, from_ns: int, to_ns: int, width_ns: int) -> None:
        self._from_ns = from_ns
        self._to_ns = to_ns
        self._width_ns = width_ns
        self._found: dict[int, _Bucket] = {}  # by where the bucket starts

    def add(self, file: sqlite3.Connection, tag: int) -> None:
        """What one file has; empty stretches are jumped over."""
        after = self._from_ns
        while (first := file.execute(_FIRST, (tag, after, self._to_ns)).fetchone()) is not None:
            start = self._from_ns + (first[0] - self._from_ns) // self._width_ns * self._width_ns
            after = min(start + self._width_ns, self._to_ns)
            last = file.execute(_LAST, (tag, start, after)).fetchone()
            total = file.execute(_SUM, (tag, start, after)).fetchone()
            self._merge(start, (*total, *first, *last))

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns of a Window."""
        starts = sorted(self._found)
        rows = [self._found[start] for start in starts]
        picked = [(row[0], row[1], row[2], row[3], row[5], row[7]) for row in rows]
        columns = zip(*picked, strict=True) if picked else [()] * len(_NAMES)
        found = {
            name: np.array(column, np.float64).astype(kind)  # None becomes NaN
            for name, kind, column in zip(_NAMES, _KINDS, columns, strict=True)
        }
        return {"t0": np.array(starts, np.int64), **found}

    def _merge(self, start: int, new: _Bucket) -> None:
        """Join with what another file has of the same bucket: the edge of a day, or values that came late."""
        old = self._found.get(start)
        if old is None:
            self._found[start] = new
            return
        lows = [low for low in (old[1], new[1]) if low is not None]
        highs = [high for high in (old[2], new[2]) if high is not None]
        first, last = min(old[4:6], new[4:6], key=_time), max(old[6:8], new[6:8], key=_time)
        extremes = (min(lows, default=None), max(highs, default=None))
        self._found[start] = (old[0] + new[0], *extremes, max(old[3], new[3]), *first, *last)


def _time(pair: _Bucket) -> Any:
    return pair[0]
