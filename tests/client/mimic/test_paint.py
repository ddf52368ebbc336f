"""Shapes of symbols: drawn by role, and never a reason to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QImage

from hmi.client.mimic.compile import Compiled, Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.paint import draw_shapes
from hmi.client.theme import day, night
from hmi.core import quality as q
from hmi.core.screens.model import Shape
from hmi.core.screens.vocabulary import SHAPES
from tests.client.mimic.conftest import RUNNING, STATE, Glass

Canvas = Callable[..., tuple[Ink, QImage]]


def drawn_of(compiled: Compiled, symbol: str) -> Drawn:
    return next(drawn for drawn in compiled.drawn if drawn.element.symbol == symbol)


def picture(canvas: Canvas, drawn: Drawn, *shapes: Shape) -> QImage:
    ink, image = canvas()
    draw_shapes(ink, drawn, shapes or drawn.symbol.shapes)
    return image.copy()


@pytest.mark.parametrize("symbol", ["analog", "setpoint", "pump", "state", "textrow", "heads", "pipe", "row"])
def test_every_symbol_of_the_screen_leaves_ink(canvas: Canvas, detail: Compiled, symbol: str) -> None:
    _, empty = canvas()
    assert picture(canvas, drawn_of(detail, symbol)) != empty


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_a_shape_without_options_does_not_fail(canvas: Canvas, detail: Compiled, kind: str) -> None:
    options = {"bind": "value", "d": "M 0 0 L 5 5 Z", "text": "x", "points": [[0, 0], [9, 9]]}
    known = {key: value for key, value in options.items() if key in SHAPES[kind]}
    picture(canvas, drawn_of(detail, "analog"), Shape(kind, known))
    picture(canvas, drawn_of(detail, "group"), Shape(kind, known))


def test_a_shape_of_a_newer_program_is_passed_over(canvas: Canvas, detail: Compiled) -> None:
    _, empty = canvas()
    assert picture(canvas, drawn_of(detail, "analog"), Shape("hologram", {"x": 1})) == empty


def test_running_is_white_stopped_is_grey_and_unknown_is_empty(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    box = Shape("rect", {"x": 0, "y": 0, "w": 50, "h": 50, "fill_by": "state"})
    colours = []
    for value, quality in ((1, q.GOOD), (0, q.GOOD), (1, q.BAD)):
        glass.set(RUNNING, value, quality)
        image = picture(canvas, drawn_of(detail, "pump"), box)
        colours.append(image.pixelColor(260, 160).name().upper())
    assert colours == [day().running, day().stopped, day().background]


def test_what_does_not_apply_is_not_shown(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    tick = Shape("rect", {"x": 0, "y": 0, "w": 50, "h": 50, "fill": "text", "shown_by": "state"})
    _, empty = canvas()
    glass.set(RUNNING, 0)
    assert picture(canvas, drawn_of(detail, "pump"), tick) == empty
    glass.set(RUNNING, 1, q.BAD)
    assert picture(canvas, drawn_of(detail, "pump"), tick) == empty
    glass.set(RUNNING, 1)
    assert picture(canvas, drawn_of(detail, "pump"), tick) != empty


def test_state_words_are_packml_unless_the_element_has_its_own(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    drawn = drawn_of(detail, "state")
    shape = Shape("state", {"x": 0, "y": 0, "w": 150, "h": 40, "bind": "state"})
    own = replace(drawn, element=replace(drawn.element, options={"words": {"6": "Running well"}}))
    ink, _ = canvas()
    draw_shapes(ink, drawn, (shape,))
    draw_shapes(ink, own, (shape,))
    glass.set(STATE, 99)
    draw_shapes(ink, own, (shape,))
    widths = [round(right - left) for left, right in ink.spans]
    assert len(set(widths)) == 3


def test_digits_of_values_with_different_units_end_in_one_line(canvas: Canvas, detail: Compiled) -> None:
    shape = Shape("value", {"x": 0, "y": 0, "w": 200, "h": 30, "bind": "value", "unit_room": 60})
    drawn = drawn_of(detail, "row")
    ends = []
    for unit in ("%", "m/min", ""):
        ink, _ = canvas()
        draw_shapes(ink, replace(drawn, unit=unit), (shape,))
        ends.append(round(min(ink.spans)[1]))
    assert len(set(ends)) == 1


def test_the_night_theme_draws_the_same_shapes_in_other_colours(canvas: Canvas, detail: Compiled) -> None:
    ink, image = canvas(night())
    draw_shapes(ink, drawn_of(detail, "pump"), drawn_of(detail, "pump").symbol.shapes)
    assert image.pixelColor(300, 180).name().upper() == night().running
