"""The ink shapes are drawn with: where on the glass, in which colours, from which values, and how text is set."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter

from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.quality import NO_VALUE, AlarmMark, pen
from hmi.client.theme import Theme, font
from hmi.core import quality as q
from hmi.core.screens.vocabulary import RUNNING
from hmi.core.setting import exact_value, is_exact
from hmi.core.tags import Tag, TagTable

LEAST_PX: Final = 12.0  # no text is ever drawn smaller
ON_FILL: Final = {True: "on_running", False: "on_stopped", None: "text"}  # what reads on a fill
GLYPHS: Final = "0123456789.-?"  # all that a number is written with, but for very big ones
THOUSANDS: Final = "\u2009"  # a thin space


def whole(pixel: float) -> int:
    """The nearest whole pixel; halves always go one way, so that what is moved by whole pixels keeps its shape."""
    return math.floor(pixel + 0.5)


@lru_cache(maxsize=256)
def letters_of(px: float, bold: bool) -> tuple[QFont, QFontMetricsF]:
    """A font of a height in physical pixels, with its measures; smoothed in grey, the same on every ground."""
    made = font(px, bold)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
    return made, QFontMetricsF(made)


@lru_cache(maxsize=256)
def drop_of(px: float, bold: bool) -> float:
    """How far below the middle of a line its letters stand, in physical pixels."""
    metrics = letters_of(px, bold)[1]
    return (metrics.ascent() - metrics.descent()) / 2


@dataclass(slots=True)
class Ink:
    """Everything a shape needs to be drawn: where, how big, in which colours, from which values."""

    painter: QPainter
    theme: Theme
    scale: float  # physical pixels per design unit
    origin: tuple[float, float]  # physical pixels of the screen's corner
    table: TagTable
    rollup: Callable[[Drawn], tuple[AlarmMark | None, int]] = field(default=lambda drawn: (None, 0))
    spans: list[tuple[float, float]] = field(default_factory=list)  # left and right of every text written

    def on(self, painter: QPainter, dx: int = 0, dy: int = 0) -> Ink:
        """The same ink on another ground, moved by whole pixels."""
        origin = (self.origin[0] + dx, self.origin[1] + dy)
        return Ink(painter, self.theme, self.scale, origin, self.table, self.rollup)

    def corner(self, drawn: Drawn) -> tuple[int, int]:
        """The whole physical pixel on which an element begins: equal symbols look equal wherever they stand."""
        left, top = drawn.element.x, drawn.element.y
        return whole(self.origin[0] + left * self.scale), whole(self.origin[1] + top * self.scale)

    def around(self, drawn: Drawn) -> QRectF:
        """The box of an element, in physical pixels."""
        left, top, width, height = drawn.box
        return self._rect(drawn, left - drawn.element.x, top - drawn.element.y, width, height)

    def box(self, drawn: Drawn, options: Mapping[str, Any]) -> QRectF:
        """Where a shape stands, in physical pixels."""
        left, top, width, height = drawn.box
        left, top = left - drawn.element.x, top - drawn.element.y
        across, down = drawn.symbol.size
        x, y = float(options.get("x", 0)), float(options.get("y", 0))
        if drawn.symbol.stretch:
            fx, fy = width / across, height / down
            w, h = float(options.get("w", across - x)), float(options.get("h", down - y))
            return self._rect(drawn, left + x * fx, top + y * fy, w * fx, h * fy)
        x, y = x + (width if x < 0 else 0), y + (height if y < 0 else 0)
        w, h = float(options.get("w", 0)), float(options.get("h", 0))
        return self._rect(drawn, left + x, top + y, w if w > 0 else width - x + w, h if h > 0 else height - y + h)

    def _rect(self, drawn: Drawn, x: float, y: float, width: float, height: float) -> QRectF:
        """A box in design units from an element's corner, as physical pixels."""
        left, top = self.corner(drawn)
        return QRectF(left + x * self.scale, top + y * self.scale, width * self.scale, height * self.scale)

    def point(self, drawn: Drawn, x: float, y: float, stretched: bool) -> QPointF:
        """A point of a symbol (or, when not stretched, design units from the element's corner) in physical pixels."""
        left, top = self.corner(drawn)
        if stretched and drawn.symbol.stretch:
            x *= drawn.element.width / drawn.symbol.size[0]
            y *= drawn.element.height / drawn.symbol.size[1]
        return QPointF(left + x * self.scale, top + y * self.scale)

    def read(self, drawn: Drawn, name: str) -> tuple[float, int]:
        """Value and quality of a binding; not a number and good where the element leaves it unbound."""
        reading = drawn.reads.get(name)
        return reading.value(self.table) if reading is not None else (math.nan, q.GOOD)

    def write(self, area: QRectF, text: str, px: float, role: str, align: str = "left", bold: bool = False) -> float:
        """Plain text on one line, centred in height, made smaller before it is cut; returns its width."""
        px = max(LEAST_PX, px)
        letters, metrics = letters_of(px, bold)
        width = metrics.horizontalAdvance(text)
        if width > area.width() > 0:
            px = max(LEAST_PX, px * max(0.75, area.width() / width))
            letters, metrics = letters_of(px, bold)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 0.5)
            width = metrics.horizontalAdvance(text)
        left = {"left": area.left(), "centre": area.center().x() - width / 2, "right": area.right() - width}[align]
        self.spans.append((left, left + width))
        self.painter.setFont(letters)
        self.painter.setPen(self.theme.colour(role))
        self.painter.drawText(QPointF(left, whole(area.center().y() + drop_of(px, bold))), text)
        return width

    def brush(self, drawn: Drawn, options: Mapping[str, Any]) -> QBrush:
        """The fill of a shape: by its role, or white while running and grey at rest."""
        if "fill_by" in options:
            running = is_running(self, drawn, options["fill_by"], options)
            if running is None:
                return QBrush(Qt.BrushStyle.NoBrush)
            return QBrush(self.theme.colour("running" if running else "stopped"))
        role = options.get("fill")
        return QBrush(self.theme.colour(role)) if role else QBrush(Qt.BrushStyle.NoBrush)

    def prepare(self, drawn: Drawn, options: Mapping[str, Any]) -> None:
        """Set pen and brush for an outline."""
        role = options.get("line")
        if "glyph_by" in options:
            role = ON_FILL[is_running(self, drawn, options["glyph_by"], options)]
        width = max(1.0, float(options.get("width", 2)) * self.scale)
        self.painter.setPen(pen(role, self.theme, width) if role else Qt.PenStyle.NoPen)
        self.painter.setBrush(self.brush(drawn, options))


def is_running(ink: Ink, drawn: Drawn, name: str, options: Mapping[str, Any]) -> bool | None:
    """Whether the state behind a binding means running; None when nobody knows."""
    if name not in drawn.reads:
        return False
    value, quality = ink.read(drawn, name)
    if quality >= q.BAD or math.isnan(value):
        return None
    kind = drawn.symbol.binds.get(name, "")
    given = drawn.element.options.get("running", options.get("running", RUNNING.get(kind)))
    return value in given if given is not None else value > 0


def number_text(tag: Tag | None, table: TagTable, value: float, quality: int, decimals: int) -> str:
    """A reading as it stands on a screen; a whole number of 64 bits to its last digit."""
    if tag is None or decimals or quality >= q.BAD or math.isnan(value) or not is_exact(tag):
        return formatted(value, quality, decimals)
    return f"{exact_value(tag, int(table.raw[tag.index])):,}".replace(",", THOUSANDS)


def formatted(value: float, quality: int, decimals: int) -> str:
    """A number as it stands on a screen: ???? when it is bad, thousands kept together by thin spaces."""
    if quality >= q.BAD or math.isnan(value):
        return NO_VALUE
    if abs(value) >= 1e9:
        return f"{value:.4g}"
    text = f"{value:,.{decimals}f}".replace(",", THOUSANDS)
    return text.removeprefix("-") if float(f"{value:.{decimals}f}") == 0 else text
