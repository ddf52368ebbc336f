"""Questions to the journal: records by time and kind, the last of each alarm, and a chain that shows tampering."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store.records import JournalReader
from hmi.store.store import Store
from tests.store.made import MIDNIGHT, SECOND, TAGS


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalReader]:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        for number in range(6):
            clock.advance(1)
            event = ("raised", "acknowledged", "returned")[number // 2]
            alarm = Record(time_ns=clock.now_ns(), category="alarm", event=event, subject=f"alarm.{number % 2}")
            store.record(alarm).result(20)
        write = Record(
            time_ns=clock.now_ns(), category="write", event="confirmed", subject="a.level", value=1.5, old="x"
        )
        store.record(write).result(20)
        yield JournalReader(tmp_path)


@pytest.mark.cr("6.1")
def test_records_by_time_category_and_number(journal: JournalReader) -> None:
    assert [number for number, _ in journal.journal()] == [7, 6, 5, 4, 3, 2, 1]
    assert [number for number, _ in journal.journal(limit=2, newest_first=False)] == [1, 2]
    assert [number for number, _ in journal.journal(category="write")] == [7]
    found = journal.journal(MIDNIGHT + 2 * SECOND, MIDNIGHT + 3 * SECOND)
    assert [number for number, _ in found] == [3, 2]
    [(_, record)] = journal.journal(category="write")
    assert (record.value, record.old) == (1.5, "x")


def test_records_that_say_something(journal: JournalReader) -> None:
    assert [number for number, _ in journal.journal(text="A.LEV")] == [7]
    assert [number for number, _ in journal.journal(text="alarm.1", limit=2)] == [6, 4]
    assert journal.journal(text="alarm.1", category="write") == []
    assert journal.journal(text="%") == []


def test_the_last_record_of_each_alarm(journal: JournalReader) -> None:
    last = journal.last_alarm_records()
    assert {subject: record.event for subject, record in last.items()} == {"alarm.0": "returned", "alarm.1": "returned"}
    assert last["alarm.1"].time_ns == MIDNIGHT + 6 * SECOND


def test_a_whole_chain_is_told_whole(journal: JournalReader) -> None:
    well, count, text = journal.verify_journal()
    assert (well, count) == (True, 7)
    assert "7 records" in text


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        ("UPDATE record SET user = 'someone else' WHERE id = 4", "record 4 was changed"),
        ("UPDATE record SET value = NULL WHERE id = 7", "record 7 was changed"),
        ("DELETE FROM record WHERE id = 4", "record 4 is missing"),
        ("UPDATE record SET id = 99 WHERE id = 7", "records 7 to 98 are missing"),
    ],
)
def test_tampering_shows(journal: JournalReader, tmp_path: Path, tamper: str, found: str) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as file:
        with pytest.raises(sqlite3.IntegrityError, match="a journal record is never"):
            file.execute(tamper)
        file.execute("DROP TRIGGER record_changed")
        file.execute("DROP TRIGGER record_deleted")
        file.execute(tamper)
    well, _, text = journal.verify_journal()
    assert not well
    assert found in text


def test_a_damaged_journal_is_told(journal: JournalReader, tmp_path: Path) -> None:
    aside = tmp_path / "copy"
    aside.mkdir()
    (aside / "journal.db").write_bytes(b"no database at all" * 1000)
    reader = JournalReader(aside)
    for ask in (reader.journal, reader.verify_journal, reader.last_alarm_records):
        with pytest.raises(StoreError, match=r"journal.db cannot be read \(the file is damaged\)"):
            ask()
