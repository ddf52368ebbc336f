"""The disk is full, drops out or may not be written: nothing waits for it, nothing is lost untold, it comes back."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.power import Disk, why_no_disk
from tests.store.truth import STEP, Findings, batch, kept, now_of, tags, told
from tests.store.victim import record

SEED, COUNT = 31, 40
LONG_S = 30
AT_ONCE_S = 1.0  # to hand over takes no time; a machine that does other things may need some
FULL = ("the disk is full", "history cannot be sealed", "database or disk is full", "nearly full")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("a disk of our own needs root")
    place = tmp_path / "disk"
    place.mkdir()
    mount = [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run([shutil.which("umount") or "umount", str(place)], check=True)


class Recording:
    """A store that is told things whatever its disk does, and what it has acknowledged."""

    def __init__(self, folder: Path, **options: int) -> None:
        self.clock = HandClock(now_of(0))
        self.store = Store(folder, tags(COUNT), self.clock, reserve_mb=0, seal_rows=3000, **options)
        self.folder = folder
        self.next = 0
        self.stored: set[int] = set()
        self.recorded: list[int] = []
        self._waiting: list[int] = []

    def tell(self, batches: int) -> None:
        """Hand over some batches and records; whether they can be stored is another matter."""
        for _ in range(batches):
            number, began = self.next, time.monotonic()
            self.next += 1
            self.store.append(batch(SEED, number, COUNT))
            noted = self.store.record(record(number))
            flushed = self.store.flush()
            assert time.monotonic() - began < AT_ONCE_S, "handing over had to wait for the disk"
            self._waiting.append(number)
            self.clock.advance(1)
            if flushed.exception(LONG_S) is None and not self.store.waiting:
                self.stored.update(self._waiting)
                self._waiting = []
            if noted.exception(LONG_S) is None:
                self.recorded.append(number)
            self.clock.advance(STEP / 1e9 - 1)
        if not self.store.fault:
            self.store.seal().exception(LONG_S)

    def close(self) -> None:
        """Stop it in good order."""
        self.store.close()

    def until_well(self) -> None:
        """Wait until it says that all is well, and all is stored."""
        deadline = time.monotonic() + LONG_S
        while self.store.fault or self.store.waiting:
            assert time.monotonic() < deadline, self.store.fault
            self.clock.advance(1)
            self.store.flush().exception(LONG_S)
        self.stored.update(self._waiting)
        self._waiting = []

    def until_fault(self) -> None:
        """Tell it things until it says that something is wrong."""
        deadline = time.monotonic() + LONG_S
        while not self.store.fault:
            assert time.monotonic() < deadline
            self.tell(1)

    def findings(self) -> Findings:
        """What is there against what was told."""
        sent = told(SEED, range(self.next), COUNT)
        with closing(Reader(self.folder)) as reader:
            return Findings(kept(reader, COUNT), sent, np.isin(sent["number"], list(self.stored)))

    def expect_records(self) -> None:
        """Every record is there, once: those that were refused were kept and written later."""
        with closing(Reader(self.folder)) as reader:
            values = [int(record.value) for _, record in reader.journal(limit=10**6, category="alarm")]
            assert sorted(values) == list(range(self.next))
            assert reader.verify_journal()[0]


def fill(disk: Path, leave: int) -> Path:
    """Leave some bytes of room."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - leave))
    return ballast


@pytest.mark.fault(rows=[17])
@pytest.mark.expect_log(*FULL)
def test_a_disk_that_is_full_at_any_moment_costs_nothing_that_memory_can_hold(small_disk: Path) -> None:
    threads = set(threading.enumerate())
    with closing(Recording(small_disk / "data")) as recording:
        full(recording, small_disk, rounds=4, seed=4)
        assert recording.store.lost == 0
    assert set(threading.enumerate()) == threads
    findings = recording.findings()
    assert findings.is_well, str(findings)
    assert recording.stored == set(range(recording.next))
    recording.expect_records()


def full(recording: Recording, disk: Path, rounds: int, seed: int) -> None:
    """Now and then there is no room, at any moment of what the store does."""
    chance = random.Random(seed)
    for _ in range(rounds):
        recording.tell(8)
        ballast = fill(disk, chance.randrange(300_000))
        recording.until_fault()
        assert "the disk is full" in recording.store.fault
        recording.tell(4)
        ballast.unlink()
        recording.until_well()


@pytest.mark.fault(rows=[17])
@pytest.mark.expect_log(*FULL, "reports an error")
def test_what_memory_cannot_hold_is_counted_and_declared(small_disk: Path) -> None:
    with closing(Recording(small_disk / "data", buffer_rows=600)) as recording:
        recording.tell(3)
        ballast = fill(small_disk, 0)
        recording.until_fault()
        while not recording.store.lost:
            recording.tell(5)
            assert recording.next < 500
        assert "were lost" in recording.store.fault
        ballast.unlink()
        recording.until_well()
        lost = recording.store.lost
    findings = recording.findings()
    assert not (findings.doubles or findings.changed or findings.foreign)
    assert lost > 0
    assert int((~findings.there).sum()) == lost
    sent = told(SEED, range(recording.next), COUNT)
    missing = sent[~findings.there]
    with closing(Reader(recording.folder)) as reader:
        gaps = [gap for gap in reader.gaps(0, 2**62) if "some were lost" in gap.reason]
    late = np.abs(missing["at"] - now_of(0) - missing["number"] * STEP) > STEP
    assert all(any(gap.from_ns <= at <= gap.to_ns for gap in gaps) for at in missing["at"][~late].tolist())


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk that can drop out, switched on."""
    if why := why_no_disk(tmp_path):
        pytest.skip(why)
    disk = Disk(tmp_path, megabytes=32)
    disk.on()
    yield disk
    disk.off()


@pytest.mark.fault(rows=[18])
@pytest.mark.expect_log("reports an error", "Input/output", "not be written", "cannot be opened", "cannot be sealed")
def test_a_disk_that_drops_out_and_comes_back_is_used_again_without_a_restart(failing_disk: Disk) -> None:
    with closing(Recording(failing_disk.root / "data")) as recording:
        recording.tell(12)
        failing_disk.cut()
        recording.until_fault()
        recording.tell(3)
        failing_disk.pull()
        failing_disk.on(writable=False)
        recording.tell(3)
        assert recording.store.fault
        failing_disk.allow_writing()
        recording.until_well()
        recording.tell(3)
        assert recording.store.lost == 0
    findings = recording.findings()
    recording.expect_records()
    assert findings.is_well, str(findings)
    assert recording.stored == set(range(recording.next))
