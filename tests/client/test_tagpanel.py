"""What is known of one tag, in words."""

import pytest
from PySide6.QtCore import Qt

from hmi.core import quality as q


@pytest.fixture
def side(window):
    window.shell.show_tag("tank.level")
    return window.shell.page.side


def test_it_tells_value_quality_age_and_limits(window, engine, side, clock):
    engine.set({"tank.level": 63.25})
    window.frame.beat()
    clock.advance(1.6)
    engine.health()
    window.frame.beat()
    assert side.value.text() == "63.2"
    assert side.quality.text() == "Good"
    assert side.age.text() == "0 s ago"  # unchanged, and its controller was heard just now
    assert side.source.text().endswith(".000")
    assert [line.rule.id for line in side.lines] == ["tank.level.hh", "tank.level.h"]
    assert not side.grab().isNull()


def test_a_bad_value_is_question_marks_with_the_last_one_in_words(window, engine, side):
    engine.set({"tank.level": 63.0}, q.BAD_SENSOR_FAILURE)
    window.frame.beat()
    assert side.value.text() == "????"
    assert side.quality.text() == "Sensor failure; the last value was 63.0 %"


def test_the_state_of_its_alarms(window, engine, side):
    engine.alarm(0, "acknowledged")
    window.frame.beat()
    assert [line.state.whole for line in side.lines] == ["Acknowledged", "Normal"]


def test_a_command_is_offered_only_for_what_may_be_written(qtbot, window, side):
    assert side.command.isHidden()
    window.shell.show_tag("pump.speed")
    asked = []
    window.shell.page.side.commanded.connect(asked.append)
    qtbot.mouseClick(window.shell.page.side.command, Qt.MouseButton.LeftButton)
    assert asked == ["pump.speed"]


def test_its_trend_is_one_click_away(qtbot, window, side):
    qtbot.mouseClick(side.trend, Qt.MouseButton.LeftButton)
    page = window.shell.page
    assert page.key == ":trends"
    assert [pen.tag.name for pen in page.pens] == ["tank.level"]
    assert page.span_s == 600


def test_closing_it(qtbot, window, side):
    qtbot.mouseClick(side.leave, Qt.MouseButton.LeftButton)
    assert window.shell.page.side is None
