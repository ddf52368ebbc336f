"""A small live trend, drawn by hand: for places where the trend page and its library would be too much.

Every column of pixels is one upright span from minimum to maximum, as on the trend page.
"""

from __future__ import annotations

import math
from typing import Final, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.client import words
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.client.trends.pens import Pen, is_sloped
from hmi.client.trends.raster import columns_of, rectangles, underlines
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

_LINE_PX: Final = 2
_LEFT, _BOTTOM, _TOP, _RIGHT = 46, 20, 6, 8
_LANE_PX: Final = 5.0  # height of the strip at the bottom that tells bad and uncertain times of one pen


class Strip(QWidget):
    """Some pens over one stretch of time; the scale on the left is that of the chosen one."""

    def __init__(self, desk: Desk, pens: list[Pen]) -> None:
        super().__init__()
        self.desk, self.pens = desk, pens
        self.span_ns = (0, 1)
        self.chosen = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(340, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 90)

    def show_span(self, from_ns: int, to_ns: int) -> None:
        """Draw this stretch of time from what the pens know now."""
        self.span_ns = (from_ns, to_ns)
        now, columns = self.desk.mirror.now_ns(), max(50, int(self._field().width()))
        for pen in self.pens:
            pen.draw(self.span_ns, now, columns, False)
        self.update()

    def colour(self, place: int) -> QColor:
        """The colour of a pen."""
        return QColor(self.desk.theme.pens[place % len(self.desk.theme.pens)])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.desk.theme
        field = self._field()
        painter.fillRect(field, theme.colour("raised" if theme.name == "day" else "panel"))
        self._draw_grid(painter, field)
        painter.save()
        painter.setClipRect(field)
        self._draw_gaps(painter, field)
        order = [place for place in range(len(self.pens)) if place != self.chosen]
        for place in (*order, *([self.chosen] if self.chosen < len(self.pens) else [])):
            strokes = self.pens[place].strokes
            if strokes is not None and len(strokes):
                self._draw_pen(painter, field, place, strokes)
        painter.restore()
        painter.setPen(theme.colour("frame"))
        painter.drawRect(field.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()

    def _field(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT), max(1, self.height() - _TOP - _BOTTOM))

    def _draw_grid(self, painter: QPainter, field: QRectF) -> None:
        theme = self.desk.theme
        painter.setFont(font(11))
        pen = self.pens[self.chosen] if self.chosen < len(self.pens) else None
        for share in (0.0, 0.5, 1.0):
            y = round(field.bottom() - share * field.height())
            painter.fillRect(QRectF(field.left(), y, field.width(), 1), theme.colour("grid"))
            if pen is not None:
                text = words.number(pen.low + share * (pen.high - pen.low), words.decimals(pen.tag))
                painter.setPen(self.colour(self.chosen))
                box = QRectF(0, min(max(y - 8, 0), field.bottom() - 12), _LEFT - 6, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(theme.colour("muted"))
        below = QRectF(field.left(), field.bottom() + 3, field.width(), 16)
        for share, side in ((0.0, "AlignLeft"), (0.5, "AlignHCenter"), (1.0, "AlignRight")):
            x = round(field.left() + share * field.width())
            painter.fillRect(QRectF(x, field.top(), 1, field.height()), theme.colour("grid"))
            moment = int(self.span_ns[0] + share * (self.span_ns[1] - self.span_ns[0]))
            if moment > 0:
                painter.drawText(below, getattr(Qt.AlignmentFlag, side), words.clock_time(moment, self.desk.zone))

    def _draw_gaps(self, painter: QPainter, field: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self.desk.theme.colour("grid"), Qt.BrushStyle.BDiagPattern))
        for gap in {gap for pen in self.pens for gap in pen.series.gaps}:
            left, right = (float(x) for x in self._x(np.array([gap.from_ns, gap.to_ns]), field))
            if right > field.left() and left < field.right():
                painter.drawRect(QRectF(left, field.top(), max(1.0, right - left), field.height()))

    def _draw_pen(self, painter: QPainter, field: QRectF, place: int, strokes: Strokes) -> None:
        pen, colour = self.pens[place], self.colour(place)
        start, stop = self.span_ns
        per_ns = field.width() / max(1, stop - start)
        left, right = math.floor(field.left()), math.ceil(field.right())
        columns = columns_of(strokes, left, right, start - round(field.left() / per_ns), per_ns, is_sloped(pen.tag))
        bottom = _y(columns.low, pen, field)
        rects = rectangles(columns, _y(columns.high, pen, field), bottom, _LINE_PX)
        if columns.late.any():
            rects = np.concatenate([rects, underlines(columns, bottom)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if len(rects):
            painter.drawRects(cast(QRect, shiboken6.wrapInstance(rects.ctypes.data, QRect)), len(rects))
        self._draw_lane(painter, field, place, strokes)
        self._draw_number(painter, field, place, strokes)

    def _draw_lane(self, painter: QPainter, field: QRectF, place: int, strokes: Strokes) -> None:
        """When the pen was bad or uncertain, hatched at the bottom."""
        top = field.bottom() - (place + 1) * (_LANE_PX + 1)
        left, right = self._x(strokes.start, field), self._x(np.maximum(strokes.until, strokes.end), field)
        painter.setBrush(QBrush(self.colour(place), Qt.BrushStyle.BDiagPattern))
        for column in np.flatnonzero(strokes.quality >= q.UNCERTAIN):
            painter.drawRect(QRectF(left[column], top, max(1.0, right[column] - left[column]), _LANE_PX))

    def _draw_number(self, painter: QPainter, field: QRectF, place: int, strokes: Strokes) -> None:
        """The pen's number at the end of its line, so that pens are told apart without colour."""
        known = np.flatnonzero(np.isfinite(strokes.last))
        if not len(known):
            return
        last = known[-1:]
        x = min(float(self._x(strokes.until[last], field)[0]), field.right()) - 8 - 15 * (place % 2)
        y = float(_y(strokes.last[last], self.pens[place], field)[0])
        box = QRectF(x - 6, min(max(y - 7, field.top()), field.bottom() - 14), 13, 14)
        colour = self.colour(place)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 2, 2)
        painter.setFont(font(10, bold=True))
        painter.setPen(QPen(QColor("#000000" if colour.lightnessF() > 0.6 else "#FFFFFF")))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.pens[place].number))
        painter.setPen(Qt.PenStyle.NoPen)

    def _x(self, time: NDArray[np.int64], field: QRectF) -> NDArray[np.float64]:
        start, stop = self.span_ns
        return (time - start).astype(np.float64) * (field.width() / max(1, stop - start)) + field.left()


def _y(value: NDArray[np.float64], pen: Pen, field: QRectF) -> NDArray[np.float64]:
    share = np.clip((value - pen.low) / ((pen.high - pen.low) or 1.0), -0.02, 1.02)
    y: NDArray[np.float64] = field.bottom() - share * field.height()
    return y
