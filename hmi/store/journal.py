"""The journal's file as its one writer sees it: records that are never changed, chained so that a change shows."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec

from hmi.core.journal import Record
from hmi.store.folder import set_aside
from hmi.store.proof import damage
from hmi.store.schema import close_for_good, cut_log, open_journal, open_to_read

log = logging.getLogger(__name__)

_INSERT: Final = (
    "INSERT INTO record(id, time_ns, category, event, subject, occurrence, source_ns, value, old, "
    '"limit", quality, priority, user, station, way, why, result, config, hash) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_GAP: Final = "INSERT INTO gap(from_ns, to_ns, connection, reason) VALUES (?, ?, ?, ?)"
SILENT: Final = "the connection was silent"
# From one connection's name to the next, and of each its last word alone: years of a line that comes and goes are many.
_SILENT: Final = """
    WITH RECURSIVE heard(subject) AS (
        SELECT min(subject) FROM record WHERE category = 'connection' UNION ALL
        SELECT (SELECT min(subject) FROM record WHERE category = 'connection' AND subject > heard.subject)
            FROM heard WHERE heard.subject IS NOT NULL)
    SELECT last.subject, iif(last.source_ns, last.source_ns, last.time_ns) FROM heard JOIN record AS last ON last.id = (
        SELECT id FROM record WHERE category = 'connection' AND subject = heard.subject AND event IN ('silent', 'live')
            ORDER BY id DESC LIMIT 1)
    WHERE last.event = 'silent' AND last.id > (
        SELECT coalesce(max(id), 0) FROM record WHERE category = 'system' AND subject = 'engine' AND event = 'started')
"""
FIELDS: Final = Record.__struct_fields__
SELECT: Final = (
    "SELECT id, time_ns, category, event, subject, occurrence, source_ns, value, old, "
    '"limit", quality, priority, user, station, way, why, result, config, hash FROM record '
)
FIRST_HASH: Final = bytes(32)
_NUMBERS: Final = ("value", "old", "limit")
_NAN: Final = b"NaN"  # SQLite would keep NULL, which is "no value"
_LOOKED_OVER: Final = 64 * 1024 * 1024  # bytes of journal up to which that takes no time
_CHECKPOINT_AT: Final = 1024 * 1024  # bytes of log
LOG_HELD: Final = 64 * 1024 * 1024  # bytes of log from which on people are told who makes it grow


class JournalFile:
    """journal.db, open for writing; lives on the writer thread. Raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.held_bytes = 0  # of log that somebody who reads keeps from being cut back; 0: that is no trouble
        self._connection = open_journal(path)
        try:
            self._look_over()
            self._id, self._hash = self._last()
        except sqlite3.Error:
            self._connection.close()
            raise

    def write(self, records: Sequence[Record]) -> list[int]:
        """Append records in one transaction; on return they are on the disk. Gives their numbers."""
        rows, number, chain = [], self._id, self._hash
        for record in records:
            number += 1
            columns = columns_of(record)
            chain = link_of(chain, number, columns)
            rows.append((number, *columns, chain))
        self._transact(_INSERT, rows)
        first, self._id, self._hash = self._id + 1, number, chain
        self._checkpoint()
        return list(range(first, number + 1))

    def declare_gap(self, from_ns: int, to_ns: int, connection: str, reason: str) -> None:
        """Say that nothing was recorded in a stretch of time; "" as connection means of none."""
        self._transact(_GAP, [(from_ns, to_ns, connection, reason)])

    def take_gaps(self, gaps: Sequence[tuple[int, int, str, str]]) -> None:
        """The gaps that a journal before this one knew."""
        self._transact(_GAP, gaps)

    def last_run(self) -> tuple[int, int | None] | None:
        """When the run before began and ended (None: it was killed); None when there was none."""
        row = self._connection.execute("SELECT started_ns, ended_ns FROM run ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else (row[0], row[1])

    def silent(self) -> list[tuple[str, int]]:
        """The connections that were not heard when the last run ended, and since when (ns)."""
        return self._connection.execute(_SILENT).fetchall()

    def begin_run(self, now_ns: int, pid: int) -> None:
        """Note that an engine runs now."""
        self._transact("INSERT INTO run(started_ns, pid) VALUES (?, ?)", [(now_ns, pid)])

    def end_run(self, now_ns: int) -> None:
        """Note that it was stopped in good order."""
        self._transact("UPDATE run SET ended_ns = ? WHERE id = (SELECT max(id) FROM run)", [(now_ns,)])

    def close(self) -> None:
        """Close the file; everything written is already safe."""
        close_for_good(self._connection)

    def _look_over(self) -> None:
        """A damaged page is met now, while the journal can be set aside, and not when somebody asks for what it had."""
        if self._path.stat().st_size <= _LOOKED_OVER:
            found = self._connection.execute("PRAGMA quick_check(1)").fetchall()
            if found != [("ok",)]:
                raise damage(str(found[0][0]))

    def _last(self) -> tuple[int, bytes]:
        row = self._connection.execute("SELECT id, hash FROM record ORDER BY id DESC LIMIT 1").fetchone()
        if row is not None and not isinstance(row[1], bytes):
            raise damage("the newest record has lost what the next one is chained to")
        return (0, FIRST_HASH) if row is None else (row[0], row[1])

    def _transact(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(statement, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _checkpoint(self) -> None:
        if self._log_bytes() > _CHECKPOINT_AT:
            cut_log(self._connection)
            self._tell(self._log_bytes())

    def _log_bytes(self) -> int:
        path = self._path.with_name(self._path.name + "-wal")
        return path.stat().st_size if path.exists() else 0

    def _tell(self, size: int) -> None:
        """The journal stays one file, so its log cannot be left to whoever holds a cursor, as that of the values is."""
        before, self.held_bytes = self.held_bytes, size if size > LOG_HELD else 0
        if self.held_bytes and not before:
            told = "another program keeps reading %s, and its log grows (%d MB): close that program"
            log.warning(told, self._path, size // 1_000_000)
        elif before and not self.held_bytes:
            log.info("nobody keeps reading %s any more: its log was cut back", self._path)


def journal_anew(path: Path, now_ns: int) -> None:
    """Put a new journal in place of a damaged one, which says so itself and knows the gaps that the old one knew."""
    gaps = salvaged_gaps(path)
    away = set_aside(path, now_ns)
    log.error("the journal is damaged and was set aside as %s: records go on in a new one", away)
    told = f"the journal before this one is damaged and was set aside as {away.name}"
    with closing(JournalFile(path)) as journal:
        journal.write([Record(time_ns=now_ns, category="system", event="damaged", subject="journal", result=told)])
        journal.take_gaps(gaps)


def salvaged_gaps(path: Path) -> list[tuple[int, int, str, str]]:
    """Of a damaged journal the gaps that can still be read."""
    found = []
    try:
        with closing(open_to_read(path)) as file:
            for row in file.execute("SELECT from_ns, to_ns, connection, reason FROM gap ORDER BY id"):
                found.append(row)  # noqa: PERF402 - one by one: those before the damage are kept
    except (sqlite3.Error, OSError):
        pass  # so far, and no further
    return [row for row in found if tuple(map(type, row)) == (int, int, str, str)]


def columns_of(record: Record) -> tuple[Any, ...]:
    """A record's fields as they are stored: numbers as floats, NaN as its name, text that UTF-8 can hold."""
    return tuple(_stored(name, getattr(record, name)) for name in FIELDS)


def record_of(columns: Sequence[Any]) -> Record:
    """A record out of its stored fields."""
    pairs = zip(FIELDS, columns, strict=True)
    fields: dict[str, Any] = {name: float("nan") if value == _NAN else value for name, value in pairs}
    return Record(**fields)


def link_of(before: bytes, number: int, columns: Sequence[Any]) -> bytes:
    """The hash that chains a stored record to the one before it."""
    return hashlib.blake2b(before + msgspec.msgpack.encode((number, *columns)), digest_size=32).digest()


def _stored(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if name not in _NUMBERS or value is None:
        return value
    number = float(value)
    return _NAN if number != number else number
