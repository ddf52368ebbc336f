"""Time travel over what is sealed and what is not: every answer is what looking through all samples gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.store.folder import day_files
from hmi.store.query import Reader
from hmi.store.slider import Slider
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of, texts_of
from tests.store.test_instant import alone, commit, expect_same

NAMES = ["a.level", "no.such", "b.count", "a.state"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two days; the level moves all the time, the count once a day, the state once in all. The last hour is open."""
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        commit(store, texts_of(1, [MIDNIGHT + 7], ["running"]))
        for day in (MIDNIGHT, MIDNIGHT + DAY):
            commit(store, batch_of(2, [day + HOUR], [day / DAY]))
            for start in (day, day + 3 * HOUR):
                commit(store, batch_of(0, start + np.arange(600) * SECOND, np.arange(600) / 8))
                store.seal().result(20)
        commit(store, batch_of(0, MIDNIGHT + DAY + 4 * HOUR + np.arange(50) * SECOND, np.arange(50)))
        yield store


def test_near_now_and_long_ago_in_any_order(store: Store, tmp_path: Path) -> None:
    now = MIDNIGHT + DAY + 4 * HOUR
    moments = [now + 9 * SECOND, now + 9 * SECOND + 1, now - 1, now, now + HOUR, MIDNIGHT + 4 * HOUR, MIDNIGHT + DAY]
    moments += [MIDNIGHT + DAY + 2 * HOUR, MIDNIGHT + 5, MIDNIGHT + 7, MIDNIGHT - 1, now + 20 * SECOND]
    for unsealed in (None, store.unsealed):
        with closing(Reader(tmp_path, unsealed)) as reader:
            for when in [*moments, *moments[::-1]]:
                expect_same(reader.at(NAMES, when), alone(tmp_path, NAMES, when))


def test_a_value_that_came_late_counts_at_its_own_time(store: Store, tmp_path: Path) -> None:
    now = MIDNIGHT + DAY + 4 * HOUR
    with closing(Reader(tmp_path, store.unsealed)) as reader:
        before = reader.at(NAMES, MIDNIGHT + DAY + 2 * HOUR)
        commit(store, batch_of(2, [MIDNIGHT + HOUR + 5], [77.0]))  # of yesterday, and not the newest of its tag now
        expect_same(reader.at(NAMES, MIDNIGHT + DAY + 2 * HOUR), before)
        for when in (MIDNIGHT + HOUR + 6, now + 30 * SECOND):
            expect_same(reader.at(NAMES, when), alone(tmp_path, NAMES, when))
        store.seal().result(20)
        for when in (MIDNIGHT + HOUR + 6, now + 30 * SECOND, MIDNIGHT + DAY):
            expect_same(reader.at(NAMES, when), alone(tmp_path, NAMES, when))


def test_values_that_came_late_twice_are_seen_at_once(store: Store, tmp_path: Path) -> None:
    """The second ones are of a time that was asked for after the first ones came."""
    when = MIDNIGHT + 2 * HOUR
    with closing(Reader(tmp_path, store.unsealed)) as reader:
        reader.at(["a.level"], when)
        commit(store, batch_of(0, [when + 60 * SECOND], [1000.0]))
        assert reader.at(["a.level"], when).rows["value"].tolist() == [599 / 8]
        commit(store, batch_of(0, [when - SECOND], [1001.0]))
        assert reader.at(["a.level"], when).rows["value"].tolist() == [1001.0]


def test_a_file_of_before_that_is_gone_is_not_told_from_memory(store: Store, tmp_path: Path) -> None:
    with closing(Reader(tmp_path, store.unsealed)) as reader:
        when = MIDNIGHT + 2 * HOUR
        assert reader.at(["a.level"], when).rows["value"].tolist() == [599 / 8]
        assert reader._slider.known(["a.level"], when, reader._views.stamp(when, hot=False)) is not None
        next(iter(day_files(tmp_path).values())).unlink()
        assert reader._slider.known(["a.level"], when, reader._views.stamp(when, hot=False)) is None


def test_a_slider_that_nobody_moved_knows_nothing() -> None:
    slider = Slider()
    assert slider.known([], 0, None) is None
