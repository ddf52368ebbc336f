"""Draws the shapes of symbols with QPainter, in physical pixels, colours by role only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from hmi.client.mimic import indicators
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import LEAST_PX, ON_FILL, Ink, formatted, is_running, letters_of
from hmi.client.mimic.quality import NO_VALUE, Mark, mark_of, pen
from hmi.core import quality as q
from hmi.core.screens.model import Shape
from hmi.core.screens.path import parse_path
from hmi.core.screens.vocabulary import PACKML


@lru_cache(maxsize=512)
def _outline(text: str) -> QPainterPath:
    path = QPainterPath()
    for command, n in parse_path(text):
        if command == "M":
            path.moveTo(n[0], n[1])
        elif command == "L":
            path.lineTo(n[0], n[1])
        elif command == "C":
            path.cubicTo(n[0], n[1], n[2], n[3], n[4], n[5])
        elif command == "Q":
            path.quadTo(n[0], n[1], n[2], n[3])
        else:
            path.closeSubpath()
    return path


def _words(drawn: Drawn, text: str) -> str:
    """Text of a shape; `$label`, `$caption`, `$text`, `$unit`, `$low` and `$high` come from the element."""
    if not text.startswith("$"):
        return text
    if text == "$label":
        return drawn.element.label
    if text in ("$low", "$high"):
        return f"{drawn.scale.low if text == '$low' else drawn.scale.high:g}"
    return drawn.unit if text == "$unit" else str(drawn.element.options.get(text[1:], ""))


def _rect(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    ink.prepare(drawn, options)
    radius = float(options.get("radius", 0)) * ink.scale
    area = ink.box(drawn, options)
    if radius:
        ink.painter.drawRoundedRect(area, radius, radius)
    else:
        ink.painter.drawRect(area)


def _ellipse(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    ink.prepare(drawn, options)
    ink.painter.drawEllipse(ink.box(drawn, options))


def _path(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    ink.prepare(drawn, options)
    corner, one = ink.point(drawn, 0, 0, True), ink.point(drawn, 1, 1, True)
    place = QTransform(one.x() - corner.x(), 0, 0, one.y() - corner.y(), corner.x(), corner.y())
    ink.painter.drawPath(place.map(_outline(options["d"])))


def _polyline(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    from_element = bool(options.get("from_element"))
    points = drawn.element.options.get("points") if from_element else options.get("points")
    if not points:
        return
    line = QPolygonF([ink.point(drawn, x, y, not from_element) for x, y in points])
    if not from_element:
        ink.prepare(drawn, options)
        (ink.painter.drawPolygon if options.get("closed") else ink.painter.drawPolyline)(line)
        return
    _pipe(ink, drawn, options, line)


def _pipe(ink: Ink, drawn: Drawn, options: Mapping[str, Any], line: QPolygonF) -> None:
    """A pipe: an edge in the line colour, filled by whether something flows; dashed when nobody knows."""
    width = float(options.get("width", 8)) * ink.scale
    mark = max((mark_of(read.value(ink.table)[1]) for read in drawn.reads.values()), default=Mark.GOOD)
    running = is_running(ink, drawn, options["fill_by"], options) if "fill_by" in options else False
    style = Qt.PenStyle.SolidLine if mark < Mark.UNCERTAIN else Qt.PenStyle.DashLine
    edge = "bad" if mark == Mark.BAD else "line"
    ink.painter.setBrush(Qt.BrushStyle.NoBrush)
    ink.painter.setPen(pen(edge, ink.theme, width))
    ink.painter.drawPolyline(line)
    inner = "running" if running else "stopped" if running is not None else "background"
    ink.painter.setPen(
        pen("background" if style != Qt.PenStyle.SolidLine else inner, ink.theme, width - 2 * max(1.0, 1.5 * ink.scale))
    )
    ink.painter.drawPolyline(line)
    if style != Qt.PenStyle.SolidLine and running is not None:
        ink.painter.setPen(pen(inner, ink.theme, width - 2 * max(1.0, 1.5 * ink.scale), style))
        ink.painter.drawPolyline(line)


def _text(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    text = _words(drawn, options.get("text", ""))
    if not text:
        return
    size = float(drawn.element.options.get("size_of_text", options.get("size", 18)))
    role = options.get("colour", "text")
    if "fill_by" in options:
        role = ON_FILL[is_running(ink, drawn, options["fill_by"], options)]
    align = drawn.element.options.get("align", options.get("align", "left"))
    ink.write(ink.box(drawn, options), text, size * ink.scale, role, align, bool(options.get("bold")))


def _live_text(ink: Ink, drawn: Drawn, name: str) -> tuple[str, bool]:
    """What a binding reads as, and whether it is bad."""
    reading = drawn.reads.get(name)
    if reading is None:
        return "", False
    value, quality = reading.value(ink.table)
    bad = quality >= q.BAD
    if reading.tag is not None and ink.table.tags[reading.tag].is_text:
        return (NO_VALUE if bad else ink.table.text.get(reading.tag, "")), bad
    words = drawn.element.options.get("words")
    if words is None and reading.tag is not None and ink.table.tags[reading.tag].type == "bool":
        words = {"0": "No", "1": "Yes"}
    if words and not bad and not math.isnan(value):
        return words.get(str(int(value)), f"{value:.0f}"), False
    return formatted(value, quality, drawn.decimals), bad or math.isnan(value)


def _value(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """Digits and unit on one baseline: right-aligned digits end where the unit begins."""
    text, bad = _live_text(ink, drawn, options["bind"])
    if not text:
        return
    area = ink.box(drawn, options)
    size, bold = max(LEAST_PX, float(options.get("size", 22)) * ink.scale), bool(options.get("bold"))
    role, align = "bad" if bad else options.get("colour", "value"), options.get("align", "right")
    unit = drawn.unit if options.get("unit", True) else ""
    if not unit:
        area = area.adjusted(0, 0, -float(options.get("unit_room", 0)) * ink.scale, 0)
        ink.write(area, text, size, role, align, bold)
        return
    small = max(LEAST_PX, size * 0.76)
    metrics, unit_metrics = letters_of(size, bold)[1], letters_of(small, False)[1]
    drop = (metrics.capHeight() - unit_metrics.capHeight()) / 2
    gap = 5 * ink.scale
    tail = max(unit_metrics.horizontalAdvance(unit) + gap, float(options.get("unit_room", 0)) * ink.scale)
    room = area.width() - tail
    used = min(room, metrics.horizontalAdvance(text))
    start = {"left": 0.0, "centre": (room - used) / 2, "right": room - used}[align]
    ink.write(area.adjusted(start, 0, start + used - area.width(), 0), text, size, role, "left", bold)
    ink.write(area.adjusted(start + used + gap, drop, 0, drop), unit, small, "muted")


def _state(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The state of a machine in a word; PackML names unless the element gives its own words."""
    reading = drawn.reads.get(options["bind"])
    if reading is None:
        return
    value, quality = reading.value(ink.table)
    words = drawn.element.options.get("words")
    bad = quality >= q.BAD or math.isnan(value)
    if bad:
        text = NO_VALUE
    elif words:
        text = words.get(str(int(value)), f"state {value:.0f}")
    elif drawn.symbol.binds.get(options["bind"]) == "packml":
        text = PACKML.get(int(value), f"state {value:.0f}")
    else:
        text = _live_text(ink, drawn, options["bind"])[0]
    role = options.get("colour", "value")
    if "fill_by" in options:
        role = ON_FILL[is_running(ink, drawn, options["fill_by"], options)]
    size = float(options.get("size", 20)) * ink.scale
    ink.write(
        ink.box(drawn, options),
        text,
        size,
        "bad" if bad else role,
        options.get("align", "centre"),
        bool(options.get("bold")),
    )


_PAINTERS: Final[Mapping[str, Callable[[Ink, Drawn, Mapping[str, Any]], None]]] = {
    "rect": _rect,
    "ellipse": _ellipse,
    "path": _path,
    "polyline": _polyline,
    "text": _text,
    "value": _value,
    "state": _state,
    "level": indicators.level,
    "bar": indicators.bar,
    "scale": indicators.scale,
    "heads": indicators.heads,
    "rollup": indicators.rollup,
}


def draw_shapes(ink: Ink, drawn: Drawn, shapes: tuple[Shape, ...]) -> None:
    """Draw some shapes of an element; a kind that this program does not know is passed over."""
    for shape in shapes:
        shown_by = shape.options.get("shown_by")
        if shown_by is not None:
            value, quality = ink.read(drawn, shown_by)
            if quality >= q.BAD or not value > 0:
                continue
        painter = _PAINTERS.get(shape.kind)
        if painter is not None:
            painter(ink, drawn, shape.options)
