"""A value of a screen becomes a pen: from the press on the mimic to the drop on the plot."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent
from PySide6.QtTest import QTest

import hmi.client.mimic.canvas
import hmi.client.tagpanel
from hmi.client.drag import mime_of
from hmi.client.page import TRENDS


@pytest.fixture
def dragged(monkeypatch):
    """What was taken up; the loop that Qt runs until a drag is over needs a desktop."""
    found = []
    for module in (hmi.client.mimic.canvas, hmi.client.tagpanel):
        monkeypatch.setattr(module, "drag", lambda source, names: found.append(names))
    return found


def pull(widget, start, by):
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in (1, 2):
        QTest.mouseMove(widget, start + by * step / 2)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + by)


def value_of(mimic):
    """Where the value of the level is on the mimic."""
    for x in range(0, mimic.width(), 10):
        for y in range(0, mimic.height(), 10):
            if mimic.element_at(QPoint(x, y)) is not None:
                return QPoint(x + 10, y + 10)
    raise AssertionError("the screen shows no value")


def test_a_value_is_dragged_off_a_mimic_and_not_opened(window, dragged):
    mimic = window.shell.page.mimic
    start = value_of(mimic)
    pull(mimic, start, QPoint(200, 0))
    assert dragged[0] == ["tank.level"]


def test_a_click_with_an_unsteady_hand_opens_the_value_as_ever(window, dragged):
    mimic = window.shell.page.mimic
    pull(mimic, value_of(mimic), QPoint(2, 2))
    assert dragged == []
    assert window.shell.page.side is not None


def test_a_tag_is_dragged_off_its_panel(window, dragged):
    window.shell.page.pick("tank.level")
    side = window.shell.page.side
    pull(side, QPoint(side.width() // 2, side.height() - 200), QPoint(-150, 0))
    assert dragged[0] == ["tank.level"]


def test_the_trends_open_below_a_dragged_tag(window):
    navigation = window.shell.navigation
    place = navigation.buttons[TRENDS]
    over = QPointF(place.mapTo(navigation, place.rect().center()))
    how = (Qt.DropAction.CopyAction, mime_of(["tank.level"]), Qt.MouseButton.LeftButton)
    event = QDragMoveEvent(over.toPoint(), *how, Qt.KeyboardModifier.NoModifier)
    navigation.dragMoveEvent(event)
    assert window.shell.page.key == TRENDS
    assert not event.isAccepted()
