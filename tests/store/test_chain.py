"""Each record that was changed or taken away is named, and all others are still vouched for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hmi.core.journal import Record
from hmi.store.chain import Verdict, verdict
from hmi.store.journal import JournalFile

COUNT = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(JournalFile(tmp_path / "journal.db")) as journal:
        journal.write(
            [
                Record(time_ns=n, category="note", event="written", subject=f"place {n}", why="as said")
                for n in range(COUNT)
            ]
        )
    return tmp_path


def tampered(folder: Path, *statements: str, values: Sequence[object] = ()) -> Verdict:
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as file:
        file.execute("DROP TRIGGER record_changed")
        file.execute("DROP TRIGGER record_deleted")
        for statement in statements:
            file.execute(statement, values)
    return verdict(folder)


@pytest.mark.cr("2.12", "3.9")
def test_records_that_were_changed_are_named_and_no_others(folder: Path) -> None:
    found = tampered(folder, "UPDATE record SET why = 'otherwise' WHERE id IN (4, 17, 18, 19)")
    assert not found.is_whole
    assert "records 4, 17 to 19 were changed (56 other records are whole)" in found.text
    assert found.records == 56


def test_records_that_were_taken_away_are_named(folder: Path) -> None:
    found = tampered(folder, "DELETE FROM record WHERE id IN (1, 30, 31)")
    assert "records 1, 30 to 31 are missing" in found.text and "changed" not in found.text


@pytest.mark.cr("3.9")
def test_two_records_that_changed_places_are_both_named(folder: Path) -> None:
    found = tampered(
        folder,
        "UPDATE record SET id = -1 WHERE id = 10",
        "UPDATE record SET id = 10 WHERE id = 50",
        "UPDATE record SET id = 50 WHERE id = -1",
    )
    assert (
        "records 10 to 11, 50 to 51 were changed" in found.text
    )  # a link is moved with its record: the next one shows


@pytest.mark.parametrize("column", ["hash", "subject", "time_ns", "value"])
def test_what_is_no_text_and_no_link_any_more_is_named(folder: Path, column: str) -> None:
    found = tampered(folder, f"UPDATE record SET {column} = CAST(? AS TEXT) WHERE id = 7", values=(b"\xff\xfe",))  # noqa: S608
    assert "record 7" in found.text or "records 7 to 8" in found.text


def test_many_stretches_are_counted_and_not_all_named(folder: Path) -> None:
    found = tampered(folder, "UPDATE record SET user = 'x' WHERE id % 2 = 0")
    assert "40 and 10 more stretches were changed" in found.text


def test_the_newest_alone_can_be_looked_at(folder: Path) -> None:
    tampered(folder, "UPDATE record SET user = 'x' WHERE id = 20")
    assert verdict(folder, 30)[:2] == (True, 30)
    assert not verdict(folder, 45).is_whole
    assert not verdict(folder, COUNT * 2).is_whole


def test_a_wrong_folder_is_said(tmp_path: Path) -> None:
    assert not verdict(tmp_path).is_whole
    assert "Name the data folder" in verdict(tmp_path).text
