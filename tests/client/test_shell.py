"""The inside of the window: every page by mouse and by key, back and forward, and nothing left when it goes."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from hmi.client.command import CommandDialog
from hmi.link.messages import Reply


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (Qt.Key.Key_F2, "overview"),
        (Qt.Key.Key_F5, ":alarms"),
        (Qt.Key.Key_F6, ":trends"),
        (Qt.Key.Key_F7, ":journal"),
        (Qt.Key.Key_F9, ":system"),
    ],
)
def test_keys_lead_to_pages(qtbot, window, key, place):
    window.activateWindow()
    window.shell.go("tank" if place != "tank" else "pump")
    qtbot.keyClick(window, key)
    assert window.shell.page.key == place


def test_back_and_forward_by_key(qtbot, window):
    shell = window.shell
    shell.go("tank")
    shell.go(":alarms")
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert shell.page.key == "overview"
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert shell.page.key == "tank"
    shell.go("pump")
    assert not shell.header.forward.isEnabled()


def test_f8_acknowledges_the_top_alarm_from_any_page(qtbot, window, engine):
    engine.answers["ack"] = lambda request: Reply(request.number, True, "1 acknowledged")
    engine.alarm(1, "unacknowledged")
    window.frame.beat()
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert [request.args["alarms"] for request in engine.requests] == [["tank.level.h"]]


def test_ctrl_t_changes_day_to_night_and_back(qtbot, window):
    day = window.grab().toImage()
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.shell.desk.theme.name == "night"
    assert window.grab().toImage() != day
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.shell.desk.theme.name == "day"


def test_only_the_page_in_front_is_refreshed(window, engine):
    shell = window.shell
    shell.go("tank")
    shell.go("pump")
    drawn = shell.pages["tank"].mimic.drawn_elements
    engine.set({"tank.level": 55.0})
    window.frame.beat()
    assert shell.pages["tank"].mimic.drawn_elements == drawn
    shell.go("tank")
    assert shell.pages["tank"].mimic.drawn_elements > drawn


def test_going_nowhere_changes_nothing(window):
    window.shell.go("no such screen")
    window.shell.go("overview")
    assert window.shell.page.key == "overview"
    window.shell.back()
    window.shell.forward()
    assert window.shell.page.key == "overview"


def test_a_command_is_only_offered_for_what_may_be_written(window):
    window.shell.open_command("tank.level")
    window.shell.open_command("no.such.tag")
    assert window.shell.findChild(CommandDialog) is None
    window.shell.open_command("pump.speed")
    dialog = window.shell.findChild(CommandDialog)
    assert dialog.isVisible()
    dialog.close()


def test_every_page_fits_the_smaller_of_the_two_sizes(window):
    for place in window.shell.navigation.buttons:
        window.shell.go(place)
        assert window.minimumSizeHint().width() <= 1280, place
        assert window.minimumSizeHint().height() <= 800, place


def test_a_disposed_shell_hears_nothing_more(window, engine):
    shell = window.shell
    for place in shell.navigation.buttons:
        shell.go(place)
    window.stop()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert window.shell is None
    engine.hang_up()
    assert window.wire.state == "linked"  # it had hung up itself, and says no more
