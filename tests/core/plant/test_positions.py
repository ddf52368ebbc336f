"""Operator positions: which alarms are told where."""

from dataclasses import replace

import pytest

from hmi.core.plant.equipment import Equipment
from hmi.core.plant.positions import EVERYBODY, Position, Responsibility, with_parts
from tests.engine.toy import plant


def machine(name, parent="", path=""):
    return Equipment(name, name, "equipment", parent, path)


TREE = {
    one.id: one for one in (machine("hall"), machine("tank", "hall", "a"), machine("valve", "tank"), machine("cip"))
}


def test_areas_come_with_all_their_parts_each_once():
    assert with_parts(["hall", "tank", "nothing"], TREE) == ("hall", "tank", "valve")
    assert with_parts([], TREE) == ()


@pytest.fixture
def answers():
    made = replace(
        plant(),
        equipment={"level": machine("level", "", "a.level"), "speed": replace(machine("speed"), members={"speed": 1})},
        positions=(Position("one", "One", ("level", "speed")), Position("two", "Two", ("speed",))),
    )
    return Responsibility(made)


def test_an_alarm_is_told_where_somebody_answers_for_its_equipment(answers):
    assert answers.positions(1) == {"one", "two"}
    assert answers.concerns("one", 1) and answers.concerns("two", 1)


def test_what_nobody_answers_for_is_everybodys_and_so_is_everything_where_there_is_no_position(answers):
    for position in ("one", "two", EVERYBODY):
        assert answers.concerns(position, 2)
        assert answers.concerns(position, -1)  # a condition of a server, of no tag that we know
    assert answers.concerns(EVERYBODY, 1)


def test_a_station_is_of_one_position_or_of_none():
    made = replace(plant(), positions=(Position("one", "One", ("level",), ("desk",)),))
    assert made.position_at("desk").id == "one"
    assert made.position_at("elsewhere") is None
