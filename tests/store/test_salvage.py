"""Of a damaged day everything that is whole is kept, and what is missing is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from hmi.store.block import blocks_of
from hmi.store.days import Days, last_of
from hmi.store.hot import TagRow
from hmi.store.query import Reader
from hmi.store.salvage import salvage_day
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of

TAGS: list[TagRow] = [(n, f"t{n}", "filler", "float64", "", "") for n in range(1, 41)]
NUMBER = MIDNIGHT // DAY


def made(folder: Path) -> Path:
    """A day of which two hours are sealed."""
    noise = np.random.default_rng(3)
    with closing(Days(folder, None)) as days:
        for hour in range(2):
            start = MIDNIGHT + hour * HOUR
            at = [start + n * SECOND for n in range(400)]
            slab = slab_of(*((tag[0], at, noise.normal(size=400)) for tag in TAGS))
            seconds = [Second(hour + 1, start, slab)]
            days.write(blocks_of(seconds, {}, lambda: None), Mark(start, hour + 1), last_of(slab), TAGS)
    return folder / "samples" / "2026-02-16.db"


def saved(path: Path) -> tuple[Path, list[tuple[int, int, str, str]]]:
    fresh = path.with_name("fresh")
    return fresh, salvage_day(path, fresh, TAGS, NUMBER, MIDNIGHT + 2 * HOUR)


def test_a_whole_day_is_saved_whole(tmp_path: Path) -> None:
    path = made(tmp_path)
    names = [tag[1] for tag in TAGS]
    with closing(Reader(tmp_path)) as reader:
        before = [samples.value.tolist() for samples in reader.samples(names, 0, 2**62)]
    fresh, lost = saved(path)
    assert lost == []
    fresh.replace(path)
    with closing(Reader(tmp_path)) as reader:
        assert [samples.value.tolist() for samples in reader.samples(names, 0, 2**62)] == before
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT hour, seq FROM sealed").fetchall() == [(MIDNIGHT, 1), (MIDNIGHT + HOUR, 2)]
        assert file.execute("SELECT count(*) FROM state").fetchone() == (1,)


def test_blocks_that_are_damaged_are_told_tag_by_tag(tmp_path: Path) -> None:
    path = made(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE data SET b = x'00' WHERE id = (SELECT did FROM block WHERE tag = 5 ORDER BY t0 LIMIT 1)")
    fresh, lost = saved(path)
    assert [row[:3] for row in lost] == [(MIDNIGHT, MIDNIGHT + 399 * SECOND + 1, "tag:t5")]
    with closing(sqlite3.connect(fresh)) as file:
        assert file.execute("SELECT count(*) FROM block").fetchone() == (79,)


def test_many_tags_that_lost_something_are_told_as_their_connection(tmp_path: Path) -> None:
    path = made(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("DELETE FROM data")
    _, lost = saved(path)
    assert [row[:3] for row in lost] == [(MIDNIGHT, MIDNIGHT + HOUR + 399 * SECOND + 1, "filler")]


def test_a_file_that_says_nothing_costs_its_day(tmp_path: Path) -> None:
    path = made(tmp_path)
    path.write_bytes(b"\xff" * 50_000)
    fresh, lost = saved(path)
    assert [row[:3] for row in lost] == [(MIDNIGHT, MIDNIGHT + 2 * HOUR, "")]
    assert not fresh.exists()


def test_noise_in_any_page_costs_what_is_told(tmp_path: Path) -> None:
    path = made(tmp_path)
    whole = path.read_bytes()
    for place in range(16384, len(whole), 16384):
        path.write_bytes(whole[:place] + np.random.default_rng(place).bytes(16384) + whole[place + 16384 :])
        fresh, lost = saved(path)
        kept = 0
        if fresh.exists():
            with closing(sqlite3.connect(fresh)) as file:
                assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                kept = file.execute("SELECT count(*) FROM block").fetchone()[0]
        assert kept == 80 or lost
