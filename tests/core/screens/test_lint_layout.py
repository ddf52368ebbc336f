"""Texts over each other, texts that do not read, too many colours."""

from __future__ import annotations

import pytest

from hmi.core.screens.lint_layout import hued, lint_colours, lint_drawing, lint_layout, lint_proportions
from hmi.core.screens.model import Binding, Element, Screen, Shape, Symbol
from hmi.core.screens.svg import Drawing


def symbol(name: str, *shapes: Shape, **binds: str) -> Symbol:
    return Symbol(name, (200, 40), binds, shapes, stretch=False)


SYMBOLS = {
    "text": symbol("text", Shape("text", {"text": "$text", "size": 20})),
    "muted": symbol("muted", Shape("text", {"text": "$text", "size": 20, "colour": "muted"})),
    "value": symbol("value", Shape("value", {"bind": "value", "align": "left"}), value="analog"),
    "panel": symbol("panel", Shape("rect", {"fill": "panel"})),
    "stopped": symbol("stopped", Shape("rect", {"fill": "stopped"})),
    "lamp": symbol("lamp", Shape("rect", {"fill_by": "state"}), state="bool"),
    "state": symbol(
        "state",
        Shape("rect", {"fill_by": "state"}),
        Shape("state", {"bind": "state", "fill_by": "state"}),
        state="packml",
    ),
}


def at(name: str, x: float, y: float, line: int = 1, text: str = "Some words", **binds: str) -> Element:
    made = {key: Binding(tag, 0, (0,)) for key, tag in binds.items()}
    return Element(name, x, y, 200, 40, binds=made, options={"text": text}, line=line)


def found(*elements: Element) -> list[tuple[int, str, str]]:
    told: list[tuple[int, str, str]] = []
    screen = Screen("s", "S", 2, (1600, 900), elements)
    lint_layout(screen, SYMBOLS, lambda element, rule, what, mend: told.append((element.line, rule, what)))
    return told


def test_texts_over_each_other_are_told_once_with_where_the_other_is() -> None:
    assert found(at("text", 0, 0, 3), at("text", 60, 5, 9)) == [
        (9, "overlap", 'the text "Some words" lies over the text "Some words"')
    ]
    assert found(at("text", 0, 0), at("text", 150, 0), at("text", 0, 25)) == []


def test_the_room_of_a_text_is_that_of_its_letters_not_of_its_box() -> None:
    assert found(at("text", 0, 0, text="A"), at("text", 60, 0)) == []


def test_a_value_over_a_label_is_told() -> None:
    told = found(at("text", 0, 0, 3), at("value", 20, 0, 9, value="a"))
    assert [(line, rule) for line, rule, _ in told] == [(9, "overlap")]


def test_many_texts_are_compared_in_good_time() -> None:
    crowd = [at("text", (number % 50) * 200, (number // 50) * 40, number) for number in range(3000)]
    assert found(*crowd) == []
    assert len(found(*crowd, at("text", 0, 0, 9999))) == 1


def test_a_crowd_in_one_place_is_one_finding_each() -> None:
    crowd = [at("text", 0, 0, number) for number in range(2000)]
    assert len(found(*crowd)) == 1999


@pytest.mark.parametrize(
    ("ground", "name", "reads"),
    [("panel", "text", True), ("panel", "muted", True), ("stopped", "text", False), ("stopped", "muted", False)],
)
def test_a_text_reads_on_the_fill_beneath_it(ground: str, name: str, reads: bool) -> None:
    told = found(at(ground, 0, 0), at(name, 0, 0, 5))
    assert [(line, rule) for line, rule, _ in told] == ([] if reads else [(5, "contrast")])


def test_what_lies_above_or_beside_a_text_is_not_its_ground() -> None:
    assert found(at("stopped", 0, 300), at("text", 0, 0), at("stopped", 0, 100)) == []
    assert found(at("text", 0, 0), at("stopped", 0, 0)) == []
    assert found(at("stopped", 0, 0), at("panel", 0, 0), at("text", 0, 0)) == []


def test_a_fill_that_changes_is_for_texts_that_change_with_it() -> None:
    assert found(at("state", 0, 0, state="a")) == []
    told = found(at("lamp", 0, 0, state="a"), at("value", 0, 0, 5, value="b"))
    assert [(line, rule) for line, rule, _ in told] == [(5, "contrast")]
    assert "a fill that changes" in told[0][2]


def test_colours_that_mean_something_are_counted_with_those_of_alarms() -> None:
    assert hued(SYMBOLS["value"]) == {"value"} and not hued(SYMBOLS["panel"])
    screen = Screen("s", "S", 2, (100, 50), (at("value", 0, 0, value="a"),))
    few = Drawing("s.svg", "", (100, 50), (("#f00", 1), ("#0f0", 2), ("#00f", 3), ("#888", 4)), 1)
    many = Drawing("s.svg", "", (100, 50), (*few.colours, ("#0ff", 5)), 1)
    assert list(lint_colours(screen, SYMBOLS, None)) == list(lint_colours(screen, SYMBOLS, few)) == []
    ((what, _),) = lint_colours(screen, SYMBOLS, many)
    assert what == "9 colour codes are too many to be told apart (4 of them in the backdrop)"


def test_drawings_keep_off_alarm_colours_and_cries() -> None:
    drawing = Drawing("s.svg", "", (1, 1), (("#ffd800", 2), ("lime", 3), ("#99a0a8", 4), ("none", 5)), 1)
    assert [(line, what) for line, what, _ in lint_drawing(drawing)] == [
        (2, "#ffd800 is the colour of alarms of priority 2"),
        (3, "lime is a saturated colour"),
    ]


@pytest.mark.parametrize(
    ("size", "fits"), [((100, 50), True), ((1000, 500), True), ((101, 50), True), ((100, 100), False)]
)
def test_a_drawing_has_the_shape_of_its_screen(size: tuple[float, float], fits: bool) -> None:
    told = list(lint_proportions(Screen("s", "S", 2, (1600, 800), ()), Drawing("s.svg", "", size, (), 1)))
    assert (told == []) == fits
