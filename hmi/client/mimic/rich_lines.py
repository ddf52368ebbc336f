"""Lines and bars of more than one tag: lying bars on their own ranges, sparklines, trend strips."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QPolygonF

from hmi.client.language import tr
from hmi.client.mimic.compile import Compiled, Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.quality import pen
from hmi.client.mimic.recent import Past, recent_of
from hmi.client.mimic.rich_marks import is_known
from hmi.client.mimic.rich_words import in_words, label_of, own_scale, tag_of
from hmi.core.screens.vocabulary import HISTORY

SPARK_MINUTES: Final = 5.0
STRIP_MINUTES: Final = 10.0
_LEAST_SPAN: Final = 0.05  # of the range: what moves less is noise, and is drawn flat
# Pens are told apart without colour
_DASHES: Final[tuple[list[float], ...]] = ([], [7.0, 3.0], [2.0, 2.0], [8.0, 2.5, 2.0, 2.5])
Pixels = NDArray[Any]
_LEGEND: Final = 150.0
_ASKED: Final = 7.0  # room above a meter for the mark of its set-point


def past_tags(compiled: Compiled) -> tuple[int, ...]:
    """The tags of a screen whose past is drawn: their history is worth asking for when it opens."""
    found: set[int] = set()
    for drawn in compiled.drawn:
        for shape in drawn.symbol.shapes:
            names = shape.options.get("pens", [shape.options.get("bind", "")]) if shape.kind in HISTORY else ()
            found |= {tag for name in names if name in drawn.reads and (tag := drawn.reads[name].tag) is not None}
    return tuple(sorted(found))


def meter(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A lying bar on the range of its own tag, with a set-point across it where one is bound."""
    name = options.get("bind", "")
    if name not in drawn.reads:
        return
    area, painter, theme = ink.box(drawn, options).adjusted(0, _ASKED * ink.scale, 0, 0), ink.painter, ink.theme
    scale = own_scale(drawn, name, tag_of(drawn.reads[name], ink.table))
    value, quality = ink.read(drawn, name)
    painter.fillRect(area, theme.colour("grid"))
    if is_known(value, quality):
        filled = QRectF(area.left(), area.top(), scale.fraction(value) * area.width(), area.height())
        painter.fillRect(filled, theme.colour(options.get("fill", "contents")))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen("line", theme, max(1.0, 1.5 * ink.scale)))
    painter.drawRect(area)
    wanted, its_quality = ink.read(drawn, options.get("setpoint", ""))
    if is_known(wanted, its_quality):
        _setpoint(ink, area, area.left() + scale.fraction(wanted) * area.width())


def _setpoint(ink: Ink, area: QRectF, x: float) -> None:
    reach = _ASKED * ink.scale
    ink.painter.setPen(pen("accent", ink.theme, max(1.2, 2 * ink.scale)))
    ink.painter.setBrush(ink.theme.colour("background"))
    ink.painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    top = area.top()
    corners = [QPointF(x, top), QPointF(x - reach * 0.8, top - reach), QPointF(x + reach * 0.8, top - reach)]
    ink.painter.drawPolygon(QPolygonF(corners))


def spark(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The last minutes of a value without an axis: is it steady, rising, swinging; the normal band behind it."""
    reading = drawn.reads.get(options.get("bind", ""))
    if reading is None or reading.tag is None:
        return
    area, theme = ink.box(drawn, options), ink.theme
    past = recent_of(ink.table).past(reading.tag, float(drawn.element.options.get("minutes", SPARK_MINUTES)))
    low, high = _spark_range(drawn, past)
    ink.spans.append((area.left(), area.right()))  # no badge may hide it
    ink.painter.fillRect(area, theme.colour("raised"))
    if drawn.scale.normal:
        edges = [area.bottom() - (limit - low) / (high - low) * area.height() for limit in drawn.scale.normal]
        band = QRectF(area.left(), edges[1], area.width(), edges[0] - edges[1]).intersected(area)
        ink.painter.fillRect(band, theme.colour("normal"))
    inner = area.adjusted(0, 2 * ink.scale, -4 * ink.scale, -2 * ink.scale)
    end = _line(ink, inner, past, low, high, pen("text", theme, max(1.0, 1.5 * ink.scale)))
    if end is not None:
        ink.painter.setPen(Qt.PenStyle.NoPen)
        ink.painter.setBrush(theme.colour("text"))
        ink.painter.drawEllipse(end, 3 * ink.scale, 3 * ink.scale)


def _spark_range(drawn: Drawn, past: Past) -> tuple[float, float]:
    """From the lowest to the highest value seen and the normal band, never less than a twentieth of the range."""
    known = np.concatenate([past.low[~np.isnan(past.low)], past.high[~np.isnan(past.high)], drawn.scale.normal or ()])
    if not len(known):
        return drawn.scale.low, max(drawn.scale.high, drawn.scale.low + 1e-9)
    low, high = float(known.min()), float(known.max())
    missing = max(0.0, (drawn.scale.high - drawn.scale.low) * _LEAST_SPAN - (high - low), 1e-9) / 2
    return low - missing, high + missing


def _line(ink: Ink, area: QRectF, past: Past, low: float, high: float, how: QPen) -> QPointF | None:
    """One tag's past in a box, broken where nothing is known; returns where it ends now, None when it is not known."""
    count, step = len(past.last), area.width() / len(past.last)
    x = area.left() + (np.arange(count) + 1) * step
    bottom, top, last = (_down(area, ring, low, high) for ring in past)
    peaks = _peaks(x, bottom, top, last)
    lines = [_polygon(x[run], last[run], step) for run in _runs(last)]
    _set_thin(ink, how)
    for lift in _lifts(how.widthF()):
        ink.painter.translate(0, lift)
        for peak in peaks:
            ink.painter.drawLine(peak)
        for line in lines:
            ink.painter.drawPolyline(line)
        ink.painter.translate(0, -lift)
    return None if np.isnan(last[-1]) else QPointF(float(x[-1]), float(last[-1]))


def _polygon(x: Pixels, y: Pixels, step: float) -> QPolygonF:
    """A stretch as a line, from the beginning of its first column; what runs level needs its ends only."""
    level = np.diff(np.round(2 * y)) == 0  # to half a pixel
    kept = ~(np.append(False, level) & np.append(level, False))
    points = list(map(QPointF, x[kept].tolist(), y[kept].tolist()))
    return QPolygonF([QPointF(float(x[0]) - step, float(y[0])), *points])


def _set_thin(ink: Ink, how: QPen) -> None:
    """A pen one pixel wide with the dashes of another: ten times as fast as any wider one."""
    thin = QPen(how.color(), 1.0)
    thin.setCapStyle(how.capStyle())
    if how.style() == Qt.PenStyle.CustomDashLine:
        thin.setDashPattern([dash * how.widthF() for dash in how.dashPattern()])
    ink.painter.setPen(thin)
    ink.painter.setBrush(Qt.BrushStyle.NoBrush)


def _lifts(width: float) -> list[float]:
    """How far to move a line of one pixel, time and again, so that it becomes as wide as this."""
    count = max(1, math.ceil(width - 0.25))
    return [(width - 1) * (place / (count - 1) - 0.5) for place in range(count)] if count > 1 else [0.0]


def _runs(values: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """The places of values that are known, in stretches without a gap."""
    known = np.flatnonzero(~np.isnan(values))
    return [run for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(run)]


def _peaks(x: Pixels, bottom: Pixels, top: Pixels, last: Pixels) -> list[QLineF]:
    """Upright lines where a column reached beyond what the line from the one before to it shows."""
    before = np.concatenate([last[:1], last[:-1]])
    beyond = (bottom > np.fmax(before, last) + 1) | (top < np.fmin(before, last) - 1)
    places = np.flatnonzero(beyond | (np.isnan(last) & (bottom - top > 1)))
    lines = (x[places].tolist(), bottom[places].tolist(), top[places].tolist())
    return [QLineF(at, low, at, high) for at, low, high in zip(*lines, strict=True)]


def _down(area: QRectF, values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Values as pixels down from the top, held at the ends of the scale."""
    share: NDArray[np.float64] = np.clip((values - low) / (high - low), 0.0, 1.0)
    return area.bottom() - share * area.height()


def strip(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """Up to four pens over the last minutes, each on the range of its own tag, each with its own dashes."""
    pens = [(place, name) for place, name in enumerate(options.get("pens", ())) if name in drawn.reads]
    area, size = ink.box(drawn, options), float(options.get("size", 18)) * ink.scale
    foot, legend = 1.3 * size, min(_LEGEND * ink.scale, area.width() * 0.5)
    plot = area.adjusted(0, 0, -legend - 12 * ink.scale, -foot)
    minutes = float(drawn.element.options.get("minutes", STRIP_MINUTES))
    _grid(ink, plot)
    below = QRectF(plot.left(), plot.bottom(), plot.width(), foot)
    ink.write(below, tr("{n} min ago", n=f"{minutes:g}"), size, "muted")
    ink.write(below, tr("now"), size, "muted", "right")
    for row, (place, name) in enumerate(pens):
        how = _pen_of(ink, place)
        reading = drawn.reads[name]
        if reading.tag is not None:
            scale = own_scale(drawn, name, ink.table.tags[reading.tag])
            _line(ink, plot, recent_of(ink.table).past(reading.tag, minutes), scale.low, scale.high, how)
        room = area.height() / max(1, len(pens))
        cell = QRectF(area.right() - legend, area.top() + row * room, legend, min(room, 2.6 * size))
        _key(ink, drawn, (place, name), cell, how, size)


def _pen_of(ink: Ink, place: int) -> QPen:
    how = QPen(ink.theme.colour("text"), max(1.0, 1.8 * ink.scale))
    how.setColor(ink.theme.pens[place % len(ink.theme.pens)])
    how.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes := _DASHES[place % len(_DASHES)]:
        how.setDashPattern(dashes)
    return how


def _grid(ink: Ink, plot: QRectF) -> None:
    ink.painter.fillRect(plot, ink.theme.colour("raised"))
    ink.painter.setPen(pen("grid", ink.theme, max(1.0, ink.scale)))
    for share in (0.25, 0.5, 0.75):
        y = plot.top() + share * plot.height()
        ink.painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
    ink.painter.setBrush(Qt.BrushStyle.NoBrush)
    ink.painter.setPen(pen("line", ink.theme, max(1.0, 1.5 * ink.scale)))
    ink.painter.drawRect(plot)


def _key(ink: Ink, drawn: Drawn, which: tuple[int, str], cell: QRectF, how: QPen, size: float) -> None:
    """What a pen is: its dashes and its name, and the value it ends with."""
    place, name = which
    half, dash = cell.height() / 2, 30 * ink.scale
    middle = cell.top() + half / 2
    ink.painter.setPen(how)
    ink.painter.drawLine(QPointF(cell.left(), middle), QPointF(cell.left() + dash, middle))
    words = cell.adjusted(dash + 6 * ink.scale, 0, 0, 0)
    ink.write(words.adjusted(0, 0, 0, -half), label_of(ink, drawn, place, name), size, "text")
    text, unit, known = in_words(ink, drawn, name)
    ink.write(words.adjusted(0, half, 0, 0), f"{text} {unit}".rstrip(), size, "value" if known else "bad")
