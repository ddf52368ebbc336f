"""How far each shape reaches on the glass: the whole pixels it may touch, and no pixel beyond."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPathStroker, QPolygonF, QTransform

from hmi.client.mimic.compile import EDGE, Drawn
from hmi.client.mimic.indicators import asked, frame_of, track_of
from hmi.client.mimic.ink import GLYPHS, LEAST_PX, Ink, letters_of
from hmi.client.mimic.outline import outline
from hmi.client.mimic.paint import value_is_number, value_place, words_of
from hmi.client.mimic.quality import pen
from hmi.client.theme import day
from hmi.core.screens.model import Shape

Pixels = tuple[int, int, int, int]  # left, top, right, bottom; the last two just beyond
_OUTLINES: Final = ("path", "polyline", "glyph")
_WORDS: Final = ("text", "state", "figure", "mode")


def pixels(area: QRectF) -> Pixels:
    """The whole pixels that an area touches."""
    return math.floor(area.left()), math.floor(area.top()), math.ceil(area.right()), math.ceil(area.bottom())


def reach_of(ink: Ink, drawn: Drawn, shape: Shape) -> Pixels:
    """The pixels that the moving part of a shape may touch."""
    options = shape.options
    if shape.kind in ("level", "bar", "heads"):
        inner = QRectF(frame_of(ink, drawn, options)[1])
        beyond = 2 if shape.kind == "heads" else 0
        return pixels(inner.adjusted(-beyond, -beyond, beyond, beyond))
    if shape.kind == "scale":
        return pixels(_scale(ink, drawn, options))
    if shape.kind in _OUTLINES:
        return pixels(_outlined(ink, drawn, options))
    if shape.kind == "value":
        return pixels(_figured(ink, drawn, options))
    if shape.kind in _WORDS:
        return pixels(_written(ink, drawn, shape))
    if shape.kind in ("rect", "ellipse", "runmark"):
        edge = _pen(ink, options) / 2 + 1
        return pixels(ink.box(drawn, options).adjusted(-edge, -edge, edge, edge))
    edge = EDGE / 2 * ink.scale
    area = ink.box(drawn, options) if "x" in options else ink.around(drawn)
    return pixels(area.adjusted(-edge, -edge, edge, edge))


def ground_reach(ink: Ink, drawn: Drawn, shape: Shape) -> Pixels:
    """The pixels that what stands still of a shape may touch."""
    if shape.kind in ("level", "bar", "heads"):
        outer = QRectF(frame_of(ink, drawn, shape.options)[0])
        below = 26 * ink.scale if shape.kind == "heads" else 0.0
        return pixels(outer.adjusted(0, 0, 0, below))
    if shape.kind == "scale":
        track = track_of(ink, drawn, shape.options)[0]
        return pixels(track.adjusted(-1, -1, 1, 1))
    place = value_place(ink, drawn, shape.options)
    area, half = place.unit_area(0.0), place.unit_px * 0.7
    return pixels(QRectF(area.left() - 1, area.center().y() - half, area.width() + 1, 2 * half))


def _pen(ink: Ink, options: Mapping[str, Any]) -> float:
    return max(1.0, float(options.get("width", 2)) * ink.scale)


def _scale(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> QRectF:
    track, upward, reach = track_of(ink, drawn, options)
    edge, half = 2 + ink.scale, reach * 0.62 + 2 + ink.scale
    area = track.adjusted(-reach - edge, -half, reach + edge, half)
    if not upward:
        area = track.adjusted(-half, -reach - edge, half, reach + edge)
    return area.united(asked(track, upward, reach)) if options.get("setpoint") in drawn.reads else area


def _outlined(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> QRectF:
    if options.get("from_element"):
        edge = _pen(ink, {"width": options.get("width", 8)})
        return ink.around(drawn).adjusted(-edge, -edge, edge, edge) if drawn.element.options.get("points") else QRectF()
    width = _pen(ink, options)
    if "points" in options:
        edge = 1.5 * width + 1  # a mitred corner
        area = QPolygonF([ink.point(drawn, x, y, True) for x, y in options["points"]]).boundingRect()
        return area.adjusted(-edge, -edge, edge, edge)
    corner, one = ink.point(drawn, 0, 0, True), ink.point(drawn, 1, 1, True)
    return _stroked(options.get("d", ""), one.x() - corner.x(), one.y() - corner.y(), width).translated(corner)


@lru_cache(maxsize=512)
def _stroked(text: str, across: float, down: float, width: float) -> QRectF:
    path = QTransform.fromScale(across, down).map(outline(text))
    stroker = QPainterPathStroker(pen("line", day(), width))
    return stroker.createStroke(path).boundingRect().united(path.boundingRect()).adjusted(-0.5, -0.5, 0.5, 0.5)


def _figured(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> QRectF:
    """The room of digits, and of a unit that moves with them; of text that stands in for digits, too."""
    place = value_place(ink, drawn, options)
    is_number = value_is_number(drawn, options, ink)
    rise, fall = _digits(place.px, place.bold) if is_number and place.is_unit_still else _line(place.px, place.bold)
    width = place.room if place.is_unit_still or not place.unit else place.area.width()
    left = place.area.left()
    return QRectF(left - 1, place.baseline - rise, width + 2, rise + fall)


@lru_cache(maxsize=256)
def _digits(px: float, bold: bool) -> tuple[int, int]:
    shape = letters_of(px, bold)[1].tightBoundingRect(GLYPHS)
    return math.ceil(-shape.top()) + 1, math.ceil(shape.bottom())


@lru_cache(maxsize=256)
def _line(px: float, bold: bool) -> tuple[int, int]:
    metrics = letters_of(px, bold)[1]
    return math.ceil(metrics.ascent()) + 1, math.ceil(metrics.descent()) + 1


def _written(ink: Ink, drawn: Drawn, shape: Shape) -> QRectF:
    options, area = shape.options, ink.box(drawn, shape.options)
    size = float(drawn.element.options.get("size_of_text", options.get("size", 22)))
    bold = bool(options.get("bold"))
    metrics = letters_of(max(LEAST_PX, size * ink.scale), bold)[1]
    half = (metrics.ascent() + metrics.descent()) / 2 + 1
    middle = area.center().y()
    area = QRectF(area.left() - 1, middle - half, area.width() + 2, 2 * half)
    if shape.kind != "text" or "fill_by" in options:
        return area
    width = min(area.width(), metrics.horizontalAdvance(words_of(drawn, options.get("text", ""))) + 4)
    align = drawn.element.options.get("align", options.get("align", "left"))
    left = {"left": area.left(), "centre": area.center().x() - width / 2, "right": area.right() - width}[align]
    return QRectF(left, area.top(), width, area.height())
