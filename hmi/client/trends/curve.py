"""Drawing one pen: every column one upright span, every held value one lying one; thousands of them in one call.

A polyline of width two costs twenty times as much as these rectangles, which cost the same at any width.
"""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
import pyqtgraph as pg
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTransform

from hmi.client.theme import font
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

WIDTH_PX: Final = 2.0
_LANE_PX: Final = 7.0  # height of the strip at the bottom that tells bad and uncertain times of one pen


class Curve(pg.GraphicsObject):
    """One pen on the plot. X is seconds since `base_ns`, y the share of the pen's own scale, 0 at its bottom."""

    def __init__(self, number: int, colour: QColor, base_ns: int) -> None:
        super().__init__()
        self.number, self.colour, self.selected = number, colour, False
        self._base_ns = base_ns
        self._bounds = QRectF(0, 0, 1, 1)
        self._strokes: Strokes | None = None
        self._low, self._span = 0.0, 1.0

    def show_strokes(self, strokes: Strokes, low: float, high: float) -> None:
        """Draw these from now on, on a scale from `low` to `high`."""
        self._strokes, self._low, self._span = strokes, low, (high - low) or 1.0
        if len(strokes):
            left, right = self._x(strokes.start[:1])[0], self._x(strokes.until[-1:])[0]
            self.prepareGeometryChange()
            self._bounds = QRectF(left, -0.5, max(right - left, 1e-9), 2.0)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *args: Any) -> None:
        strokes, (dx, dy) = self._strokes, self._pixel()
        if strokes is None or not len(strokes) or not dx or not dy:
            return
        rects, shaky = self._rectangles(strokes, dx, dy)
        painter.save()
        rects = snapped(rects, painter.transform())
        painter.resetTransform()
        painter.setPen(Qt.PenStyle.NoPen)
        for chosen, pattern in ((~shaky, Qt.BrushStyle.SolidPattern), (shaky, Qt.BrushStyle.Dense5Pattern)):
            some = np.ascontiguousarray(rects[chosen])
            if len(some):
                painter.setBrush(QBrush(self.colour, pattern))
                painter.drawRects(cast(QRectF, shiboken6.wrapInstance(some.ctypes.data, QRectF)), len(some))
        painter.restore()
        painter.setPen(Qt.PenStyle.NoPen)
        self._draw_lane(painter, strokes, dx, dy)
        self._draw_number(painter, strokes)

    def _pixel(self) -> tuple[float, float]:
        size = self.pixelVectors()
        return (0.0, 0.0) if size[0] is None else (abs(size[0].x()), abs(size[1].y()))

    def _x(self, time: NDArray[np.int64]) -> NDArray[np.float64]:
        return (time - self._base_ns) / 1e9

    def _y(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip((value - self._low) / self._span, -0.02, 1.02)

    def _rectangles(self, strokes: Strokes, dx: float, dy: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """x, y, width, height of every span and every hold, and which of them are not to be trusted."""
        width = WIDTH_PX + (1.0 if self.selected else 0.0)
        thick_x, thick_y = width * dx, width * dy
        before = np.where(strokes.joined, np.concatenate([[np.nan], strokes.last[:-1]]), np.nan)
        low = self._y(np.fmin(np.fmin(strokes.low, strokes.first), before))
        high = self._y(np.fmax(np.fmax(strokes.high, strokes.first), before))
        start, end, until = self._x(strokes.start), self._x(strokes.end), self._x(strokes.until)
        shaky = strokes.quality >= q.UNCERTAIN
        spans = np.column_stack(
            [start - thick_x / 2, low - thick_y / 2, np.maximum(end - start, thick_x), high - low + thick_y]
        )
        last = self._y(strokes.last)
        holds = np.column_stack([end, last - thick_y / 2, until - end, np.full(len(last), thick_y)])
        rects = np.concatenate([spans, holds])
        usable = np.isfinite(rects).all(axis=1) & (rects[:, 2] > 0)
        return rects[usable], np.concatenate([shaky, shaky])[usable]

    def _draw_lane(self, painter: QPainter, strokes: Strokes, dx: float, dy: float) -> None:
        bad, shaky = strokes.quality >= q.BAD, strokes.quality >= q.UNCERTAIN
        if not shaky.any():
            return
        bottom = (self.number - 1) * (_LANE_PX + 1) * dy
        start, until = self._x(strokes.start), np.maximum(self._x(strokes.until), self._x(strokes.end))
        for chosen, pattern in ((bad, Qt.BrushStyle.BDiagPattern), (shaky & ~bad, Qt.BrushStyle.Dense6Pattern)):
            painter.setBrush(QBrush(self.colour, pattern))
            for first, last in runs(chosen):
                left = start[first]
                painter.drawRect(QRectF(left, bottom, max(until[last] - left, dx), _LANE_PX * dy))

    def _draw_number(self, painter: QPainter, strokes: Strokes) -> None:
        """The pen's number at the end of its line, so that pens are told apart without colour."""
        known = np.flatnonzero(np.isfinite(strokes.last))
        view = self.getViewBox()
        if not len(known) or view is None:
            return
        place = int(known[-1])
        right = min(float(self._x(strokes.until[place : place + 1])[0]), view.viewRect().right())
        y = float(self._y(strokes.last[place : place + 1])[0])
        point = painter.transform().map(QPointF(right, y))
        painter.save()
        painter.resetTransform()
        box = QRectF(point.x() - 8 - 16 * ((self.number - 1) % 2), point.y() - 8, 14, 15)
        painter.setBrush(self.colour)
        painter.drawRoundedRect(box, 2, 2)
        painter.setFont(font(11, bold=True))
        light = self.colour.lightnessF() > 0.6
        painter.setPen(QPen(QColor("#000000" if light else "#FFFFFF")))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.number))
        painter.restore()


def snapped(rects: NDArray[np.float64], transform: QTransform) -> NDArray[np.float64]:
    """Rectangles of the plot on whole pixels of the widget: lines of one thickness, whatever their slope."""
    left = np.round(rects[:, 0] * transform.m11() + transform.dx())
    right = np.round((rects[:, 0] + rects[:, 2]) * transform.m11() + transform.dx())
    top = np.round((rects[:, 1] + rects[:, 3]) * transform.m22() + transform.dy())
    bottom = np.round(rects[:, 1] * transform.m22() + transform.dy())
    thick = np.round(rects[:, 3] * -transform.m22())  # rounded before it moves
    top = np.where(thick <= 4, bottom - thick, top)
    return np.column_stack([left, top, np.maximum(right - left, 1.0), bottom - top])


def runs(chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every unbroken run of chosen ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
