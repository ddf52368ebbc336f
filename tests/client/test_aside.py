"""Further windows on the same mirror and the same clock."""

import pytest
from PySide6.QtCore import QRect, Qt

from hmi.client.aside import put, spot_of
from hmi.client.layout import Spot
from hmi.client.window import MOST_WINDOWS


@pytest.fixture
def aside(window):
    """A second window on the tank."""
    return window.open_aside("tank")


def test_ctrl_shift_n_opens_the_screen_in_front_in_a_window_of_its_own(qtbot, window):
    window.activateWindow()
    window.shell.go("pump")
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert [one.shell.page.key for one in window.asides] == ["pump"]


def test_it_shares_mirror_wire_and_clock(window, aside, engine):
    assert aside.shell.desk.mirror is window.shell.desk.mirror
    assert aside.shell.desk.wire is window.wire
    drawn = aside.shell.page.mimic.drawn_elements
    engine.set({"tank.level": 77.0})
    window.frame.beat()
    assert aside.shell.page.mimic.drawn_elements > drawn


def test_it_goes_its_own_way_and_takes_on_the_theme_and_the_language(window, aside):
    aside.shell.go("pump")
    assert window.shell.page.key == "overview"
    window.change_theme()
    assert aside.shell.desk.theme.name == "night"
    before = aside.shell
    window.change_language("de")
    assert aside.shell is not before
    assert aside.shell.page.key == "pump"
    window.change_language("en")
    window.change_theme()


def test_closing_it_leaves_the_main_window_alone(window, aside, engine):
    aside.close()
    assert window.asides == []
    engine.set({"tank.level": 5.0})
    window.frame.beat()
    assert window.isVisible()


def test_there_is_an_end_to_it(window, aside):
    for _ in range(MOST_WINDOWS + 2):
        window.open_aside("tank")
    assert len(window.asides) == MOST_WINDOWS
    assert "close one" in window.shell.banner.told.whole


def test_a_window_is_put_where_it_was(window, aside):
    put(aside, Spot("tank", 50, 60, 600, 400))
    assert aside.geometry() == QRect(50, 60, 600, 400)
    assert spot_of(aside, aside.shell) == Spot("tank", 50, 60, 600, 400)
