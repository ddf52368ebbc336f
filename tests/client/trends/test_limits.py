"""Limits on the scale of a pen."""

import pytest

from hmi.client.trends.limits import limits_of


def test_fixed_limits_are_shares_of_the_scale(engine):
    tag = engine.plant.tag("tank.level")
    found = limits_of(engine.plant, tag, 0.0, 50.0)
    assert [(pytest.approx(share), above) for share, above, _ in found] == [(1.84, True), (1.7, True)]
    assert found[1][2] == "High 85.0 %"


def test_a_tag_without_limits_has_none_and_a_discrete_alarm_is_no_limit(engine):
    assert limits_of(engine.plant, engine.plant.tag("pump.speed"), 0.0, 1.0) == []
    assert limits_of(engine.plant, engine.plant.tag("door.open"), 0.0, 1.0) == []
