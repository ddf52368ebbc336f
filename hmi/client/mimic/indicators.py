"""The moving indicators: where a value stands on its scale, with normal band, alarm limits and set-point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPolygonF

from hmi.client.mimic.compile import Drawn, Scale
from hmi.client.mimic.ink import Ink, whole
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


def scale_ground(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """What stands still of a moving indicator: its track."""
    track, upward, _ = track_of(ink, drawn, options)
    _track(ink, track, drawn.scale, upward)


def scale(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """What moves of a moving indicator: pointer on one side of the track, set-point on the other."""
    track, upward, reach = track_of(ink, drawn, options)
    value, quality = ink.read(drawn, options["bind"])
    if options.get("setpoint") in drawn.reads:
        wanted, its_quality = ink.read(drawn, options["setpoint"])
        if its_quality < q.UNCERTAIN and _known(wanted, its_quality):
            draw_pointer(ink, track, upward, stand(track, upward, drawn.scale.fraction(wanted)), reach, True)
        else:
            ask(ink, track, upward, reach)
    if _known(value, quality):
        draw_pointer(ink, track, upward, stand(track, upward, drawn.scale.fraction(value)), reach, False)


def track_of(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> tuple[QRectF, bool, float]:
    """The track of a moving indicator, whether it stands upright, and how far its pointers reach beyond it."""
    area = ink.box(drawn, options)
    upward = options.get("direction", "up") == "up"
    reach = 11 * ink.scale
    return (area.adjusted(reach, 0, -reach, 0) if upward else area.adjusted(0, reach, 0, -reach)), upward, reach


def stand(track: QRectF, upward: bool, fraction: float) -> int:
    """The whole pixel of a track at which a pointer stands."""
    return round(track.bottom() - fraction * track.height() if upward else track.left() + fraction * track.width())


def draw_pointer(ink: Ink, track: QRectF, upward: bool, at: int, reach: float, setpoint: bool) -> None:
    """A triangle that touches the track: filled for the value, hollow and across the track for the set-point."""
    painter, half = ink.painter, reach * 0.62
    painter.setPen(pen("accent" if setpoint else "text", ink.theme, max(1.2, 1.5 * ink.scale)))
    painter.setBrush(ink.theme.colour("background" if setpoint else "text"))
    if upward:
        tip, back = (track.left(), track.left() - reach) if setpoint else (track.right(), track.right() + reach)
        corners = [QPointF(tip, at), QPointF(back, at - half), QPointF(back, at + half)]
        line = (QPointF(track.left(), at), QPointF(track.right(), at))
    else:
        tip, back = (track.bottom(), track.bottom() + reach) if setpoint else (track.top(), track.top() - reach)
        corners = [QPointF(at, tip), QPointF(at - half, back), QPointF(at + half, back)]
        line = (QPointF(at, track.top()), QPointF(at, track.bottom()))
    painter.drawPolygon(QPolygonF(corners))
    painter.drawLine(*line)


def asked(track: QRectF, upward: bool, reach: float) -> QRectF:
    """Where the question mark of an unknown set-point stands."""
    size = 2 * reach
    corner = (track.left() - size, track.center().y() - reach) if upward else (track.left(), track.bottom())
    return QRectF(*corner, size, size)


def ask(ink: Ink, track: QRectF, upward: bool, reach: float) -> None:
    """A question mark where the set-point would be: it is not known, or not sure."""
    ink.write(asked(track, upward, reach), "?", 18 * ink.scale, "bad", "centre", bold=True)


def frame_of(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> tuple[QRect, QRect]:
    """A gauge in whole pixels: its frame, and the room inside that is filled."""
    area, edge = ink.box(drawn, options), max(1, round(1.5 * ink.scale))
    left, top = whole(area.left()), whole(area.top())
    width, height = whole(area.right()) - left, whole(area.bottom()) - top
    outer = QRect(left, top, max(2 * edge + 1, width), max(2 * edge + 1, height))
    return outer, outer.adjusted(edge, edge, -edge, -edge)


def filled_part(inner: QRect, upward: bool, fraction: float) -> QRect:
    """The part of a gauge that a value fills, in whole pixels."""
    if upward:
        height = round(fraction * inner.height())
        return QRect(inner.left(), inner.top() + inner.height() - height, inner.width(), height)
    return QRect(inner.left(), inner.top(), round(fraction * inner.width()), inner.height())


def gauge_ground(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """What stands still of a gauge: its frame and its empty inside."""
    outer, inner = frame_of(ink, drawn, options)
    ink.painter.fillRect(outer, ink.theme.colour("line"))
    ink.painter.fillRect(inner, ink.theme.colour("grid"))


def level(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The contents of a vessel, filled from the bottom, with its alarm limits as ticks."""
    _filled(ink, drawn, options, upward=True)


def bar(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A share of a range, filled from the left."""
    _filled(ink, drawn, options, upward=False)


def _filled(ink: Ink, drawn: Drawn, options: Mapping[str, Any], upward: bool) -> None:
    inner = frame_of(ink, drawn, options)[1]
    value, quality = ink.read(drawn, options["bind"])
    if _known(value, quality):
        part = filled_part(inner, upward, drawn.scale.fraction(value))
        ink.painter.fillRect(part, ink.theme.colour(options.get("fill", "contents")))
    for tick in ticks(ink, drawn, options, inner, upward):
        ink.painter.fillRect(tick, ink.theme.colour("line"))


def ticks(ink: Ink, drawn: Drawn, options: Mapping[str, Any], inner: QRect, upward: bool) -> list[QRect]:
    """Alarm limits as short lines from the edge, longer for the outer ones."""
    if not options.get("limits", True):
        return []
    thick, across = max(1, round(1.5 * ink.scale)), inner.width() if upward else inner.height()
    made = []
    for type_, limit in drawn.scale.limits:
        length = round(min(across * 0.5, (16 if type_ in _OUTER else 10) * ink.scale))
        end = filled_part(inner, upward, drawn.scale.fraction(limit))
        if upward:
            made.append(QRect(inner.right() + 1 - length, end.top() - thick // 2, length, thick) & inner)
        else:
            made.append(QRect(end.right() + 1 - thick // 2, inner.bottom() + 1 - length, thick, length) & inner)
    return made


def heads_ground(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """What stands still of the bars of many like tags: frame, normal band and numbers."""
    gauge_ground(ink, drawn, options)
    outer, inner = frame_of(ink, drawn, options)
    scale_, count = drawn.scale, len(drawn.series)
    if not count:
        return
    if scale_.normal:
        low, high = (filled_part(inner, True, scale_.fraction(end)).top() for end in scale_.normal)
        ink.painter.fillRect(QRect(inner.left(), high, inner.width(), low - high), ink.theme.colour("normal"))
    pitch = inner.width() / count
    for number in range(1, count + 1) if count <= 15 else (1, *range(5, count + 1, 5)):
        middle, below = inner.left() + (number - 0.5) * pitch, outer.bottom() + 1 + 2 * ink.scale
        room = QRectF(middle - 40 * ink.scale, below, 80 * ink.scale, 24 * ink.scale)
        ink.write(room, str(number), 18 * ink.scale, "muted", "centre")


def slots_of(inner: QRect, count: int) -> list[QRect]:
    """The room of each of many narrow bars, in whole pixels."""
    pitch = inner.width() / max(1, count)
    lefts = [whole(inner.left() + (number + 0.16) * pitch) for number in range(count)]
    return [QRect(left, inner.top(), max(1, round(pitch * 0.68)), inner.height()) for left in lefts]


def heads(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """One narrow bar for each of many like tags; those outside the normal band are dark, bad ones crossed out."""
    inner = frame_of(ink, drawn, options)[1]
    scale_, painter = drawn.scale, ink.painter
    low, high = scale_.normal or (scale_.low, scale_.high)
    for tag, slot in zip(drawn.series, slots_of(inner, len(drawn.series)), strict=True):
        value = float(ink.table.value[tag])
        if _known(value, int(ink.table.quality[tag])):
            role = "contents" if low <= value <= high else "text"
            painter.fillRect(filled_part(slot, True, scale_.fraction(value)), ink.theme.colour(role))
        else:
            cross(ink, slot)


def cross(ink: Ink, slot: QRect) -> None:
    """What stands where a bar would be: its value is not known."""
    box = QRectF(slot)
    ink.painter.setPen(pen("bad", ink.theme, max(1.0, 1.5 * ink.scale)))
    ink.painter.drawLine(box.topLeft(), box.bottomRight())
    ink.painter.drawLine(box.bottomLeft(), box.topRight())


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
