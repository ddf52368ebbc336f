"""The row above a trend."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.trends.toolbar import PRESETS, Toolbar


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
    assert [toolbar.presets.button(n).isChecked() for n in range(len(PRESETS))] == [False, True, False, False, False]
    toolbar.show_state(False, 600.0)
    assert toolbar.live_button.text() == "Paused"
    assert not any(toolbar.presets.button(n).isChecked() for n in range(len(PRESETS)))


def test_live_is_asked_for(qtbot, toolbar):
    with qtbot.waitSignal(toolbar.live_asked) as asked:
        qtbot.mouseClick(toolbar.live_button, Qt.MouseButton.LeftButton)
    assert asked.args == [True]
