"""Drawing one pen: in every pixel column one upright span, thousands of them in one call.

A polyline of width two costs twenty times as much as these rectangles, which cost the same at any width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import pyqtgraph as pg
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QTransform

from hmi.client.theme import font
from hmi.client.trends.raster import columns_of, rectangles
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

WIDTH_PX: Final = 2
_LANE_PX: Final = 7.0  # height of the strip at the bottom that tells bad and uncertain times of one pen


@dataclass(frozen=True, slots=True)
class _Made:
    """Rectangles for the pixel columns `left` to `right`, on a view of this scale whose origin was at `dx`."""

    scale: tuple[float, ...]
    dx: float
    left: int
    right: int
    rects: NDArray[np.int32]


class Curve(pg.GraphicsObject):
    """One pen on the plot. X is seconds since `base_ns`, y the share of the pen's own scale, 0 at its bottom."""

    def __init__(self, number: int, colour: QColor, base_ns: int, sloped: bool = False) -> None:
        super().__init__()
        self.number, self.colour, self.selected, self.sloped = number, colour, False, sloped
        self._base_ns = base_ns
        self._bounds = QRectF(0, 0, 1, 1)
        self._strokes: Strokes | None = None
        self._made: _Made | None = None
        self._scale: tuple[float, ...] = ()
        self._dx = 0.0  # of the view that was painted last
        self._badge: QPixmap | None = None
        self._low, self._span = 0.0, 1.0

    def show_strokes(self, strokes: Strokes, low: float, high: float) -> None:
        """Draw these from now on, on a scale from `low` to `high`."""
        self._strokes, self._low, self._span = strokes, low, (high - low) or 1.0
        self._made = None
        if len(strokes):
            left, right = self._x(strokes.start[:1])[0], self._x(strokes.until[-1:])[0]
            self.prepareGeometryChange()
            self._bounds = QRectF(left, -0.5, max(right - left, 1e-9), 2.0)
        self.update()

    def recolour(self, colour: QColor) -> None:
        """Be drawn in another colour."""
        self.colour, self._badge = colour, None
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *args: Any) -> None:
        strokes, view = self._strokes, self.getViewBox()
        if strokes is None or not len(strokes) or view is None:
            return
        to_px = painter.transform()
        seen = to_px.mapRect(view.viewRect())
        left, right = math.floor(seen.left()), math.ceil(seen.right()) + 1
        rects, shift = self._rectangles(strokes, to_px, left, right)
        painter.save()
        painter.resetTransform()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        painter.translate(shift, 0)
        fill(painter, rects)
        painter.translate(-shift, 0)
        self._draw_number(painter, strokes, to_px)
        painter.restore()
        painter.setPen(Qt.PenStyle.NoPen)
        self._draw_lane(painter, strokes, 1 / to_px.m11(), 1 / abs(to_px.m22()))

    def _rectangles(self, strokes: Strokes, to_px: QTransform, left: int, right: int) -> tuple[NDArray[np.int32], int]:
        """What to fill, and how many px further to the right: while a view is only dragged, the rectangles stay."""
        scale = (to_px.m11(), to_px.m22(), to_px.dy(), float(self.selected))
        if (old := self._made) is not None and old.scale == scale:
            shift = round(to_px.dx() - old.dx)
            if old.left <= left - shift and right - shift <= old.right:
                return old.rects, shift
        if self._scale == scale and self._dx != to_px.dx():  # it is being dragged: have some more ready
            beyond = (right - left) // 4
            left, right = left - beyond, right + beyond
        self._scale, self._dx = scale, to_px.dx()
        origin = self._base_ns - round(to_px.dx() / to_px.m11() * 1e9)
        columns = columns_of(strokes, left, right, origin, to_px.m11() / 1e9, self.sloped)
        top, bottom = (self._y(value) * to_px.m22() + to_px.dy() for value in (columns.high, columns.low))
        rects = rectangles(columns, top, bottom, WIDTH_PX + self.selected)
        self._made = _Made(scale, to_px.dx(), left, right, rects)
        return rects, 0

    def _x(self, time: NDArray[np.int64]) -> NDArray[np.float64]:
        return (time - self._base_ns) / 1e9

    def _y(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip((value - self._low) / self._span, -0.02, 1.02)

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

    def _draw_number(self, painter: QPainter, strokes: Strokes, to_px: QTransform) -> None:
        """The pen's number at the end of its line, so that pens are told apart without colour."""
        view = self.getViewBox().viewRect()
        seen = int(np.searchsorted(strokes.start, self._base_ns + view.right() * 1e9, side="right"))
        known = np.flatnonzero(np.isfinite(strokes.last[:seen]))
        if not len(known):
            return
        place = int(known[-1])
        right = min(float(self._x(strokes.until[place : place + 1])[0]), view.right())
        if right < view.left():
            return
        point = to_px.map(QPointF(right, float(self._y(strokes.last[place : place + 1])[0])))
        left = round(point.x()) - 8 - 16 * ((self.number - 1) % 2)
        painter.drawPixmap(left, round(point.y()) - 8, self._numbered(painter.device().devicePixelRatioF()))

    def _numbered(self, ratio: float) -> QPixmap:
        """The number on the pen's colour, drawn once: letters are dear."""
        if self._badge is not None and self._badge.devicePixelRatioF() == ratio:
            return self._badge
        made = QPixmap(round(14 * ratio), round(15 * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        painter.drawRoundedRect(QRectF(0, 0, 14, 15), 2, 2)
        painter.setFont(font(11, bold=True))
        painter.setPen(QColor("#000000" if self.colour.lightnessF() > 0.6 else "#FFFFFF"))
        painter.drawText(QRectF(0, 0, 14, 15), Qt.AlignmentFlag.AlignCenter, str(self.number))
        painter.end()
        self._badge = made
        return made


def fill(painter: QPainter, rects: NDArray[np.int32]) -> None:
    """Fill whole-pixel rectangles in one call with the painter's brush; half the cost of fractional ones."""
    if len(rects):
        painter.drawRects(cast(QRect, shiboken6.wrapInstance(rects.ctypes.data, QRect)), len(rects))


def runs(chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every unbroken run of chosen ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
