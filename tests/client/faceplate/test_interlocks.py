"""The interlocks tab: which condition blocks, in words."""

import pytest

from hmi.client.faceplate.facts import BLOCKS, FULFILLED, UNKNOWN, conditions_of
from hmi.client.faceplate.interlocks import Interlocks
from hmi.client.faceplate.reading import labels_of
from hmi.core import quality as q


@pytest.fixture
def tab(qtbot, desk):
    pump = desk.plant.equipment["pump"]
    made = Interlocks(desk, conditions_of(desk.plant, pump), labels_of(pump))
    qtbot.addWidget(made)
    made.resize(380, 360)
    made.show()
    return made


def line_of(tab, word):
    return next(line for line in tab.lines if word in line.condition.interlock.blocked)


def test_all_is_well(tab):
    assert tab.summary.whole == "Every condition is fulfilled"
    assert {line.state for line in tab.lines} == {FULFILLED}
    assert line_of(tab, "tank").values.whole == "Level: 50.0 %"
    assert line_of(tab, "tank").commands.whole == "For the whole machine"


def test_what_blocks_is_told_with_what_to_do_and_comes_first(tab, desk, engine):
    engine.set({"door.open": 1.0})
    desk.wire.tick()
    tab.refresh()
    tab._column.activate()
    line = line_of(tab, "door")
    assert line.state == BLOCKS
    assert line.headline.whole == "Blocks · The guard door is open: close it first"
    assert line.values.whole == "Guard door open: yes"
    assert line.commands.whole in (
        "For: Start button of the pump, Pump mode (Automatic)",
        "For: Pump mode (Automatic), Start button of the pump",
    )
    assert min(tab.lines, key=lambda one: one.y()) is line
    assert tab.summary.whole == "1 of 3 conditions stand against it"


def test_what_cannot_be_judged_is_not_called_fulfilled(tab, desk, engine):
    engine.set({"door.open": 0.0}, q.UNCERTAIN_LAST_USABLE)
    desk.wire.tick()
    tab.refresh()
    line = line_of(tab, "door")
    assert line.state == UNKNOWN
    assert line.headline.whole.startswith("Not known, so it blocks: no longer updated")
    assert line.values.whole == "Guard door open: no (stale)"


def test_values_go_on_live(tab, desk, engine):
    engine.set({"tank.level": 4.0})
    desk.wire.tick()
    tab.refresh()
    assert line_of(tab, "tank").values.whole == "Level: 4.0 %"
    assert line_of(tab, "tank").accessibleName().startswith("Blocks · The tank is empty")
