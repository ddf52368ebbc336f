"""[[position]] in plant.toml, and every mistake in it."""

from dataclasses import replace

import pytest

from hmi.core import toml
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.positions import Position
from hmi.core.plant.positions_toml import check_answered, read_positions
from hmi.core.tags import Tag
from tests.core.alarms.stories import rule

GOOD = """[[position]]
id = "filling"
name = "Filling"
areas = ["filler"]
stations = ["panel"]

[[position]]
id = "packing"
areas = ["packer"]
"""
EQUIPMENT = {
    "filler": Equipment("filler", "Filler", "equipment", "", "a.filler"),
    "bowl": replace(Equipment("bowl", "Bowl", "equipment", "filler", ""), members={"level": 1}),
    "packer": Equipment("packer", "Packer", "equipment", "", "a.packer"),
}
TAGS = [Tag(number, name, "plc", "x", "float64") for number, name in enumerate(["a.filler.x", "b.level", "c.y"])]


def read(text):
    mistakes = []
    table = toml.read("plant.toml", text, mistakes)
    rows = table.tables("position")
    return rows, read_positions(rows, ["panel", "desk"], EQUIPMENT, mistakes), mistakes


def test_positions_with_their_areas_and_stations():
    _, positions, mistakes = read(GOOD)
    assert mistakes == []
    assert positions == (
        Position("filling", "Filling", ("filler",), ("panel",)),
        Position("packing", "packing", ("packer",)),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('"packer"', '"paker"', 9, "there is no equipment paker", 'Write "packer"'),
        ('"panel"', '"panels"', 5, "there is no station panels", 'Write "panel"'),
        ('"packing"', '"filling"', 8, "there are two positions filling", "id of its own"),
        ('areas = ["packer"]', "", 7, "`areas` is missing", "Add areas"),
        (
            'areas = ["packer"]',
            'areas = ["packer"]\nstations = ["panel"]',
            10,
            "of the position filling",
            "one position",
        ),
        ('areas = ["packer"]', 'areas = ["packer"]\nstation = "desk"', 10, "`station`", "stations"),
    ],
)
def test_each_mistake_says_where_it_is_and_how_to_mend_it(old, new, line, what, mend):
    _, _, mistakes = read(GOOD.replace(old, new))
    (mistake,) = mistakes
    assert (mistake.line, mistake.severity) == (line, "error")
    assert what in mistake.what and mend in mistake.mend


def test_alarms_that_nobody_answers_for_are_told_of():
    rows, positions, mistakes = read(GOOD)
    check_answered(rows, positions, [rule(0, 0), rule(1, 1)], TAGS, EQUIPMENT, mistakes)
    assert mistakes == []  # by path, and as a member of a part
    check_answered(rows, positions, [rule(0, 0), rule(1, 2)], TAGS, EQUIPMENT, mistakes)
    assert [(one.severity, one.what) for one in mistakes] == [
        ("warning", "no position answers for alarm1: it is told at every one")
    ]
    check_answered([], (), [rule(0, 2)], TAGS, EQUIPMENT, mistakes)
    assert len(mistakes) == 1  # without positions nobody asks
