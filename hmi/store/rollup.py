"""rollup.db: every tag's hours in one row each, kept for years after the day's own file is gone.

An hour is summed up once, from the file of its own day; values that came after that day was closed are in the samples
of a later day, and not in the summary.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from hmi.store.block import HOUR_NS
from hmi.store.folder import is_damage, set_aside
from hmi.store.hot import TagRow
from hmi.store.schema import close_for_good, cut_log, open_rollup, open_to_read
from hmi.store.summary import Columns, columns_of, combine, rows_of

log = logging.getLogger(__name__)

ROLLUP: Final = "rollup.db"
_BLOCKS: Final = (
    "SELECT tag, t0, t1, n, good, worst, q0, q1, vmin, vmax, vsum, m2, first, last, up, falls, tw, twd "
    "FROM block ORDER BY tag, t0, seq"
)
_INSERT: Final = "INSERT OR IGNORE INTO hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SALVAGED: Final = {
    "SELECT * FROM tag": "INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?, ?, ?)",
    "SELECT * FROM hour": _INSERT,
}
_NEW_TAG: Final = (
    "INSERT INTO tag(name, connection, type, unit, description) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT(name) DO UPDATE SET connection = excluded.connection, type = excluded.type, "
    "unit = excluded.unit, description = excluded.description"
)


class Rollup:
    """rollup.db, open for writing when needed; lives on the sealer thread. Raises sqlite3.Error."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ROLLUP
        self._connection: sqlite3.Connection | None = None

    def take(self, day: int, path: Path) -> bool:
        """Sum up a day that is closed; False when that was done before. A day that cannot be read is left out."""
        try:
            return self._take(day, path)
        except sqlite3.Error as error:
            self.close()  # a disk that comes back may want it opened anew
            if not is_damage(error):
                raise
            self._set_aside()
            return self._take(day, path)

    def _take(self, day: int, path: Path) -> bool:
        file = self._opened()
        if file.execute("SELECT 1 FROM day WHERE day = ?", (day,)).fetchone() is not None:
            return False
        try:
            tags, blocks = _read(path)
            hours = hours_of(blocks)
        except (sqlite3.Error, TypeError, ValueError, OverflowError) as error:  # noise in place of numbers
            log.warning("%s cannot be read and is not in the hourly summaries: %s", path, error)
            tags, hours = [], []
        file.execute("BEGIN IMMEDIATE")
        try:
            file.executemany(_NEW_TAG, [tag[1:] for tag in tags])
            own = dict(file.execute("SELECT name, id FROM tag"))
            names = {tag[0]: own[tag[1]] for tag in tags}
            file.executemany(_INSERT, [(names[row[0]], *row[1:]) for row in hours if row[0] in names])
            file.execute("INSERT INTO day VALUES (?)", (day,))
            file.execute("COMMIT")
        except sqlite3.Error:
            if file.in_transaction:
                file.execute("ROLLBACK")
            raise
        cut_log(file)
        return True

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            close_for_good(self._connection)
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = open_rollup(self._path)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self._set_aside()
                self._connection = open_rollup(self._path)
        return self._connection

    def _set_aside(self) -> None:
        """Begin anew with the hours that can still be read; those of days that are still there are summed up again."""
        fresh = self._path.with_name(self._path.name + ".salvaged")
        fresh.unlink(missing_ok=True)
        with closing(open_rollup(fresh)) as file:
            file.execute("BEGIN IMMEDIATE")
            for query, insert in _SALVAGED.items():
                file.executemany(insert, _readable(self._path, query))
            file.execute("COMMIT")
            file.execute("PRAGMA journal_mode=DELETE")
        away = set_aside(self._path, 0)
        fresh.replace(self._path)
        told = "the hourly summaries are damaged and were set aside as %s; what can be read of them was kept"
        log.error(told, away)


def _readable(path: Path, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a damaged file up to the first that cannot be read."""
    with suppress(sqlite3.Error, OSError), closing(open_to_read(path)) as file:
        yield from file.execute(query)


def hours_of(blocks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows (tag, hour, t0, t1, summary) out of rows (tag, t0, t1, summary) that are sorted by tag and t0.

    Where blocks of an hour overlap, which only late values do, those that begin inside another one are left out: the
    day's own file has them, and a summary that counted a stretch twice would not be true.
    """
    if not blocks:
        return []
    kept, end, owner = [], 0, None
    for row in blocks:
        if row[0] != owner or row[1] >= end:
            kept.append(row)
            owner, end = row[0], row[2]
    tag, t0, t1 = (np.array([row[place] for row in kept], np.int64) for place in range(3))
    columns: Columns = columns_of([row[3:] for row in kept])
    hour = t0 // HOUR_NS
    heads = np.flatnonzero(np.append(True, (tag[1:] != tag[:-1]) | (hour[1:] != hour[:-1])))
    tails = np.append(heads[1:], len(kept)) - 1
    merged = rows_of(combine(columns, t0, t1, heads))
    keys = zip(tag[heads].tolist(), (hour[heads] * HOUR_NS).tolist(), t0[heads].tolist(), strict=True)
    return [(*key, last, *row) for key, last, row in zip(keys, t1[tails].tolist(), merged, strict=True)]


def _read(path: Path) -> tuple[list[TagRow], list[tuple[Any, ...]]]:
    with closing(open_to_read(path)) as file:
        tags = file.execute("SELECT id, name, connection, type, unit, description FROM tag").fetchall()
        return tags, file.execute(_BLOCKS).fetchall()
