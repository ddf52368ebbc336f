"""A slider over the past: every moment is answered as if it were asked for alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import FLAG_TIME_SUSPECT, Batch, join
from hmi.core.quality import BAD
from hmi.store.around import Around, Gathered
from hmi.store.instant import Instant
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of, texts_of

NAMES = ["b.count", "a.level", "a.state"]
STRANGERS = ["no.such", *NAMES, "nor.this"]


def values(hour: int) -> list[tuple[int, float]]:
    return [(MIDNIGHT + hour * HOUR + n * 10 * SECOND, hour + n / 1000) for n in range(360)]


def commit(store: Store, *batches: Batch) -> None:
    store.append(join(list(batches)))
    store.flush().result(20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        for hour in range(3):
            times, numbers = zip(*values(hour), strict=True)
            text = texts_of(1, [times[0], times[100]], ["on", "off"])
            commit(store, batch_of(0, times, numbers), batch_of(2, times[:1], [hour]), text)
            store.seal().result(20)
        yield store


def alone(folder: Path, names: Sequence[str], when: int) -> Batch:
    """As it is told without any short cut: each tag by itself, its newest sample of all that there are."""
    with closing(Reader(folder)) as reader:
        found = [reader.samples([name], 0, when)[0] for name in names]
    rows, texts = [], list[str]()
    for place, samples in enumerate(found):
        if len(samples):
            last = samples.cut(len(samples) - 1, len(samples))
            row = np.zeros(1, Batch.empty().rows.dtype)
            for name in ("time", "received", "value", "raw", "quality", "flags"):
                row[name] = getattr(last, name)
            row["tag"] = place
            if (text := last.text(0)) is not None:
                texts.append(text)
                row["raw"] = len(texts) - 1
            rows.append(row)
    return Batch(np.concatenate(rows) if rows else Batch.empty().rows, tuple(texts))


def expect_same(found: Batch, wanted: Batch) -> None:
    assert found.texts == wanted.texts
    assert found.rows.tobytes() == wanted.rows.tobytes()


@pytest.mark.parametrize("names", [NAMES, STRANGERS])
def test_moment_after_moment_is_what_each_alone_is(store: Store, tmp_path: Path, names: list[str]) -> None:
    rng = np.random.default_rng(1)
    for unsealed in (None, store.unsealed):
        slider = Reader(tmp_path, unsealed)
        served = 0
        for when in np.sort(rng.integers(MIDNIGHT + 1, MIDNIGHT + 3 * HOUR, 40)).tolist():
            before = slider._slider._instant
            expect_same(slider.at(names, when), alone(tmp_path, names, when))
            served += slider._slider._instant is before and before is not None
        assert served > 15


def test_back_and_forth_over_the_end_of_hours_and_of_days(store: Store, tmp_path: Path) -> None:
    day = MIDNIGHT + DAY
    commit(store, batch_of(0, [day + SECOND, day + HOUR], [7.0, 8.0]))
    store.seal().result(20)
    commit(store, batch_of(0, [day + 2 * HOUR], [9.0]))
    slider = Reader(tmp_path, store.unsealed)
    ends = [MIDNIGHT, MIDNIGHT + HOUR, MIDNIGHT + 3 * HOUR, day, day + SECOND, day + HOUR, day + 2 * HOUR]
    moments = [end + past for end in ends for past in (-SECOND, -1, 0, 1, 5 * SECOND)]
    for when in [*moments, *reversed(moments), *moments[::3]]:
        expect_same(slider.at(NAMES, when), alone(tmp_path, NAMES, when))


def test_what_is_not_plain_is_told_as_it_is(tmp_path: Path) -> None:
    """Bad quality for a while, source times that cannot be right, integers that no double holds, a value ever same."""
    times = [MIDNIGHT + n * SECOND for n in range(400)]
    bad, suspect = batch_of(0, times, [20.5] * 400), batch_of(1, times, np.arange(400) / 7)
    bad.rows["quality"][100:150] = BAD
    suspect.rows["flags"][200:300] = FLAG_TIME_SUSPECT
    suspect.rows["time"][200:300] = 5
    count = batch_of(2, times, np.arange(400.0))
    count.rows["raw"] = 2**60 + np.arange(400)
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        commit(store, bad, suspect, count)
        store.seal().result(20)
        slider = Reader(tmp_path, store.unsealed)
        for second in (0, 99, 100, 149, 150, 199, 200, 250, 299, 300, 399):
            when = MIDNIGHT + second * SECOND + 1
            expect_same(slider.at(NAMES, when), alone(tmp_path, NAMES, when))


def test_what_is_written_meanwhile_is_seen(store: Store, tmp_path: Path) -> None:
    told = 0
    for unsealed in (None, store.unsealed):
        slider = Reader(tmp_path, unsealed)
        moment = MIDNIGHT + 30 * 60 * SECOND
        for late in range(1, 4):
            told += 1
            slider.at(["a.level"], moment + 5 * SECOND)
            commit(store, batch_of(0, [moment + told], [1000.0 + told]))
            assert slider.at(["a.level"], moment + 5 * SECOND).rows["value"].tolist() == [1000.0 + told]
            if late == 2:
                store.seal().result(20)


def test_a_tag_that_appears_later_is_not_there_before(store: Store, tmp_path: Path) -> None:
    slider = Reader(tmp_path, store.unsealed)
    begins = MIDNIGHT + 10 * SECOND
    assert slider.at(STRANGERS, begins).rows["tag"].tolist() == [1, 2, 3]
    assert len(slider.at(NAMES, MIDNIGHT - 1)) == 0


def test_a_place_on_the_slider_serves_its_own_question_only() -> None:
    none = Instant([], Around(Gathered(9)), {}, (0, 9), 1)
    assert none.serves([], 5, 1)
    assert not none.serves([], 9, 1)
    assert not none.serves([], 5, 2)
    assert not none.serves(["a"], 5, 1)
    assert len(none.at(5)) == 0
