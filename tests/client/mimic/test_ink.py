"""Where shapes stand, how text is set, what a state means."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from hmi.client.mimic.compile import Compiled, Drawn
from hmi.client.mimic.ink import LEAST_PX, Ink, formatted, is_running, letters_of
from hmi.core import quality as q
from tests.client.mimic.conftest import RUNNING, STATE, Glass

Canvas = Callable[..., tuple[Ink, QImage]]


def drawn_of(compiled: Compiled, symbol: str) -> Drawn:
    return next(drawn for drawn in compiled.drawn if drawn.element.symbol == symbol)


def test_boxes_of_a_fixed_symbol_count_from_the_far_edge(canvas: Canvas, detail: Compiled) -> None:
    ink, _ = canvas()
    drawn = drawn_of(detail, "setpoint")  # at 240, 60, 340 by 40
    assert ink.box(drawn, {"x": 0, "y": 0, "w": -100, "h": 0}) == QRectF(240, 60, 240, 40)
    assert ink.box(drawn, {"x": -100, "y": 5, "w": 100, "h": 30}) == QRectF(480, 65, 100, 30)


def test_boxes_of_a_growing_symbol_grow(canvas: Canvas, detail: Compiled) -> None:
    ink, _ = canvas()
    drawn = drawn_of(detail, "setpoint")
    grown = replace(drawn, symbol=replace(drawn.symbol, stretch=True, size=(34.0, 4.0)))
    assert ink.box(grown, {"x": 1, "y": 1, "w": 10, "h": 2}) == QRectF(250, 70, 100, 20)


def test_text_shrinks_before_it_is_cut_and_never_below_the_least(canvas: Canvas) -> None:
    ink, _ = canvas()
    area = QRectF(0, 0, 60, 30)
    assert ink.write(area, "much too long for this", 20, "text") <= 61
    assert ink.write(QRectF(0, 0, 400, 30), "short", 1, "text") == letters_of(LEAST_PX, False)[1].horizontalAdvance(
        "short"
    )


def test_every_text_leaves_its_span(canvas: Canvas) -> None:
    ink, _ = canvas()
    width = ink.write(QRectF(100, 0, 200, 30), "right", 20, "text", "right")
    assert ink.spans == [(pytest.approx(300 - width), pytest.approx(300))]


@pytest.mark.parametrize(
    ("value", "quality", "decimals", "text"),
    [
        (23840.4, q.GOOD, 0, "23\u2009840"),
        (1.005, q.GOOD, 2, "1.00"),
        (-0.001, q.GOOD, 1, "0.0"),
        (-3.5, q.UNCERTAIN, 1, "-3.5"),
        (1.0, q.BAD, 1, "????"),
        (math.nan, q.GOOD, 1, "????"),
        (2.5e12, q.GOOD, 0, "2.5e+12"),
    ],
)
def test_numbers_as_they_stand_on_a_screen(value: float, quality: int, decimals: int, text: str) -> None:
    assert formatted(value, quality, decimals) == text


def test_running_is_a_matter_of_the_kind_of_state(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    ink, _ = canvas()
    pump, state = drawn_of(detail, "pump"), drawn_of(detail, "state")
    assert is_running(ink, pump, "state", {}) is True
    assert is_running(ink, state, "state", {}) is True
    glass.set(STATE, 2)
    assert is_running(ink, state, "state", {}) is False
    assert is_running(ink, state, "state", {"running": [2]}) is True
    glass.set(RUNNING, 1, q.BAD_NO_COMMUNICATION)
    assert is_running(ink, pump, "state", {}) is None
    assert is_running(ink, pump, "unbound", {}) is False
