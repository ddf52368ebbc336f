"""Peer: DuckDB, in the order in which the samples came, or sorted by tag and time when all of them are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._history_contender import LOOK_BACK_NS, Buckets, Digest, Grid, Hours, Raw, bits, files_size, hours_of
from tests.bench._history_workload import Workload

_TREND = (
    "SELECT tag, (time - $start) // $width AS k, count(*) AS n, min(value) AS low, max(value) AS high FROM sample "
    "WHERE tag IN (SELECT unnest($tags)) AND time >= $start AND time < $stop AND quality >= 0 GROUP BY ALL ORDER BY ALL"
)
_AT = (
    "SELECT tag, max(time) AS time, arg_max(value, time) AS value FROM sample "
    "WHERE tag IN (SELECT unnest($tags)) AND time <= $when AND time > $from GROUP BY tag"
)
_RAW = "SELECT time, value, quality FROM sample WHERE tag = $tag AND time >= $start AND time < $stop ORDER BY time"


class Duck:
    """One DuckDB file."""

    name = "DuckDB"
    sorted = False

    def __init__(self, folder: Path, workload: Workload) -> None:
        import duckdb

        self._folder = folder
        folder.mkdir()
        self._db = duckdb.connect(str(folder / "history.duckdb"))
        self._db.execute("CREATE TABLE sample(tag INTEGER, time BIGINT, value DOUBLE, quality INTEGER)")

    def append(self, rows: NDArray[Any]) -> None:
        """One INSERT out of numpy columns, the fastest of its ways in; durable when it returns."""
        columns = {
            "tag": rows["tag"].astype(np.int32),
            "time": np.ascontiguousarray(rows["time"]),
            "value": np.ascontiguousarray(rows["value"]),
            "quality": bits(rows["quality"]),
        }
        self._db.register("fresh", columns)
        self._db.execute("INSERT INTO sample SELECT tag, time, value, quality FROM fresh")
        self._db.unregister("fresh")

    def load(self, rows: NDArray[Any]) -> None:
        """The same."""
        self.append(rows)

    def settle(self) -> None:
        """Checkpoint; before it, sort if it is to be."""
        if self.sorted:
            self._db.execute("CREATE TABLE ordered AS SELECT * FROM sample ORDER BY tag, time")
            self._db.execute("DROP TABLE sample")
            self._db.execute("ALTER TABLE ordered RENAME TO sample")
        self._db.execute("CHECKPOINT")

    def size(self) -> int:
        """The file; without the blocks that sorting has freed."""
        if not self.sorted:
            return files_size(self._folder)
        used = self._db.execute("SELECT block_size * used_blocks FROM pragma_database_size()").fetchone()
        assert used is not None
        return int(used[0])

    def pids(self) -> Sequence[int]:
        """Works in this process."""
        return ()

    def digest(self) -> Digest:
        """By one query."""
        query = "SELECT count(*), min(value), max(value), count(*) FILTER (quality < 0) FROM sample"
        found = self._db.execute(query).fetchone()
        assert found is not None
        return Digest(*found)

    def forget(self) -> None:
        """Keeps pages, no answers."""

    def raw(self, tag: int, from_ns: int, to_ns: int) -> Raw:
        """Straight into numpy columns."""
        found = self._db.execute(_RAW, {"tag": tag, "start": from_ns, "stop": to_ns}).fetchnumpy()
        return Raw(*(np.asarray(found[name]) for name in ("time", "value", "quality")))

    def trend(self, tags: Sequence[int], grid: Grid) -> tuple[Grid, list[Buckets]]:
        """All pens in one query."""
        names = {"tags": list(tags), "start": grid.from_ns, "stop": grid.to_ns, "width": grid.width_ns}
        found = {name: np.asarray(column) for name, column in self._db.execute(_TREND, names).fetchnumpy().items()}
        pens = [found["tag"] == tag for tag in tags]
        found["k"] = grid.start_of(found["k"])
        return grid, [Buckets(*(found[name][pen] for name in ("k", "n", "low", "high"))) for pen in pens]

    def hourly(self, tag: int, from_ns: int, to_ns: int) -> Hours:
        """Fetched and worked out with numpy, which is faster than its SQL."""
        return hours_of(self.raw(tag, from_ns - LOOK_BACK_NS, to_ns), from_ns, to_ns)

    def at(self, tags: Sequence[int], when_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """All tags in one query, told how far to look back."""
        names = {"tags": list(tags), "when": when_ns, "from": when_ns - LOOK_BACK_NS}
        found = {name: np.asarray(column) for name, column in self._db.execute(_AT, names).fetchnumpy().items()}
        order = np.argsort(found["tag"])[np.argsort(np.argsort(tags))]
        return found["time"][order], found["value"][order]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class SortedDuck(Duck):
    """The same, sorted by tag and time after the load: what only a finished history can be."""

    name = "DuckDB sorted"
    sorted = True
