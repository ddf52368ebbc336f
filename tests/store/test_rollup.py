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
from hmi.store.rollup import ROLLUP, Rollup, hours_of
from hmi.store.slab import Slab
from hmi.store.summary import Summary, summarise
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of

DAY_NUMBER = MIDNIGHT // DAY


def sealed(folder: Path, *slabs: Slab) -> Path:
    """A closed day with one seal for each slab."""
    (folder / "samples").mkdir(exist_ok=True)
    path = day_path(folder, DAY_NUMBER)
    day = DayFile(path, DAY_NUMBER, None)
    for seq, slab in enumerate(slabs):
        blocks = blocks_of([Second(seq, MIDNIGHT, slab)], {}, lambda: None)
        day.write(blocks, Mark(MIDNIGHT, seq), slab, [(1, "a", "c", "float64", "%", "")])
    day.close(finished=True)
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


def test_a_block_inside_another_one_is_not_counted_twice() -> None:
    def row(t0: int, t1: int, n: int) -> tuple[object, ...]:
        return (1, t0, t1, *Summary(n, n, 0, 0, 0, 1.0, 1.0, float(n), 0.0, 1.0, 1.0, 0.0, 0, 0.0, t1 - t0))

    found = hours_of([row(10, 50, 5), row(20, 30, 2), row(60, 70, 3)])  # type: ignore[list-item]
    assert [(line[2], line[3], line[4]) for line in found] == [(10, 70, 8)]
    assert hours_of([]) == []


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
