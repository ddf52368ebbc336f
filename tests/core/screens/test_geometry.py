"""Where shapes and words of an element stand."""

from __future__ import annotations

import pytest

from hmi.core.screens.geometry import grounds, shape_box, text_of, writings
from hmi.core.screens.model import Binding, Element, Shape, Symbol

FIXED = Symbol("s", (100, 50), {"value": "analog"}, (), stretch=False)
ELEMENT = Element("s", 1000, 500, 200, 100, label="Level", options={"text": "T"})


@pytest.mark.parametrize(
    ("options", "box"),
    [
        ({}, (1000, 500, 1200, 600)),
        ({"x": 10, "y": 20, "w": 30, "h": 40}, (1010, 520, 1040, 560)),
        ({"x": -30, "y": -10}, (1170, 590, 1200, 600)),
        ({"x": 4, "w": -6, "h": -20}, (1004, 500, 1194, 580)),
    ],
)
def test_a_fixed_shape_is_measured_from_the_edges(options: dict, box: tuple) -> None:  # type: ignore[type-arg]
    assert shape_box(ELEMENT, FIXED, options) == box


def test_a_stretched_shape_grows_with_its_element() -> None:
    symbol = Symbol("s", (100, 50), {}, ())
    assert shape_box(ELEMENT, symbol, {"x": 10, "y": 10, "w": 50, "h": 20}) == (1020, 520, 1120, 560)
    assert shape_box(ELEMENT, symbol, {}) == (1000, 500, 1200, 600)


def test_texts_take_about_their_letters_and_values_only_where_they_are_bound() -> None:
    label = Shape("text", {"text": "$label", "size": 20})
    value = Shape("value", {"bind": "value", "align": "centre"})
    hidden = Shape("text", {"text": "x", "shown_by": "value"})
    symbol = Symbol("s", (100, 50), {"value": "analog"}, (label, value, hidden), stretch=False)
    (text,) = writings(ELEMENT, symbol)
    left, top, right, bottom = text.box
    assert (text.text, text.role, left) == ("Level", "text", 1000)
    assert 40 < right - left < 70 and top < 550 < bottom
    bound = Element("s", 0, 0, 200, 100, binds={"value": Binding("a", 0, (0,))})
    (digits,) = writings(bound, symbol)
    assert digits.role == "value" and digits.box[0] > 50 and digits.box[2] < 150


def test_fills_are_the_ground_of_texts() -> None:
    shapes = (Shape("rect", {"fill": "panel"}), Shape("rect", {"fill_by": "s"}), Shape("rect", {"line": "line"}))
    assert [ground.role for ground in grounds(ELEMENT, Symbol("s", (100, 50), {}, shapes))] == ["panel", ""]


@pytest.mark.parametrize(("text", "said"), [("$label", "Level"), ("$text", "T"), ("$caption", ""), ("Fixed", "Fixed")])
def test_a_symbols_text_may_be_the_elements(text: str, said: str) -> None:
    assert text_of(ELEMENT, text) == said
