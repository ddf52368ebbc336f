"""Rules in words, as the master alarm database and `hmi alarms explain` say them."""

import math
from dataclasses import replace

import pytest

from hmi.core.alarms import sayings
from hmi.core.alarms.rules import TYPES, Matrix
from hmi.core.tags import Tag
from tests.core.alarms.stories import rule

TAGS = (
    Tag(0, "tank.level", "plc", "i=1", "float64", "%"),
    Tag(1, "tank.level_sp", "plc", "i=2", "float64", "%"),
    Tag(2, "pump.running", "plc", "i=3", "bool"),
    Tag(3, "pump.on", "plc", "i=4", "bool"),
)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (rule(kind="level_h", limit=80), "at or above 80 %"),
        (rule(kind="level_ll", limit=5.5), "at or below 5.5 %"),
        (rule(kind="level_l", limit=math.nan, other=1), "at or below tank.level_sp"),
        (rule(kind="deviation", limit=10, other=1), "10 % or more from tank.level_sp"),
        (rule(kind="mismatch", tag=2, limit=0, other=3), "other than pump.on"),
        (rule(kind="rate", limit=2 / 60, per="min", direction="up"), "rises by 2 %/min or more, over 10 s"),
        (rule(kind="discrete", tag=2, limit=1), "on"),
        (rule(kind="discrete", tag=3, limit=0), "off"),
        (rule(kind="discrete", limit=9), "equal to 9"),
        (rule(kind="bad"), "no good value"),
    ],
)
def test_what_raises_an_alarm(made, text):
    assert sayings.limit_text(made, TAGS) == text


def test_every_type_has_its_words():
    assert set(sayings.TYPES) == set(TYPES)


def test_a_rate_is_read_as_it_was_written():
    made = rule(kind="rate", limit=7 / 60, deadband=1 / 60, per="min")
    assert (sayings.rate(made), sayings.deadband(made)) == (7.0, 1.0)
    assert sayings.deadband(rule(deadband=2.0)) == 2.0


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (rule(limit=80.0), 80.0),
        (rule(kind="level_h", limit=math.nan, other=1), None),
        (rule(kind="bad"), None),
        (rule(kind="mismatch", other=3), None),
    ],
)
def test_the_number_that_it_was_judged_by(made, wanted):
    assert sayings.number(made) == wanted


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (3, "minor, 3 min to respond (up to 3 min): priority 4"),
        (3.5, "minor, 3.5 min to respond (over 3, up to 10 min): priority 4"),
        (60, "minor, 60 min to respond (over 30 min): priority 4"),
    ],
)
def test_how_a_priority_came_about(minutes, text):
    assert sayings.computed(replace(rule(), respond_min=minutes), Matrix()) == text
    assert "not known yet" in sayings.computed(replace(rule(), consequence=""), Matrix())
