import math

import pytest

from hmi.engine.gate_ages import Ages
from tests.engine.toy import ToyStation

LEVEL, SPEED, TWICE = 0, 1, 5


@pytest.fixture
def made():
    station = ToyStation()
    station.values(LEVEL, 10.0)
    station.values(SPEED, 10.0)
    return station, Ages(station.plant, station.tick.table, station.poller, station.clock)


def test_what_never_came_has_no_age(made):
    assert made[1].age_s(4) == math.inf


def test_a_value_that_does_not_change_is_as_old_as_the_controllers_last_sign_of_life(made):
    station, ages = made
    station.clock.advance(30.0)
    assert ages.age_s(SPEED) == 30.0
    station.driver.health.last_life = station.clock.monotonic()
    station.clock.advance(0.5)
    assert ages.age_s(SPEED) == pytest.approx(0.5)


def test_a_value_that_is_marked_as_not_live_ages_on(made):
    station, ages = made
    station.clock.advance(10.0)
    station.poller.judge()
    station.driver.health.last_life = station.clock.monotonic()
    assert ages.age_s(SPEED) >= 10.0


def test_a_derived_value_is_as_old_as_what_it_reads(made):
    station, ages = made
    station.clock.advance(7.0)
    assert ages.age_s(TWICE) == ages.age_s(LEVEL) == 7.0
