"""The rules of good displays."""

from __future__ import annotations

from dataclasses import replace

from hmi.core.errors import Mistake
from hmi.core.plant.equipment import Equipment, Faceplate
from hmi.core.screens.lint import MOST_LIVE, lint_screens
from hmi.core.screens.model import Binding, Element, Screen, Shape, Symbol
from hmi.core.screens.svg import Drawing
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
    top = replace(SCREEN, elements=(replace(ELEMENT, go="detail"), replace(ELEMENT, x=200, go="unit")))
    assert found(top, detail) == []
    assert [one.what for one in found(top, replace(detail, parent=""))] == ["the screen has no parent"]
    lower = replace(SCREEN, id="unit", level=2, parent="detail")
    assert [one.what for one in found(top, detail, lower)] == ["level 2 lies under detail, which is level 3"]


def test_a_crowded_screen_is_a_warning() -> None:
    crowd = [replace(ELEMENT, x=(i % 10) * 100, y=(i // 10) * 40) for i in range(MOST_LIVE + 1)]
    (mistake,) = with_elements(*crowd)
    assert "too many" in mistake.what


def test_a_binding_that_the_symbol_does_not_draw_is_dead() -> None:
    symbols = {"value": replace(SYMBOLS["value"], binds={"value": "analog", "state": "bool", "mode": "code"})}
    binds = {
        "value": Binding("a.level", 0, (0,)),
        "state": Binding("a.count", 2, (2,)),
        "mode": Binding("a.count", 2, (2,)),
    }
    mistakes: list[Mistake] = []
    lint_screens({"top": replace(SCREEN, elements=(replace(ELEMENT, binds=binds),))}, symbols, TAGS, mistakes)
    (mistake,) = mistakes
    assert mistake.what == "the symbol value does not draw its binding state"
    assert mistake.mend == "It draws mode, value; remove the binding"


def test_an_expression_without_a_tag_never_changes() -> None:
    (mistake,) = with_elements(replace(ELEMENT, binds={"value": Binding("= 1 + 1", None)}, options={"unit": ""}))
    assert "reads no tag" in mistake.what


def test_a_series_is_drawn_by_its_shape() -> None:
    symbol = Symbol("heads", (100, 40), {"heads": "series"}, (Shape("heads", {"bind": "heads"}),))
    element = replace(ELEMENT, symbol="heads", binds={"heads.0": Binding("a.level", 0, (0,))})
    mistakes: list[Mistake] = []
    lint_screens({"top": replace(SCREEN, elements=(element,))}, {"heads": symbol}, TAGS, mistakes)
    assert mistakes == []


def machine(number: int) -> Equipment:
    speed = replace(ELEMENT, binds={"value": Binding("a.speed", 1, (1,))}, line=7, file="templates/m.toml")
    operate = Screen(f"m{number}-faceplate", "M", 3, (300, 300), (speed,), file="templates/m.toml")
    return Equipment(f"m{number}", "M", parent="line", faceplate=Faceplate(operate))


def test_a_finding_on_a_templates_line_is_told_once_for_all_its_machines() -> None:
    mistakes: list[Mistake] = []
    machines = {f"m{number}": machine(number) for number in range(3)}
    lint_screens({"top": SCREEN}, SYMBOLS, TAGS, mistakes, equipment=machines)
    assert [(one.file, one.line, one.what) for one in mistakes] == [
        ("templates/m.toml", 7, "a.speed is shown without a unit (on m0-faceplate and 2 more screens)")
    ]


def test_the_colours_and_the_shape_of_a_backdrop_are_looked_at() -> None:
    drawing = Drawing("screens/top.svg", "", (100, 100), (("#888", 3), ("red", 4), ("#00c000", 5)), 3)
    mistakes: list[Mistake] = []
    screen = replace(SCREEN, backdrop="top.svg")
    lint_screens({"top": screen}, SYMBOLS, TAGS, mistakes, drawings={"top.svg": drawing})
    assert sorted((one.file, one.line, one.what) for one in mistakes) == [
        ("screens/top.svg", 4, "red is the colour of alarms of priority 1"),
        ("screens/top.svg", 5, "#00c000 is a saturated colour"),
        ("screens/top.toml", 1, "the backdrop is 100 x 100, another shape than the screen"),
    ]


def test_findings_on_a_made_screen_name_it() -> None:
    made = replace(SCREEN, id="m-detail", level=4, parent="", file="templates/m.toml", elements=())
    assert {one.what for one in found(SCREEN, made)} == {
        "the screen has no parent (on m-detail)",
        "no click leads here from top (on m-detail)",
    }
    two = {made.what for made in found(SCREEN, made, replace(made, id="n-detail"))}
    assert "no click leads here from top (on m-detail and 1 more screens)" in two


def test_a_finding_on_every_copy_of_an_element_is_told_once() -> None:
    speed = replace(ELEMENT, binds={"value": Binding("a.speed", 1, (1,))})
    (mistake,) = with_elements(*(replace(speed, y=10 + 50 * number) for number in range(8)))
    assert mistake.what == "a.speed is shown without a unit (and 7 more times)"
