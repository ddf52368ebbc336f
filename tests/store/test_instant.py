"""A slider over the past: every moment is answered as if it were asked for alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import join
from hmi.store.instant import Instant
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import HOUR, MIDNIGHT, SECOND, TAGS, batch_of, texts_of

NAMES = ["b.count", "a.level", "a.state"]


def values(hour: int) -> list[tuple[int, float]]:
    return [(MIDNIGHT + hour * HOUR + n * 10 * SECOND, hour + n / 1000) for n in range(360)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, TAGS, HandClock(MIDNIGHT))
    for hour in range(3):
        times, numbers = zip(*values(hour), strict=True)
        text = texts_of(1, [times[0], times[100]], ["on", "off"])
        store.append(join([batch_of(0, times, numbers), batch_of(2, times[:1], [hour]), text]))
        store.flush().result(20)
        store.seal().result(20)
    return store


def test_moment_after_moment_is_what_each_alone_is(store: Store, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    with closing(store):
        for unsealed in (None, store.unsealed):
            slider = Reader(tmp_path, unsealed)
            served = 0
            for when in np.sort(rng.integers(MIDNIGHT + 1, MIDNIGHT + 3 * HOUR, 60)).tolist():
                before = slider._instant
                found, alone = slider.at(NAMES, when), Reader(tmp_path).at(NAMES, when)
                served += slider._instant is before and before is not None
                assert found.texts == alone.texts
                assert found.rows.tobytes() == alone.rows.tobytes()
            assert served > 30


def test_what_is_written_meanwhile_is_seen(store: Store, tmp_path: Path) -> None:
    told = 0
    with closing(store):
        for unsealed in (None, store.unsealed):
            slider = Reader(tmp_path, unsealed)
            moment = MIDNIGHT + 30 * 60 * SECOND
            for late in range(1, 4):
                told += 1
                slider.at(["a.level"], moment + 5 * SECOND)
                store.append(batch_of(0, [moment + told], [1000.0 + told]))
                store.flush().result(20)
                assert slider.at(["a.level"], moment + 5 * SECOND).rows["value"].tolist() == [1000.0 + told]
                if late == 2:
                    store.seal().result(20)


def test_a_place_on_the_slider_serves_its_own_question_only() -> None:
    none = Instant([], [], 1)
    assert not none.serves([], 5, 1)
    assert len(none.at(5)) == 0
