"""The two kinds of files of a data folder and how they are opened: journal.db, and samples/DAY.db for each UTC day.

Every day file stands alone: it has its own list of tags and what each tag's value was when the day began, so that one
file can be dropped, damaged or copied away without hurting the others.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

BUSY_S: Final = 2.0

_journal = Migrations("hmi.journal")
_day = Migrations("hmi.samples")

_SAMPLE_COLUMNS: Final = """
    received INTEGER NOT NULL,  -- when it came in, ns UTC
    value REAL,                 -- NULL is NaN
    raw INTEGER NOT NULL,       -- exact integer of an integer tag
    quality INTEGER NOT NULL,   -- OPC UA status code
    flags INTEGER NOT NULL,     -- hmi.core.batch.FLAG_...
    text TEXT,                  -- the value of a text tag
    source INTEGER,             -- the device's own time where it cannot be right and `time` is that of receipt
    bits INTEGER                -- the value's 64 bits where SQLite cannot keep them: -0.0, unusual NaN
"""


@_journal(name="0001_journal")
def _create_journal(db: Database) -> None:
    db.execute(
        """CREATE TABLE record(
            id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, category TEXT NOT NULL, event TEXT NOT NULL,
            subject TEXT NOT NULL, occurrence INTEGER NOT NULL, source_ns INTEGER NOT NULL, value, old, "limit",
            quality INTEGER NOT NULL, priority INTEGER NOT NULL, user TEXT NOT NULL, station TEXT NOT NULL,
            way TEXT NOT NULL, why TEXT NOT NULL, result TEXT NOT NULL, config TEXT NOT NULL,
            hash BLOB NOT NULL  -- BLAKE2b-256 of the hash before it and of this record
        )"""
    )
    db.execute("CREATE INDEX record_time ON record(time_ns)")
    db.execute("CREATE INDEX record_subject ON record(category, subject, id)")
    db.execute(
        "CREATE TRIGGER record_changed BEFORE UPDATE ON record "
        "BEGIN SELECT RAISE(ABORT, 'a journal record is never changed'); END"
    )
    db.execute(
        "CREATE TRIGGER record_deleted BEFORE DELETE ON record "
        "BEGIN SELECT RAISE(ABORT, 'a journal record is never deleted'); END"
    )
    db.execute(
        """CREATE TABLE gap(
            id INTEGER PRIMARY KEY, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,
            connection TEXT NOT NULL, reason TEXT NOT NULL)"""
    )
    db.execute("CREATE INDEX gap_to ON gap(to_ns)")
    db.execute(
        """CREATE TABLE run(
            id INTEGER PRIMARY KEY, started_ns INTEGER NOT NULL, pid INTEGER NOT NULL,
            ended_ns INTEGER  -- NULL: still running, or killed
        )"""
    )
    db.create_view(
        "readable",
        """SELECT id, strftime('%Y-%m-%d %H:%M:%S', time_ns / 1000000000, 'unixepoch')
            || printf('.%03d', time_ns / 1000000 % 1000) AS time_utc,
            category, event, subject, value, old, user, station, way, why, result FROM record""",
    )


@_day(name="0001_samples")
def _create_day(db: Database) -> None:
    db.execute(
        """CREATE TABLE tag(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, connection TEXT NOT NULL, type TEXT NOT NULL,
            unit TEXT NOT NULL, description TEXT NOT NULL)"""
    )
    db.execute(
        "CREATE TABLE sample(tag INTEGER NOT NULL, time INTEGER NOT NULL, seq INTEGER NOT NULL,"
        + _SAMPLE_COLUMNS
        + ", PRIMARY KEY(tag, time, seq)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE carried(tag INTEGER PRIMARY KEY, time INTEGER NOT NULL, seq INTEGER NOT NULL,"
        + _SAMPLE_COLUMNS
        + ")"
    )
    db.execute(
        """CREATE TABLE span(
            one INTEGER PRIMARY KEY CHECK(one = 1), first INTEGER, last INTEGER,  -- of the samples' times, ns UTC
            beat INTEGER NOT NULL  -- when the engine last wrote here, ns UTC
        )"""
    )
    db.create_view(
        "readable",
        """SELECT tag.name AS tag, strftime('%Y-%m-%d %H:%M:%S', time / 1000000000, 'unixepoch')
            || printf('.%03d', time / 1000000 % 1000) AS time_utc,
            coalesce(text, value) AS value, unit, printf('0x%08X', quality) AS quality, flags
            FROM sample JOIN tag ON tag.id = sample.tag""",
    )


def open_journal(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints the journal; every commit is on the disk when it returns."""
    return _open(path, _journal, "PRAGMA synchronous=FULL")


def open_day(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints a day; a power cut may cost what was not yet checkpointed."""
    return _open(path, _day, "PRAGMA synchronous=NORMAL")


def open_to_read(path: Path) -> sqlite3.Connection:
    """A short-lived connection that cannot write; close it after a fetchall."""
    place = "file:" + quote(str(path.resolve()))
    try:
        return _probe(place + "?mode=ro")
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists() or not path.exists():
            raise
        return _probe(place + "?immutable=1")  # a folder that may not be written: nobody else writes there either


def close_for_good(connection: sqlite3.Connection) -> None:
    """Close a writer's connection, with its log brought in and gone unless somebody is just reading."""
    try:
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error:
        return  # a reader or a full disk: the log stays and is as safe as the file
    finally:
        connection.close()


def _probe(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, uri=True, timeout=BUSY_S, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _open(path: Path, migrations: Migrations, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=True)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")  # SQLite < 3.51.3: only ever one connection checkpoints
        connection.execute(synchronous)
        migrations.apply(Database(connection))
    except sqlite3.Error:
        connection.close()
        raise
    return connection
