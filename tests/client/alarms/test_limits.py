"""A limit that is another tag's value is told as it is now."""

import math
from dataclasses import replace

import pytest

from hmi.client.alarms.cells import value_and_limit
from hmi.client.alarms.help import Help
from hmi.client.alarms.limits import limit_now, limit_text
from hmi.core import quality as q
from hmi.link.messages import AlarmRow


@pytest.fixture
def moving(desk):
    """The tank's high level, with its limit in the pump's speed set-point."""
    return replace(desk.plant.rules[1], limit=math.nan, other=desk.plant.tag_index["pump.speed"])


def test_a_limit_that_is_written_down_is_what_it_is(desk):
    rule, table = desk.plant.rules[1], desk.mirror.table
    assert (limit_now(table, rule), limit_text(table, rule)) == (85.0, "85.0 %")
    assert math.isnan(limit_now(table, desk.plant.rules[3]))  # a switch has none


def test_a_limit_that_is_a_tag_follows_it_and_is_not_known_when_that_is_bad(desk, engine, window, moving):
    table = desk.mirror.table
    engine.set({"pump.speed": 41.5})
    window.frame.beat()
    assert (limit_now(table, moving), limit_text(table, moving)) == (41.5, "41.5 % (pump.speed)")
    assert value_and_limit(desk, moving, AlarmRow(1, "acknowledged", value=44.0)) == "44.0 / 41.5 %"
    engine.set({"pump.speed": 41.5}, q.BAD_SENSOR_FAILURE)
    window.frame.beat()
    assert math.isnan(limit_now(table, moving))
    assert limit_text(table, moving) == "???? (pump.speed)"
    assert value_and_limit(desk, moving, AlarmRow(1, "acknowledged", value=44.0)) == "44.0 %"


def test_the_help_tells_it(desk, engine, window, belongings, moving, qtbot):
    engine.set({"pump.speed": 41.5})
    window.frame.beat()
    made = Help(desk, belongings)
    qtbot.addWidget(made)
    made.show_alarm(moving, AlarmRow(1, "acknowledged", value=44.0))
    assert made.parts["Limit"].whole.startswith("high 41.5 % (pump.speed)")
    made.dispose()
    made.lately.dispose()


def test_how_far_from_a_set_point_is_told_with_the_set_point(desk):
    apart = replace(desk.plant.rules[1], type="deviation", limit=5.0, other=desk.plant.tag_index["pump.speed"])
    assert limit_text(desk.mirror.table, apart) == "5.0 % pump.speed"
    assert math.isnan(limit_now(desk.mirror.table, apart))
