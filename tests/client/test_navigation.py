"""The way around the plant."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.navigation import hierarchy
from hmi.core.screens.model import Screen


def screen(name, parent="", level=2):
    return Screen(name, name.title(), level, (100.0, 100.0), (), parent)


def test_children_stand_below_their_parent():
    screens = [screen("a", level=1), screen("b", "a"), screen("c", "a"), screen("d", "b", 3)]
    places = hierarchy({one.id: one for one in screens})
    assert [(place.key, place.depth) for place in places] == [("a", 0), ("b", 1), ("d", 2), ("c", 1)]
    assert places[2].hint == "L3"


@pytest.mark.parametrize("parents", [("b", "a"), ("a", "b"), ("nowhere", "")])
def test_every_screen_can_be_reached_whatever_its_parent(parents):
    screens = [screen("a", parents[0]), screen("b", parents[1])]
    places = hierarchy({one.id: one for one in screens})
    assert sorted(place.key for place in places) == ["a", "b"]


@pytest.mark.parametrize("key", ["tank", "pump", ":alarms", ":journal", ":system", ":trends", "overview"])
def test_a_click_leads_there(qtbot, window, key):
    window.shell.go("pump" if key != "pump" else "tank")
    qtbot.mouseClick(window.shell.navigation.buttons[key], Qt.MouseButton.LeftButton)
    assert window.shell.page.key == key
    checked = [name for name, button in window.shell.navigation.buttons.items() if button.isChecked()]
    assert checked == [key]


def test_the_space_bar_does_what_a_click_does(qtbot, window):
    qtbot.keyClick(window.shell.navigation.buttons["tank"], Qt.Key.Key_Space)
    assert window.shell.page.key == "tank"


def test_alarms_roll_up_to_the_screens_above(window, engine):
    engine.alarm(0, "unacknowledged")  # at home on the tank
    engine.alarm(3, "acknowledged")  # at home on the overview
    window.frame.beat()
    window.shell.pulse(True)
    buttons = window.shell.navigation.buttons
    assert "2 alarms, highest priority 1" in buttons["overview"].accessibleName()
    assert "1 alarms" in buttons["tank"].accessibleName()
    assert buttons["pump"].accessibleName() == "Pump"
    assert "2 alarms" in buttons[":alarms"].accessibleName()
