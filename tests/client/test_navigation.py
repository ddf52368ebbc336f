"""The way around the plant."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from hmi.client.navigation import Navigation
from hmi.client.places import Place
from hmi.client.theme import day


@pytest.fixture
def deep(qtbot):
    """The places of a plant that is too big to be shown as a whole."""
    places = [Place("top", "Top", 0, "L1", "", 10)]
    for line in range(10):
        places.append(Place(f"line{line}", f"Line {line}", 1, "L2", "top", 2))
        places += [Place(f"m{line}{one}", f"Machine {one}", 2, "L3", f"line{line}") for one in range(2)]
    made = Navigation(places, day(), False)
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show()
    return made


def shown(navigation):
    return [key for key, made in navigation.buttons.items() if not made.isHidden()]


def test_a_long_tree_shows_its_upper_floors_and_the_way_to_where_one_is(deep):
    assert "line3" in shown(deep)
    assert "m31" not in shown(deep)
    deep.show_place("m31")
    assert "m31" in shown(deep)
    assert "m41" not in shown(deep)
    assert deep.buttons["m31"].isChecked()
    deep.show_place("top")
    assert "m31" not in shown(deep)  # what was opened for the way is closed behind it


def test_a_click_on_the_triangle_folds_and_one_beside_it_leads_there(qtbot, deep):
    asked = []
    deep.asked.connect(asked.append)
    line = deep.buttons["line3"]
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center() - line.rect().center() / 1.2)
    assert ("m30" in shown(deep), asked) == (True, [])
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert asked == ["line3"]


def test_arrow_keys_move_fold_and_unfold(qtbot, deep):
    deep.show_place("line3")
    deep.activateWindow()
    deep.focus()
    qtbot.keyClick(deep.buttons["line3"], Qt.Key.Key_Right)
    assert "m30" in shown(deep)
    qtbot.keyClick(deep.buttons["line3"], Qt.Key.Key_Left)
    assert "m30" not in shown(deep)
    deep.buttons["line3"].setFocus()
    qtbot.keyClick(deep.buttons["line3"], Qt.Key.Key_Down)
    assert deep.focusWidget() is deep.buttons["line4"]
    asked = []
    deep.asked.connect(asked.append)
    qtbot.keyClick(deep.buttons["line4"], Qt.Key.Key_Return)
    assert asked == ["line4"]


@pytest.mark.qt_log_ignore("does not support")
def test_the_menu_of_a_place_opens_it_in_a_window_of_its_own(qtbot, window):
    navigation = window.shell.navigation
    button = navigation.buttons["tank"]
    place = button.mapTo(navigation, button.rect().center())
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, button.mapToGlobal(button.rect().center()))
    QApplication.sendEvent(navigation, event)
    menu = navigation.findChild(QMenu)
    menu.actions()[0].trigger()
    menu.close()
    assert [aside.shell.page.key for aside in window.asides] == ["tank"]


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
    assert "1 alarm of priority 1" in buttons["tank"].accessibleName()
    assert buttons["pump"].accessibleName() == "Pump"
    assert "2 alarms" in buttons[":alarms"].accessibleName()
