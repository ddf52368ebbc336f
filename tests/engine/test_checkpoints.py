"""The journal is signed at the start and every hour, and the engine's loop never waits for it."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.journal import Record
from hmi.engine.checkpoints import EVERY_S, Checkpoints
from hmi.store.journal import JournalFile
from hmi.store.records import JournalReader


class Desk:
    """A journal, and who signs it."""

    def __init__(self, folder: Path) -> None:
        self.journal = JournalFile(folder / "journal.db")
        self.clock = HandClock()
        self.pool = ThreadPoolExecutor(1)
        self.marks = 0
        self.signing = Checkpoints(folder, self.clock, self.pool, self.record)

    def record(self, record: Record) -> Future[int]:
        self.marks += 1
        promise: Future[int] = Future()
        promise.set_result(self.journal.write([record])[0])
        return promise

    def look(self) -> None:
        """A beat, the reading, and the beat after it."""
        self.signing.look()
        self.pool.submit(lambda: None).result()
        self.signing.look()


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(tmp_path)
    yield made
    made.pool.shutdown()
    made.journal.close()


def test_an_empty_journal_is_not_signed(desk: Desk):
    assert desk.signing.finding is None, "nobody has looked yet"
    desk.look()
    assert desk.signing.finding == ""
    assert desk.marks == 0


def test_it_is_signed_at_once_and_every_hour(desk: Desk, tmp_path: Path):
    desk.journal.write([Record(time_ns=1, category="system", event="started", subject="engine")])
    for hour in range(3):
        desk.look()
        desk.look()
        assert desk.marks == hour + 1
        desk.clock.advance(EVERY_S)
    intact, count, text = JournalReader(tmp_path).verify_journal()
    assert intact and count == 4 and "3 signed" in text


@pytest.mark.expect_log("the journal was not signed")
def test_a_key_that_cannot_be_used_is_told_and_nothing_else_stops(desk: Desk, tmp_path: Path):
    desk.journal.write([Record(time_ns=1, category="system", event="started", subject="engine")])
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "journal.key").write_text("no key")
    desk.look()
    assert desk.marks == 0


@pytest.mark.expect_log("tampered with or damaged: record 1 was changed")
def test_what_was_changed_on_the_disk_is_told_once_and_signing_goes_on(desk: Desk, tmp_path: Path):
    desk.journal.write([Record(time_ns=1, category="system", event="started", subject="engine")])
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as file:
        file.execute("DROP TRIGGER record_changed")
        file.execute("UPDATE record SET subject = 'nothing'")
    for _ in range(3):
        desk.look()
        desk.look()
        desk.clock.advance(EVERY_S)
    told = [record.result for _, record in JournalReader(tmp_path).journal() if record.event == "damaged"]
    assert len(told) == 1 and "record 1 was changed" in told[0]
    assert desk.marks == 4  # three marks, and the finding
    assert "record 1 was changed" in desk.signing.finding
