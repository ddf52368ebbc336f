"""Draws the shapes of symbols with QPainter, in physical pixels, colours by role only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPolygonF, QTransform

from hmi.client.language import plant_text, tr
from hmi.client.mimic import indicators, rich
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.digits import Place, place_of, write_digits, write_unit
from hmi.client.mimic.ink import ON_FILL, Ink, is_running, number_text
from hmi.client.mimic.outline import outline
from hmi.client.mimic.quality import NO_VALUE, Mark, mark_of, pen
from hmi.client.packml import state_word
from hmi.core import quality as q
from hmi.core.screens.model import Shape


def words_of(drawn: Drawn, text: str) -> str:
    """Text of a shape; `$label`, `$caption`, `$text`, `$unit`, `$low` and `$high` come from the element."""
    if not text.startswith("$"):
        return text
    if text == "$label":
        return plant_text(drawn.element.label)
    if text in ("$low", "$high"):
        return f"{drawn.scale.low if text == '$low' else drawn.scale.high:g}"
    return drawn.unit if text == "$unit" else plant_text(str(drawn.element.options.get(text[1:], "")))


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
    ink.painter.drawPath(place.map(outline(options["d"])))


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
    text = words_of(drawn, options.get("text", ""))
    if not text:
        return
    size = float(drawn.element.options.get("size_of_text", options.get("size", 18)))
    role = options.get("colour", "text")
    if "fill_by" in options:
        role = ON_FILL[is_running(ink, drawn, options["fill_by"], options)]
    align = drawn.element.options.get("align", options.get("align", "left"))
    ink.write(ink.box(drawn, options), text, size * ink.scale, role, align, bool(options.get("bold")))


def live_text(ink: Ink, drawn: Drawn, name: str) -> tuple[str, bool]:
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
        return (tr("Yes") if value else tr("No"), False) if not bad and not math.isnan(value) else (NO_VALUE, True)
    if words and not bad and not math.isnan(value):
        return plant_text(words.get(str(int(value)), f"{value:.0f}")), False
    tag = None if reading.tag is None else ink.table.tags[reading.tag]
    return number_text(tag, ink.table, value, quality, drawn.decimals), bad or math.isnan(value)


def _value(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """Digits and unit on one baseline: right-aligned digits end where the unit begins."""
    text, bad = live_text(ink, drawn, options["bind"])
    if not text:
        return
    place = value_place(ink, drawn, options)
    write_digits(ink, place, text, "bad" if bad else options.get("colour", "value"))
    if not place.is_unit_still:
        write_unit(ink, place, text)


def value_place(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> Place:
    """Where the digits and the unit of a `value` stand."""
    return place_of(ink, ink.box(drawn, options), drawn.unit if options.get("unit", True) else "", options)


def value_is_number(drawn: Drawn, options: Mapping[str, Any], ink: Ink) -> bool:
    """Whether a `value` shows digits, not a text or the words of its numbers."""
    reading = drawn.reads.get(options["bind"])
    if reading is None or drawn.element.options.get("words"):
        return False
    return reading.tag is None or (
        not ink.table.tags[reading.tag].is_text and ink.table.tags[reading.tag].type != "bool"
    )


def _value_ground(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """What stands still of a value: its unit, where the digits end in front of it."""
    place = value_place(ink, drawn, options)
    if place.is_unit_still and options["bind"] in drawn.reads:
        write_unit(ink, place, "")


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
        text = plant_text(words.get(str(int(value)), "")) or tr("state {n}", n=f"{value:.0f}")
    elif drawn.symbol.binds.get(options["bind"]) == "packml":
        text = state_word(int(value)) or tr("state {n}", n=f"{value:.0f}")
    else:
        text = live_text(ink, drawn, options["bind"])[0]
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
    **rich.PAINTERS,
}


# What stands still of kinds of which a part moves: it is drawn beneath, once
GROUNDS: Final[Mapping[str, Callable[[Ink, Drawn, Mapping[str, Any]], None]]] = {
    "value": _value_ground,
    "level": indicators.gauge_ground,
    "bar": indicators.gauge_ground,
    "scale": indicators.scale_ground,
    "heads": indicators.heads_ground,
}


def is_shown(ink: Ink, drawn: Drawn, shape: Shape) -> bool:
    """Whether a shape is to be seen now; most always are."""
    shown_by = shape.options.get("shown_by")
    if shown_by is None:
        return True
    value, quality = ink.read(drawn, shown_by)
    return quality < q.BAD and value > 0


def draw_ground(ink: Ink, drawn: Drawn, shape: Shape) -> None:
    """Draw what stands still of a shape."""
    painter = GROUNDS.get(shape.kind)
    if painter is not None:
        painter(ink, drawn, shape.options)


def draw_moving(ink: Ink, drawn: Drawn, shape: Shape) -> None:
    """Draw a shape but for its ground; a kind that this program does not know is passed over."""
    painter = _PAINTERS.get(shape.kind)
    if painter is not None and is_shown(ink, drawn, shape):
        painter(ink, drawn, shape.options)


def draw_shapes(ink: Ink, drawn: Drawn, shapes: tuple[Shape, ...]) -> None:
    """Draw some shapes of an element, one over the other."""
    for shape in shapes:
        if is_shown(ink, drawn, shape):
            draw_ground(ink, drawn, shape)
            draw_moving(ink, drawn, shape)
