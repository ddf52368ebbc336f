"""Values from elsewhere stand in their own days: dropped, summed up and known by later days as all others are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.plant.model import History
from hmi.store.query import Reader
from hmi.store.rollup import Rollup
from hmi.store.store import Store
from hmi.store.verify import check
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of, slab_of

ALL = (-(2**63), 2**63 - 1)
NOON = MIDNIGHT + 12 * HOUR


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recorded on the 1st and the 5th day, of which the 1st is summed up."""
    for day in (0, 4):
        clock = HandClock(NOON + day * DAY)
        with closing(Store(tmp_path, TAGS, clock)) as store:
            store.append(batch_of(0, clock.now_ns() + np.arange(5) * SECOND, np.arange(5.0)))
            store.flush().result(20)
            store.seal().result(20)
    return tmp_path


def fill(folder: Path, *tagged: tuple[int, list[int], list[float]], now: int = NOON + 4 * DAY) -> None:
    with closing(Store(folder, TAGS, HandClock(now), History(10**6, 10**9))) as store:
        store.fill(slab_of(*tagged)).result(20)
        store.filled().result(20)


def days(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "samples").glob("*.db"))


def test_each_day_gets_its_own_and_is_closed_again(folder: Path) -> None:
    fill(folder, (1, [NOON - 9 * DAY, NOON + HOUR, NOON + 2 * DAY], [7.0, 8.0, 9.0]))
    assert days(folder) == ["2026-02-07", "2026-02-16", "2026-02-18", "2026-02-20"]
    modes = {path.stem: path.stat().st_mode & 0o200 for path in (folder / "samples").glob("*.db")}
    assert [day for day, writable in modes.items() if writable] == ["2026-02-20"]
    with closing(Reader(folder)) as reader:
        assert reader.samples(["a.level"], *ALL)[0].value.tolist() == [7, 0, 1, 2, 3, 4, 8, 9, 0, 1, 2, 3, 4]
    assert check(folder).findings == ()


def test_they_are_dropped_by_their_own_age(folder: Path) -> None:
    fill(folder, (1, [NOON - 9 * DAY, NOON + 2 * DAY], [7.0, 9.0]))
    with closing(Store(folder, TAGS, HandClock(NOON + 4 * DAY), History(keep_days=3))) as store:
        dropped = store.retain(NOON + 4 * DAY).result(20)
    assert sorted([path.stem for path in dropped] + days(folder))[:2] == ["2026-02-07", "2026-02-16"]
    assert days(folder) == ["2026-02-18", "2026-02-20"]


def test_what_is_of_days_to_come_goes_into_todays_file(folder: Path) -> None:
    """A file of a day in 2062 would take in all that is recorded until then."""
    fill(folder, (1, [NOON + 9999 * DAY], [7.0]))
    assert days(folder) == ["2026-02-16", "2026-02-20"]
    with closing(Reader(folder)) as reader:
        assert len(reader.samples(["a.level"], *ALL)[0]) == 11


def test_days_that_follow_know_what_they_began_with(folder: Path) -> None:
    fill(folder, (1, [NOON + DAY], [8.0]), (2, [NOON - DAY], [5.0]))
    with closing(Reader(folder)) as reader:
        assert reader.at(["a.level", "a.state"], NOON + 4 * DAY - SECOND).rows["value"].tolist() == [8.0, 5.0]
        assert reader.at(["a.level", "a.state"], NOON + 4 * DAY + 9 * SECOND).rows["value"].tolist() == [4.0, 5.0]
        [window] = reader.window(["a.state"], NOON + 4 * DAY, NOON + 5 * DAY, 10)
        assert window.first[0] == 5.0 or np.isnan(window.first[0])
    before = {path: path.stat().st_mtime_ns for path in (folder / "samples").glob("*.db")}
    with closing(Store(folder, TAGS, HandClock(NOON + 4 * DAY))) as store:
        store.filled().result(20)
    assert {path: path.stat().st_mtime_ns for path in before} == before  # nothing to do any more


def test_the_summaries_of_a_day_have_them(folder: Path) -> None:
    def hours() -> list[tuple[int, int]]:
        with closing(sqlite3.connect(folder / "rollup.db")) as file:
            return file.execute("SELECT hour, n FROM hour ORDER BY hour").fetchall()

    def summed(now: int) -> None:
        with closing(Store(folder, TAGS, HandClock(now), History(keep_days=1))) as store:
            store.retain(now).result(20)

    with closing(Rollup(folder)) as rollup:
        rollup.take(MIDNIGHT // DAY, folder / "samples" / "2026-02-16.db")
    assert hours() == [(NOON, 5)]
    fill(folder, (1, [NOON + SECOND // 2, NOON + HOUR], [8.0, 8.0]))
    summed(NOON + 4 * DAY)
    assert days(folder) == ["2026-02-20"]
    assert hours() == [(NOON, 6), (NOON + HOUR, 1)]


@pytest.mark.expect_log("is not in the hourly summaries")
def test_a_damaged_day_is_not_written_into(folder: Path) -> None:
    path = folder / "samples" / "2026-02-16.db"
    path.chmod(0o600)
    path.write_bytes(b"\xff" * 9000)
    with closing(Store(folder, TAGS, HandClock(NOON + 4 * DAY))) as store, pytest.raises(StoreError, match="damaged"):
        store.fill(slab_of((1, [NOON], [1.0]))).result(20)
    assert path.read_bytes() == b"\xff" * 9000
