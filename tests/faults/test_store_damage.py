"""Many kinds of damage, at rest and while open; a file held for a minute; what a cursor costs."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store.hot import LOG_HELD
from tests.store.test_trials_damage import CASES, TOLD, at_rest, killed, while_open
from tests.store.test_trials_disk import Recording
from tests.store.test_trials_locks import hours

__all__ = ["killed"]  # a fixture
SEEDS = range(100, 105)
HELD_S = 60
MB = 1024 * 1024


@pytest.mark.fault(rows=[19])
@pytest.mark.faults
@pytest.mark.parametrize(("name", "kind"), CASES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.expect_log(*TOLD, "cannot be sealed")
def test_any_damage(killed, tmp_path: Path, name: str, kind: str, seed: int) -> None:
    (tmp_path / "rest").mkdir()
    at_rest(killed, tmp_path / "rest", name, kind, seed)
    (tmp_path / "open").mkdir()
    while_open(killed, tmp_path / "open", name, kind, seed)


@pytest.mark.fault(rows=[22])
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


@pytest.mark.fault(rows=[22])
@pytest.mark.faults
@pytest.mark.expect_log("keeps reading")
@pytest.mark.timeout(1200)
def test_four_hours_of_two_thousand_values_a_second_under_a_cursor(
    tmp_path: Path, measured: Callable[..., None]
) -> None:
    """SQLite cannot cut a log that is being read: recording leaves it, and it is removed when it is sealed."""
    alone, held = hours(tmp_path, 4, tag_count=2000, step_s=2)
    measured("disk taken by what is not sealed, without anybody", f"{alone / MB:.0f} MB")
    measured("the same under a cursor, with what it keeps from being given back", f"{held / MB:.0f} MB")
    assert held < 2 * alone + LOG_HELD + 16 * MB
