"""Signed marks: what a forger of the chain cannot make fit again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store import checkpoints
from hmi.store.checkpoints import key_of, mark, public_of
from hmi.store.journal import FIRST_HASH, JournalFile, link_of
from hmi.store.records import JournalReader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty records with a mark after each ten."""
    journal = JournalFile(tmp_path / "journal.db")
    for number in range(40):
        journal.write([Record(time_ns=number, category="write", event="confirmed", subject=f"a.t{number}", value=1.0)])
        if number % 10 == 9:
            last = JournalReader(tmp_path).last_link()
            assert last is not None
            journal.write([mark(key_of(tmp_path), *last, number, "")])
    journal.close()
    return tmp_path


def verdict(folder: Path) -> tuple[bool, str]:
    intact, _, text = JournalReader(folder).verify_journal()
    return intact, text


def forge(folder: Path, statement: str) -> None:
    """Change the journal as somebody with an editor does who knows how its chain is made."""
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as file:
        for name in ("record_changed", "record_deleted"):
            file.execute(f"DROP TRIGGER {name}")
        file.execute(statement)
        rows = file.execute("SELECT * FROM record ORDER BY id").fetchall()
        chain = FIRST_HASH
        for number, *columns, _ in rows:
            chain = link_of(chain, number, columns)
            file.execute("UPDATE record SET hash = ? WHERE id = ?", (chain, number))


def test_an_honest_journal_is_whole_and_says_how_often_it_was_signed(folder: Path):
    assert verdict(folder)[0] and "44 records, 4 signed" in verdict(folder)[1]
    assert (folder / "pki" / "journal.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET value = 2.0 WHERE id = 3",
        "UPDATE record SET user = 'somebody else' WHERE id = 25",
        "UPDATE record SET time_ns = 5 WHERE id = 11",  # a mark itself
    ],
)
@pytest.mark.cr("2.12", "3.9")
def test_a_forged_record_with_a_forged_chain_is_found_by_the_next_mark(folder: Path, statement: str):
    forge(folder, statement)
    intact, text = verdict(folder)
    assert not intact and "the signed mark in record" in text


def test_a_mark_of_another_key_is_no_mark(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    journal = JournalFile(folder / "journal.db")
    last = JournalReader(folder).last_link()
    assert last is not None
    journal.write([mark(key_of(other), *last, 99, "")])
    journal.close()
    assert verdict(folder) == (False, verdict(folder)[1]) and "was not signed by this station" in verdict(folder)[1]


def test_without_the_public_key_it_is_said(folder: Path):
    (folder / "pki" / "journal.pub").unlink()
    assert "pki/journal.pub is missing" in verdict(folder)[1]


def test_the_key_is_made_once_and_damage_is_said(tmp_path: Path):
    assert public_of(tmp_path) is None
    assert key_of(tmp_path).private_bytes_raw() == key_of(tmp_path).private_bytes_raw()
    (tmp_path / "pki" / "journal.key").write_text("no key")
    with pytest.raises(StoreError, match="goes on without signed marks"):
        key_of(tmp_path)
    (tmp_path / "pki" / "journal.pub").write_text("zz")
    with pytest.raises(StoreError, match="cannot be checked"):
        public_of(tmp_path)


def test_nonsense_that_looks_like_a_mark_is_told():
    record = Record(time_ns=0, category="system", event="checkpoint", subject="journal", result="all is well")
    assert checkpoints.is_mark(record)
    assert "no mark that this program made" in checkpoints.complaint(record, {}, None)
