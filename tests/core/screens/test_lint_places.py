"""Levels, what each is for, and the number of clicks."""

from __future__ import annotations

from dataclasses import replace

from hmi.core.alarms.rules import Rule
from hmi.core.plant.equipment import Equipment, Faceplate
from hmi.core.screens.lint_places import clicks_from, lint_clicks, lint_levels, lint_overview
from hmi.core.screens.model import Binding, Element, Screen
from hmi.core.tags import Tag

TAGS = [Tag(0, "line1.filler.level", "plc", "x", "float64")]


def element(**more: object) -> Element:
    return replace(Element("value", 0, 0, 10, 10), **more)  # type: ignore[arg-type]


def screen(name: str, level: int, *elements: Element, parent: str = "") -> Screen:
    return Screen(name, name, level, (100, 100), elements, parent, f"screens/{name}.toml")


def screens(*some: Screen) -> dict[str, Screen]:
    return {one.id: one for one in some}


def levels(*some: Screen) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    lint_levels(screens(*some), lambda screen, what, mend: told.append((screen.id, what)))
    return told


def test_a_hierarchy_in_order_has_no_finding() -> None:
    assert levels(screen("a", 1), screen("b", 2, element(write="x"), parent="a"), screen("c", 4, parent="b")) == []


def test_what_is_wrong_with_a_level_is_told() -> None:
    assert levels(screen("b", 2)) == [("b", "the screen has no parent"), ("b", "no screen is of level 1")]
    below = screen("d", 4, element(write="x"), element(write="y"), parent="a")
    assert levels(screen("a", 1), below) == [("d", "2 commands on level 4, which is for diagnostics and help")]


def overview(equipment: list[Equipment], *elements: Element) -> list[str]:
    told: list[str] = []
    machines = {one.id: one for one in equipment}
    lint_overview(screens(screen("a", 1, *elements)), machines, TAGS, lambda _, what, mend: told.append(what))
    return told


def test_the_overview_spans_the_whole() -> None:
    line = Equipment("line1", "Line 1", "line", path="line1", screen="line")
    other = Equipment("line2", "Line 2", "line", path="line2")
    filler = Equipment("filler", "Filler", parent="line1", path="line1.filler")
    lone = Equipment("boiler", "Boiler", path="boiler")
    assert overview([line, filler]) == ["the overview shows nothing of line1"]
    assert overview([line, filler, other, lone], element(go="line")) == ["the overview shows nothing of line2, boiler"]
    for shown in (
        element(equipment="filler"),
        element(go="line"),
        element(options={"area": "line1"}),
        element(binds={"value": Binding("line1.filler.level", 0, (0,))}),
    ):
        assert overview([line, filler], shown) == []


CHAIN = screens(
    screen("a", 1, element(go="b")),
    screen("b", 2, element(go="c"), parent="a"),
    screen("c", 3, element(go="d"), parent="b"),
    screen("d", 3, element(go="e"), parent="c"),
    screen("e", 4, parent="d"),
    screen("f", 4, parent="a"),
)


def rule(name: str, priority: int) -> Rule:
    return Rule(0, "r", 0, "bad", 0, 0, 0, 0, False, "", "", 0, priority, "", "", "", screen=name)


def clicks(rules: list[Rule], machines: dict[str, Equipment] | None = None, **more: Screen) -> dict[str, str]:
    told: dict[str, str] = {}
    found = {**CHAIN, **more}
    lint_clicks(found, machines or {}, rules, lambda screen, what, mend: told.update({screen.id: what}))
    return told


def test_screens_too_far_away_are_told() -> None:
    assert clicks([]) == {"e": "the screen is 4 clicks from a", "f": "no click leads here from a"}


def test_where_an_urgent_alarm_leads_two_clicks_are_the_most() -> None:
    assert clicks([rule("d", 2)])["d"] == "the screen is 3 clicks from a and alarms of priority 1 or 2 name it"
    assert "d" not in clicks([rule("d", 3)])


def test_the_way_back_and_faceplates_count() -> None:
    machine = {"m": Equipment("m", "M", faceplate=Faceplate(None, detail="f"))}
    top = screen("a", 1, element(equipment="m"), element(go="b"))
    assert clicks_from("a", {**CHAIN, "a": top}, machine)["f"] == 2
    assert clicks_from("c", CHAIN, {}) == {"c": 0, "b": 1, "d": 1, "a": 2, "e": 2}
    busy = screen("a", 1, element(equipment="m", write="x"), element(go="b"))
    assert "f" not in clicks_from("a", {**CHAIN, "a": busy}, machine)


def test_no_screens_no_findings() -> None:
    told: list[str] = []
    lint_levels({}, lambda *found: told.append(str(found)))
    lint_clicks({}, {}, [], lambda *found: told.append(str(found)))
    lint_overview({}, {}, [], lambda *found: told.append(str(found)))
    assert told == []
