"""The alarms tab: state, help, acknowledgement."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.faceplate.alarms import MachineAlarms
from hmi.client.faceplate.facts import rules_of
from hmi.link.messages import Reply


@pytest.fixture
def tab(qtbot, desk):
    made = MachineAlarms(desk, rules_of(desk.plant, desk.plant.equipment["tank"]))
    qtbot.addWidget(made)
    made.resize(380, 360)
    made.show()
    made.refresh()
    yield made
    made.dispose()


def tell(desk, tab):
    desk.wire.tick()
    tab.refresh()


def order(tab):
    lines = sorted(tab.lines.values(), key=lambda line: line.y())
    return [line.rule.id for line in lines]


def test_what_stands_comes_first(tab, desk, engine):
    assert order(tab) == ["tank.level.hh", "tank.level.h", "tank.temperature.h"]
    engine.alarm(2, "unacknowledged")
    tell(desk, tab)
    tab.layout().activate()
    tab._column.activate()
    assert order(tab) == ["tank.temperature.h", "tank.level.hh", "tank.level.h"]
    assert tab.lines[2].state.whole.startswith("Unacknowledged · since ")
    assert tab.lines[0].state.whole == "Normal"


def test_a_click_opens_the_help_and_another_closes_it(qtbot, tab):
    line = tab.lines[0]
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    shown = [told.whole for told in line.help.children() if hasattr(told, "whole")]
    assert shown == [
        "Do this",
        "Close hand valve HV-102",
        "Cause",
        "Valve stuck",
        "If nothing is done",
        "Overflow to drain",
    ]
    qtbot.keyClick(tab.lines[1], Qt.Key.Key_Space)
    assert not line.is_open and tab.lines[1].is_open
    qtbot.mouseClick(tab.lines[1], Qt.MouseButton.LeftButton)
    assert not tab.lines[1].is_open


def test_only_the_open_alarm_is_acknowledged(qtbot, tab, desk, engine):
    engine.answers["ack"] = lambda request: Reply(request.number, True, "1 acknowledged")
    engine.alarm(0, "unacknowledged")
    engine.alarm(2, "unacknowledged")
    tell(desk, tab)
    assert not tab.ack.isEnabled()
    qtbot.mouseClick(tab.lines[2], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tab.ack, Qt.MouseButton.LeftButton)
    desk.wire.tick()
    assert [request.args["alarms"] for request in engine.requests if request.verb == "ack"] == [["tank.temperature.h"]]
    assert tab.told.whole == "1 acknowledged"
    engine.alarm(2, "acknowledged")
    tell(desk, tab)
    assert not tab.ack.isEnabled()


def test_nothing_can_be_acknowledged_while_the_engine_is_away(qtbot, tab, desk, engine):
    engine.alarm(0, "unacknowledged")
    tell(desk, tab)
    tab.choose(tab.lines[0])
    assert tab.ack.isEnabled()
    engine.hang_up()
    tell(desk, tab)
    assert not tab.ack.isEnabled()
    assert tab.lines[1].state.whole == "Not known: the engine is away"


def test_a_line_says_itself_to_those_who_do_not_see(tab):
    assert tab.lines[0].accessibleName() == "Tank overflows, priority 1, Normal"


def test_what_is_kept_quiet_is_marked_by_a_letter_and_says_by_whom(tab, desk, engine, clock):
    until = clock.now_ns() + 1800 * 10**9
    engine.alarm(2, "acknowledged")
    engine.alarm(0, "shelved", quiet_by="anna", quiet_why="sensor is changed", quiet_until_ns=until)
    tell(desk, tab)
    tab._column.activate()
    assert order(tab) == ["tank.temperature.h", "tank.level.hh", "tank.level.h"]
    line = tab.lines[0]
    assert line.mark.letter == "S"
    assert line.state.whole == "Shelved · until 07:43:20 · anna · sensor is changed"
    shelved = line.mark.grab().toImage()
    engine.alarm(0, "suppressed-by-design")
    tell(desk, tab)
    assert line.mark.letter == "D"
    assert line.mark.grab().toImage() != shelved


def test_whoever_comes_while_something_stands_reads_what_to_do(qtbot, desk, engine):
    engine.alarm(2, "unacknowledged")
    engine.alarm(1, "shelved")
    desk.wire.tick()
    tab = MachineAlarms(desk, rules_of(desk.plant, desk.plant.equipment["tank"]))
    qtbot.addWidget(tab)
    tab.refresh()
    assert tab.open is tab.lines[2] and tab.lines[2].is_open
    engine.alarm(0, "unacknowledged")
    tell(desk, tab)
    assert tab.open is tab.lines[2]  # nothing jumps open while somebody reads
    tab.dispose()


def test_a_normal_alarm_shows_its_priority_without_its_colour(tab, desk):
    picture = tab.lines[0].mark.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(22) for y in range(22)}
    assert len(colours) > 1
    assert desk.theme.priority1.lower() not in colours
