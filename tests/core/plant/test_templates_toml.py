"""Template files: what is read, and every mistake that needs no machine to be seen."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant.templates_toml import read_templates, stem_of, template_files
from hmi.core.screens.model import Symbol
from hmi.core.screens.template import Template

SYMBOLS = {"motor": Symbol("motor", (110, 92), {"state": "bool"}, ())}
GOOD = """[template]
id = "motor"
title = "Motor"
parameters = { max = 1500, area = "${path}" }
symbol = "motor"
bind = { state = ".running" }
options = { decimals = 0 }
pens = [".speed"]

[[member]]
name = "running"

[[member]]
name = "speed"
tag = "drive.speed"
required = false

[[interlock]]
needs = "not .door"
blocked = "${name}: door open"

[[alarm]]
id = ".speed.high"
limit = "${max}"

[[part]]
name = "faceplate"
size = [360, 420]

[[part.element]]
symbol = "motor"
at = [0, 0]
label = "${n}"
repeat = { count = 2 }
"""


def read(text: str, shared: str = "") -> tuple[dict[str, Template], list[Mistake]]:
    mistakes: list[Mistake] = []
    library = {"templates/motor.toml": shared} if shared else {}
    texts = {"templates/motor.toml": text} if text else {}
    return read_templates(texts, library, SYMBOLS, mistakes), mistakes


def test_a_template_is_read() -> None:
    templates, mistakes = read(GOOD)
    assert mistakes == []
    motor = templates["motor"]
    assert (motor.title, motor.symbol, motor.shared, motor.file) == ("Motor", "motor", False, "templates/motor.toml")
    assert motor.parameters == {"max": "1500", "area": "${path}"}
    assert [(one.name, one.tag, one.required) for one in motor.members.values()] == [
        ("running", "running", True),
        ("speed", "drive.speed", False),
    ]
    assert motor.parts["faceplate"].size == (360, 420) and len(motor.parts["faceplate"].rows) == 1
    assert len(motor.interlocks) == len(motor.alarms) == 1


def test_the_plants_own_template_wins_over_the_shared_one() -> None:
    shared = GOOD.replace('title = "Motor"', 'title = "Shared"')
    assert read(GOOD, shared)[0]["motor"].title == "Motor"
    only, mistakes = read("", shared)
    assert (only["motor"].title, only["motor"].shared, mistakes) == ("Shared", True, [])
    assert only["motor"].file == "screens/templates/motor.toml"


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('id = "motor"', 'id = "mtr"', 2, "not the file's name", 'id = "motor"'),
        ('id = "motor"', "", 1, "`id` is missing", "Add id"),
        ("[template]", "[templat]", 1, "not a section", "Write template"),
        ('symbol = "motor"', 'symbol = "moter"', 5, "no symbol moter", "Write motor"),
        ('symbol = "motor"', "", 6, "there is none", "Add symbol"),
        ("state = ", "stat = ", 6, "no binding stat", "Write state"),
        ("decimals", "decimal", 7, "decimal is not an option", "Write decimals"),
        ("max = 1500", "id = 1500", 4, "'id' cannot be the name", "Write a word"),
        ("max = 1500", "max = [1]", 4, "`parameters` must be", "max"),
        ('"${max}"', '"${mix}"', 24, "nothing is called ${mix}", "Write max"),
        ("[[part]]", '[[part]]\nname = "faceplate"\nsize = [1, 1]\n[[part]]', 30, "twice", "Remove"),
        ("[[member]]", '[[member]]\nname = "running"\n[[member]]', 13, "running is there twice", "Remove"),
        ("[[member]]", '[[member]]\nnmae = "running"\n[[member]]', 11, "nmae", "name"),
        ("size = [360, 420]", "", 26, "`size` is missing", "Add size = [360, 420]"),
        ("size = [360, 420]", "size = [0, 420]", 28, "`size` must be", "Write size"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_mend(old: str, new: str, line: int, what: str, mend: str) -> None:
    _, mistakes = read(GOOD.replace(old, new, 1))
    hit = [one for one in mistakes if what in one.what and mend in one.mend]
    assert [(one.file, one.line) for one in hit] == [("templates/motor.toml", line)], mistakes


def test_more_pens_than_can_be_told_apart_are_a_warning() -> None:
    _, mistakes = read(GOOD.replace('[".speed"]', str([f".a{number}" for number in range(9)])))
    assert [(one.severity, "9 pens" in one.what) for one in mistakes] == [("warning", True)]


def test_a_part_without_elements_is_a_warning() -> None:
    _, mistakes = read(GOOD[: GOOD.index("[[part.element]]")])
    assert [(one.severity, "no elements" in one.what) for one in mistakes] == [("warning", True)]


def test_template_files_lie_in_their_folder() -> None:
    assert template_files({"templates/a.toml": "", "templates/b/c.toml": "", "a.toml": ""}) == ["templates/a.toml"]
    assert stem_of("templates/a.toml") == "a"
