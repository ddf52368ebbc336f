"""A plant as a whole: finding its tags."""

from __future__ import annotations

from dataclasses import replace

from hmi.core.alarms.rules import Rule
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.model import Connection, History, HistoryGroup, Plant, Station
from hmi.core.tags import Tag


def plant() -> Plant:
    tags = (
        Tag(0, "a.b", "plc", "i=1", "bool"),
        Tag(1, "a.c", "", "= a.b", "bool"),
        Tag(2, "a.d", "plc", "i=2", "bool"),
    )
    connections = (Connection("plc", "opcua", "opc.tcp://plc"), Connection("old", "modbus", "tcp://old", scan_ms=700))
    return Plant("demo", "Demo", "UTC", connections, tags, (), {}, {})


def test_tags_are_found_by_name_and_by_connection() -> None:
    made = plant()
    assert made.tag("a.c") is made.tags[1]
    assert made.tag("a.x") is None
    assert made.tag_index == {"a.b": 0, "a.c": 1, "a.d": 2}
    assert [tag.name for tag in made.tags_of("plc")] == ["a.b", "a.d"]
    assert made.tags_of("old") == ()


def test_what_everybody_may_do_is_the_stations_or_the_plants() -> None:
    stations = (Station("office", everyone="view"), Station("tab", kind="tablet"))
    made = replace(plant(), stations=stations, everyone="maintain")
    assert [made.role_at(name) for name in ("office", "tab", "elsewhere")] == ["view", "maintain", "maintain"]
    assert [made.station(name).kind for name in ("tab", "elsewhere")] == ["tablet", "desk"]


def test_a_connection_is_heard_of_as_often_as_its_driver_asks() -> None:
    assert [connection.period_ms for connection in plant().connections] == [250, 700]


def test_the_first_group_that_has_a_tag_says_how_long_its_values_are_kept() -> None:
    history = History(400, 20.0, (HistoryGroup(("a.level",), 10), HistoryGroup(("a.*", "c.*"), 2)))
    days = {name: history.days_of(name) for name in ("a.level", "a.state", "a", "ab.c", "c.x.y", "b.count")}
    assert days == {"a.level": 10, "a.state": 2, "a": 400, "ab.c": 400, "c.x.y": 2, "b.count": 400}
    assert History(9, 1.0, (HistoryGroup(("*",), 3),)).days_of("anything") == 3


def machines() -> Plant:
    equipment = (
        Equipment("line", "Line", "line", path="a"),
        Equipment("m1", "M 1", parent="line", path="a.b", code="M-01", members={"speed": 2}),
        Equipment("m2", "M 2", parent="line", code="m2"),
    )
    tags = tuple(Tag(number, name, "plc", "x", "bool") for number, name in enumerate(["a.b.x", "a.bc", "o.s"]))
    rules = tuple(
        Rule(tag, f"r{tag}", tag, "bad", 0, 0, 0, 0, False, "", "", 0, 1, "", "", "") for tag in range(len(tags))
    )
    return replace(plant(), tags=tags, rules=rules, equipment={one.id: one for one in equipment})


def test_equipment_is_a_tree() -> None:
    made = machines()
    assert [one.id for one in made.parts_of("line")] == ["m1", "m2"]
    assert [one.id for one in made.parts_of("")] == ["line"]
    assert [one.id for one in made.lineage("m2")] == ["line", "m2"]
    assert made.lineage("nobody") == ()


def test_a_plate_is_read_whatever_its_letters() -> None:
    found = machines().coded(" m-01 ")
    assert found is not None and found.id == "m1"
    assert machines().coded("x") is None


def test_alarms_of_a_machine_are_those_of_its_tags() -> None:
    made = machines()
    assert [rule.id for rule in made.rules_of("m1")] == ["r0", "r2"]
    assert [rule.id for rule in made.rules_of("line")] == ["r0", "r1"]
    assert [rule.id for rule in made.rules_of("m2")] == []
    assert made.belongs("m1", 2) and not made.belongs("m1", 1)
