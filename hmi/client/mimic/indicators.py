"""The moving indicators: where a value stands on its scale, with normal band, alarm limits and set-point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from hmi.client.mimic.compile import Drawn, Scale
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.quality import draw_priority, pen
from hmi.core import quality as q

_OUTER = ("level_ll", "level_hh")


def _known(value: float, quality: int) -> bool:
    return quality < q.BAD and not math.isnan(value)


def _part(area: QRectF, upward: bool, start: float, stop: float) -> QRectF:
    """The part of a track between two fractions of it."""
    start, stop = min(start, stop), max(start, stop)
    if upward:
        return QRectF(area.left(), area.bottom() - stop * area.height(), area.width(), (stop - start) * area.height())
    return QRectF(area.left() + start * area.width(), area.top(), (stop - start) * area.width(), area.height())


def _track(ink: Ink, area: QRectF, scale: Scale, upward: bool) -> None:
    """The scale itself: the normal band, and the zones beyond the alarm limits, darker the worse."""
    painter, theme = ink.painter, ink.theme
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("raised"))
    painter.drawRect(area)
    if scale.normal:
        painter.setBrush(theme.colour("normal"))
        painter.drawRect(_part(area, upward, scale.fraction(scale.normal[0]), scale.fraction(scale.normal[1])))
    for type_, limit in sorted(scale.limits, key=lambda pair: pair[0] in _OUTER):
        end = 1.0 if type_.endswith("h") else 0.0
        painter.setBrush(theme.colour("beyond" if type_ in _OUTER else "grid"))
        painter.drawRect(_part(area, upward, scale.fraction(limit), end))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen("line", theme, max(1.0, ink.scale)))
    painter.drawRect(area)


def scale(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A moving indicator: pointer on one side of the track, set-point on the other."""
    area = ink.box(drawn, options)
    upward = options.get("direction", "up") == "up"
    reach = 11 * ink.scale
    track = area.adjusted(reach, 0, -reach, 0) if upward else area.adjusted(0, reach, 0, -reach)
    _track(ink, track, drawn.scale, upward)
    value, quality = ink.read(drawn, options["bind"])
    if "setpoint" in options and options["setpoint"] in drawn.reads:
        wanted, its_quality = ink.read(drawn, options["setpoint"])
        if its_quality < q.UNCERTAIN and _known(wanted, its_quality):
            _pointer(ink, track, upward, drawn.scale.fraction(wanted), reach, setpoint=True)
        else:
            _unknown_setpoint(ink, track, upward, reach)
    if _known(value, quality):
        _pointer(ink, track, upward, drawn.scale.fraction(value), reach, setpoint=False)


def _pointer(ink: Ink, track: QRectF, upward: bool, at: float, reach: float, setpoint: bool) -> None:
    """A triangle that touches the track: filled for the value, hollow and across the track for the set-point."""
    painter, half = ink.painter, reach * 0.62
    painter.setPen(pen("accent" if setpoint else "text", ink.theme, max(1.2, 1.5 * ink.scale)))
    painter.setBrush(ink.theme.colour("background" if setpoint else "text"))
    if upward:
        y = track.bottom() - at * track.height()
        tip, back = (track.left(), track.left() - reach) if setpoint else (track.right(), track.right() + reach)
        corners = [QPointF(tip, y), QPointF(back, y - half), QPointF(back, y + half)]
        line = (QPointF(track.left(), y), QPointF(track.right(), y))
    else:
        x = track.left() + at * track.width()
        tip, back = (track.bottom(), track.bottom() + reach) if setpoint else (track.top(), track.top() - reach)
        corners = [QPointF(x, tip), QPointF(x - half, back), QPointF(x + half, back)]
        line = (QPointF(x, track.top()), QPointF(x, track.bottom()))
    painter.drawPolygon(QPolygonF(corners))
    painter.drawLine(*line)


def _unknown_setpoint(ink: Ink, track: QRectF, upward: bool, reach: float) -> None:
    """A question mark where the set-point would be: it is not known, or not sure."""
    size = 2 * reach
    corner = (track.left() - size, track.center().y() - reach) if upward else (track.left(), track.bottom())
    ink.write(QRectF(*corner, size, size), "?", 18 * ink.scale, "bad", "centre", bold=True)


def level(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The contents of a vessel, filled from the bottom, with its alarm limits as ticks."""
    _filled(ink, drawn, options, upward=True)


def bar(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A share of a range, filled from the left."""
    _filled(ink, drawn, options, upward=False)


def _filled(ink: Ink, drawn: Drawn, options: Mapping[str, Any], upward: bool) -> None:
    area, painter = ink.box(drawn, options), ink.painter
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.theme.colour("grid"))
    painter.drawRect(area)
    value, quality = ink.read(drawn, options["bind"])
    if _known(value, quality):
        painter.setBrush(ink.theme.colour(options.get("fill", "contents")))
        painter.drawRect(_part(area, upward, 0.0, drawn.scale.fraction(value)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen("line", ink.theme, max(1.0, 1.5 * ink.scale)))
    painter.drawRect(area)
    if options.get("limits", True):
        _ticks(ink, area, drawn.scale, upward)


def _ticks(ink: Ink, area: QRectF, scale: Scale, upward: bool) -> None:
    """Alarm limits as short lines from the edge, longer for the outer ones."""
    across = area.width() if upward else area.height()
    for type_, limit in scale.limits:
        length = min(across * 0.5, (16 if type_ in _OUTER else 10) * ink.scale)
        at = scale.fraction(limit)
        if upward:
            y = area.bottom() - at * area.height()
            ink.painter.drawLine(QPointF(area.right() - length, y), QPointF(area.right(), y))
        else:
            x = area.left() + at * area.width()
            ink.painter.drawLine(QPointF(x, area.bottom() - length), QPointF(x, area.bottom()))


def heads(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """One narrow bar for each of many like tags; those outside the normal band are dark, bad ones crossed out."""
    area, painter, theme = ink.box(drawn, options), ink.painter, ink.theme
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("grid"))
    painter.drawRect(area)
    scale_, count = drawn.scale, len(drawn.series)
    if not count:
        return
    low, high = scale_.normal or (scale_.low, scale_.high)
    if scale_.normal:
        painter.setBrush(theme.colour("normal"))
        painter.drawRect(_part(area, True, scale_.fraction(low), scale_.fraction(high)))
    values, qualities = ink.table.value[list(drawn.series)], ink.table.quality[list(drawn.series)]
    pitch = area.width() / count
    for number in range(count):
        slot = QRectF(area.left() + number * pitch + pitch * 0.16, area.top(), pitch * 0.68, area.height())
        value = float(values[number])
        if not _known(value, int(qualities[number])):
            painter.setPen(pen("bad", theme, max(1.0, 1.5 * ink.scale)))
            painter.drawLine(slot.topLeft(), slot.bottomRight())
            painter.drawLine(slot.bottomLeft(), slot.topRight())
            painter.setPen(Qt.PenStyle.NoPen)
            continue
        painter.setBrush(theme.colour("contents" if low <= value <= high else "text"))
        painter.drawRect(_part(slot, True, 0.0, scale_.fraction(value)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen("line", theme, max(1.0, 1.5 * ink.scale)))
    painter.drawRect(area)
    for number in range(1, count + 1) if count <= 15 else (1, *range(5, count + 1, 5)):
        middle = area.left() + (number - 0.5) * pitch
        below = QRectF(middle - 40 * ink.scale, area.bottom() + 2 * ink.scale, 80 * ink.scale, 24 * ink.scale)
        ink.write(below, str(number), 18 * ink.scale, "muted", "centre")


def rollup(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The most urgent alarm behind a navigation button, and how many there are."""
    mark, count = ink.rollup(drawn)
    if mark is None:
        return
    area = ink.box(drawn, options)
    radius = min(area.height() * 0.36, 13 * ink.scale)
    centre = QPointF(area.left() + radius * 1.5, area.center().y())
    draw_priority(ink.painter, ink.theme, mark.priority, centre, radius, not mark.active)
    ink.write(
        area.adjusted(radius * 3.2, 0, 0, 0), f"{count}", 18 * ink.scale, "text", "left", bold=mark.unacknowledged
    )
