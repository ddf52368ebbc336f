"""The journal's file: every field back as it was, numbers without holes, a chain that goes on after a restart."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.clock import HandClock
from hmi.core.journal import Record
from hmi.store import journal as journal_module
from hmi.store.journal import FIRST_HASH, JournalFile, columns_of, link_of, record_of
from hmi.store.query import Reader
from hmi.store.store import Store

_TEXT = st.text()
_VALUE = st.none() | st.floats() | _TEXT
_INT = st.integers(-(2**63), 2**63 - 1)
_RECORDS = st.builds(
    Record,
    time_ns=_INT,
    category=_TEXT,
    event=_TEXT,
    subject=_TEXT,
    occurrence=_INT,
    source_ns=_INT,
    value=_VALUE,
    old=_VALUE,
    limit=st.none() | st.floats(),
    quality=st.integers(0, 2**32 - 1),
    priority=_INT,
    user=_TEXT,
    way=_TEXT,
    why=_TEXT,
    result=_TEXT,
    config=_TEXT,
)


def event(number: int) -> Record:
    return Record(time_ns=number, category="alarm", event="raised", subject=f"a{number}")


def alike(one: Record, other: Record) -> bool:
    """Equal, with NaN equal to NaN and -0.0 not to 0.0."""
    return repr(one) == repr(other)


@settings(max_examples=40)
@given(st.lists(_RECORDS, min_size=1, max_size=5))
def test_every_field_comes_back(tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> None:
    folder = tmp_path_factory.mktemp("journal")
    with closing(JournalFile(folder / "journal.db")) as journal:
        assert journal.write(records) == list(range(1, len(records) + 1))
    reader = Reader(folder)
    found = [record for _, record in reader.journal(newest_first=False)]
    assert all(alike(one, other) for one, other in zip(found, records, strict=True))
    assert reader.verify_journal()[:2] == (True, len(records))


def test_nan_is_not_no_value_and_whole_numbers_become_floats() -> None:
    record = Record(time_ns=1, category="c", event="e", subject="s", value=math.nan, old=None, limit=5)
    again = record_of(columns_of(record))
    assert math.isnan(float(again.value or 0))
    assert again.old is None
    assert repr(again.limit) == "5.0"


def test_numbers_and_chain_go_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(JournalFile(path)) as journal:
        assert journal.write([event(1), event(2)]) == [1, 2]
    with closing(JournalFile(path)) as journal:
        assert journal.write([event(3)]) == [3]
    assert Reader(tmp_path).verify_journal()[:2] == (True, 3)


def test_the_chain_binds_number_order_and_content() -> None:
    one = columns_of(event(1))
    assert link_of(FIRST_HASH, 1, one) != link_of(FIRST_HASH, 2, one)
    assert link_of(FIRST_HASH, 1, one) != link_of(bytes([1] * 32), 1, one)
    assert link_of(FIRST_HASH, 1, one) != link_of(FIRST_HASH, 1, columns_of(event(2)))


def test_a_write_that_fails_leaves_numbers_and_chain_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(JournalFile(path)) as journal:
        journal.write([event(1)])
        with pytest.raises(sqlite3.Error):
            journal.write([event(2), Record(time_ns=1, category="c", event="e", subject=None)])  # type: ignore[arg-type]
        assert journal.write([event(2)]) == [2]
    assert Reader(tmp_path).verify_journal()[:2] == (True, 2)


def test_runs_are_noted(tmp_path: Path) -> None:
    with closing(JournalFile(tmp_path / "journal.db")) as journal:
        assert journal.last_run() is None
        journal.begin_run(100, 7)
        assert journal.last_run() == (100, None)
        journal.end_run(200)
        assert journal.last_run() == (100, 200)
        journal.begin_run(300, 8)
        assert journal.last_run() == (300, None)


def test_the_log_stays_short(tmp_path: Path) -> None:
    with closing(JournalFile(tmp_path / "journal.db")) as journal:
        for number in range(40):
            journal.write([Record(time_ns=number, category="c", event="e", subject="s", result="x" * 100_000)])
            assert (tmp_path / "journal.db-wal").stat().st_size < 2_000_000


def test_a_person_with_a_shell_can_read_it(tmp_path: Path) -> None:
    with closing(JournalFile(tmp_path / "journal.db")) as journal:
        journal.write([event(1_772_000_000_123_000_000)])
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file:
        [row] = file.execute("SELECT id, time_utc, category, event FROM readable").fetchall()
    assert row == (1, "2026-02-25 06:13:20.123", "alarm", "raised")


@pytest.mark.expect_log("keeps reading")
def test_a_cursor_that_makes_the_log_grow_is_told_once_and_so_is_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal_module, "LOG_HELD", 300_000)
    monkeypatch.setattr(journal_module, "_CHECKPOINT_AT", 100_000)
    caplog.set_level("INFO")
    with closing(Store(tmp_path, [], HandClock(), reserve_mb=0)) as store:
        assert store.record(event(1)).result(20) == 1
        with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as shell:
            shell.execute("BEGIN")
            assert shell.execute("SELECT count(*) FROM record").fetchone() == (1,)
            number = 1
            while "keeps reading" not in store.fault:
                number += 1
                assert number < 500, "its log grows and nobody is told"
                store.record(event(number)).result(20)
            assert "Close that program" in store.fault
            assert "\n" not in store.fault
            for _ in range(5):
                store.record(event(0)).result(20)
            shell.execute("ROLLBACK")
        store.record(event(0)).result(20)
        assert store.fault == ""
        assert (tmp_path / "journal.db-wal").stat().st_size < 300_000
    told = [line for line in caplog.messages if "keep" in line and "reading" in line]
    assert [line.split(" ")[0] for line in told] == ["another", "nobody"]
