"""What was fetched later from a device's own history is known as that of minutes and hours, and after any repair."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.clock import HandClock
from hmi.core.batch import FLAG_BACKFILLED
from hmi.store import verify
from hmi.store.backfilled import runs_in, runs_of, with_runs
from hmi.store.folder import day_path
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of
from tests.store.test_thin import samples_of

MINUTE = 60 * SECOND


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 50), st.integers(0, 50))
def test_a_stretch_of_time_is_touched_where_a_sample_in_it_is_backfilled(
    late: list[bool], start: int, length: int
) -> None:
    samples = samples_of([(at, 1.0, 0, FLAG_BACKFILLED * marked) for at, marked in enumerate(late)])
    slab = with_runs(None, [(7, run) for run in runs_in(samples)])
    runs = runs_of(slab, 7) if slab is not None else None
    found = bool(runs.touch(np.array([start]), np.array([start + length]))[0]) if runs is not None else False
    assert found == any(late[start : start + length + 1])


def test_what_is_new_joins_what_was_known() -> None:
    slab = with_runs(None, [(2, (500, 600)), (1, (5, 900)), (1, (10, 20))])
    slab = with_runs(slab, [(2, (100, 200)), (3, (1, 1))])
    assert slab is not None
    two = runs_of(slab, 2)
    assert two is not None
    assert (two.first.tolist(), two.reach.tolist()) == ([100, 500], [200, 600])
    one = runs_of(slab, 1)
    assert one is not None
    times = np.array([0, 899, 901])
    assert one.touch(times, times + 4).tolist() == [False, True, False]
    assert runs_of(slab, 4) is None
    assert with_runs(None, []) is None


def hours_with_a_gap_filled(folder: Path) -> None:
    """Four hours of which 01:10 to 01:30 came from the device afterwards, in a seal of its own."""
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT + 5 * HOUR))) as store:
        times = MIDNIGHT + np.arange(4 * 3600) * SECOND
        away = (times >= MIDNIGHT + 70 * MINUTE) & (times < MIDNIGHT + 90 * MINUTE)
        store.append(batch_of(0, times[~away], np.arange(len(times))[~away] % 50))
        store.flush().result(20)
        store.seal().result(20)
        late = batch_of(0, times[away], np.arange(len(times))[away] % 50)
        late.rows["flags"] = FLAG_BACKFILLED
        store.append(late)
        store.flush().result(20)
        store.seal().result(20)


def marked(folder: Path, points: int) -> list[int]:
    """The minutes of the window that begin a bucket with something backfilled in it."""
    with closing(Reader(folder)) as reader:
        [window] = reader.window(["a.level"], MIDNIGHT, MIDNIGHT + 4 * HOUR, points)
        return [(at - MIDNIGHT) // MINUTE for at in window.t0[window.backfilled].tolist()]


def test_minutes_and_hours_tell_what_was_backfilled(tmp_path: Path) -> None:
    hours_with_a_gap_filled(tmp_path)
    assert marked(tmp_path, 4) == [60]
    assert marked(tmp_path, 24) == [70, 80]
    assert marked(tmp_path, 240) == [*range(70, 90)]
    assert marked(tmp_path, 3600) == sorted(minute for minute in range(70, 90) for _ in range(15))


def test_minutes_alone_know_it_of_an_hour_that_came_as_a_whole(tmp_path: Path) -> None:
    times = MIDNIGHT + np.arange(3 * 3600) * SECOND
    batch = batch_of(0, times, np.arange(len(times)) % 50)
    batch.rows["flags"][3600 : 2 * 3600 - 300] = FLAG_BACKFILLED
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + 5 * HOUR))) as store:
        store.append(batch)
        store.flush().result(20)
        store.seal().result(20)
    assert marked(tmp_path, 4) == [60]
    assert marked(tmp_path, 48) == [*range(60, 115, 5)]
    with closing(sqlite3.connect(day_path(tmp_path, MIDNIGHT // DAY))) as file:  # a file of before has no such note
        file.execute("DELETE FROM state WHERE at = 'backfilled'")
        file.commit()
    assert marked(tmp_path, 48) == []
    assert len(marked(tmp_path, 3600)) == 55 * 15
    assert verify.check(tmp_path).findings == ()


@pytest.mark.expect_log("a history file is damaged")
def test_a_damaged_note_is_found_told_and_put_aside_with_the_file(tmp_path: Path) -> None:
    hours_with_a_gap_filled(tmp_path)
    path = day_path(tmp_path, MIDNIGHT // DAY)
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE state SET b = x'0011' WHERE at = 'backfilled'")
        file.commit()
    assert marked(tmp_path, 240) == [*range(70, 90)]  # those blocks overlap others: their samples are looked at
    assert [finding.what for finding in verify.check(tmp_path).findings] == ["what of it was backfilled is damaged"]
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + 6 * HOUR))) as store:
        again = batch_of(0, [MIDNIGHT + 5 * HOUR], [1.0])
        again.rows["flags"] = FLAG_BACKFILLED
        store.append(again)
        store.flush().result(20)
        store.seal().result(20)
    assert verify.check(tmp_path).findings == ()
    assert marked(tmp_path, 240) == [*range(70, 90)]
