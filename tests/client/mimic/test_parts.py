"""Elements taken apart: what never moves lies beneath, and every moving part has the road that suits it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from hmi.client.mimic.compile import Compiled, compile_screen
from hmi.client.mimic.parts import Kind, Part, take_apart
from hmi.core.plant import Plant
from hmi.core.screens.model import Shape
from tests.client.mimic.conftest import Glass

BODY = Shape("rect", {"x": 0, "y": 0, "w": 60, "h": 40, "fill_by": "state"})
SIGN = Shape("ellipse", {"x": 10, "y": 10, "w": 10, "h": 10, "fill": "line"})
ASIDE = Shape("ellipse", {"x": 80, "y": 10, "w": 10, "h": 10, "fill": "line"})


@pytest.fixture
def apart(canvas: Any, detail: Compiled, small_plant: Plant) -> tuple[list[Part], list[Part]]:
    ink, _ = canvas()
    return take_apart(detail, ink, small_plant)


def kinds(parts: list[Part], symbol: str) -> Counter[str]:
    return Counter(part.kind.name for part in parts if part.drawn.element.symbol == symbol)


def test_every_kind_has_its_road(apart: tuple[list[Part], list[Part]]) -> None:
    moving = apart[1]
    assert kinds(moving, "analog") == {"NUMBER": 1, "SCALE": 1}
    assert kinds(moving, "heads") == {"HEADS": 1}
    assert kinds(moving, "row") == {"NUMBER": 1}
    assert kinds(moving, "textrow") == {"PAINTED": 1}
    assert kinds(moving, "pipe") == {"CODED": 1}
    assert set(kinds(moving, "pump")) == {"CODED"}
    assert kinds(moving, "group") == {}


def test_labels_tracks_and_units_lie_in_the_backdrop(apart: tuple[list[Part], list[Part]]) -> None:
    ground = apart[0]
    assert kinds(ground, "analog") == {"STILL": 1, "GROUND": 1}  # label and track; the unit moves with the digits
    assert kinds(ground, "row") == {"STILL": 1, "GROUND": 1}  # label and unit
    assert kinds(ground, "group") == {"STILL": 1}


def element_of(plant: Plant, *shapes: Shape) -> Compiled:
    """A screen of one pump that looks as told."""
    screen = plant.screens["detail"]
    pump = next(element for element in screen.elements if element.symbol == "pump")
    symbol = replace(plant.symbols["pump"], shapes=shapes, stretch=False)
    own = replace(plant, symbols={**plant.symbols, "pump": symbol})
    return compile_screen(replace(screen, elements=(pump,)), own)


def test_what_lies_on_a_state_is_drawn_in_its_picture(canvas: Any, small_plant: Plant) -> None:
    ink, _ = canvas()
    ground, moving = take_apart(element_of(small_plant, BODY, SIGN, ASIDE), ink, small_plant)
    assert [(part.kind, part.shapes) for part in moving] == [(Kind.CODED, (BODY, SIGN))]
    assert [part.shapes for part in ground] == [(ASIDE,)]


def test_what_lies_under_a_state_is_backdrop(canvas: Any, small_plant: Plant) -> None:
    ink, _ = canvas()
    ground, moving = take_apart(element_of(small_plant, SIGN, BODY), ink, small_plant)
    assert [part.shapes for part in ground] == [(SIGN,)]
    assert [part.shapes for part in moving] == [(BODY,)]


def test_what_stands_still_over_another_elements_moving_part_is_drawn_after_it(canvas: Any, small_plant: Plant) -> None:
    compiled = element_of(small_plant, BODY)
    above = element_of(small_plant, SIGN, BODY)
    both = replace(compiled, drawn=compiled.drawn + above.drawn)
    ink, _ = canvas()
    ground, moving = take_apart(both, ink, small_plant)
    assert ground == []
    assert [(part.number, part.shapes) for part in moving] == [(0, (BODY,)), (1, (SIGN,)), (1, (BODY,))]


def test_a_number_of_too_many_decimals_is_painted(
    canvas: Any, detail: Compiled, small_plant: Plant, glass: Glass
) -> None:
    row = next(drawn for drawn in detail.drawn if drawn.element.symbol == "row")
    ink, _ = canvas()
    _, moving = take_apart(replace(detail, drawn=(replace(row, decimals=12),)), ink, small_plant)
    assert kinds(moving, "row") == {"PAINTED": 1}
