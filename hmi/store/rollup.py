"""rollup.db: every tag's hours in one row each, kept for years after the day's own file is gone.

An hour is summed up when the file of its day is closed, and again when values come late or from elsewhere: out of all
samples that are still there.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from hmi.store.folder import is_damage, set_aside
from hmi.store.hours import Hour, both, exact_hour, files_of, hours_of, read_day
from hmi.store.schema import close_for_good, cut_log, open_rollup, open_to_read

log = logging.getLogger(__name__)

ROLLUP: Final = "rollup.db"
_INSERT: Final = "INSERT OR IGNORE INTO hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPLACE: Final = _INSERT.replace("IGNORE", "REPLACE")
_HOUR: Final = "SELECT * FROM hour WHERE tag = ? AND hour = ?"
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
            tags, rows = read_day(path)
            name_of = {tag[0]: tag[1] for tag in tags}
            hours = hours_of(rows, lambda tag, hour: exact_hour([path], tag, name_of[tag], hour))
        except (sqlite3.Error, TypeError, ValueError, KeyError, OverflowError) as error:  # noise in place of numbers
            log.warning("%s cannot be read and is not in the hourly summaries: %s", path, error)
            tags, hours, name_of = [], [], {}
        file.execute("BEGIN IMMEDIATE")
        try:
            file.executemany(_NEW_TAG, [tag[1:] for tag in tags])
            own = dict(file.execute("SELECT name, id FROM tag"))
            for tag, *rest in hours:
                self._put(file, name_of[tag], (own[name_of[tag]], *rest))
            file.execute("INSERT INTO day VALUES (?)", (day,))
            file.execute("COMMIT")
        except sqlite3.Error:
            if file.in_transaction:
                file.execute("ROLLBACK")
            raise
        cut_log(file)
        return True

    def forget(self, days: Iterable[int]) -> None:
        """Some days are to be summed up again: values are about to be put into their files."""
        self._opened().executemany("DELETE FROM day WHERE day = ?", [(day,) for day in days])

    def _put(self, file: sqlite3.Connection, name: str, hour: Hour) -> None:
        """An hour of one tag; where it is known already, out of all files that have samples of it."""
        known: Hour | None = file.execute(_HOUR, hour[:2]).fetchone()
        if known is None:
            file.execute(_INSERT, hour)
        elif known[4] != hour[4] or known[2:4] != hour[2:4]:
            whole = exact_hour(files_of(self._path.parent, hour[1]), hour[0], name, hour[1]) or hour
            if whole[4] < known[4]:  # the file of its own day was dropped
                whole = both(known, whole) or known
            file.execute(_REPLACE, whole)

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
