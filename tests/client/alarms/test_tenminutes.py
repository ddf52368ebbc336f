"""The small trend beside an alarm."""

import pytest

from hmi.client.alarms.tenminutes import SPAN_NS, TenMinutes
from hmi.link.messages import Reply


@pytest.fixture
def lately(qtbot, desk):
    made = TenMinutes(desk)
    qtbot.addWidget(made)
    return made


def test_it_asks_for_the_last_ten_minutes_and_draws_them(lately, desk, engine):
    lately.show_tag(desk.plant.tags[0])
    args = engine.requests[-1].args
    assert args["tags"] == ["tank.level"]
    assert args["to_ns"] - args["from_ns"] == SPAN_NS
    desk.wire.tick()
    assert len(lately.strip.pens[0].strokes) > 100


def test_a_text_has_nothing_to_draw(lately, desk, engine):
    lately.show_tag(desk.plant.tag("recipe.name"))
    assert lately.isHidden()
    assert engine.requests == []


def test_without_history_it_says_why(lately, desk, engine):
    engine.answers["history"] = lambda request: Reply(request.number, False, "the disk is away")
    lately.show_tag(desk.plant.tags[0])
    desk.wire.tick()
    assert lately.told.whole == "No history: the disk is away"
