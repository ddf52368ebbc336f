import math

import pytest

from hmi.drivers.driver import WriteResult
from hmi.engine.gate_lately import Lately
from tests.engine.toy import ToyStation

SPEED = 1


@pytest.fixture
def made():
    station = ToyStation()
    station.values(SPEED, 10.0)
    return station, Lately(station.tick.table)


def test_writes_are_counted_for_a_minute(made):
    _, lately = made
    for now in (0.0, 1.0, 59.9):
        lately.sent(SPEED, now)
    assert [lately.count(SPEED, now) for now in (59.95, 60.0, 61.0, 119.8, 120.0)] == [3, 2, 1, 1, 0]
    assert lately.count(2, 0.0) == 0


def test_its_memory_is_bounded(made):
    _, lately = made
    for number in range(5000):
        lately.sent(SPEED, number / 1000)
    assert lately.count(SPEED, 5.0) == 600


def test_a_tag_holds_its_newest_value(made):
    station, lately = made
    assert lately.holds(SPEED) == (10.0,)
    station.values(SPEED, 11.0)
    assert lately.holds(SPEED) == (11.0,)
    assert math.isnan(lately.holds(4)[0])


def test_what_was_read_back_counts_until_the_controller_sends_a_value(made):
    station, lately = made
    lately.ended(SPEED, 20.0, WriteResult("confirmed", "", 20.5))
    assert lately.holds(SPEED) == (20.5,)
    station.values(SPEED, 21.0)
    assert lately.holds(SPEED) == (21.0,)


def test_after_an_unknown_end_it_may_be_either(made):
    station, lately = made
    lately.ended(SPEED, 20.0, WriteResult("unknown", ""))
    assert lately.holds(SPEED) == (10.0, 20.0)
    lately.ended(SPEED, 15.0, WriteResult("unknown", ""))
    assert lately.holds(SPEED) == (10.0, 20.0, 15.0)
    station.values(SPEED, 20.0)
    assert lately.holds(SPEED) == (20.0,)


def test_a_refused_write_and_a_text_change_nothing(made):
    _, lately = made
    lately.ended(SPEED, 20.0, WriteResult("refused", ""))
    lately.ended(SPEED, "text", WriteResult("confirmed", "", "text"))
    assert lately.holds(SPEED) == (10.0,)
