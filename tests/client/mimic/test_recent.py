"""The last minutes of a tag: nothing is bridged that nobody saw, no peak is lost, history fills what is missing."""

from __future__ import annotations

import gc
import math
import weakref

import numpy as np
import pytest

from hmi.client.mimic import recent as module
from hmi.client.mimic.recent import COLUMN_NS, COLUMNS, MOST_TAGS, Recent, recent_of
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.history import Gap, Samples, Window, window_of
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from tests.client.mimic.conftest import LEVEL, Glass

NAN = math.nan
COLUMN_S = COLUMN_NS / 1e9


@pytest.fixture
def recent(glass: Glass) -> Recent:
    """The recent past of the small plant, at the beginning of a column."""
    glass.clock.advance(COLUMN_S - glass.now_ns() % COLUMN_NS / 1e9)
    made = Recent(glass.table)
    made.beat(glass.now_ns())
    made.hear(LEVEL)
    return made


def go(recent: Recent, glass: Glass, *values: float, quality: int = q.GOOD) -> None:
    """One column with each value."""
    for value in values:
        glass.clock.advance(COLUMN_S)
        glass.set(LEVEL, value, quality)
        recent.beat(glass.now_ns())


def last(recent: Recent, count: int) -> list[float]:
    return recent.past(LEVEL, 5).last[-count:].tolist()


def window(glass: Glass, values: dict[float, float], gaps: tuple[Gap, ...] = ()) -> Window:
    """History of the last minute: values by the seconds ago they came."""
    now = glass.now_ns()
    time = np.array([now - round(ago * 1e9) for ago in values], np.int64)
    columns = {
        "time": time,
        "received": time,
        "value": np.array(list(values.values())),
        "raw": np.zeros(len(time), np.int64),
        "quality": np.zeros(len(time), np.uint32),
        "flags": np.zeros(len(time), np.uint32),
    }
    return window_of(Samples.of("t.level", columns), now - 60_000_000_000, now, 600, gaps)


def test_values_stand_in_their_columns_and_are_held(recent: Recent, glass: Glass) -> None:
    go(recent, glass, 10.0, 20.0)
    glass.clock.advance(2 * COLUMN_S)
    recent.beat(glass.now_ns())
    assert last(recent, 5) == [60.0, 10.0, 20.0, 20.0, 20.0]
    assert np.isnan(recent.past(LEVEL, 1).last[:-5]).all()


def test_no_peak_is_lost(recent: Recent, glass: Glass) -> None:
    go(recent, glass, 10.0)
    for value in (99.0, 5.0, 11.0):
        glass.set(LEVEL, value)
        recent.beat(glass.now_ns())
    past = recent.past(LEVEL, 1)
    assert (past.low[-1], past.high[-1], past.last[-1]) == (5.0, 99.0, 11.0)


@pytest.mark.parametrize("quality", [q.BAD_SENSOR_FAILURE, q.UNCERTAIN_LAST_USABLE])
def test_what_is_bad_or_stale_is_a_gap(recent: Recent, glass: Glass, quality: int) -> None:
    go(recent, glass, 10.0)
    go(recent, glass, 10.0, quality=quality)
    go(recent, glass, 30.0)
    assert last(recent, 3) == pytest.approx([10.0, NAN, 30.0], nan_ok=True)


def test_what_nobody_looked_at_is_a_gap_though_the_value_is_the_same(recent: Recent, glass: Glass) -> None:
    go(recent, glass, 10.0)
    glass.clock.advance(30 * COLUMN_S)
    recent.beat(glass.now_ns())
    assert last(recent, 32) == pytest.approx([60.0, 10.0, *[NAN] * 29, 10.0][-32:], nan_ok=True)


def test_a_beat_tells_every_window_when_another_column_has_begun(recent: Recent, glass: Glass) -> None:
    before = recent.beat(glass.now_ns())
    glass.clock.advance(COLUMN_S / 2)
    assert recent.beat(glass.now_ns()) == before
    glass.clock.advance(COLUMN_S / 2)
    assert [recent.beat(glass.now_ns()) for _ in range(3)] == [before + 1] * 3


def test_a_beat_tells_when_history_has_come(recent: Recent, glass: Glass) -> None:
    before = recent.beat(glass.now_ns())
    recent.fill(LEVEL, window(glass, {20.5: 1.0}))
    assert recent.beat(glass.now_ns()) != before


def test_a_clock_that_was_set_back_begins_anew(recent: Recent, glass: Glass) -> None:
    go(recent, glass, 10.0)
    recent.beat(glass.now_ns() - 3_600_000_000_000)
    assert np.count_nonzero(~np.isnan(recent.past(LEVEL, 1).last)) == 1


def test_history_fills_what_was_not_seen(recent: Recent, glass: Glass) -> None:
    go(recent, glass, 10.0, 20.0)
    recent.fill(LEVEL, window(glass, {20.5: 1.0, 12.9: 50.0, 12.7: 2.0, 3.9: 77.0}))
    past = recent.past(LEVEL, 1)
    assert past.last[-3:].tolist() == [60.0, 10.0, 20.0]  # seen ourselves
    assert past.last[-12:-3].tolist() == [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    assert past.high[-8] == 50.0
    assert np.isnan(past.last[:-12]).all()


def test_a_gap_in_history_stays_a_gap_until_something_came_after_it(recent: Recent, glass: Glass) -> None:
    now = glass.now_ns()
    gap = Gap(now - 20_000_000_000, now - 12_000_000_000, "engine stopped")
    recent.fill(LEVEL, window(glass, {30.5: 1.0, 6.5: 2.0}, (gap,)))
    past = recent.past(LEVEL, 1).last
    assert past[-16:-11].tolist() == [1.0] * 5
    assert np.isnan(past[-11:-5]).all()
    assert past[-5:].tolist() == [2.0, 2.0, 2.0, 2.0, 60.0]


def test_no_history_changes_nothing(recent: Recent, glass: Glass) -> None:
    recent.fill(LEVEL, window_of(Samples.empty("t.level"), glass.now_ns() - 10_000_000_000, glass.now_ns(), 10))
    assert last(recent, 2) == pytest.approx([NAN, 60.0], nan_ok=True)


def test_a_day_of_values_takes_no_more_room_than_half_an_hour(recent: Recent, glass: Glass) -> None:
    for _ in range(COLUMNS + 50):
        go(recent, glass, 1.0)
    past = recent.past(LEVEL, 30)
    assert len(past.last) == COLUMNS
    assert not np.isnan(past.last).any()


def test_the_tag_heard_longest_ago_gives_way(small_plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TAGS", 3)
    assert MOST_TAGS > 3
    table = TagTable(small_plant.tags)
    recent = Recent(table)
    recent.beat(HandClock().now_ns())
    for tag in range(5):
        recent.hear(tag)
    assert [tag for tag in range(5) if recent.listens_to(tag)] == [2, 3, 4]


def test_the_past_of_a_mirror_goes_with_it(small_plant: Plant) -> None:
    table = TagTable(small_plant.tags)
    assert recent_of(table) is recent_of(table)
    past = weakref.ref(recent_of(table))
    del table
    gc.collect()
    assert past() is None


def test_before_the_first_beat_the_time_of_receipt_is_now(glass: Glass) -> None:
    recent = Recent(glass.table)
    assert last(recent, 1) == [60.0]
