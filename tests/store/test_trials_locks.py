"""Other programs at the files: a shell with a cursor, a backup tool with a lock, a copy of what is in use."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.store import hot
from hmi.store.folder import hot_files
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import MIDNIGHT
from tests.store.test_trials_disk import COUNT, SEED, Recording
from tests.store.truth import Findings, kept, tags, told

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


class Foreign:
    """Another program, in a process of its own, that holds a cursor on a file."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-c", _HOLD, str(path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"holds\n"

    def bytes_kept(self) -> int:
        """What files that are removed already still take of the disk because it has them open."""
        found = {}
        for path in Path(f"/proc/{self._process.pid}/fd").glob("*"):
            with suppress(OSError):
                state = path.stat()
                if not state.st_nlink and stat.S_ISREG(state.st_mode):
                    found[state.st_ino] = state.st_blocks * 512
        return sum(found.values())

    def close(self) -> bytes:
        """Let it end; what it counts at the end of what it has held all the time."""
        out, _ = self._process.communicate(b"\n", 30)
        return out


_HOLD = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN")
count = file.execute("SELECT count(*) FROM second").fetchone()
print("holds", flush=True)
sys.stdin.readline()
print(file.execute("SELECT count(*) FROM second").fetchone() == count, flush=True)
"""


def disk_use(folder: Path, foreign: Foreign | None) -> int:
    """What is not sealed takes, with what a foreign program keeps from being given back."""
    own = sum(path.stat().st_blocks * 512 for path in folder.glob("hot*") if path.exists())
    return own + (foreign.bytes_kept() if foreign is not None else 0)


def hours(folder: Path, count: int, tag_count: int, step_s: int) -> tuple[int, int]:
    """Record some hours without anybody, and as many under a cursor; the most that each took of the disk.

    Each hour is sealed when it is over: how far the sealer is behind must not be what is measured.
    """
    clock, rng = HandClock(MIDNIGHT), np.random.default_rng(1)
    foreign: Foreign | None = None
    most = [0, 0]
    with closing(Store(folder, tags(tag_count), clock, reserve_mb=0)) as store:
        for turn in (0, 1):
            for number in range(count * 3600 // step_s):
                now = clock.now_ns()
                value = np.round(rng.normal(20, 1, tag_count), 2)
                store.append(Batch.of(np.arange(tag_count), value, now - rng.integers(0, 10**8, tag_count), now))
                clock.advance(step_s)
                store.flush().result(60)
                if not (number + 1) * step_s % 3600:
                    store.seal().result(60)
                most[turn] = max(most[turn], disk_use(folder, foreign))
            if foreign is None:
                foreign = Foreign(hot_files(folder)[-1])
        stored = store.stored
        store.seal().result(60)
    assert foreign is not None
    assert foreign.close() == b"True\n", "its cursor was disturbed"
    assert stored == 2 * count * 3600 // step_s * tag_count
    with closing(Reader(folder)) as reader:
        found = reader.samples([tag.name for tag in tags(tag_count)][:50], 0, 2**62)
        assert {len(samples) for samples in found} == {stored // tag_count}
    return most[0], most[1]


@pytest.mark.expect_log("keeps reading")
def test_a_cursor_of_another_program_costs_so_much_disk_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "LOG_HELD", 300_000)
    monkeypatch.setattr(hot, "_LOG_LIMIT", 150_000)
    monkeypatch.setattr(hot, "_LOG_FULL", 50_000)
    alone, held = hours(tmp_path, 4, tag_count=300, step_s=30)
    a_commit, index = 3 * 4096, 2 * 32_768  # what a log is longer than its limit when that is seen; beside each file
    assert held < 2 * alone + hot.LOG_HELD + a_commit + index
    Store(tmp_path, tags(300), HandClock(MIDNIGHT + 30 * 3600 * 10**9), reserve_mb=0).close()
    [left] = hot_files(tmp_path)  # what was held is gone since it is sealed
    assert left.name != "hot.db"


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
