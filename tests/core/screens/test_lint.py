"""The rules of good displays."""

from __future__ import annotations

from dataclasses import replace

from hmi.core.errors import Mistake
from hmi.core.screens.lint import MOST_LIVE, lint_screens
from hmi.core.screens.model import Binding, Element, Screen, Shape, Symbol
from hmi.core.tags import Tag

TAGS = (
    Tag(0, "a.level", "line", "x", "float64", "%", access="r"),
    Tag(1, "a.speed", "line", "x", "float64", "", access="rw"),
    Tag(2, "a.count", "line", "x", "uint32", "", access="r"),
)
SYMBOLS = {"value": Symbol("value", (100, 40), {"value": "analog"}, (Shape("value", {"bind": "value"}),))}
ELEMENT = Element("value", 10, 10, 100, 40, binds={"value": Binding("a.level", 0, (0,))}, line=9)
SCREEN = Screen("top", "Top", 1, (1600, 900), (ELEMENT,), file="screens/top.toml")


def found(*screens: Screen) -> list[Mistake]:
    mistakes: list[Mistake] = []
    lint_screens({screen.id: screen for screen in screens}, SYMBOLS, TAGS, mistakes)
    return mistakes


def with_elements(*elements: Element) -> list[Mistake]:
    return found(replace(SCREEN, elements=elements))


def test_a_good_screen_has_no_finding() -> None:
    assert found(SCREEN) == []


def test_a_command_to_a_read_only_tag_is_an_error() -> None:
    (mistake,) = with_elements(replace(ELEMENT, write="a.level"))
    assert (mistake.severity, mistake.line) == ("error", 9)
    assert with_elements(replace(ELEMENT, write="a.speed")) == []


def test_digits_without_a_unit_are_a_warning_but_counters_need_none() -> None:
    speed = replace(ELEMENT, binds={"value": Binding("a.speed", 1, (1,))})
    assert [one.severity for one in with_elements(speed)] == ["warning"]
    assert with_elements(replace(speed, options={"unit": "1/h"})) == []
    assert with_elements(replace(ELEMENT, binds={"value": Binding("a.count", 2, (2,))})) == []
    (mistake,) = with_elements(replace(ELEMENT, binds={"value": Binding("= a.level", None, (0,))}))
    assert "calculated" in mistake.what


def test_values_over_each_other_are_a_warning() -> None:
    (mistake,) = with_elements(ELEMENT, replace(ELEMENT, x=60, line=20))
    assert (mistake.severity, mistake.line) == ("warning", 20)
    assert with_elements(ELEMENT, replace(ELEMENT, x=110)) == []


def test_a_screen_below_the_top_names_a_parent_of_its_level_or_above() -> None:
    detail = replace(SCREEN, id="detail", level=3, parent="top")
    assert found(SCREEN, detail) == []
    assert len(found(SCREEN, replace(detail, parent=""))) == 1
    assert len(found(SCREEN, detail, replace(SCREEN, id="unit", level=2, parent="detail"))) == 1


def test_a_crowded_screen_is_a_warning() -> None:
    crowd = [replace(ELEMENT, x=(i % 10) * 100, y=(i // 10) * 40) for i in range(MOST_LIVE + 1)]
    (mistake,) = with_elements(*crowd)
    assert "too many" in mistake.what
