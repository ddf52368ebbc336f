"""The moving indicators move, and say nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from hmi.client.mimic import indicators
from hmi.client.mimic.compile import Compiled, Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.quality import AlarmMark
from hmi.client.theme import day
from hmi.core import quality as q
from tests.client.mimic.conftest import HEAD1, LEVEL, LEVEL_SP, Glass

Canvas = Callable[..., tuple[Ink, QImage]]
BOX = {"x": 40, "y": 30, "w": 60, "h": 200}


def drawn_of(compiled: Compiled, symbol: str) -> Drawn:
    return next(drawn for drawn in compiled.drawn if drawn.element.symbol == symbol)


def pixels(image: QImage) -> Any:
    made = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(made.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF


def rows_of(image: QImage, role: str) -> list[int]:
    colour = int(getattr(day(), role)[1:], 16)
    return sorted(set(np.nonzero(pixels(image) == colour)[0].tolist()))


def test_the_pointer_stands_where_the_value_does(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    heights = []
    for value in (10.0, 50.0, 90.0, 400.0):
        glass.set(LEVEL, value)
        ink, image = canvas()
        indicators.scale(ink, drawn_of(detail, "analog"), {**BOX, "bind": "value"})
        heights.append(float(np.mean(rows_of(image, "text"))))
    assert heights[0] > heights[1] > heights[2] > heights[3]
    assert heights[0] - heights[1] == pytest.approx(80, abs=3)  # 40 % of 200


def test_the_band_and_the_zones_beyond_the_limits_are_drawn(canvas: Canvas, detail: Compiled) -> None:
    ink, image = canvas()
    indicators.scale_ground(ink, drawn_of(detail, "analog"), {**BOX, "bind": "value"})
    normal, beyond = rows_of(image, "normal"), rows_of(image, "beyond")
    assert max(beyond) < min(normal)
    assert len(normal) == pytest.approx(160, abs=4)
    assert len(beyond) == pytest.approx(20, abs=4)


def test_a_bad_value_has_no_pointer(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    glass.set(LEVEL, 50.0, q.BAD_SENSOR_FAILURE)
    ink, image = canvas()
    indicators.scale(ink, drawn_of(detail, "analog"), {**BOX, "bind": "value"})
    assert rows_of(image, "text") == []


def test_an_unsure_set_point_is_a_question_mark(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    options = {**BOX, "bind": "value", "setpoint": "setpoint"}
    ink, image = canvas()
    indicators.scale(ink, drawn_of(detail, "analog"), options)
    assert ink.spans == []
    glass.set(LEVEL_SP, 50.0, q.UNCERTAIN_LAST_USABLE)
    ink, other = canvas()
    indicators.scale(ink, drawn_of(detail, "analog"), options)
    assert len(ink.spans) == 1
    assert image != other


def test_a_vessel_fills_from_the_bottom_and_a_bar_from_the_left(canvas: Canvas, detail: Compiled, glass: Glass) -> None:
    colour = int(day().contents[1:], 16)
    glass.set(LEVEL, 25.0)
    ink, image = canvas()
    indicators.level(ink, drawn_of(detail, "analog"), {**BOX, "bind": "value"})
    rows, columns = np.nonzero(pixels(image) == colour)
    assert rows.max() - rows.min() == pytest.approx(50, abs=4)
    assert rows.max() > 280
    ink, image = canvas()
    indicators.bar(ink, drawn_of(detail, "analog"), {**BOX, "bind": "value"})
    rows, columns = np.nonzero(pixels(image) == colour)
    assert columns.max() - columns.min() == pytest.approx(15, abs=4)


def test_a_head_outside_the_band_is_dark_and_a_bad_one_is_crossed(
    canvas: Canvas, detail: Compiled, glass: Glass
) -> None:
    heads = drawn_of(detail, "heads")
    options = {"x": 0, "y": 0, "bind": "heads"}
    pictures = []
    for value, quality in ((500.0, q.GOOD), (515.0, q.GOOD), (500.0, q.BAD_SENSOR_FAILURE)):
        glass.set(HEAD1, value, quality)
        ink, image = canvas()
        indicators.heads(ink, heads, options)
        pictures.append((len(rows_of(image, "text")) > 20, len(rows_of(image, "bad")) > 5))
    assert pictures == [(False, False), (True, False), (False, True)]


def test_a_roll_up_shows_count_and_shape_only_when_there_is_an_alarm(canvas: Canvas, detail: Compiled) -> None:
    drawn = drawn_of(detail, "setpoint")
    ink, image = canvas()
    before = image.copy()
    indicators.rollup(ink, drawn, BOX)
    assert image == before
    ink.rollup = lambda _: (AlarmMark(1, True, True), 3)
    indicators.rollup(ink, drawn, {"x": 0, "y": 0})
    assert rows_of(image, "priority1")
