"""equipment.toml: the tree, what each machine is made of, and every mistake in it."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant.equipment_toml import Machine, read_equipment
from hmi.core.screens.expand import Types
from hmi.core.screens.template import Member, Template
from hmi.core.tags import Tag

TAGS = [Tag(number, name, "plc", "x", "float64") for number, name in enumerate(["a.m1.speed", "a.m2.v", "a.b.c.d"])]
MOTOR = Template(
    "motor",
    "templates/motor.toml",
    parameters={"max": "100", "title": "${name} (${id})"},
    instructions=("oil",),
    members={"speed": Member("speed", "speed"), "current": Member("current", "current", required=False)},
)
GOOD = """[[equipment]]
id = "line"
name = "Line"
kind = "line"
path = "a"

[[equipment]]
id = "m1"
name = "Motor 1"
parent = "line"
path = "a.m1"
template = "motor"
screen = "motors"
code = "M-01"
with = { max = 50 }

[[equipment]]
id = "m2"
name = "Motor 2"
parent = "line"
path = "a.m2"
template = "motor"
members = { speed = ".v" }
"""


def read(text: str) -> tuple[dict[str, Machine], list[Mistake], Types]:
    mistakes: list[Mistake] = []
    types = Types({tag.name: tag.index for tag in TAGS}, templates={"motor": MOTOR})
    files = {
        "screens": frozenset({"motors"}),
        "instructions": frozenset({"oil"}),
        "templates": frozenset({"motor", "broken"}),
    }
    return read_equipment({"equipment.toml": text}, types, TAGS, files, mistakes), mistakes, types


def test_a_tree_is_read() -> None:
    machines, mistakes, types = read(GOOD)
    assert mistakes == []
    assert [(one.id, one.kind, one.parent, one.code) for one in machines.values()] == [
        ("line", "line", "", "line"),
        ("m1", "equipment", "line", "M-01"),
        ("m2", "equipment", "line", "m2"),
    ]
    assert machines["m1"].scope.names["max"] == "50"
    assert machines["m2"].scope.names["max"] == "100"
    assert machines["m1"].scope.names["title"] == "Motor 1 (m1)"
    assert machines["m1"].scope.members == {"speed": "a.m1.speed"}
    assert machines["m2"].scope.members == {"speed": "a.m2.v"}
    assert machines["m1"].scope.missing == {"current"}
    assert machines["m1"].instructions == ("oil",)
    assert (types.template_of, set(types.scopes)) == ({"m1": "motor", "m2": "motor"}, set(machines))


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('parent = "line"', 'parent = "lien"', 10, "no equipment lien", "Write line"),
        ('parent = "line"', 'parent = "m1"', 10, "part of itself: m1 -> m1", "no parent"),
        ('path = "a.m1"', 'path = "a.m3"', 11, "no tag lies under a.m3", "Write a.m"),
        ('template = "motor"', 'template = "moter"', 12, "no template moter", "Write motor"),
        ('screen = "motors"', 'screen = "motor"', 13, "no screen motor", "Write motors"),
        ('code = "M-01"', 'code = "m2"', 17, "the code m2 is there twice: first in line 14", "of its own"),
        ("max = 50", "mix = 50", 15, "mix is not a parameter of motor", "Write max"),
        ("max = 50", "max = [1]", 15, "neither a short text nor a number", "characters"),
        ("max = 50", "name = 'x'", 15, "name is not a parameter", "max"),
        ('id = "m2"', 'id = "m1"', 18, "the equipment m1 is there twice: first in line 8", "Rename"),
        ('speed = ".v"', 'speed = ".w"', 23, "there is no tag a.m2.w", "Write a.m2.v"),
        ('speed = ".v"', 'sped = ".v"', 23, "no member sped", "Write speed"),
        ('members = { speed = ".v" }', "", 22, "m2 has no speed, which its template motor needs", "a.m2.speed"),
        ('kind = "line"', 'kind = "lane"', 4, "`kind` must be one of", 'kind = "line"'),
        ('kind = "line"', 'kind = "line"\nparent = "m1"', 5, "cannot be part of the equipment m1", "area over"),
        ('name = "Line"', "", 1, "`name` is missing", "Add name"),
        ('name = "Line"', 'name = "Line"\nwith = { x = 1 }', 4, "with is for a template", "Add template"),
        ("[[equipment]]", "[[equipmint]]", 1, "not a section of equipment.toml", "[[equipment]]"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_mend(old: str, new: str, line: int, what: str, mend: str) -> None:
    _, mistakes, _ = read(GOOD.replace(old, new, 1))
    hit = [one for one in mistakes if what in one.what and mend in one.mend]
    assert [(one.file, one.line) for one in hit] == [("equipment.toml", line)], mistakes


def test_circles_are_told_once() -> None:
    text = "".join(
        f'[[equipment]]\nid = "{one}"\nname = "x"\nparent = "{other}"\n' for one, other in ("ab", "bc", "ca", "da")
    )
    _, mistakes, _ = read(text)
    assert [one.what for one in mistakes] == ["equipment is part of itself: a -> b -> c -> a"]


def test_an_unknown_instruction_is_a_warning_as_for_alarms() -> None:
    _, mistakes, _ = read(GOOD.replace('name = "Line"', 'name = "Line"\ninstructions = ["oli"]'))
    assert [(one.severity, one.mend) for one in mistakes] == [("warning", "Add instructions/oli.md")]


def test_parameters_may_name_the_machine() -> None:
    machines, mistakes, _ = read(GOOD.replace("max = 50", 'title = "${name}!"'))
    assert mistakes == [] and machines["m1"].scope.names["title"] == "Motor 1!"


def test_an_unknown_instruction_of_a_template_is_told_at_the_template() -> None:
    mistakes: list[Mistake] = []
    types = Types({tag.name: tag.index for tag in TAGS}, templates={"motor": MOTOR})
    files = {"screens": frozenset({"motors"}), "instructions": frozenset[str](), "templates": frozenset({"motor"})}
    read_equipment({"equipment.toml": GOOD}, types, TAGS, files, mistakes)
    assert mistakes == []
    assert [one.what for one in types.folded.told()] == ["there is no instruction oil (for m1 and 1 more)"]


def test_a_template_with_a_mistake_of_its_own_is_not_told_twice() -> None:
    _, mistakes, _ = read(
        GOOD.replace('template = "motor"', 'template = "broken"', 1).replace("with = { max = 50 }", "")
    )
    assert mistakes == []


def test_a_plant_without_the_file_has_no_equipment() -> None:
    assert read_equipment({}, Types(), [], {}, []) == {}
