"""Peer: one SQLite row a sample, as plant software is usually built; every second committed with synchronous=FULL."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._history_contender import LOOK_BACK_NS, Buckets, Digest, Grid, Hours, Raw, bits, files_size, hours_of
from tests.bench._history_workload import Workload

_TREND = (
    "SELECT (time - :start) / :width AS k, count(*), min(value), max(value) FROM sample "
    "WHERE tag = :tag AND time >= :start AND time < :stop AND quality >= 0 GROUP BY k"
)
_AT = "SELECT time, value FROM sample WHERE tag = ? AND time <= ? ORDER BY time DESC LIMIT 1"
_RAW = "SELECT time, value, quality FROM sample WHERE tag = ? AND time >= ? AND time < ? ORDER BY time"


class Rows:
    """A table clustered by tag and time: the fewest bytes and the quickest reads that rows can give."""

    name = "rows in SQLite"

    def __init__(self, folder: Path, workload: Workload) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._db = sqlite3.connect(folder / "rows.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS sample(tag INTEGER NOT NULL, time INTEGER NOT NULL, value REAL, "
            "quality INTEGER NOT NULL, PRIMARY KEY(tag, time)) WITHOUT ROWID"
        )

    def append(self, rows: NDArray[Any]) -> None:
        """One transaction."""
        columns = (rows["tag"].tolist(), rows["time"].tolist(), rows["value"].tolist(), bits(rows["quality"]).tolist())
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO sample VALUES (?, ?, ?, ?)", zip(*columns, strict=True))
        self._db.execute("COMMIT")

    def load(self, rows: NDArray[Any]) -> None:
        """Sorted as the table is, and nothing waits for the disk."""
        self._db.execute("PRAGMA synchronous=OFF")
        self.append(rows[np.lexsort((rows["time"], rows["tag"]))])
        self._db.execute("PRAGMA synchronous=FULL")

    def settle(self) -> None:
        """Bring the log in."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def size(self) -> int:
        """The file."""
        return files_size(self._folder)

    def pids(self) -> Sequence[int]:
        """Works in this process."""
        return ()

    def digest(self) -> Digest:
        """By one query."""
        query = "SELECT count(*), min(value), max(value), sum(quality < 0) FROM sample"
        return Digest(*self._db.execute(query).fetchone())

    def forget(self) -> None:
        """Keeps pages, no answers."""

    def raw(self, tag: int, from_ns: int, to_ns: int) -> Raw:
        """Into columns, as a trend needs them."""
        time, value, quality = zip(*self._db.execute(_RAW, (tag, from_ns, to_ns)).fetchall(), strict=True)
        return Raw(np.array(time, np.int64), np.array(value, np.float64), np.array(quality, np.int32))

    def trend(self, tags: Sequence[int], grid: Grid) -> tuple[Grid, list[Buckets]]:
        """One GROUP BY a pen."""
        found = []
        for tag in tags:
            names = {"tag": tag, "start": grid.from_ns, "stop": grid.to_ns, "width": grid.width_ns}
            number, count, low, high = zip(*self._db.execute(_TREND, names).fetchall(), strict=True)
            found.append(Buckets(grid.start_of(np.array(number)), np.array(count), np.array(low), np.array(high)))
        return grid, found

    def hourly(self, tag: int, from_ns: int, to_ns: int) -> Hours:
        """Fetched and worked out with numpy, which is faster than its SQL."""
        return hours_of(self.raw(tag, from_ns - LOOK_BACK_NS, to_ns), from_ns, to_ns)

    def at(self, tags: Sequence[int], when_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """One look-up a tag."""
        time, value = zip(*(self._db.execute(_AT, (tag, when_ns)).fetchone() for tag in tags), strict=True)
        return np.array(time, np.int64), np.array(value, np.float64)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
