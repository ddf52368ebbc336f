"""The row above a trend."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from hmi.client.trends.toolbar import PRESETS, Toolbar, moment_text, pair_text, span_text


@pytest.fixture
def toolbar(qtbot):
    made = Toolbar()
    qtbot.addWidget(made)
    made.resize(1000, 40)
    made.show()
    return made


@pytest.mark.parametrize("number", range(len(PRESETS)))
def test_a_preset_asks_for_its_time(qtbot, toolbar, number):
    with qtbot.waitSignal(toolbar.span_asked) as asked:
        qtbot.mouseClick(toolbar.presets.button(number), Qt.MouseButton.LeftButton)
    assert asked.args == [PRESETS[number][0]]


@pytest.mark.parametrize(("number", "move"), [(0, [-0.5, 1.0]), (1, [0.5, 1.0]), (2, [0.0, 0.5]), (3, [0.0, 2.0])])
def test_moving_and_zooming(qtbot, toolbar, number, move):
    with qtbot.waitSignal(toolbar.move_asked) as asked:
        qtbot.mouseClick(toolbar.moves.button(number), Qt.MouseButton.LeftButton)
    assert asked.args == move


def test_it_marks_what_the_trend_does(toolbar):
    toolbar.show_state(True, 600.0)
    assert [toolbar.presets.button(n).isChecked() for n in range(len(PRESETS))] == [True, *[False] * 6]
    toolbar.show_state(False, 600.0)
    assert toolbar.live_button.text() == "Paused"
    assert not any(toolbar.presets.button(n).isChecked() for n in range(len(PRESETS)))


def test_live_is_asked_for(qtbot, toolbar):
    with qtbot.waitSignal(toolbar.live_asked) as asked:
        qtbot.mouseClick(toolbar.live_button, Qt.MouseButton.LeftButton)
    assert asked.args == [True]


def test_views_are_asked_for(qtbot, toolbar):
    toolbar.show_state(False, 600.0, back=True)
    assert not toolbar.forward_button.isEnabled()
    with qtbot.waitSignal(toolbar.view_asked) as asked:
        qtbot.mouseClick(toolbar.back_button, Qt.MouseButton.LeftButton)
    assert asked.args == [-1]


def test_times_are_told_with_the_zone_of_that_day():
    zone, second = ZoneInfo("Europe/Berlin"), 10**9
    winter = int(datetime(2026, 2, 25, 7, 3, tzinfo=zone).timestamp()) * second
    assert moment_text(winter, zone) == "2026-02-25 07:03:00.00 CET"
    told = pair_text((winter, winter + 90 * second), zone)
    assert told == "A 2026-02-25 07:03:00.00 · B 07:04:30.00 CET · 1 min 30 s"
    assert span_text((winter, winter + 60 * second), zone) == "2026-02-25 07:03 to 07:04 CET"
    assert span_text((winter, winter + 86400 * second), zone) == "2026-02-25 07:03 to 2026-02-26 07:03 CET"


@pytest.mark.parametrize("width", [1400, 520, 300])
def test_what_there_is_no_room_for_is_left_out(toolbar, width):
    toolbar.resize(width, 80)
    shown = [one for one in toolbar.findChildren(QPushButton) if one.isVisible()]
    assert toolbar.live_button in shown and toolbar.choose_button in shown
    assert max(one.geometry().right() for one in shown) < width
    assert (toolbar.share_button in shown) is (width == 1400)
