"""What templates make of machines: faceplates, detail screens and alarms."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant import Plant, check, load
from hmi.core.screens import scope
from tests.core.plant.motors import LIBRARY, TEXTS


def errors(**changed: str) -> list[Mistake]:
    texts = {**TEXTS, **{name.replace("__", "/") + ".toml": text for name, text in changed.items()}}
    return [mistake for mistake in check(texts, LIBRARY)[1] if mistake.severity == "error"]


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load(TEXTS, LIBRARY)


def test_a_machine_has_its_members_and_what_they_are_called(plant: Plant) -> None:
    m1, m2 = plant.equipment["m1"], plant.equipment["m2"]
    assert {name: plant.tags[tag].name for name, tag in m1.members.items()} == {
        "running": "line.m1.running",
        "speed": "line.m1.speed",
        "hours": "line.m1.hours",
    }
    assert m1.labels == {"running": "running of m1", "speed": "Speed of Motor 1", "hours": "hours of m1"}
    assert set(m2.members) == {"running", "speed"}
    assert plant.equipment["line"].faceplate is None


def test_the_faceplate_shows_what_the_machine_has(plant: Plant) -> None:
    one, two = plant.equipment["m1"].faceplate, plant.equipment["m2"].faceplate
    assert one is not None and two is not None and one.operate is not None
    assert (one.operate.id, one.operate.title, one.operate.size) == ("m1-faceplate", "Motor 1", (360.0, 420.0))
    assert one.operate.elements[0].binds["value"].text == "line.m1.speed"
    assert one.operate.elements[0].options["range"] == [0, 900]
    assert one.operate.elements[0].equipment == ""
    assert [plant.tags[tag].name for tag in one.pens] == ["line.m1.speed", "line.m1.hours"]
    assert [plant.tags[tag].name for tag in two.pens] == ["line.m2.speed"]
    assert [label for label, _ in one.maintenance] == ["hours of m1", "Speed of Motor 1"]
    assert one.interlocks[0].interlock.blocked == "Door of Motor 1 is open: close it"
    assert one.interlocks[0].tag == plant.tag_index["line.m1.start"]
    assert one.interlocks[1].tag is None
    assert len(two.interlocks) == 1


def test_the_detail_screen_lies_under_the_machines_screen(plant: Plant) -> None:
    assert list(plant.screens) == ["top", "m1-detail", "m2-detail"]
    detail = plant.screens["m1-detail"]
    assert (detail.title, detail.level, detail.parent) == ("Motor 1, diagnostics", 4, "top")
    assert plant.equipment["m1"].faceplate.detail == "m1-detail"  # type: ignore[union-attr]
    assert len(detail.elements) == 1 and not plant.screens["m2-detail"].elements


def test_a_screen_of_the_plant_stands_for_the_generated_one() -> None:
    own = '[screen]\nid = "m1-detail"\ntitle = "My own"\nlevel = 4\nsize = [10, 10]\nparent = "top"\n'
    plant = load({**TEXTS, "screens/m1-detail.toml": own}, LIBRARY)
    assert plant.screens["m1-detail"].title == "My own"
    assert plant.equipment["m1"].faceplate.detail == "m1-detail"  # type: ignore[union-attr]


def test_alarms_are_made_for_the_machines_that_have_the_value(plant: Plant) -> None:
    assert [(rule.id, rule.limit, rule.suppress_when, rule.screen) for rule in plant.rules] == [
        ("line.m1.speed.high", 900.0, "line.m1.running == 0", ""),
        ("line.m1.hours.high", 1000.0, "", ""),
        ("line.m2.speed.high", 1500.0, "line.m2.running == 0", "top"),
    ]
    assert [rule.id for rule in plant.rules_of("m2")] == ["line.m2.speed.high"]


CASES = [  # old, new, what stands on the line of the mistake, what is said
    ('tag = ".speed"\nrange', 'tag = ".sped"\nrange', ".sped", "there is no tag line.m1.sped (for m1"),
    ('symbol = "value"', 'symbol = "valeu"', "valeu", "no symbol valeu (for m1 in equipment.toml:7"),
    (
        'type = "level_h"\nlimit = "${max}"',
        'type = "h"\nlimit = 1',
        '"h"',
        "no alarm type 'h' (for m1 in equipment.toml:7 and 1",
    ),
    ('limit = "${max}"', 'limit = "${id}"', "${id}", '`limit` must be a number, found text "m1" (for m1'),
    ("not .door", "not .dor", ".dor", "there is no tag line.m1.dor (column 5 of not line.m1.dor) (for m1"),
    ("not .door", ".name == 1", ".name ==", "line.m1.name is text"),
    ('member = ".start"', 'member = ".door"', 'member = ".door"', "line.m1.door is read-only (for m1"),
    ('pens = [".speed", ', 'pens = [".speeed", ', ".speeed", "pens: there is no tag line.m1.speeed (for m1"),
    ('blocked = "Service', 'blokced = "Service', "blokced", "`blokced` is not a key of [[interlock]] (for m1"),
    (
        'tag = ".hours"\n',
        'tag = ".hours"\ngo = "nowhere"\n',
        "nowhere",
        "go names the screen nowhere, which does not exist",
    ),
]


@pytest.mark.parametrize(("old", "new", "there", "what"), CASES)
def test_a_mistake_in_a_template_names_its_line_and_the_machine(old: str, new: str, there: str, what: str) -> None:
    text = TEXTS["templates/motor.toml"]
    place = text.rindex(old)
    text = text[:place] + new + text[place + len(old) :]
    found = errors(templates__motor=text)
    (line,) = [number for number, row in enumerate(text.splitlines(), 1) if there in row]
    hit = {(mistake.file, mistake.line) for mistake in found if what in mistake.what}
    assert hit == {("templates/motor.toml", line)}, found


def test_alarms_that_templates_make_twice_are_mistakes() -> None:
    (mistake,) = errors(templates__motor=TEXTS["templates/motor.toml"].replace('id = ".speed.high"', 'id = "x.high"'))
    assert "x.high is there twice: first in templates/motor.toml" in mistake.what and "for m2" in mistake.what


def test_a_station_or_alarm_may_name_a_detail_screen() -> None:
    station = '[[station]]\nid = "desk"\nscreen = "m1-detail"\n'
    assert errors(plant=TEXTS["plant.toml"] + station) == []


def test_growing_beyond_every_use_is_one_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "MAX_MADE", 2000)
    element = '[[part.element]]\nsymbol = "value"\nat = [10, 10]\ntag = ".speed"\nrepeat = { count = 200 }\n'
    machines = "".join(
        f'[[equipment]]\nid = "n{number}"\nname = "N"\npath = "line.m1"\ntemplate = "motor"\n' for number in range(300)
    )
    template = TEXTS["templates/motor.toml"][: TEXTS["templates/motor.toml"].index("[[alarm]]")]
    template += '[[part]]\nname = "faceplate"\nsize = [360, 420]\n' + element * 5
    found = errors(
        equipment=machines, templates__motor=template, screens__top=TEXTS["screens/top.toml"].split("[[el")[0]
    )
    assert [mistake.what[:32] for mistake in found] == ["templates and repeats make more "]
