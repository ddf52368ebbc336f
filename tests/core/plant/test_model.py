"""A plant as a whole: finding its tags."""

from __future__ import annotations

from hmi.core.plant.model import Connection, Plant
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


def test_a_connection_is_heard_of_as_often_as_its_driver_asks() -> None:
    assert [connection.period_ms for connection in plant().connections] == [250, 700]
