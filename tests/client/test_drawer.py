"""The column of screens as a drawer, on a tablet."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.window import Window


@pytest.fixture
def tablet(qtbot, qapp, wire, clock):
    """A tablet in portrait."""
    dress(qapp, day(), True)
    made = Window(wire, clock, day(), touch=True)
    qtbot.addWidget(made)
    made.resize(800, 1280)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made, timeout=5000)
    wire.start()
    made.frame.beat()
    yield made
    made.stop()
    dress(qapp, day(), False)


def test_it_opens_leads_to_a_screen_and_closes(qtbot, tablet):
    shell = tablet.shell
    assert shell.navigation.isHidden()
    qtbot.mouseClick(shell.bottom.buttons["navigation"], Qt.MouseButton.LeftButton)
    assert shell.navigation.isVisible()
    qtbot.mouseClick(shell.navigation.buttons["tank"], Qt.MouseButton.LeftButton)
    assert shell.page.key == "tank"
    assert not shell.navigation.isVisible()


def test_it_can_be_opened_again_and_again(qtbot, tablet):
    shell = tablet.shell
    for _ in range(3):
        shell.toggle_navigation()
        assert shell.navigation.isVisible()
        qtbot.keyClick(tablet.focusWidget(), Qt.Key.Key_Escape)
        assert not shell.navigation.isVisible()
    shell.toggle_navigation()
    shell.toggle_navigation()
    assert not shell.navigation.isVisible()


def test_everything_fits_a_tablet_in_portrait(tablet):
    for place in (*tablet.shell.desk.plant.screens, ":alarms", ":journal", ":trends", ":system"):
        tablet.shell.go(place)
        assert tablet.minimumSizeHint().width() <= 800, place
        assert tablet.minimumSizeHint().height() <= 1280, place
