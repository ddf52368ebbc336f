"""The help of an alarm."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.help import Help
from hmi.link.messages import AlarmRow, Reply


@pytest.fixture
def shown(qtbot, desk, belongings):
    made = Help(desk, belongings)
    qtbot.addWidget(made)
    made.show()
    made.show_alarm(desk.plant.rules[0], AlarmRow(0, "acknowledged", acked_by="anna"))
    return made


def told(shown):
    return {name: part.text() for name, part in shown.parts.items()}


def test_it_tells_cause_consequence_action_and_time(shown):
    parts = told(shown)
    assert parts["Do this"] == "Close hand valve HV-102"
    assert parts["Cause"] == "Valve stuck"
    assert parts["If nothing is done"] == "Overflow to drain"
    assert parts["Time to respond"] == "2 min"
    assert parts["Limit"].startswith("high high 92.0 %")
    assert parts["State"] == "Acknowledged by anna"
    assert parts["Screen"] == "Tank"


def test_the_time_left_to_respond_runs_down(shown, desk, clock):
    row = AlarmRow(0, "unacknowledged", raised_ns=desk.mirror.now_ns() - 30 * 10**9)
    shown.show_alarm(desk.plant.rules[0], row)
    assert told(shown)["Time to respond"] == "2 min: 1 min 30 s left"
    clock.advance(100)
    shown.refresh()
    assert told(shown)["Time to respond"] == "2 min: over for 10 s"


def test_why_an_alarm_is_quiet_is_explained_by_the_engine(shown, desk, engine):
    lines = ["tank.level.hh is suppressed-by-design", "suppressed because door.open is true", "  door.open = 1"]
    engine.answers["explain"] = lambda request: Reply(request.number, True, lines[0], lines)
    shown.show_alarm(desk.plant.rules[0], AlarmRow(0, "suppressed-by-design"))
    desk.wire.tick()
    assert engine.requests[-1].args == {"alarm": "tank.level.hh"}
    assert told(shown)["Why it is so"].splitlines() == lines


def test_a_shelf_says_who_why_and_until_when(shown, desk):
    row = AlarmRow(0, "shelved", quiet_by="ben", quiet_why="test", quiet_until_ns=desk.mirror.now_ns())
    shown.show_alarm(desk.plant.rules[0], row)
    state = told(shown)["State"]
    assert state.startswith("Shelved · until ")
    assert state.endswith(" · ben · test")


def test_it_leads_to_screen_trend_and_faceplate(qtbot, shown):
    ways = []
    for signal in (shown.screen_asked, shown.trend_asked, shown.faceplate_asked):
        signal.connect(ways.append)
    for button in (shown.jump, shown.trend, shown.faceplate):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ways == ["tank", (0,), "tank"]
    assert not shown.instruction.isEnabled()
