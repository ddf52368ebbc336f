"""A field with two scales of numbers, drawn by hand: what XY plots, histograms and runs on one axis stand on."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.client import words
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.client.trends.axes import nice_step

_LEFT, _TOP, _RIGHT, _BOTTOM = 76, 26, 18, 44
_APART_PX: Final = (90, 48)  # of two labels, across and up
_FLAGS: Final = Qt.AlignmentFlag


class Scale(NamedTuple):
    """One axis: from where to where, and what it is of."""

    low: float
    high: float
    title: str = ""

    def ticks(self, size_px: float, apart_px: int) -> list[tuple[float, str]]:
        """Round numbers on it and how they are written."""
        span = self.high - self.low
        if not math.isfinite(span) or span <= 0:
            return []
        step = nice_step(span, max(2, int(size_px // apart_px)))
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(place * step, words.number(place * step, places)) for place in range(first, last + 1)]


def around(low: float, high: float, title: str = "") -> Scale:
    """A scale with a little room on either side; of nothing, from 0 to 1."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return Scale(0.0, 1.0, title)
    margin = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
    return Scale(low - margin, high + margin, title)


class Graph(QWidget):
    """Frame, levels and labels; whoever derives from it draws what is in it. `empty` is said while it is nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.across, self.up = Scale(0.0, 1.0), Scale(0.0, 1.0)
        self.empty = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:
        return QSize(520, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 180)

    def field(self) -> QRectF:
        """Where the scales reach from end to end."""
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT), max(1, self.height() - _TOP - _BOTTOM))

    def x_px(self, value: NDArray[np.float64] | float) -> Any:
        """Where values are, px from the left."""
        field = self.field()
        return field.left() + (value - self.across.low) / (self.across.high - self.across.low) * field.width()

    def y_px(self, value: NDArray[np.float64] | float) -> Any:
        """Where values are, px from the top."""
        field = self.field()
        return field.bottom() - (value - self.up.low) / (self.up.high - self.up.low) * field.height()

    def draw_within(self, painter: QPainter, field: QRectF) -> None:
        """What is in it; the painter is clipped to the field."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, field = QPainter(self), self.desk.theme, self.field()
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(field, theme.colour("raised" if theme.name == "day" else "background"))
        self._draw_levels(painter, field)
        painter.save()
        painter.setClipRect(field)
        self.draw_within(painter, field)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.colour("frame"))
        painter.drawRect(field)
        if self.empty:
            painter.setPen(theme.colour("muted"))
            painter.setFont(font(15))
            inside = field.adjusted(20, 20, -20, -20)
            painter.drawText(inside, int(_FLAGS.AlignCenter) | int(Qt.TextFlag.TextWordWrap), self.empty)
        painter.end()

    def _draw_levels(self, painter: QPainter, field: QRectF) -> None:
        grid, muted = self.desk.theme.colour("grid"), self.desk.theme.colour("muted")
        painter.setFont(font(12))
        painter.setPen(muted)
        for value, text in self.across.ticks(field.width(), _APART_PX[0]):
            x = round(float(self.x_px(value)))
            painter.fillRect(QRectF(x, field.top(), 1, field.height()), grid)
            painter.drawText(QRectF(x - 45, field.bottom() + 4, 90, 18), _FLAGS.AlignHCenter, text)
        for value, text in self.up.ticks(field.height(), _APART_PX[1]):
            y = round(float(self.y_px(value)))
            painter.fillRect(QRectF(field.left(), y, field.width(), 1), grid)
            place = QRectF(0, y - 9, _LEFT - 8, 18)
            painter.drawText(place, _FLAGS.AlignRight | _FLAGS.AlignVCenter, text)
        painter.setPen(self.desk.theme.colour("text"))
        below = QRectF(field.left(), field.bottom() + 22, field.width(), 18)
        painter.drawText(below, _FLAGS.AlignRight | _FLAGS.AlignVCenter, self.across.title)
        above = QRectF(8, 3, self.width() - 16, 18)
        painter.drawText(above, _FLAGS.AlignLeft | _FLAGS.AlignVCenter, self.up.title)
