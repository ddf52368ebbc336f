"""The samples' files as their one writer sees them: one file a UTC day, one transaction a call."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from hmi.core.tags import Tag
from hmi.store.folder import day_files, day_of, day_path, is_damage, set_aside
from hmi.store.rows import CARRY, INSERT, SEQ, TIME, Row
from hmi.store.schema import close_for_good, open_day, open_to_read

log = logging.getLogger(__name__)

_LOG_LIMIT: Final = 8 * 1024 * 1024  # bytes of write-ahead log at which it is cut back
_OLD_FILES_AT_ONCE: Final = 8  # a clock that jumps far ahead must not cost the whole history at once
_WIDEN: Final = "UPDATE span SET first = min(coalesce(first, ?1), ?1), last = max(coalesce(last, ?2), ?2), beat = ?3"


class DayFile:
    """One day's file, open for writing; lives on the writer thread. Raises sqlite3.Error."""

    def __init__(self, path: Path, tags: Sequence[Tag], carried: Sequence[Row], now_ns: int) -> None:
        """`carried` are the last values of all tags (by plant index), kept if the file is new."""
        self.path = path
        self._connection = open_day(path)
        try:
            self._ids = self._tag_ids(tags)
            self._begin_day(carried, now_ns)
        except sqlite3.Error:
            self._connection.close()
            raise

    def write(self, rows: Sequence[Row], now_ns: int) -> None:
        """Keep rows, all or none, and note that the engine lives."""
        if rows:
            times = [row[TIME] for row in rows]
            span = (min(times), max(times), now_ns)
            self._transact([(INSERT, self._numbered(rows)), (_WIDEN, [span])])
        else:
            self._transact([("UPDATE span SET beat = ?", [(now_ns,)])])

    def last_rows(self) -> dict[str, Row]:
        """The newest row of every tag, by name, carried ones included."""
        names = {number: name for name, number in self._connection.execute("SELECT name, id FROM tag")}
        found = {names[row[0]]: row for row in self._connection.execute("SELECT * FROM carried")}
        newest = "SELECT * FROM sample WHERE tag = ? ORDER BY time DESC, seq DESC LIMIT 1"
        for number, name in names.items():
            row = self._connection.execute(newest, (number,)).fetchone()
            if row is not None and (name not in found or row[TIME] >= found[name][TIME]):
                found[name] = row
        return found

    def checkpoint(self) -> None:
        """Bring the log into the file, and cut the log back when it has grown long."""
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if self.log_bytes() > _LOG_LIMIT:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def log_bytes(self) -> int:
        """Size of the write-ahead log."""
        path = self.path.with_name(self.path.name + "-wal")
        return path.stat().st_size if path.exists() else 0

    def close(self) -> None:
        """Close the file; what remains is one file that can be copied and read without leaving anything beside it."""
        close_for_good(self._connection)

    def _tag_ids(self, tags: Sequence[Tag]) -> dict[int, int]:
        upsert = (
            "INSERT INTO tag(name, connection, type, unit, description) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT(name) DO UPDATE SET connection = excluded.connection, type = excluded.type, "
            "unit = excluded.unit, description = excluded.description"
        )
        told = [(tag.name, tag.connection, tag.type, tag.unit, tag.description) for tag in tags]
        self._transact([(upsert, told)])
        ids = dict(self._connection.execute("SELECT name, id FROM tag"))
        return {tag.index: ids[tag.name] for tag in tags}

    def _begin_day(self, carried: Sequence[Row], now_ns: int) -> None:
        if self._connection.execute("SELECT 1 FROM span").fetchone() is None:
            begun = ("INSERT INTO span(one, beat) VALUES (1, ?)", [(now_ns,)])
            self._transact([begun, (CARRY, self._numbered(carried))])

    def _numbered(self, rows: Sequence[Row]) -> list[Row]:
        ids = self._ids
        return [(ids[row[0]], *row[1:]) for row in rows]

    def _transact(self, statements: Sequence[tuple[str, Sequence[Row]]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in statements:
                self._connection.executemany(statement, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


class SampleFiles:
    """Every day file of a data folder; at most one is open. Lives on the writer thread. Raises sqlite3.Error."""

    def __init__(self, folder: Path, tags: Sequence[Tag]) -> None:
        self.damaged: list[Path] = []  # set aside since start
        self._folder = folder
        self._tags = tuple(tags)
        self._last: dict[int, Row] = {}  # by plant index
        self._day = -1
        self._file: DayFile | None = None

    def open(self, now_ns: int) -> None:
        """Read where the last run stopped and open today's file."""
        (self._folder / "samples").mkdir(parents=True, exist_ok=True)
        indexes = {tag.name: tag.index for tag in self._tags}
        files = day_files(self._folder)
        for day in [*reversed(files)][:1]:
            rows = self._file_of(day, now_ns).last_rows()
            self._last = {indexes[name]: (indexes[name], *row[1:]) for name, row in rows.items() if name in indexes}
        self._file_of(day_of(now_ns), now_ns)

    @property
    def last_rows(self) -> dict[int, Row]:
        """The newest row of every tag at `open`, by plant index."""
        return self._last

    def write(self, rows: Sequence[Row], now_ns: int) -> None:
        """Keep rows in the file of the UTC day that it is now; none of them is a sign of life alone."""
        day = day_of(now_ns)
        try:
            self._file_of(day, now_ns).write(rows, now_ns)
        except sqlite3.Error as error:
            self.close()  # a disk that comes back may want its file opened anew
            if not is_damage(error):
                raise
            self._set_aside(day, now_ns)
            self._file_of(day, now_ns).write(rows, now_ns)
        for row in rows:
            known = self._last.get(row[0])
            if known is None or (row[TIME], row[SEQ]) >= (known[TIME], known[SEQ]):
                self._last[row[0]] = row

    def checkpoint(self) -> None:
        """Bring the open file's log in."""
        if self._file is not None:
            self._file.checkpoint()

    def retain(self, now_ns: int, keep_days: int, max_bytes: float) -> list[Path]:
        """Drop the files of the oldest days, whole: those too old, and as many as are too much."""
        files = day_files(self._folder)
        sizes = {day: _size(path) for day, path in files.items()}
        total = sum(sizes.values())
        dropped, old = [], 0
        for day, path in files.items():
            too_old = day < day_of(now_ns) - keep_days and old < _OLD_FILES_AT_ONCE
            if day == self._day or not (too_old or total > max_bytes):
                continue
            old += too_old
            total -= sizes[day]
            _unlink(path)
            dropped.append(path)
            log.info("history of %s was dropped: older than %d days or over the size limit", path.stem, keep_days)
        return dropped

    def close(self) -> None:
        """Close the open file."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._day = -1

    def _file_of(self, day: int, now_ns: int) -> DayFile:
        if self._file is None or day != self._day:
            self.close()
            path = day_path(self._folder, day)
            carried = list(self._last.values())
            try:
                self._file = DayFile(path, self._tags, carried, now_ns)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self._set_aside(day, now_ns)
                self._file = DayFile(path, self._tags, carried, now_ns)
            self._day = day
        return self._file

    def _set_aside(self, day: int, now_ns: int) -> None:
        away = set_aside(day_path(self._folder, day), now_ns)
        self.damaged.append(away)
        log.error("a history file is damaged and was set aside as %s; recording goes on in a new one", away)


def last_beat(folder: Path) -> int | None:
    """When an engine last wrote to the newest day file, ns UTC; None when it cannot be told."""
    path = next(reversed(day_files(folder).values()), None)
    if path is None:
        return None
    try:
        with closing(open_to_read(path)) as connection:
            row = connection.execute("SELECT beat FROM span").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else int(row[0])


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in _parts(path))


def _unlink(path: Path) -> None:
    for part in _parts(path):
        part.unlink(missing_ok=True)


def _parts(path: Path) -> list[Path]:
    named = [path.with_name(path.name + tail) for tail in ("", "-wal", "-shm")]
    return [part for part in named if part.exists()]
