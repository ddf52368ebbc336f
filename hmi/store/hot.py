"""hot.db as its one writer sees it: a row a second with all values of that second, until they are sealed."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.tags import Tag
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import HOT
from hmi.store.schema import close_for_good, cut_log, open_hot, open_to_read
from hmi.store.slab import EMPTY, Slab
from hmi.store.unsealed import Committed, Kept, Mark, Second

log = logging.getLogger(__name__)

_LOG_LIMIT: Final = 16 * 1024 * 1024  # bytes of write-ahead log at which it is cut back
_LOG_LONG: Final = 256 * 1024 * 1024  # at which somebody is told: a reader that does not let go keeps it from being cut
_LOG_FULL: Final = 4 * 1024 * 1024  # bytes of values after which it is brought into the file
_DELETED_AT_ONCE: Final = 200  # seconds: a commit must not wait for the deleting of a whole hour
_INSERT: Final = "INSERT INTO second(seq, hour, t0, t1, at, n, b) VALUES (?, ?, ?, ?, ?, ?, ?)"
_LAST: Final = "SELECT max(coalesce((SELECT max(seq) FROM second), 0), (SELECT seq FROM beat))"
_RESTORE: Final = "INSERT OR REPLACE INTO second(seq, hour, t0, t1, at, n, b) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ALL: Final = "SELECT seq, hour, at, b FROM second ORDER BY seq"
_UPSERT: Final = (
    "INSERT INTO tag(name, connection, type, unit, description) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT(name) DO UPDATE SET connection = excluded.connection, type = excluded.type, "
    "unit = excluded.unit, description = excluded.description"
)
_TAGS: Final = "SELECT id, name, connection FROM tag"
_TAG_ROWS: Final = "SELECT id, name, connection, type, unit, description FROM tag"
TagRow = tuple[int, str, str, str, str, str]  # id, name, connection, type, unit, description
Span = tuple[int, int]  # between two times, ns UTC
_SECOND: Final = (int, int, int, bytes)
_TAG: Final = (int, str, str, str, str, str)


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
        self._long_told = False
        try:
            self.numbers = self._numbered(tags, known)
            self._seq = max(after, int(self._connection.execute(_LAST).fetchone()[0]))
        except sqlite3.Error:
            self._connection.close()
            raise

    def write(self, slabs: Sequence[tuple[int, Slab]], now_ns: int) -> list[Second]:
        """Commit values, each slab with its hour, all or none; on return they are on the disk."""
        found = [Second(seq, hour, slab) for seq, (hour, slab) in enumerate(slabs, self._seq + 1)]
        packed = [(seq, hour, *slab.span, now_ns, len(slab), slab.pack()) for seq, hour, slab in found]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_INSERT, packed)
            if self._sealed or not slabs:
                self._connection.execute("UPDATE beat SET at = ?, seq = ?", (now_ns, self._seq + len(found)))
                self._delete_some()
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._seq += len(found)
        self._logged += sum(len(row[-1]) for row in packed)
        if self._logged > _LOG_FULL:
            with suppress(sqlite3.Error):  # these values are safe already
                self.checkpoint()
        return found

    def restore(self, seconds: Sequence[Second], now_ns: int) -> None:
        """Put seconds in that were in a file that is lost, under the numbers they had."""
        rows = [(seq, hour, *slab.span, now_ns, len(slab), slab.pack()) for seq, hour, slab in seconds]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_RESTORE, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def forget(self, mark: Mark) -> None:
        """What is sealed is deleted with the commits that follow, a part with each."""
        self._sealed.append(mark)

    def replay(self, sealed: Sequence[Mark]) -> tuple[list[Second], list[Span]]:
        """Everything that is not sealed yet, and between which times something is damaged: that is left out."""
        found, lost, before = [], list[Span](), 0
        for seq, hour, at, blob in self._connection.execute(_ALL):
            if not any(hour <= mark.hour and seq <= mark.seq for mark in sealed):
                try:
                    found.append(Second(seq, hour, Slab.unpack(blob)))
                except (Damaged, TypeError):
                    lost.append((before or hour, at))
            before = at
        for mark in sealed:
            self.forget(mark)
        if lost:
            log.error("%d seconds of history in %s are damaged and cannot be read", len(lost), self.path)
        return found, lost

    def tags(self) -> list[TagRow]:
        """Every tag there ever was, with its number in this data folder."""
        return self._connection.execute(_TAG_ROWS).fetchall()

    def checkpoint(self) -> None:
        """Bring the log into the file, and cut the log back when it has grown long."""
        self._logged = 0
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if self.log_bytes() > _LOG_LIMIT:
            cut_log(self._connection)
        is_long = self.log_bytes() > _LOG_LONG
        if is_long and not self._long_told:
            log.warning(
                "another program keeps reading %s: its log is over 256 MB long and grows until it ends", self.path
            )
        self._long_told = is_long

    def log_bytes(self) -> int:
        """Size of the write-ahead log."""
        path = self.path.with_name(self.path.name + "-wal")
        return path.stat().st_size if path.exists() else 0

    def close(self) -> None:
        """Close the file; what remains is one file that can be copied and read without leaving anything beside it."""
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

    def _numbered(self, tags: Sequence[Tag], known: Sequence[TagRow]) -> NDArray[np.uint32]:
        told = [(tag.name, tag.connection, tag.type, tag.unit, tag.description) for tag in tags]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?, ?, ?)", known)
            self._connection.executemany(_UPSERT, told)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        ids = dict(self._connection.execute("SELECT name, id FROM tag"))
        return np.array([ids[tag.name] for tag in tags], np.uint32)


class HotView:
    """hot.db as another process reads it, as it stood when it was opened; a second is unpacked when it is asked for."""

    def __init__(self, folder: Path) -> None:
        """Raises sqlite3.Error when the file cannot be read; without one nothing is committed."""
        path = folder / HOT
        self.committed = Committed((), {})
        self._file = open_to_read(path) if path.exists() else None
        if self._file is not None:
            self._file.execute("BEGIN")
            tags = {name: (number, connection) for number, name, connection in self._file.execute(_TAGS)}
            rows = self._file.execute("SELECT seq, hour, t0, t1 FROM second ORDER BY seq")
            self.committed = Committed([Kept(seq, hour, (t0, t1), self._slab) for seq, hour, t0, t1 in rows], tags)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()

    def _slab(self, seq: int) -> Slab:
        assert self._file is not None
        row = self._file.execute("SELECT b FROM second WHERE seq = ?", (seq,)).fetchone()
        try:
            return Slab.unpack(row[0])
        except Damaged:
            return EMPTY  # told by whoever has the file open for writing


class Salvaged(NamedTuple):
    """What could be read of a file that is damaged."""

    tags: list[TagRow]
    seconds: list[Second]
    lost: list[Span]  # between which times something is missing


def salvage(path: Path, sealed: Sequence[Mark], known: Sequence[TagRow], since_ns: int, now_ns: int) -> Salvaged:
    """Of a damaged hot.db what is not sealed and can be read, from both ends; of tags whose numbers are sure.

    `known`: the tags as the days have them; `since_ns`: nothing before this can be missing.
    """
    rows = {row[0]: row for query in (_ALL, _ALL + " DESC") for row in _readable(path, query, _SECOND)}
    tags = {row[0]: row for row in (*known, *_readable(path, _TAG_ROWS, _TAG))}
    numbers = np.array(sorted(tags), np.uint32)
    found, lost = [], list[Span]()
    before, last = max((mark.seq for mark in sealed), default=0), since_ns
    for seq, hour, at, blob in (rows[seq] for seq in sorted(rows)):
        if any(hour <= mark.hour and seq <= mark.seq for mark in sealed):
            continue
        try:
            slab = Slab.unpack(blob)
        except (Damaged, TypeError):
            continue
        sure = np.isin(slab.tag, numbers)
        if seq > before + 1 or not sure.all():
            lost.append((min(last, at), at))
        found.append(Second(seq, hour, slab if sure.all() else slab.pick(np.flatnonzero(sure))))
        before, last = seq, at
    return Salvaged([*tags.values()], [second for second in found if len(second.slab)], [*lost, (last, now_ns)])


def _readable(path: Path, query: str, kinds: tuple[type, ...]) -> list[Any]:
    """The rows that a damaged file gives before it gives no more, those of them that are made as they must be."""
    found = []
    try:
        with closing(open_to_read(path)) as file:
            for row in file.execute(query):
                found.append(row)  # noqa: PERF402 - one by one: those before the damage are kept
    except (sqlite3.Error, OSError):
        pass  # so far, and no further
    return [row for row in found if tuple(map(type, row)) == kinds]


def last_beat(folder: Path) -> int | None:
    """When an engine last committed values or a sign of life, ns UTC; None when it cannot be told."""
    try:
        with closing(open_to_read(folder / HOT)) as file:
            rows = file.execute("SELECT at FROM beat").fetchall()
            rows += file.execute("SELECT at FROM second ORDER BY seq DESC LIMIT 1").fetchall()
    except (sqlite3.Error, OSError):
        return None
    return max((int(row[0]) for row in rows), default=0) or None
