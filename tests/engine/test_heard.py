"""Tags that stay as they were over a gap, and what is stored of them."""

from __future__ import annotations

import numpy as np

from hmi.core import quality as q
from hmi.core.batch import FLAG_AGAIN, FLAG_NOT_LIVE, FLAG_TEXT, FLAG_TIME_SUSPECT, Batch
from hmi.core.tags import Tag, TagTable
from hmi.engine.heard import Heard

S = 10**9
TAGS = [
    *(Tag(index, f"a.t{index}", "plc", "x", "float64") for index in range(3)),
    Tag(3, "a.name", "plc", "x", "string"),
]


class Told:
    """A table, and what is stored beside its news."""

    def __init__(self) -> None:
        self.table = TagTable(TAGS)
        self.heard = Heard(self.table)

    def hears(self, tag: int, time_s: float, received_s: float, value: float = 1.0, flags: int = 0) -> list[float]:
        """As of when it is stored once more at once, in seconds."""
        batch = Batch.of([tag], [value], round(time_s * S), round(received_s * S), flags=flags)
        self.table.apply(batch)
        return as_of(self.heard.again(batch))

    def gap(self, *tags: int, to_s: float = 100, is_live: bool = False) -> None:
        self.heard.gap(tags, to_s * S, is_live)

    def settles(self, now_s: float) -> dict[int, float]:
        """Tag -> as of when it is stored once more."""
        batch = self.heard.settle(round(now_s * S))
        return dict(zip(batch.rows["tag"].tolist(), as_of(batch), strict=True))


def as_of(batch: Batch) -> list[float]:
    assert (batch.rows["flags"] & FLAG_AGAIN).all()
    assert (batch.rows["time"] == batch.rows["received"]).all()
    return (batch.rows["time"] / S).tolist()


def test_without_a_gap_nothing_is_stored_twice():
    told = Told()
    assert told.hears(0, 5, 100) == []
    assert told.settles(200) == {}


def test_what_stands_still_is_stored_once_more_as_of_when_it_was_heard_again():
    told = Told()
    told.gap(0, 1)
    assert told.hears(0, 5, 101) == []
    assert told.settles(101.5) == {}, "it may change yet"
    assert told.settles(102) == {0: 101.0}
    assert told.settles(200) == {}, "once; and the other one was not heard again"
    assert told.hears(1, 5, 300) == []
    assert told.settles(301) == {1: 300.0}


def test_a_value_made_after_the_gap_ends_it_by_itself():
    told = Told()
    told.gap(0)
    told.hears(0, 5, 100.5)
    told.hears(0, 100.5, 101)
    assert told.settles(200) == {}


def test_what_is_known_to_be_live_is_so_since_the_gap_ended():
    told = Told()
    told.hears(0, 5, 99)
    told.hears(1, 5, 99, flags=FLAG_NOT_LIVE)
    told.gap(0, 1, 2, is_live=True)
    assert told.settles(103) == {0: 100.0}, "the second is marked, the third was never heard"
    told.hears(1, 5, 104)
    assert told.settles(105) == {1: 104.0}


def test_a_device_with_a_clock_behind_does_not_leave_the_older_value_as_the_last():
    told = Told()
    told.gap(0)
    told.hears(0, 40, 101, value=1.0)
    assert told.settles(103) == {0: 101.0}
    assert told.hears(0, 65, 105, value=2.0) == [105.0]
    assert told.hears(0, 104, 144, value=3.0) == [144.0]
    assert told.hears(0, 145, 185, value=4.0) == []
    assert told.hears(0, 60, 186, value=4.0) == [], "late, and known to be"


def test_of_several_at_once_the_last_is_what_stands():
    told = Told()
    told.gap(0)
    told.hears(0, 40, 101)
    told.settles(103)
    batch = Batch.of([0, 0], [2.0, 3.0], np.array([50 * S, 51 * S]), 105 * S)
    assert told.heard.again(batch).rows["value"].tolist() == [3.0]


def test_marks_of_this_station_and_values_without_a_usable_time_are_left():
    told = Told()
    told.gap(0, 1)
    told.hears(0, 5, 101, flags=FLAG_NOT_LIVE)
    told.hears(1, 5, 101, flags=FLAG_TIME_SUSPECT)
    assert told.settles(103) == {}
    told.hears(0, 5, 104)
    assert told.settles(105) == {0: 104.0}


def test_bad_values_and_texts_are_told_as_they_are():
    told = Told()
    told.table.apply(Batch.of([0], [np.nan], 5 * S, 99 * S, quality=q.BAD_SENSOR_FAILURE))
    name = Batch.of([3], [np.nan], 5 * S, 99 * S, flags=FLAG_TEXT)
    told.table.apply(Batch(name.rows, ("Cola",)))
    told.gap(0, 3, is_live=True)
    stored = told.heard.settle(103 * S)
    assert stored.rows["quality"].tolist() == [q.BAD_SENSOR_FAILURE, q.GOOD]
    assert stored.texts == ("Cola",)
