"""hot.db as its one writer sees it: a row a second with all values of that second, until they are sealed."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.tags import Tag
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import hot_files
from hmi.store.proof import damage
from hmi.store.schema import close_for_good, cut_log, open_hot, open_to_read
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark, Second

LOG_HELD: Final = 64 * 1024 * 1024  # bytes of log that a reader may keep from being cut: then recording leaves the file
_LOG_LIMIT: Final = 16 * 1024 * 1024  # bytes of write-ahead log at which it is cut back
_LOG_FULL: Final = 4 * 1024 * 1024  # bytes of values after which it is brought into the file
_DELETED_AT_ONCE: Final = 200  # seconds: a commit must not wait for the deleting of a whole hour
_INSERT: Final = "INSERT INTO second(seq, hour, t0, t1, at, n, b, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_RESTORE: Final = "INSERT OR REPLACE INTO second(seq, hour, t0, t1, at, n, b, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
LAST: Final = "SELECT max(coalesce((SELECT max(seq) FROM second), 0), (SELECT seq FROM beat))"
ALL: Final = "SELECT seq, hour, t0, t1, at, n, b, crc FROM second ORDER BY seq"
_AFTER: Final = "SELECT seq, hour, t0, t1, at, n, b, crc FROM second WHERE seq > ? ORDER BY seq LIMIT ?"
_UPSERT: Final = (
    "INSERT INTO tag(name, connection, type, unit, description) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT(name) DO UPDATE SET connection = excluded.connection, type = excluded.type, "
    "unit = excluded.unit, description = excluded.description"
)
TAG_ROWS: Final = "SELECT id, name, connection, type, unit, description FROM tag"
TagRow = tuple[int, str, str, str, str, str]  # id, name, connection, type, unit, description
_VERSION: Final = [f"PRAGMA user_version={number}" for number in range(1000)]  # it takes no parameters
_WHOLE: Final = (int, int, int, int, int, int, bytes, int)
_HEAD: Final = struct.Struct("<6q")


class Row(NamedTuple):
    """A second as it lies in the file."""

    seq: int
    hour: int
    t0: int
    t1: int
    at: int
    n: int
    b: bytes
    crc: int

    @classmethod
    def of(cls, second: Second, now_ns: int) -> Row:
        """A second that is committed now."""
        head, blob = (second.seq, second.hour, *second.span, now_ns, len(second.slab)), second.slab.pack()
        return cls(*head, blob, _checksum(head, blob))

    @property
    def is_whole(self) -> bool:
        """Whether every bit of it is as it was written."""
        return tuple(map(type, self)) == _WHOLE and _checksum(self[:6], self.b) == self.crc

    def second(self) -> Second:
        """The second again; raises Damaged."""
        if not self.is_whole:
            raise Damaged("a second of history is damaged")
        return Second(self.seq, self.hour, Slab.unpack(self.b))


class HotFile:
    """hot.db, open for writing; lives on the writer thread. Raises sqlite3.Error."""

    def __init__(self, path: Path, tags: Sequence[Tag], known: Sequence[TagRow] = (), after: int = 0) -> None:
        """For a file that is new, `known` are tags and their numbers as the days have them; `after`: the last number
        of a second that the days have sealed, so that no new one is taken for it.
        """
        self.path = path
        self._connection = open_hot(path)
        self._sealed: list[Mark] = []
        self._logged = 0
        self._tags: list[TagRow] = []
        try:
            self.numbers = self._numbered(tags, known, after)
            self.seq = int(self._connection.execute(LAST).fetchone()[0])  # the last number given
        except sqlite3.Error:
            self._connection.close()
            raise

    def write(self, slabs: Sequence[tuple[int, Slab]], now_ns: int) -> list[Second]:
        """Commit values, each slab with its hour, all or none; on return they are on the disk."""
        found = [Second(seq, hour, slab) for seq, (hour, slab) in enumerate(slabs, self.seq + 1)]
        packed = [Row.of(second, now_ns) for second in found]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_INSERT, packed)
            if self._sealed or not slabs:
                self._connection.execute("UPDATE beat SET at = ?, seq = ?", (now_ns, self.seq + len(found)))
                self._delete_some()
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise
        self.seq += len(found)
        self._logged += sum(len(row.b) for row in packed)
        if self._logged > _LOG_FULL:
            with suppress(sqlite3.Error):  # these values are safe already
                self.checkpoint()
        return found

    def restore(self, seconds: Sequence[Second], now_ns: int) -> None:
        """Put seconds in that were in a file that is lost, under the numbers they had."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_RESTORE, (Row.of(second, now_ns) for second in seconds))
            self._change_version()
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise
        self.seq = max(self.seq, *(second.seq for second in seconds)) if seconds else self.seq

    def forget(self, mark: Mark) -> None:
        """What is sealed is deleted with the commits that follow, a part with each."""
        self._sealed.append(mark)

    def told(self, damaged: Sequence[int]) -> None:
        """What is missing so far was declared as gaps; seconds that are damaged are deleted."""
        self._connection.executemany("DELETE FROM second WHERE seq = ?", [(number,) for number in damaged])
        self._connection.execute("UPDATE beat SET told = ?", (self.seq,))

    def told_until(self) -> int:
        """Up to which number what is missing was declared."""
        return int(self._connection.execute("SELECT told FROM beat").fetchone()[0])

    def rows(self) -> Iterator[Row]:
        """Every second in it, those that are damaged, too."""
        return rows_in(self._connection)

    def left(self) -> dict[int, int]:
        """By hour, the last number that is not sealed."""
        rows = self._connection.execute("SELECT hour, max(seq) FROM second GROUP BY hour").fetchall()
        return left_of(dict(rows), self._sealed)

    def tags(self) -> list[TagRow]:
        """Every tag there ever was, with its number in this data folder."""
        return self._tags

    def checkpoint(self) -> None:
        """Bring the log into the file, and cut the log back when it has grown long."""
        self._logged = 0
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if self.log_bytes() > _LOG_LIMIT:
            cut_log(self._connection)

    def log_bytes(self) -> int:
        """Size of the write-ahead log."""
        path = self.path.with_name(self.path.name + "-wal")
        return path.stat().st_size if path.exists() else 0

    def close(self, now_ns: int | None = None) -> None:
        """Close the file; what remains is one file that can be copied and read without leaving anything beside it.

        `now_ns`: it ends in good order, with nothing left to commit.
        """
        if now_ns is not None:
            with suppress(sqlite3.Error):  # then it counts as ended at the commit before
                self._connection.execute("UPDATE beat SET at = ?, seq = ?", (now_ns, self.seq))
        close_for_good(self._connection)

    def _delete_some(self) -> None:
        while self._sealed:
            mark = self._sealed[0]
            gone = self._connection.execute(
                "DELETE FROM second WHERE seq IN (SELECT seq FROM second WHERE seq <= ? AND hour <= ? LIMIT ?)",
                (mark.seq, mark.hour, _DELETED_AT_ONCE),
            ).rowcount
            if gone == _DELETED_AT_ONCE:
                return
            self._sealed.pop(0)

    def _change_version(self) -> None:
        """Readers that know what was in it until now look at all of it anew: not only seconds were added at the end."""
        before: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        self._connection.execute(_VERSION[(before + 1) % len(_VERSION)])

    def _numbered(self, tags: Sequence[Tag], known: Sequence[TagRow], after: int) -> NDArray[np.uint32]:
        if self._connection.execute("PRAGMA integrity_check(tag)").fetchone()[0] != "ok":
            raise damage("its list of tags has changed")  # a tag would begin anew under another number, twice in a day
        told = [(tag.name, tag.connection, tag.type, tag.unit, tag.description) for tag in tags]
        rows: list[TagRow] = self._connection.execute(TAG_ROWS).fetchall()
        there, names = {row[1:] for row in rows}, {row[1] for row in rows}
        if not there.issuperset(told) or not names.issuperset([row[1] for row in known]) or self._gave_last() < after:
            self._take_over(told, known, after)
            rows = self._connection.execute(TAG_ROWS).fetchall()
        self._tags = rows
        ids = {row[1]: row[0] for row in rows}
        return np.array([ids[tag.name] for tag in tags], np.uint32)

    def _gave_last(self) -> int:
        return int(self._connection.execute("SELECT seq FROM beat").fetchone()[0])

    def _take_over(self, told: Sequence[Sequence[str]], known: Sequence[TagRow], after: int) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?, ?, ?)", known)
            self._connection.executemany(_UPSERT, told)
            self._connection.execute("UPDATE beat SET seq = ?1 WHERE seq < ?1", (after,))
            self._change_version()
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def end_of_run(path: Path, now_ns: int) -> None:
    """Note in a file that nobody writes that all is in it until now, or is declared as a gap. Raises sqlite3.Error."""
    file = open_hot(path)
    try:
        file.execute("UPDATE beat SET at = ?", (now_ns,))
    finally:
        close_for_good(file)


def left_of(last: dict[int, int], marks: Sequence[Mark]) -> dict[int, int]:
    """Of the last numbers of some hours those that are not sealed."""
    return {hour: seq for hour, seq in last.items() if not any(hour <= mark.hour and seq <= mark.seq for mark in marks)}


def rows_in(file: sqlite3.Connection, after: int = -(2**63), limit: int = -1) -> Iterator[Row]:
    """The seconds of a file, those that are damaged, too; at most `limit`. Raises sqlite3.Error."""
    return map(Row._make, file.execute(_AFTER, (after, limit)))


def last_beat(folder: Path) -> int | None:
    """When an engine last committed values or a sign of life, ns UTC; None when it cannot be told."""
    found: list[Any] = []
    for path in hot_files(folder):
        with suppress(sqlite3.Error, OSError):
            file = open_to_read(path)
            try:
                found += file.execute("SELECT at FROM beat").fetchall()
                found += file.execute("SELECT at FROM second ORDER BY seq DESC LIMIT 1").fetchall()
            finally:
                file.close()
    return max((row[0] for row in found if type(row[0]) is int), default=0) or None


def _checksum(head: Sequence[int], blob: bytes) -> int:
    return zlib.crc32(blob, zlib.crc32(_HEAD.pack(*head)))
