"""What belongs to a machine."""

from hmi.client.faceplate.facts import (
    BLOCKS,
    FULFILLED,
    UNKNOWN,
    conditions_of,
    rules_of,
    shown_tags,
    standing,
    tags_of,
)
from hmi.core import quality as q


def names(desk, indexes):
    return {desk.plant.tags[index].name for index in indexes}


def test_tags_are_those_below_the_path_and_members_elsewhere(desk):
    found = names(desk, tags_of(desk.plant, desk.plant.equipment["pump"]))
    assert found >= {"pump.speed", "pump.start", "pump.hours", "tank.level"}
    assert "tank.temperature" not in found and "door.open" not in found


def test_alarms_are_those_of_its_tags_the_most_urgent_first(desk):
    assert [rule.id for rule in rules_of(desk.plant, desk.plant.equipment["pump"])] == ["tank.level.hh", "tank.level.h"]


def test_a_condition_of_two_commands_is_told_once(desk):
    found = {one.interlock.blocked: one for one in conditions_of(desk.plant, desk.plant.equipment["pump"])}
    assert len(found) == 3
    door = found["The guard door is open: close it first"]
    assert {desk.plant.tags[one.tag].name: one.values for one in door.commands} == {
        "pump.start": {1.0},
        "pump.mode": {2.0},
    }
    assert found["The tank is empty: fill it"].commands == ()


def test_a_condition_holds_only_on_good_values(desk, engine):
    found = {one.interlock.blocked: one for one in conditions_of(desk.plant, desk.plant.equipment["pump"])}
    door = found["The guard door is open: close it first"]
    assert standing(door, desk.mirror.table) == (FULFILLED, "")
    engine.set({"door.open": 1.0})
    desk.wire.tick()
    assert standing(door, desk.mirror.table) == (BLOCKS, "")
    engine.set({"door.open": 0.0}, q.BAD_SENSOR_FAILURE)
    desk.wire.tick()
    assert standing(door, desk.mirror.table) == (UNKNOWN, "sensor failure")


def test_what_a_faceplate_shows_is_what_its_title_answers_for(desk):
    found = names(desk, shown_tags(desk.plant, desk.plant.equipment["pump"]))
    assert found == {"pump.speed", "pump.mode", "pump.hours", "tank.level", "pump.estop", "door.open"}
