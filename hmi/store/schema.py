"""The files of a data folder and how they are opened: journal.db, hot.db, rollup.db, and samples/DAY.db a UTC day.

Every day file stands alone: it has its own list of tags and what each tag's value was when the day began, so that one
file can be dropped, damaged or copied away without hurting the others.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from hmi.core.errors import StoreError
from hmi.store.pages import PAGE_BYTES

BUSY_S: Final = 2.0
_BUSY: Final = "PRAGMA busy_timeout=2000"
_PAGE_SIZE: Final = {size: f"PRAGMA page_size={size}" for size in (4096, 16384, PAGE_BYTES)}

_journal = Migrations("hmi.journal")
_hot = Migrations("hmi.hot")
_day = Migrations("hmi.blocks")
_rollup = Migrations("hmi.rollup")


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


_TAG: Final = """CREATE TABLE tag(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, connection TEXT NOT NULL, type TEXT NOT NULL,
    unit TEXT NOT NULL, description TEXT NOT NULL)"""
_SUMMARY_COLUMNS: Final = """
    t1 INTEGER NOT NULL,        -- time of the last sample; t0 is that of the first, ns UTC
    n INTEGER NOT NULL,         -- samples
    good INTEGER NOT NULL,      -- of them, those that can be used: quality not bad, a number
    worst INTEGER NOT NULL,     -- the worst OPC UA status code among them
    q0 INTEGER NOT NULL,        -- status code of the first
    q1 INTEGER NOT NULL,        -- and of the last
    vmin REAL, vmax REAL,       -- of those that can be used
    vsum REAL,                  -- their sum
    m2 REAL,                    -- sum of their squared distances from their mean
    first REAL, last REAL,      -- the first and the last sample; NULL when that one cannot be used
    up REAL,                    -- sum of all rises: what a counter counted
    falls INTEGER NOT NULL,     -- how often it fell: where not 0, `up` alone does not say what was counted
    tw REAL,                    -- integral of the value held from sample to sample, value x s
    twd INTEGER NOT NULL        -- the time it covers, ns
"""


@_hot(name="0001_hot")
def _create_hot(db: Database) -> None:
    db.execute(_TAG)
    db.execute(
        """CREATE TABLE second(
            seq INTEGER PRIMARY KEY,
            hour INTEGER NOT NULL,  -- the clock hour that it is sealed with, ns UTC
            t0 INTEGER NOT NULL,    -- earliest and latest time of a value in it, ns UTC
            t1 INTEGER NOT NULL,
            at INTEGER NOT NULL,    -- when it was committed, ns UTC
            n INTEGER NOT NULL,     -- values in it
            b BLOB NOT NULL,        -- hmi.store.slab: columns, zstd
            crc INTEGER NOT NULL    -- CRC-32 of all of the above: SQLite does not see a bit that turned over
        )"""
    )
    db.execute(
        """CREATE TABLE beat(
            one INTEGER PRIMARY KEY CHECK(one = 1),
            at INTEGER NOT NULL,  -- a sign of life while there is nothing to commit, ns UTC
            seq INTEGER NOT NULL,  -- the last number given to a second when some were deleted
            told INTEGER NOT NULL  -- numbers up to this one that are not here were declared as gaps
        )"""
    )
    db.execute("INSERT INTO beat VALUES (1, 0, 0, 0)")


@_day(name="0001_blocks")
def _create_day(db: Database) -> None:
    db.execute(_TAG)
    db.execute(
        "CREATE TABLE block(tag INTEGER NOT NULL, t0 INTEGER NOT NULL, seq INTEGER NOT NULL,"
        + _SUMMARY_COLUMNS
        + """,
        did INTEGER,   -- its values in `data`; NULL: all are `first`, Good
        tsid INTEGER NOT NULL,  -- its times in `stamps`
        mini BLOB,     -- each minute's count, min, max, first and last (hmi.store.minutes)
        bound INTEGER NOT NULL,  -- ties the row to those values and times, and
        crc INTEGER NOT NULL,    -- CRC-32 of the row (hmi.store.proof)
        PRIMARY KEY(tag, t0, seq)) WITHOUT ROWID"""
    )
    db.execute("CREATE TABLE tally(tag INTEGER PRIMARY KEY, n INTEGER NOT NULL, crc INTEGER NOT NULL)")  # its blocks
    db.execute("CREATE TABLE data(id INTEGER PRIMARY KEY, b BLOB NOT NULL)")  # both hmi.store.codec
    db.execute("CREATE TABLE stamps(id INTEGER PRIMARY KEY, b BLOB NOT NULL)")  # shared by tags read at one time
    db.execute("CREATE TABLE sealed(hour INTEGER NOT NULL, seq INTEGER NOT NULL)")  # of hot.db, already in here
    db.execute("CREATE TABLE state(at TEXT PRIMARY KEY, b BLOB NOT NULL)")  # last values at 'begin', 'end'
    db.execute(
        """CREATE TABLE span(
            one INTEGER PRIMARY KEY CHECK(one = 1), first INTEGER NOT NULL, last INTEGER NOT NULL,
            late INTEGER NOT NULL, -- blocks that overlap others, or are of days before
            crc INTEGER NOT NULL   -- of this row, the tags and what is sealed
        )"""
    )
    db.create_view(
        "hours",
        """SELECT tag.name AS tag, strftime('%Y-%m-%d %H:%M:%S', t0 / 1000000000, 'unixepoch') AS from_utc,
    strftime('%Y-%m-%d %H:%M:%S', t1 / 1000000000, 'unixepoch') AS to_utc, n AS samples, good,
    vmin AS "min", vmax AS "max", vsum / good AS mean, tw / (twd / 1e9) AS time_mean, first, last,
    twd / 1e9 AS seconds, unit, printf('0x%08X', worst) AS worst_quality
            FROM block JOIN tag ON tag.id = block.tag""",
    )


@_rollup(name="0001_rollup")
def _create_rollup(db: Database) -> None:
    db.execute(_TAG)
    db.execute(
        "CREATE TABLE hour(tag INTEGER NOT NULL, hour INTEGER NOT NULL, t0 INTEGER NOT NULL,"
        + _SUMMARY_COLUMNS
        + ", PRIMARY KEY(tag, hour)) WITHOUT ROWID"
    )
    db.execute("CREATE TABLE day(day INTEGER PRIMARY KEY)")  # whose hours are in here
    db.create_view(
        "hours",
        """SELECT tag.name AS tag, strftime('%Y-%m-%d %H:%M:%S', t0 / 1000000000, 'unixepoch') AS from_utc,
    strftime('%Y-%m-%d %H:%M:%S', t1 / 1000000000, 'unixepoch') AS to_utc, n AS samples, good,
    vmin AS "min", vmax AS "max", vsum / good AS mean, tw / (twd / 1e9) AS time_mean, first, last,
    twd / 1e9 AS seconds, unit, printf('0x%08X', worst) AS worst_quality
            FROM hour JOIN tag ON tag.id = hour.tag""",
    )


def open_journal(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints the journal; every commit is on the disk when it returns."""
    return _open(path, _journal, "PRAGMA synchronous=FULL")


def open_hot(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints what is not sealed; a commit is on the disk when it returns."""
    return _open(path, _hot, "PRAGMA synchronous=FULL")


def open_day(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints a day."""
    return _open(path, _day, "PRAGMA synchronous=FULL", PAGE_BYTES)


def open_rollup(path: Path) -> sqlite3.Connection:
    """The one connection that writes and checkpoints the hourly summaries of all days."""
    return _open(path, _rollup, "PRAGMA synchronous=FULL", 16384)


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, for one question."""
    return _open_to_read(path, kept=False)[0]


def open_to_keep(path: Path, *, immutable: bool = False) -> tuple[sqlite3.Connection, bool]:
    """A connection that cannot write and may be kept, and whether it sees what others write from now on.

    Another thread may close it. `immutable`: nobody writes there any more, so no lock is needed.
    """
    return (_probe(_place(path) + "?immutable=1", kept=True), True) if immutable else _open_to_read(path, kept=True)


def _open_to_read(path: Path, *, kept: bool) -> tuple[sqlite3.Connection, bool]:
    try:
        return _probe(_place(path) + "?mode=ro", kept), True
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists() or not path.exists():
            raise
        return _probe(_place(path) + "?immutable=1", kept), False  # a folder that may not be written: nor do others


def _place(path: Path) -> str:
    return "file:" + quote(str(path.resolve()))


def cut_log(connection: sqlite3.Connection) -> None:
    """Bring a writer's log into its file and cut it back, as far as those who read there now allow; waits for nobody.

    What is committed is as safe in the log: a fault here fails nothing that was written, and the next commit meets it.
    """
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.execute(_BUSY)


def close_for_good(connection: sqlite3.Connection) -> None:
    """Close a writer's connection, with its log brought in and gone unless somebody is just reading."""
    try:
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error:
        return  # a reader or a full disk: the log stays and is as safe as the file
    finally:
        connection.close()


def _probe(place: str, kept: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(place, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=not kept)
    try:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _open(path: Path, migrations: Migrations, synchronous: str, page_size: int = 4096) -> sqlite3.Connection:
    """Make the file if there is none: it appears with all its tables, so that no reader ever meets half of one."""
    if not path.exists():
        _make(path, migrations, page_size)
    connection = _connected(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")  # SQLite < 3.51.3: only ever one connection checkpoints
        connection.execute(synchronous)
        _expect_ours(connection, migrations, path)
        migrations.apply(Database(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path, migrations: Migrations, page_size: int) -> None:
    fresh = path.with_name(path.name + ".new")
    for tail in ("", "-journal", "-wal", "-shm"):
        fresh.with_name(fresh.name + tail).unlink(missing_ok=True)
    with closing(_connected(fresh)) as connection:
        connection.execute(_PAGE_SIZE[page_size])
        connection.execute("PRAGMA synchronous=OFF")  # it goes to the disk as a whole, below
        connection.execute("PRAGMA journal_mode=MEMORY")
        try:
            migrations.apply(Database(connection))
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_ERROR":  # tables that the disk did not take
                raise OSError(errno.EIO, "the disk does not take a new file") from error
            raise
        connection.execute("PRAGMA journal_mode=WAL")  # it is so from the start: a reader must not keep it from that
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(path)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=True)
    try:
        connection.execute("PRAGMA secure_delete=OFF")  # Debian's default rewrites whatever is deleted
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _expect_ours(connection: sqlite3.Connection, migrations: Migrations, path: Path) -> None:
    """A file that lost its tables (cut to nothing, say) is no new one: what was in it is missing, and must be told.

    Of one with tables of a newer program nobody here knows what belongs into them: StoreError, and it is left alone.
    """
    applied = {one.name for one in migrations.applied(Database(connection))}
    if not applied:
        error = sqlite3.DatabaseError("its tables are missing")
        error.sqlite_errorname = "SQLITE_NOTADB"
        raise error
    if applied - {one.name for one in migrations._migrations}:
        raise StoreError(
            f"{path.name} was written by a newer program: start that one, or put back a backup (hmi restore)"
        )
