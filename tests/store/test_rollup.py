"""Hourly summaries of closed days: true to the samples, made once, and made anew when damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store.block import blocks_of
from hmi.store.day import DayFile
from hmi.store.folder import day_path
from hmi.store.rollup import ROLLUP, Rollup
from hmi.store.slab import Slab
from hmi.store.summary import summarise
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of

DAY_NUMBER = MIDNIGHT // DAY


def hours(folder: Path) -> list[tuple[float, ...]]:
    with closing(sqlite3.connect(folder / ROLLUP)) as file:
        rows = file.execute("SELECT * FROM hour ORDER BY hour").fetchall()
    return [tuple(float(f"{value:.9g}") for value in row[2:]) for row in rows]


def of(times: np.ndarray, values: np.ndarray) -> tuple[float, ...]:
    """What the samples of an hour come to."""
    slab = slab_of((1, times, values))
    found = summarise(slab.samples("a", slice(0, len(slab))))
    return tuple(float(f"{value:.9g}") for value in (times[0], times[-1], *found))


def sealed(folder: Path, *slabs: Slab, day: int = DAY_NUMBER) -> Path:
    """A closed day with one seal for each slab."""
    (folder / "samples").mkdir(exist_ok=True)
    path = day_path(folder, day)
    file = DayFile(path, day, None)
    for seq, slab in enumerate(slabs):
        blocks = blocks_of([Second(seq, MIDNIGHT, slab)], {}, lambda: None)
        file.write(blocks, Mark(MIDNIGHT, seq), slab, [(1, "a", "c", "float64", "%", "")])
    file.close(finished=True)
    return path


def test_several_blocks_of_an_hour_come_to_what_their_samples_do(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    times = MIDNIGHT + np.arange(1000) * 5 * SECOND
    values = rng.normal(size=1000)
    path = sealed(tmp_path, *(slab_of((1, times[n : n + 250], values[n : n + 250])) for n in range(0, 1000, 250)))
    with closing(Rollup(tmp_path)) as rollup:
        assert rollup.take(DAY_NUMBER, path)
        assert not rollup.take(DAY_NUMBER, path)
    with closing(sqlite3.connect(tmp_path / ROLLUP)) as file:
        rows = file.execute("SELECT * FROM hour ORDER BY hour").fetchall()
    assert [row[1] for row in rows] == [MIDNIGHT, MIDNIGHT + HOUR]
    for _, hour, t0, t1, *found in rows:
        own = times // HOUR == hour // HOUR
        slab = slab_of((1, times[own], values[own]))
        expected = summarise(slab.samples("a", slice(0, len(slab))))
        assert (t0, t1) == (times[own][0], times[own][-1])
        np.testing.assert_allclose(np.array(found, float), np.array(expected, float), rtol=1e-9)


def test_blocks_that_lie_within_each_other_come_to_what_their_samples_do(tmp_path: Path) -> None:
    """As late values make them: none is left out, none counted twice."""
    rng = np.random.default_rng(2)
    times, values = MIDNIGHT + np.arange(600) * 5 * SECOND, rng.normal(size=600)
    late = rng.random(600) < 0.2
    path = sealed(tmp_path, *(slab_of((1, times[own], values[own])) for own in (~late, late)))
    with closing(Rollup(tmp_path)) as rollup:
        assert rollup.take(DAY_NUMBER, path)
    assert hours(tmp_path) == [of(times, values)]


def test_what_came_after_a_day_was_summed_up_is_added(tmp_path: Path) -> None:
    """Late values lie in the file of a later day."""
    times, values = MIDNIGHT + np.arange(600) * 5 * SECOND, np.arange(600.0)
    early, late = np.arange(600) % 7 != 0, np.arange(600) % 7 == 0
    first = sealed(tmp_path, slab_of((1, times[early], values[early])))
    second = sealed(tmp_path, slab_of((1, times[late], values[late])), day=DAY_NUMBER + 1)
    with closing(Rollup(tmp_path)) as rollup:
        assert rollup.take(DAY_NUMBER, first)
        assert hours(tmp_path) == [of(times[early], values[early])]
        assert rollup.take(DAY_NUMBER + 1, second)
        assert hours(tmp_path) == [of(times, values)]
        rollup.forget([DAY_NUMBER])
        assert rollup.take(DAY_NUMBER, first)
        assert hours(tmp_path) == [of(times, values)]


def test_hours_of_a_day_that_was_dropped_are_kept_and_added_to(tmp_path: Path) -> None:
    times, values = MIDNIGHT + np.arange(600) * 5 * SECOND, np.arange(600.0)
    first = sealed(tmp_path, slab_of((1, times[:300], values[:300])))
    with closing(Rollup(tmp_path)) as rollup:
        rollup.take(DAY_NUMBER, first)
        first.chmod(0o600)
        first.unlink()
        second = sealed(tmp_path, slab_of((1, times[300:400], values[300:400])))
        rollup.forget([DAY_NUMBER])
        rollup.take(DAY_NUMBER, second)
        assert hours(tmp_path) == [of(times[:400], values[:400])]
        second.chmod(0o600)
        second.unlink()
        third = sealed(tmp_path, slab_of((1, times[100:110], values[100:110])))
        rollup.forget([DAY_NUMBER])
        rollup.take(DAY_NUMBER, third)
        assert hours(tmp_path) == [of(times[:400], values[:400])]  # within what is known only as a sum


@pytest.mark.expect_log("cannot be read and is not in the hourly summaries")
def test_a_day_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"\xff" * 9000)
    with closing(Rollup(tmp_path)) as rollup:
        assert rollup.take(DAY_NUMBER, path)


@pytest.mark.expect_log("the hourly summaries are damaged and were set aside")
def test_damaged_summaries_are_made_anew(tmp_path: Path) -> None:
    path = sealed(tmp_path, slab_of((1, [MIDNIGHT], [1.0])))
    (tmp_path / ROLLUP).write_bytes(b"\xff" * 9000)
    with closing(Rollup(tmp_path)) as rollup:
        assert rollup.take(DAY_NUMBER, path)
