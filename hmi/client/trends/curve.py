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
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QTransform

from hmi.client.trends.axes import badge
from hmi.client.trends.raster import columns_of, rectangles, underlines
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

WIDTH_PX: Final = 2
_STRETCHED: Final = 2.0  # so much wider or narrower a picture may become, before it is made anew
_LANE_PX: Final = 7.0  # height of the strip at the bottom that tells bad and uncertain times of one pen


@dataclass(frozen=True, slots=True)
class _Made:
    """Rectangles for the pixel columns `left` to `right`, on a view of this scale whose origin was at `dx`."""

    scale: tuple[float, ...]
    dx: float
    left: int
    right: int
    rects: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where values are held, for the pen's number at the end of its line; s since the base, shares of the scale."""

    start: NDArray[np.float64]
    until: NDArray[np.float64]
    level: NDArray[np.float64]


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
        self._roomy = False
        self._badge: QPixmap | None = None
        self._low, self._span = 0.0, 1.0
        self._ends = _Ends(*(np.zeros(0),) * 3)
        self._lanes: list[tuple[float, float, bool]] = []  # from, to, whether bad and not only uncertain

    def show_strokes(self, strokes: Strokes, low: float, high: float, roomy: bool = False) -> None:
        """Draw these from now on, on a scale from `low` to `high`; `roomy`: ready to be dragged or zoomed."""
        self._roomy = roomy
        self._strokes, self._low, self._span = strokes, low, (high - low) or 1.0
        self._made = None
        start, until = self._x(strokes.start), self._x(np.maximum(strokes.until, strokes.end))
        known = np.isfinite(strokes.last)
        self._ends = _Ends(start[known], until[known], self._y(strokes.last[known]))
        self._lanes = lanes_of(strokes.quality, start, until)
        if len(strokes):
            self.prepareGeometryChange()
            self._bounds = QRectF(start[0], -0.5, max(until[-1] - start[0], 1e-9), 2.0)
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
        (begin, end), _ = view.state["viewRange"]  # its own methods copy and cost more than the drawing
        scale, dx = to_px.m11(), to_px.dx()
        left, right = math.floor(begin * scale + dx), math.ceil(end * scale + dx) + 1
        rects, shift = self._rectangles(strokes, to_px, left, right)
        painter.save()
        painter.resetTransform()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        painter.translate(shift, 0)
        fill(painter, rects)
        painter.translate(-shift, 0)
        self._draw_lanes(painter, to_px)
        self._draw_number(painter, to_px, (begin, end))
        painter.restore()

    def _rectangles(self, strokes: Strokes, to_px: QTransform, left: int, right: int) -> tuple[NDArray[np.int32], int]:
        """What to fill, and how many px further to the right.

        While a view is only dragged the rectangles stay; while it is zoomed they are stretched, until it stands still.
        """
        scale = (to_px.m11(), to_px.m22(), to_px.dy(), float(self.selected))
        if (old := self._made) is not None and old.scale == scale:
            shift = round(to_px.dx() - old.dx)
            if old.left <= left - shift and right - shift <= old.right:
                return old.rects, shift
        elif old is not None and old.scale[1:] == scale[1:]:
            ratio = scale[0] / old.scale[0]
            first, last = ((x - old.dx) * ratio + to_px.dx() for x in (old.left, old.right))
            if 1 / _STRETCHED < ratio < _STRETCHED and first <= left and right <= last:
                return stretched(old.rects, ratio, to_px.dx() - old.dx * ratio), 0
        moved = self._scale[1:] == scale[1:] and (self._dx, self._scale[:1]) != (to_px.dx(), scale[:1])
        if self._roomy or moved:
            beyond = (right - left) // 4  # it is being dragged or zoomed: have some more ready
            left, right = left - beyond, right + beyond
        self._scale, self._dx = scale, to_px.dx()
        origin = self._base_ns - round(to_px.dx() / to_px.m11() * 1e9)
        columns = columns_of(strokes, left, right, origin, to_px.m11() / 1e9, self.sloped)
        top, bottom = (self._y(value) * to_px.m22() + to_px.dy() for value in (columns.high, columns.low))
        rects = rectangles(columns, top, bottom, WIDTH_PX + self.selected)
        if columns.late.any():
            rects = np.concatenate([rects, underlines(columns, bottom)])
        self._made = _Made(scale, to_px.dx(), left, right, rects)
        return rects, 0

    def _x(self, time: NDArray[np.int64]) -> NDArray[np.float64]:
        return (time - self._base_ns) / 1e9

    def _y(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip((value - self._low) / self._span, -0.02, 1.02)

    def _draw_lanes(self, painter: QPainter, to_px: QTransform) -> None:
        if not self._lanes:
            return
        base = to_px.dy() - (self.number - 1) * (_LANE_PX + 1)
        for begin, end, bad in self._lanes:
            pattern = Qt.BrushStyle.BDiagPattern if bad else Qt.BrushStyle.Dense6Pattern
            painter.setBrush(QBrush(self.colour, pattern))
            left, right = (x * to_px.m11() + to_px.dx() for x in (begin, end))
            painter.drawRect(QRectF(left, base - _LANE_PX, max(right - left, 1.0), _LANE_PX))

    def _draw_number(self, painter: QPainter, to_px: QTransform, view: tuple[float, float]) -> None:
        """The pen's number at the end of its line, so that pens are told apart without colour."""
        ends = self._ends
        place = int(ends.start.searchsorted(view[1], side="right")) - 1
        if place < 0 or (right := min(float(ends.until[place]), view[1])) < view[0]:
            return
        x, y = right * to_px.m11() + to_px.dx(), float(ends.level[place]) * to_px.m22() + to_px.dy()
        left = round(min(x - 8, view[1] * to_px.m11() + to_px.dx() - 15)) - 16 * ((self.number - 1) % 2)
        painter.drawPixmap(left, round(y) - 8, self._numbered(painter.device().devicePixelRatioF()))

    def _numbered(self, ratio: float) -> QPixmap:
        """The number on the pen's colour, drawn once: letters are dear."""
        if self._badge is not None and self._badge.devicePixelRatioF() == ratio:
            return self._badge
        made = QPixmap(round(14 * ratio), round(15 * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        badge(painter, QRectF(0, 0, 14, 15), self.colour, self.number)
        painter.end()
        self._badge = made
        return made


def fill(painter: QPainter, rects: NDArray[np.int32]) -> None:
    """Fill whole-pixel rectangles in one call with the painter's brush; half the cost of fractional ones."""
    if len(rects):
        painter.drawRects(cast(QRect, shiboken6.wrapInstance(rects.ctypes.data, QRect)), len(rects))


def lanes_of(
    quality: NDArray[np.uint32], start: NDArray[np.float64], until: NDArray[np.float64]
) -> list[tuple[float, float, bool]]:
    """The times that are bad or uncertain: from, to, whether bad."""
    shaky = quality >= q.UNCERTAIN
    if not shaky.any():
        return []
    bad = quality >= q.BAD
    found = [(run, kind) for kind in (True, False) for run in runs(bad if kind else shaky & ~bad)]
    return [(float(start[first]), float(until[last]), kind) for (first, last), kind in found]


def stretched(rects: NDArray[np.int32], ratio: float, shift: float) -> NDArray[np.int32]:
    """Rectangles as they stand when time takes `ratio` times as much room; none of them goes."""
    found = rects.copy()
    found[:, 0] = np.floor(rects[:, 0] * ratio + shift)
    found[:, 2] = np.maximum(np.ceil((rects[:, 2] + 1) * ratio + shift) - 1, found[:, 0])
    return found


def runs(chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every unbroken run of chosen ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
