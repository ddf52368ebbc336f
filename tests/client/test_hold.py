"""A button that has to be held."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.hold import HOLD_S, HoldButton


@pytest.fixture
def button(qtbot, desk):
    made = HoldButton(desk, "Hold to execute")
    qtbot.addWidget(made)
    made.resize(200, 48)
    made.show()
    made.times = []
    made.held.connect(lambda: made.times.append(1))
    return made


def test_held_long_enough_it_fires_once(qtbot, button, clock):
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    clock.advance(HOLD_S / 2)
    button.tick()
    assert button.share == pytest.approx(0.5)
    assert button.times == []
    clock.advance(HOLD_S / 2)
    button.tick()
    assert button.times == [1]
    clock.advance(HOLD_S)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert button.times == [1]


def test_let_go_early_nothing_happens(qtbot, button, clock):
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    clock.advance(HOLD_S * 0.9)
    button.tick()
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert button.share == 0.0
    clock.advance(HOLD_S)
    assert not button._timer.isActive()
    assert button.times == []


def test_a_click_is_not_enough(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.times == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_are_held_too(qtbot, button, clock, key):
    qtbot.keyPress(button, key)
    clock.advance(HOLD_S * 0.9)
    button.tick()
    qtbot.keyRelease(button, key)
    assert button.times == []
    qtbot.keyPress(button, key)
    clock.advance(HOLD_S)
    button.tick()
    qtbot.keyRelease(button, key)
    assert button.times == [1]


def test_what_is_forbidden_meanwhile_is_let_go(qtbot, button, clock):
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    clock.advance(HOLD_S * 0.9)
    button.setEnabled(False)
    assert not button._timer.isActive() and button.share == 0.0
    clock.advance(HOLD_S)
    assert button.times == []


def test_the_bar_grows(qtbot, button, clock):
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    before = button.grab().toImage()
    clock.advance(HOLD_S * 0.6)
    button.tick()
    assert button.grab().toImage() != before
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
