"""The top of a faceplate."""

import pytest
from PySide6.QtCore import QPoint, Qt

from hmi.client.faceplate.titlebar import STEP_PX, TitleBar
from hmi.core import quality as q


@pytest.fixture
def bar(qtbot, desk):
    made = TitleBar(desk, desk.plant.equipment["pump"])
    qtbot.addWidget(made)
    made.resize(380, made.height())
    made.show()
    return made


def test_it_names_the_machine_as_its_plate_does(bar):
    assert (bar.name.whole, bar.code.whole) == ("Supply pump", "P-101")


def test_the_worst_quality_is_a_mark_and_a_word(bar):
    bar.show_quality(q.GOOD)
    assert bar.quality.text() == "" and bar.mark.isHidden()
    bar.show_quality(q.UNCERTAIN_LAST_USABLE)
    assert bar.quality.text() == "stale" and not bar.mark.isHidden()


def test_the_alarm_mark_is_there_only_while_an_alarm_stands(bar):
    assert bar.alarm.isHidden()
    bar.show_alarm(1, True)
    assert not bar.alarm.isHidden()
    assert bar.alarm.accessibleName() == "alarm of priority 1"
    bar.show_alarm(0, True)
    assert bar.alarm.isHidden()


def test_arrow_keys_move_it_with_shift_by_little(qtbot, bar):
    moves = []
    bar.moved.connect(moves.append)
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    qtbot.keyClick(bar, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bar, Qt.Key.Key_A)
    assert moves == [QPoint(STEP_PX, 0), QPoint(0, -(STEP_PX // 10))]


def test_the_pointer_moves_it_only_while_it_is_held(qtbot, bar):
    moves = []
    bar.moved.connect(moves.append)
    qtbot.mouseMove(bar, QPoint(60, 10))
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(50, 10))
    qtbot.mouseMove(bar, QPoint(70, 15))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(70, 15))
    qtbot.mouseMove(bar, QPoint(90, 15))
    assert moves == [QPoint(20, 5)]
