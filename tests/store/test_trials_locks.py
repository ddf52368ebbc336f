"""Other programs at the files: a shell with a cursor, a backup tool with a lock, a copy of what is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store.query import Reader
from tests.store.test_trials_disk import COUNT, SEED, Recording
from tests.store.truth import Findings, kept, told

HOLDS = 40  # batches that are recorded while somebody holds a file


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    """A store that is told things."""
    made = Recording(tmp_path / "data")
    yield made
    made.close()


def expect_all(recording: Recording) -> None:
    """Everything that was told is there, and every record."""
    findings = recording.findings()
    assert findings.is_well, str(findings)
    assert recording.stored == set(range(recording.next))
    recording.expect_records()


@pytest.mark.parametrize("name", ["hot.db", "journal.db"])
@pytest.mark.expect_log("another program holds the file")
def test_a_lock_on_a_file_costs_nothing_and_is_told_in_one_line(
    recording: Recording, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    recording.tell(5)
    with closing(sqlite3.connect(recording.folder / name, isolation_level=None)) as backup:
        backup.execute("BEGIN EXCLUSIVE")
        recording.tell(1)
        assert "another program holds the file" in recording.store.fault
        assert "\n" not in recording.store.fault
        backup.execute("ROLLBACK")
    recording.until_well()
    recording.tell(3)
    assert len([line for line in caplog.messages if "another program holds" in line]) == 1
    expect_all(recording)


def test_a_lock_on_a_day_costs_nothing(recording: Recording) -> None:
    recording.tell(8)
    [day, *_] = (recording.folder / "samples").glob("*.db")
    with closing(sqlite3.connect(day, isolation_level=None)) as backup:
        backup.execute("BEGIN EXCLUSIVE")
        recording.tell(2)
        backup.execute("ROLLBACK")
    recording.tell(8)
    expect_all(recording)


def test_somebody_who_holds_a_cursor_holds_up_nobody(recording: Recording) -> None:
    recording.tell(5)
    held = []
    for path in (recording.folder / "hot.db", recording.folder / "journal.db", *recording.folder.glob("samples/*.db")):
        shell = sqlite3.connect(path, isolation_level=None)
        shell.execute("BEGIN")
        shell.execute("SELECT count(*) FROM sqlite_master").fetchone()
        held.append(shell)
    recording.tell(HOLDS)
    assert not recording.store.fault
    for shell in held:
        shell.close()
    recording.tell(5)
    expect_all(recording)


@pytest.mark.parametrize("name", ["hot.db", "journal.db"])
def test_a_copy_torn_by_writing_is_told_from_a_whole_one(recording: Recording, tmp_path: Path, name: str) -> None:
    """One half is older than the other: what is read of it is true, or it is said that it cannot be read."""
    path, copy = recording.folder / name, tmp_path / "copy"
    copy.mkdir()
    recording.tell(40)
    cut_log_of(recording, name)
    older = path.read_bytes()
    recording.tell(40)
    cut_log_of(recording, name)
    newer = path.read_bytes()
    pages = range(4096, len(older), max(4096, len(older) // 8 // 4096 * 4096))
    found = [
        verdict(copy, name, first[:place] + second[place:])
        for place in pages
        for first, second in ((older, newer), (newer, older))
    ]
    assert "torn" in found
    assert "wrong" not in found


def cut_log_of(recording: Recording, name: str) -> None:
    """Have it all in the file itself, as it is now and then."""
    with closing(sqlite3.connect(recording.folder / name, isolation_level=None)) as shell:
        shell.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def verdict(folder: Path, name: str, data: bytes) -> str:
    """What is said of a copy: "torn", or "true" (an older state, or the newest one), or "wrong"."""
    for left in folder.iterdir():
        left.unlink()
    (folder / name).write_bytes(data)
    with closing(sqlite3.connect(folder / name)) as file:
        try:
            if file.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "torn"
        except sqlite3.DatabaseError:
            return "torn"
    with closing(Reader(folder)) as reader:
        if name == "journal.db":
            return "true" if reader.verify_journal()[0] else "torn"
        sent = told(SEED, range(80), COUNT)
        findings = Findings(kept(reader, COUNT), sent, np.zeros(len(sent), bool))
        return "true" if findings.is_well else "wrong"
