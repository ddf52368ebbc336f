"""The days of a folder: midnight, a clock that went back, damage, retention, summaries of what is closed."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store import sent
from hmi.store.block import blocks_of
from hmi.store.days import Days, last_of
from hmi.store.hot import TagRow
from hmi.store.salvage import Lost
from hmi.store.unsealed import Mark, Second
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, slab_of

TAGS: list[TagRow] = [(1, "a.level", "filler", "float64", "%", ""), (2, "b", "filler", "bool", "", "")]


def seal(days: Days, start: int, *values: float, tag: int = 1, seq: int = 1) -> None:
    slab = slab_of((tag, [start + n * SECOND for n in range(len(values))], values))
    hour = start // HOUR * HOUR
    days.write(blocks_of([Second(seq, hour, slab)], {}, lambda: None), Mark(hour, seq), last_of(slab), TAGS)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "samples").iterdir() if path.suffix == ".db")


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    with closing(Days(tmp_path, None)) as days:
        yield days


def test_midnight_starts_a_new_file_and_closes_the_old_one(days: Days, tmp_path: Path) -> None:
    seal(days, MIDNIGHT, 1.0)
    seal(days, MIDNIGHT + DAY - HOUR, 2.0)
    seal(days, MIDNIGHT + DAY, 3.0)
    assert names(tmp_path) == ["2026-02-16.db", "2026-02-17.db"]
    assert not (tmp_path / "samples" / "2026-02-16.db").stat().st_mode & 0o222


def test_a_clock_that_went_back_does_not_open_what_is_closed(days: Days, tmp_path: Path) -> None:
    seal(days, MIDNIGHT + DAY, 1.0)
    seal(days, MIDNIGHT, 2.0)
    assert names(tmp_path) == ["2026-02-17.db"]
    with closing(sqlite3.connect(tmp_path / "samples" / "2026-02-17.db")) as file:
        assert file.execute("SELECT late FROM span").fetchall() == [(1,)]


@pytest.mark.expect_log("a history file is damaged and was set aside")
def test_a_damaged_file_is_set_aside_and_sealing_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "samples" / "2026-02-16.db"
    path.parent.mkdir()
    path.write_bytes(b"\xff" * 9000)
    with closing(Days(tmp_path, None)) as days:
        seal(days, MIDNIGHT, 1.0)
        [away] = days.damaged
    assert away.read_bytes() == b"\xff" * 9000
    assert names(tmp_path) == ["2026-02-16.db"]


def test_the_oldest_days_go_first_and_the_newest_never(days: Days, tmp_path: Path) -> None:
    for day in range(4):
        seal(days, MIDNIGHT + day * DAY, 1.0, 2.0)
    assert days.retain(MIDNIGHT + 3 * DAY, keep_days=400, max_bytes=1e12) == []
    assert [path.name for path in days.retain(MIDNIGHT + 3 * DAY, 2, 1e12)] == ["2026-02-16.db"]
    size = (tmp_path / "samples" / "2026-02-19.db").stat().st_size
    assert [path.name for path in days.retain(MIDNIGHT + 3 * DAY, 400, 2.5 * size)] == ["2026-02-17.db"]
    assert len(days.retain(MIDNIGHT + 999 * DAY, 0, 0)) == 1
    assert names(tmp_path) == ["2026-02-19.db"]


def test_what_the_plant_server_has_not_got_is_kept_while_there_is_room(days: Days, tmp_path: Path) -> None:
    for day in range(4):
        seal(days, MIDNIGHT + day * DAY, 1.0, 2.0)
    first = MIDNIGHT // DAY
    sent.write(tmp_path, sent.Sent({first + 1: (9, 0, 0)}))
    assert [path.name for path in days.retain(MIDNIGHT + 9 * DAY, 2, 1e12)] == ["2026-02-17.db"], "it was sent"
    assert names(tmp_path) == ["2026-02-16.db", "2026-02-18.db", "2026-02-19.db"]
    sent.write(tmp_path, sent.Sent({first: (9, 0, 0)}))
    assert [path.name for path in days.retain(MIDNIGHT + 9 * DAY, 2, 1e12)] == ["2026-02-16.db"]


@pytest.mark.expect_log("2026-02-16 was dropped for want of room before the plant server had it")
def test_what_must_go_before_it_was_sent_is_declared_and_goes_last(tmp_path: Path) -> None:
    lost: deque[Lost] = deque()
    with closing(Days(tmp_path, None, lost)) as days:
        for day in range(4):
            seal(days, MIDNIGHT + day * DAY, 1.0, 2.0)
        size = (tmp_path / "samples" / "2026-02-19.db").stat().st_size
        sent.write(tmp_path, sent.Sent({MIDNIGHT // DAY + 1: (9, 0, 0)}))
        assert [path.name for path in days.retain(MIDNIGHT + 3 * DAY, 400, 3.5 * size)] == ["2026-02-17.db"]
        assert not lost
        assert [path.name for path in days.retain(MIDNIGHT + 3 * DAY, 400, 2.5 * size)] == ["2026-02-16.db"]
    assert list(lost) == [(MIDNIGHT, MIDNIGHT + DAY, "", sent.UNSENT)]


def test_a_clock_far_ahead_costs_few_days_at_once(days: Days, tmp_path: Path) -> None:
    for day in range(12):
        seal(days, MIDNIGHT + day * DAY, 1.0)
    assert len(days.retain(MIDNIGHT + 999 * DAY, 10, 1e12)) == 8
    assert len(names(tmp_path)) == 4


def test_hours_outlive_their_day(days: Days, tmp_path: Path) -> None:
    seal(days, MIDNIGHT, 1.0, 3.0)
    seal(days, MIDNIGHT + HOUR, 5.0)
    seal(days, MIDNIGHT + 9 * DAY, 7.0)
    days.tidy()
    days.retain(MIDNIGHT + 9 * DAY, 2, 1e12)
    with closing(sqlite3.connect(tmp_path / "rollup.db")) as file:
        assert file.execute("SELECT tag, samples, mean FROM hours").fetchall() == [
            ("a.level", 2, 2.0),
            ("a.level", 1, 5.0),
        ]


def test_the_last_row_of_each_tag_is_the_latest_in_time() -> None:
    slab = slab_of((1, [5, 9, 7], [1.0, 2.0, 3.0]), (2, [4, 4], [5.0, 6.0]))
    last = last_of(slab)
    assert (last.tag.tolist(), last.value.tolist()) == ([1, 2], [2.0, 6.0])
