"""What can be done to what is chosen."""

import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms.cells import Cells
from hmi.client.alarms.deeds import Deeds
from hmi.client.alarms.list import AlarmList


@pytest.fixture
def deeds(qtbot, desk, model, belongings, tell):
    table = AlarmList(desk, model, Cells(desk, belongings))
    made = Deeds(desk, model, table)
    for one in (table, made):
        qtbot.addWidget(one)
        one.resize(900, 300)
        one.show()
    tell((0, "latched-acknowledged"), (1, "unacknowledged"), (2, "acknowledged"))
    model.put()
    table.refresh()
    return made


def test_only_what_waits_is_acknowledged(qtbot, deeds, engine):
    deeds.table.chosen = {1, 2}
    deeds.allow()
    qtbot.mouseClick(deeds.buttons["ack"], Qt.MouseButton.LeftButton)
    assert engine.requests[-1].args == {"alarms": ["tank.level.h"], "comment": ""}


def test_only_what_is_latched_is_reset(qtbot, deeds, engine, desk):
    deeds.table.chosen = {1, 2}
    deeds.allow()
    assert not deeds.buttons["reset"].isEnabled()
    deeds.table.chosen = {0, 2}
    deeds.allow()
    told = []
    deeds.told.connect(told.append)
    qtbot.mouseClick(deeds.buttons["reset"], Qt.MouseButton.LeftButton)
    assert (engine.requests[-1].verb, engine.requests[-1].args["alarms"]) == ("reset", ["tank.level.hh"])
    desk.wire.tick()
    assert told[-1] == "1 reset"


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("standing", {"shelve", "take_out", "reset", "ack", "ack_page"}),
        ("shelved", {"unshelve", "take_out"}),
        ("out-of-service", {"put_back"}),
        ("suppressed-by-design", {"take_out"}),
    ],
)
def test_each_list_has_its_own_deeds(deeds, view, shown):
    deeds.model.show(view)
    deeds.allow()
    assert {name for name, made in deeds.buttons.items() if not made.isHidden()} == shown


def test_while_the_engine_is_away_nothing_can_be_done(deeds, desk):
    deeds.table.chosen = {1}
    desk.mirror.lose()
    deeds.allow()
    assert not any(made.isEnabled() for made in deeds.buttons.values())
