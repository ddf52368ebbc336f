"""The trend tab: history asked once it is looked at, live values after it."""

import msgspec
import pytest
from PySide6.QtCore import Qt

from hmi.client.faceplate.trend import Trend
from hmi.core import quality as q
from hmi.link.messages import Reply


@pytest.fixture
def trend(qtbot, desk):
    tags = desk.plant.tag_index
    made = Trend(desk, (tags["pump.speed"], tags["tank.level"], tags["recipe.name"]), {tags["tank.level"]: "Level"})
    qtbot.addWidget(made)
    made.resize(380, 320)
    made.show()
    made.refresh()
    yield made
    made.dispose()


def test_what_has_no_curve_is_no_pen(trend):
    assert [row.pen.tag.name for row in trend.rows] == ["pump.speed", "tank.level"]
    assert [row.text() for row in trend.rows] == ["Pump speed set-point", "Level"]


def test_it_is_filled_from_history_and_goes_on_live(trend, desk, engine, clock):
    desk.wire.tick()
    assert [request.verb for request in engine.requests] == ["history"]
    assert engine.requests[0].args["tags"] == ["pump.speed", "tank.level"]
    pen = trend.strip.pens[0]
    assert pen.series.window is not None
    clock.advance(1.0)
    engine.set({"pump.speed": 55.0})
    desk.wire.tick()
    trend.refresh()
    assert pen.strokes.at(desk.mirror.now_ns())[0] == 55.0
    assert trend.rows[0].value == "55.0 1/min"
    assert len(engine.requests) == 1  # live values need no question


def test_a_bad_value_is_question_marks_and_ends_the_line(trend, desk, engine, clock):
    desk.wire.tick()
    clock.advance(1.0)
    engine.set({"pump.speed": 55.0}, q.BAD_SENSOR_FAILURE)
    desk.wire.tick()
    trend.refresh()
    assert trend.rows[0].value == "????"
    value, _ = trend.strip.pens[0].strokes.at(desk.mirror.now_ns())
    assert value != value


def test_another_span_is_another_question(qtbot, trend, desk, engine):
    desk.wire.tick()
    qtbot.mouseClick(trend.spans[60], Qt.MouseButton.LeftButton)
    args = engine.requests[-1].args
    assert args["to_ns"] - args["from_ns"] == 3600 * 10**9


def test_choosing_a_pen_shows_its_scale(qtbot, trend):
    before = trend.strip.grab().toImage()
    qtbot.mouseClick(trend.rows[1], Qt.MouseButton.LeftButton)
    assert trend.strip.chosen == 1
    assert trend.strip.grab().toImage() != before


def test_why_there_is_no_history_is_said(qtbot, desk, engine):
    engine.answers["history"] = lambda request: Reply(request.number, False, "the disk is full")
    made = Trend(desk, (desk.plant.tag_index["pump.speed"],), {})
    qtbot.addWidget(made)
    made.refresh()
    desk.wire.tick()
    assert made.told.whole == "No history: the disk is full"
    made.dispose()


def test_an_answer_that_comes_too_late_finds_nobody(qtbot, desk, engine):
    engine.answers["history"] = lambda request: None
    made = Trend(desk, (desk.plant.tag_index["pump.speed"],), {})
    made.refresh()
    made.dispose()
    made.deleteLater()
    engine.say(engine.history(engine.requests[0]))
    desk.wire.tick()


def test_an_engine_that_has_just_begun_has_little_to_show(qtbot, desk, engine):
    assert Trend(desk, (0,), {}).span_min == 10
    engine.health()
    desk.wire.tick()
    assert Trend(desk, (0,), {}).span_min == 2
    started = desk.mirror.now_ns() - 600 * 10**9
    desk.mirror.take(msgspec.structs.replace(desk.mirror.health, started_ns=started))
    assert Trend(desk, (0,), {}).span_min == 10
