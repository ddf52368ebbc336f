"""A file is opened for one question; what is damaged is said in words, and a bit that turned over hides no row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hmi.core.errors import StoreError
from hmi.store.journal import JournalFile
from hmi.store.reading import journal_read, reading, rows_of


def test_a_text_that_is_none_any_more_is_shown_as_far_as_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("CREATE TABLE t(text TEXT)")
        file.execute("INSERT INTO t VALUES ('good'), (CAST(? AS TEXT))", (b"ba\xffd",))
    with reading(path) as file:
        assert rows_of(file, "SELECT text FROM t WHERE text <> ?", ("",)) == [("good",), ("ba�d",)]
        assert file.text_factory is str
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            rows_of(file, "SELECT * FROM absent")


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    path.write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(StoreError, match=r"some.db cannot be read \(the file is damaged\)"), reading(path) as file:
        rows_of(file, "SELECT 1 FROM sqlite_master")


def test_a_journal_that_is_not_there_yet_is_none(tmp_path: Path) -> None:
    with journal_read(tmp_path) as file:
        assert file is None
    JournalFile(tmp_path / "journal.db").close()
    with journal_read(tmp_path) as file:
        assert file is not None and rows_of(file, "SELECT * FROM record") == []
