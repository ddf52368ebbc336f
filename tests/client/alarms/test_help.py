"""The help of an alarm."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.help import Help
from hmi.link.messages import AlarmRow


@pytest.fixture
def shown(qtbot, window, engine):
    made = Help(window.shell.desk)
    qtbot.addWidget(made)
    made.show_alarm(engine.plant.rules[0], AlarmRow(0, "acknowledged", acked_by="anna"), "tank")
    return made


def test_it_tells_cause_consequence_action_and_time(shown):
    told = {name: part.text() for name, part in shown.parts.items()}
    assert told["Do this"] == "Close hand valve HV-102"
    assert told["Cause"] == "Valve stuck"
    assert told["If nothing is done"] == "Overflow to drain"
    assert told["Time to respond"] == "2 min"
    assert told["Limit"].startswith("high high 92.0 %")
    assert told["State"] == "Acknowledged by anna"
    assert told["Screen"] == "Tank"


def test_it_leads_to_screen_and_trend(qtbot, shown):
    screens, trends = [], []
    shown.screen_asked.connect(screens.append)
    shown.trend_asked.connect(trends.append)
    qtbot.mouseClick(shown.jump, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(shown.trend, Qt.MouseButton.LeftButton)
    assert screens == ["tank"]
    assert trends == [(0,)]
