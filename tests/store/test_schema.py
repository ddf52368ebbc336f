"""The files are opened as they must be: one writer that checkpoints, readers that cannot write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.tags import Tag
from hmi.store.schema import close_for_good, open_day, open_journal, open_to_read
from hmi.store.store import Store


def setting(file: sqlite3.Connection, name: str) -> object:
    pragmas = {"synchronous": "PRAGMA synchronous", "mode": "PRAGMA journal_mode", "auto": "PRAGMA wal_autocheckpoint"}
    return file.execute(pragmas[name]).fetchone()[0]


def test_everything_is_safe_at_every_commit(tmp_path: Path) -> None:
    with closing(open_journal(tmp_path / "j.db")) as journal, closing(open_day(tmp_path / "d.db")) as day:
        assert [setting(file, "synchronous") for file in (journal, day)] == [2, 2]  # FULL
        assert {setting(file, "mode") for file in (journal, day)} == {"wal"}
        assert {setting(file, "auto") for file in (journal, day)} == {0}


@pytest.mark.parametrize("opened", [open_journal, open_day])
def test_opening_again_changes_nothing(tmp_path: Path, opened: object) -> None:
    assert callable(opened)
    path = tmp_path / "x.db"
    with closing(opened(path)) as file:
        before = file.execute("SELECT sql FROM sqlite_master").fetchall()
    with closing(opened(path)) as file:
        assert file.execute("SELECT sql FROM sqlite_master").fetchall() == before


def test_closed_for_good_is_one_file_and_open_readers_are_respected(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    close_for_good(open_day(path))
    assert [found.name for found in tmp_path.iterdir()] == ["d.db"]
    writer = open_day(path)
    with closing(open_to_read(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM tag").fetchall()
        close_for_good(writer)
        assert reader.execute("SELECT count(*) FROM tag").fetchone() == (0,)


def test_a_missing_file_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        open_to_read(tmp_path / "no.db")
    assert not any(tmp_path.iterdir())


def test_odd_characters_in_a_path_are_no_options(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=rwc#x%20.db"
    close_for_good(open_day(path))
    with closing(open_to_read(path)) as file, pytest.raises(sqlite3.OperationalError):
        file.execute("DELETE FROM tag")


def contents(file: Path) -> list[str]:
    """Every row of a file."""
    with closing(sqlite3.connect(file)) as opened:
        return list(opened.iterdump())


@pytest.mark.fault(rows=[48])
@pytest.mark.parametrize("name", ["journal.db", "hot.db"])
def test_what_a_newer_program_has_made_is_refused_whole_and_left_alone(tmp_path: Path, name: str) -> None:
    """After an update was taken back: the older program must not write what the newer one could not read again."""
    tags = (Tag(0, "a.level", "plc", "x", "float64"),)
    Store(tmp_path, tags, HandClock()).close()
    with closing(sqlite3.connect(tmp_path / name)) as file, file:
        file.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "SELECT migration_set, '9999_of_tomorrow', applied_at FROM _sqlite_migrations LIMIT 1"
        )
    before = contents(tmp_path / name)
    with pytest.raises(StoreError, match=f"{name} was written by a newer program: start that one"):
        Store(tmp_path, tags, HandClock())
    assert contents(tmp_path / name) == before
    with closing(sqlite3.connect(tmp_path / name)) as file, file:
        file.execute("DELETE FROM _sqlite_migrations WHERE name = '9999_of_tomorrow'")
    Store(tmp_path, tags, HandClock()).close()  # the right program has it all
