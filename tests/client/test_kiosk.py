"""A window that nobody leaves by accident."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hmi.client.kiosk import Leaving
from hmi.client.theme import day
from hmi.client.window import Window

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def kiosk(qtbot, wire, clock):
    """The window of a panel."""
    made = Window(wire, clock, day(), user="anna", station="desk")
    made.become_kiosk()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made, timeout=5000)
    wire.start()
    made.frame.beat()
    yield made
    made.leave()


def test_it_has_no_title_and_does_not_let_itself_be_closed(kiosk):
    assert kiosk.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert not kiosk.close()
    assert kiosk.shell is not None
    kiosk.shell.act("full_screen")
    assert not kiosk.isFullScreen()
    kiosk.shell.act("new_window")
    assert kiosk.asides == []


def test_ctrl_alt_q_asks_and_the_first_key_stays(qtbot, kiosk):
    qtbot.keyClick(kiosk, Qt.Key.Key_Q, CTRL_ALT)
    assert isinstance(kiosk.shell.above.overlay, Leaving)
    qtbot.keyClick(kiosk.focusWidget(), Qt.Key.Key_Space)
    assert kiosk.isVisible()
    assert kiosk.shell.above.overlay is None


def test_leaving_is_agreed_to_with_one_more_touch(qtbot, kiosk):
    qtbot.keyClick(kiosk, Qt.Key.Key_Q, CTRL_ALT)
    kiosk.shell.above.overlay.agree()
    assert not kiosk.isVisible()
    assert kiosk.shell is None


def test_another_window_has_nothing_on_these_keys(qtbot, window):
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_Q, CTRL_ALT)
    assert window.shell.above.overlay is None
