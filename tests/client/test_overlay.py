"""What opens over the pages."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton

from hmi.client.overlay import Overlay


@pytest.fixture
def overlay(window):
    """A sheet with two buttons over the small plant."""
    made = Overlay(window.shell.desk, window.shell.middle, (400, 300))
    made.first, made.second = QPushButton("1"), QPushButton("2")
    made.column.addWidget(made.first)
    made.column.addWidget(made.second)
    made.open(made.first)
    return made


def test_esc_closes_it_and_the_keyboard_returns_to_where_it_was(qtbot, window):
    before = window.shell.navigation.buttons["tank"]
    before.setFocus()
    overlay = Overlay(window.shell.desk, window.shell.middle, (400, 300))
    button = QPushButton("x")
    overlay.column.addWidget(button)
    heard = []
    overlay.closed.connect(lambda: heard.append(True))
    overlay.open(button)
    assert button.hasFocus()
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert heard == [True]
    assert before.hasFocus()


def test_a_touch_beside_it_closes_it_one_on_it_does_not(qtbot, overlay):
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=overlay.sheet.geometry().center())
    assert overlay.isVisible()
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not overlay.isVisible()


def test_tab_stays_inside(qtbot, overlay):
    for before, expected in ((overlay.first, overlay.second), (overlay.second, overlay.first)):
        qtbot.keyClick(before, Qt.Key.Key_Tab)
        assert expected.hasFocus()
    qtbot.keyClick(overlay.first, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.second.hasFocus()


@pytest.mark.parametrize("size", [(1280, 800), (700, 500), (1920, 1080)])
def test_it_keeps_within_its_host(window, overlay, size):
    window.resize(*size)
    assert overlay.geometry() == window.shell.middle.rect()
    assert overlay.rect().contains(overlay.sheet.geometry())


def test_the_banner_is_never_covered(window, overlay):
    banner = window.shell.banner
    assert overlay.mapToGlobal(overlay.rect().bottomLeft()).y() < banner.mapToGlobal(QPoint(0, 0)).y()
