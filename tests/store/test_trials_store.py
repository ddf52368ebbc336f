"""A store on a disk that fills up, and one that is killed: what was stored is there, what is not is declared."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock, MachineClock
from hmi.core.errors import StoreError
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.test_store import SECOND, TAGS, batch, event, until


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes of disk."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    place = tmp_path / "small"
    place.mkdir()
    mount = [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run([shutil.which("umount") or "umount", str(place)], check=True)


@pytest.mark.fault(rows=[17])
@pytest.mark.expect_log("the disk is full")
def test_a_full_disk_is_told_survived_and_recovered_from(small_disk: Path, clock: HandClock) -> None:
    with closing(Store(small_disk, TAGS, clock, reserve_mb=0)) as store:
        _fill_and_free(store, small_disk, clock)
    assert Reader(small_disk).verify_journal()[:2] == (True, 3)


def _fill_and_free(store: Store, small_disk: Path, clock: HandClock) -> None:
    ballast = small_disk / "ballast"
    assert store.record(event(clock)).result(20) == 1
    sent, noise, values = 0, np.random.default_rng(1), list[float]()
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(4096))
    while not store.fault:
        clock.advance(60)
        values += noise.normal(size=20_000).tolist()
        store.append(batch(clock.now_ns(), *values[sent:]))  # more than fits into a log that is there already
        sent = len(values)
        try:
            store.flush().result(20)
        except StoreError as error:
            assert "the disk is full" in str(error)
            until(lambda: store.fault)
    assert "values are kept in memory" in store.fault
    assert store.waiting + store.stored == sent
    refused = store.record(event(clock, "while.full", result="x" * 10_000))
    with pytest.raises(StoreError, match="journal cannot be written"):
        refused.result(20)
    assert "records are kept in memory only" in store.fault
    ballast.unlink()
    until(lambda: not store.fault and store.stored == sent)
    until(lambda: len(Reader(small_disk).journal()) == 2)
    assert store.record(event(clock)).result(20) == 3
    [samples] = Reader(small_disk).samples(["a.level"], 0, clock.now_ns() + 60 * SECOND)
    assert samples.value.tolist() == values
    assert store.lost == 0


@pytest.mark.fault(rows=[17])
@pytest.mark.expect_log("the disk is full")
def test_what_was_lost_to_a_full_disk_is_a_declared_gap(small_disk: Path, clock: HandClock) -> None:
    with closing(Store(small_disk, TAGS, clock, reserve_mb=0, buffer_rows=30_000)) as store:
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(4096))
        until(lambda: store.fault or not store.flush().exception(20))
        sent = []
        for _ in range(60):
            clock.advance(0.5)
            sent.append(clock.now_ns())
            store.append(batch(sent[-1], *np.arange(1000.0)))
        assert store.waiting <= 30_000
        assert store.lost + store.waiting + store.stored == 60_000
        ballast.unlink()
        until(lambda: store.waiting == 0 and not store.fault)
        store.flush().result(20)
        assert store.lost > 0
        assert store.lost + store.stored == 60_000
        [gap] = Reader(small_disk).gaps(0, clock.now_ns() + SECOND)
        assert "some were lost" in gap.reason
        [samples] = Reader(small_disk).samples(["a.level"], 0, clock.now_ns() + SECOND)
        assert len(samples) == store.stored
        missing = {now for now in sent if now not in set(samples.time.tolist())}
        assert missing
        assert all(gap.from_ns <= now <= gap.to_ns for now in missing)


# ------------------------------------------------------------------------------------------------ kill -9

_VICTIM = """
import sys
from pathlib import Path
from hmi.clock import MachineClock
from hmi.core.batch import Batch
from hmi.core.journal import Record
from hmi.core.tags import Tag
from hmi.store.store import Store
clock = MachineClock()
store = Store(Path(sys.argv[1]), [Tag(0, "a.level", "filler", "x", "float64")], clock)
number = 0
while True:
    number += 1
    now = clock.now_ns()
    store.append(Batch.of([0], [number], now, now))
    record = Record(time_ns=now, category="alarm", event="raised", subject="a", value=float(number))
    print(store.record(record).result(), store.stored, now, flush=True)
"""


@pytest.mark.fault(rows=[20])
@pytest.mark.parametrize("after", [1, 60, 400])
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path, after: int) -> None:
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert victim.stdout is not None
    acknowledged = [line for _, line in zip(range(after), victim.stdout, strict=False)]
    victim.send_signal(signal.SIGKILL)
    acknowledged += [line for line in victim.stdout if line.endswith("\n")]
    victim.wait()
    killed = MachineClock().now_ns()
    victim.stdout.close()
    numbers = [tuple(int(word) for word in line.split()) for line in acknowledged]
    clock = MachineClock()
    store = Store(tmp_path, TAGS, clock)
    reader = Reader(tmp_path)
    found = dict(reader.journal(limit=1_000_000))
    assert all(found[number].value == number for number, _, _ in numbers)
    assert reader.verify_journal()[0]
    [samples] = reader.samples(["a.level"], 0, clock.now_ns())
    assert len(samples) >= max(stored for _, stored, _ in numbers)
    assert samples.value.tolist() == [float(n + 1) for n in range(len(samples))]
    assert not len(samples) or numbers[-1][2] - int(samples.time[-1]) < 5 * SECOND
    [gap] = reader.gaps(0, clock.now_ns())
    assert gap.reason == "the engine was not running (it failed or the computer went down)"
    assert gap.from_ns <= killed <= gap.to_ns
    store.close()
    for path in tmp_path.rglob("*.db"):
        with sqlite3.connect(path) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        file.close()
