"""Many kinds of damage, at rest and while open; a file held for a minute; how long a log becomes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.store.store import Store
from tests.store.made import MIDNIGHT
from tests.store.test_trials_damage import CASES, TOLD, at_rest, killed, while_open
from tests.store.test_trials_disk import Recording
from tests.store.truth import tags

__all__ = ["killed"]  # a fixture
SEEDS = range(100, 105)
HELD_S = 60
MB = 1024 * 1024


@pytest.mark.faults
@pytest.mark.parametrize(("name", "kind"), CASES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.expect_log(*TOLD, "cannot be sealed")
def test_any_damage(killed, tmp_path: Path, name: str, kind: str, seed: int) -> None:
    (tmp_path / "rest").mkdir()
    at_rest(killed, tmp_path / "rest", name, kind, seed)
    (tmp_path / "open").mkdir()
    while_open(killed, tmp_path / "open", name, kind, seed)


@pytest.mark.faults
@pytest.mark.expect_log("another program holds the file", "cannot be sealed")
def test_a_backup_tool_that_holds_a_file_for_a_minute_costs_nothing(
    tmp_path: Path, measured: Callable[..., None]
) -> None:
    with closing(Recording(tmp_path / "data")) as recording:
        recording.tell(5)
        with closing(sqlite3.connect(recording.folder / "hot.db", isolation_level=None)) as backup:
            backup.execute("BEGIN EXCLUSIVE")
            free = threading.Event()
            timer = threading.Timer(HELD_S, free.set)
            timer.start()
            most = 0
            while not free.is_set():
                recording.tell(1)
                most = max(most, recording.store.waiting)
            backup.execute("ROLLBACK")
            timer.join()
        recording.until_well()
        recording.tell(5)
    measured("values that waited", most)
    findings = recording.findings()
    assert findings.is_well, str(findings)
    recording.expect_records()


@pytest.mark.faults
@pytest.mark.expect_log("keeps reading")
def test_how_long_a_log_becomes_while_somebody_holds_a_cursor(tmp_path: Path, measured: Callable[..., None]) -> None:
    """SQLite cannot cut a log that is being read: it grows by what is committed, is told, and is cut back after."""
    clock, rng = HandClock(MIDNIGHT), np.random.default_rng(1)
    log = tmp_path / "hot.db-wal"
    with closing(Store(tmp_path, tags(2000), clock, reserve_mb=0)) as store:

        def tell(seconds: int) -> None:
            for _ in range(seconds):
                now = clock.now_ns()
                value = np.round(rng.normal(20, 1, 2000), 2)
                store.append(Batch.of(np.arange(2000), value, now - rng.integers(0, 10**8, 2000), now))
                clock.advance(1)
                store.flush().result(60)

        tell(1200)
        free = log.stat().st_size
        with closing(sqlite3.connect(tmp_path / "hot.db", isolation_level=None)) as shell:
            shell.execute("BEGIN")
            shell.execute("SELECT count(*) FROM second").fetchone()
            before = log.stat().st_size
            tell(600)
            grown = log.stat().st_size - before
        tell(1200)
        after = log.stat().st_size
    measured("log without anybody", f"{free / MB:.1f} MB")
    measured("grown in ten minutes of 2,000 values a second under a cursor", f"{grown / MB:.1f} MB")
    measured("log afterwards", f"{after / MB:.1f} MB")
    assert free < 24 * MB
    assert after < 24 * MB
