"""What the one writing thread does, without the thread: gaps between runs, a disk that refuses, a journal set aside."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.core.tags import Tag
from hmi.store.query import Reader
from hmi.store.writer import KILLED, STOPPED, Writer

TAGS = [Tag(0, "a.level", "filler", "x", "float64")]
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
NOON = 20_500 * DAY + DAY // 2


def values(now: int, count: int) -> Batch:
    return Batch.of([0] * count, range(count), [now + n for n in range(count)], now)


def event(subject: str) -> Record:
    return Record(time_ns=NOON, category="alarm", event="raised", subject=subject)


def opened(folder: Path, now: int = NOON, reserve_mb: float = 0) -> Writer:
    writer = Writer(folder, TAGS, History(), reserve_mb, HandClock(now))
    writer.open(now)
    return writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = opened(tmp_path)
    yield writer
    writer.close(NOON, 10)


def test_nothing_can_be_written_before_the_files_are_open(tmp_path: Path) -> None:
    writer = Writer(tmp_path, TAGS, History(), 0, HandClock(NOON))
    with pytest.raises(StoreError, match="could not be opened yet"):
        writer.write_records([event("a")])
    with pytest.raises(StoreError, match="could not be opened yet"):
        writer.write_samples(NOON)


def test_taken_is_pending_until_written(writer: Writer, tmp_path: Path) -> None:
    writer.take(values(NOON, 30), NOON)
    assert (writer.pending, writer.stored) == (30, 0)
    writer.write_samples(NOON)
    assert (writer.pending, writer.stored) == (0, 30)
    assert len(Reader(tmp_path).samples(["a.level"], 0, NOON + SECOND)[0]) == 30


def test_values_that_waited_over_midnight_are_found_at_their_time(writer: Writer, tmp_path: Path) -> None:
    batch = values(NOON, 2)
    batch.rows["received"] = [0, NOON]  # 0: never came in, made by this station
    batch.rows["time"] = [NOON, NOON + DAY]
    writer.take(batch, NOON + DAY)
    writer.write_samples(NOON + DAY)
    writer.sealer.seal().result(20)
    assert sorted(path.name for path in (tmp_path / "samples").glob("*.db")) == ["2026-02-17.db"]
    assert len(Reader(tmp_path).samples(["a.level"], NOON, NOON)[0]) == 1
    assert len(Reader(tmp_path).samples(["a.level"], NOON, NOON + DAY)[0]) == 2
    assert Reader(tmp_path).at(["a.level"], NOON + 5).rows["time"].tolist() == [NOON]


def test_the_end_of_a_run_is_told_from_a_crash(tmp_path: Path) -> None:
    opened(tmp_path).close(NOON + 5 * SECOND, 10)
    crashed = opened(tmp_path, NOON + 10 * SECOND)
    crashed.take(values(NOON + 20 * SECOND, 1), NOON + 20 * SECOND)
    crashed.write_samples(NOON + 21 * SECOND)
    crashed.close(NOON + 30 * SECOND, 10)
    with sqlite3.connect(tmp_path / "journal.db") as file:
        file.execute("UPDATE run SET ended_ns = NULL WHERE id = 2")  # as kill -9 leaves it
    file.close()
    with sqlite3.connect(tmp_path / "hot.db") as file:
        file.execute("UPDATE beat SET at = 0")
    file.close()
    opened(tmp_path, NOON + 60 * SECOND).close(NOON + 61 * SECOND, 10)
    assert Reader(tmp_path).gaps(0, NOON + DAY) == [
        (NOON + 5 * SECOND, NOON + 10 * SECOND, STOPPED),
        (NOON + 20 * SECOND, NOON + 60 * SECOND, KILLED),
    ]


def test_commits_that_are_gone_though_it_ended_well_are_declared(tmp_path: Path) -> None:
    """As when the log that a reader kept from being brought in is damaged: SQLite takes what is whole of it."""
    run = opened(tmp_path)
    run.take(values(NOON, 1), NOON)
    run.write_samples(NOON)
    older = (tmp_path / "hot.db-wal").read_bytes()
    run.take(values(NOON + 5 * SECOND, 1), NOON + 5 * SECOND)
    run.write_samples(NOON + 5 * SECOND)
    held = sqlite3.connect(tmp_path / "hot.db", isolation_level=None)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM second").fetchone()
    run.close(NOON + 9 * SECOND, 10)
    log = (tmp_path / "hot.db-wal").read_bytes()
    whole = (tmp_path / "hot.db").read_bytes()
    held.close()
    (tmp_path / "hot.db").write_bytes(whole)
    (tmp_path / "hot.db-wal").write_bytes(older + bytes(len(log) - len(older)))
    (tmp_path / "hot.db-shm").unlink(missing_ok=True)
    opened(tmp_path, NOON + 60 * SECOND).close(NOON + 61 * SECOND, 10)
    [gap] = Reader(tmp_path).gaps(0, NOON + DAY)
    assert gap.from_ns <= NOON + 5 * SECOND
    assert gap.to_ns == NOON + 60 * SECOND


def test_a_quiet_plant_still_leaves_signs_of_life(writer: Writer, tmp_path: Path) -> None:
    from hmi.store.hot import last_beat

    writer.write_samples(NOON + 100 * SECOND)
    assert last_beat(tmp_path) == NOON + 100 * SECOND


def test_a_reserve_is_left_to_the_journal(tmp_path: Path) -> None:
    writer = opened(tmp_path, reserve_mb=1e12)
    writer.take(values(NOON, 3), NOON)
    with pytest.raises(StoreError, match="nearly full"):
        writer.write_samples(NOON)
    assert writer.pending == 3
    assert writer.write_records([event("a")]) == [1]
    writer.close(NOON, 10)


@pytest.mark.expect_log("the journal is damaged and was set aside")
def test_a_damaged_journal_is_set_aside_at_start(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"\xff" * 9000)
    writer = opened(tmp_path)
    assert writer.write_records([event("a")]) == [2]  # the first one says that there was another journal
    writer.close(NOON, 10)
    assert (tmp_path / f"journal.db.damaged-{NOON}").read_bytes() == b"\xff" * 9000
    assert Reader(tmp_path).verify_journal()[:2] == (True, 2)


def test_a_locked_journal_fails_the_write_and_recovers(writer: Writer, tmp_path: Path) -> None:
    """As a backup tool or a shell with an open transaction would."""
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="another program holds the file"):
        writer.write_records([event("a")])
    other.execute("ROLLBACK")
    other.close()
    writer.open(NOON + 1)
    assert writer.write_records([event("a")]) == [1]
    assert Reader(tmp_path).gaps(0, NOON + DAY) == []  # opened anew, but the same run


def test_a_locked_file_keeps_the_values_and_recovers(writer: Writer, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "hot.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    writer.take(values(NOON, 3), NOON)
    with pytest.raises(StoreError, match="another program holds the file"):
        writer.write_samples(NOON)
    assert writer.pending == 3
    other.execute("ROLLBACK")
    other.close()
    writer.open(NOON)
    writer.write_samples(NOON)
    assert (writer.pending, writer.stored) == (0, 3)


def test_the_room_on_the_disk(writer: Writer, tmp_path: Path) -> None:
    state = os.statvfs(tmp_path)
    assert writer.disk_free_mb() == pytest.approx(state.f_bavail * state.f_frsize / 1e6, rel=0.2)


def test_retention_follows_the_plant(tmp_path: Path) -> None:
    for day in (0, 3):
        writer = Writer(tmp_path, TAGS, History(keep_days=1), 0, HandClock(NOON + day * DAY))
        writer.open(NOON + day * DAY)
        writer.take(values(NOON + day * DAY, 3), NOON + day * DAY)
        writer.write_samples(NOON + day * DAY)
        writer.sealer.seal().result(20)
        writer.sealer.retain(NOON + day * DAY).result(20)
        writer.close(NOON + day * DAY, 10)
    assert [path.name for path in (tmp_path / "samples").glob("*.db")] == ["2026-02-19.db"]
