"""A histogram with its specification limits, mean and the bell curve of its spread."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.client.trends.comparegraph import Graph, Scale, around
from hmi.core.capability import Capability, Limits

_FAR: Final = 4  # spreads of the values that a limit may lie away from them
_POINTS: Final = 160  # of the bell curve
_LABEL_PX: Final = 120


class HistogramGraph(Graph):
    """Shows bins as shares of the whole, in percent."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._edges = self._shares = np.zeros(0)
        self._limits = Limits()
        self._found: Capability | None = None

    def show_bins(
        self,
        edges: NDArray[np.float64],
        bins: NDArray[np.float64],
        limits: Limits,
        found: Capability | None,
        title: str,
    ) -> None:
        """Draw these from now on; `title` is what the values are of."""
        total = float(bins.sum())
        self._edges, self._shares = edges, bins * (100.0 / total if total else 0.0)
        self._limits, self._found = limits, found
        top = float(self._shares.max()) if len(self._shares) else 1.0
        low, high = reach(float(edges[0]), float(edges[-1]), limits)
        self.across, self.up = around(low, high, title), Scale(0.0, top * 1.18 or 1.0, "%")
        self.empty = "" if total else tr("No values that can be used")
        self.update()

    def draw_within(self, painter: QPainter, field: QRectF) -> None:
        theme = self.desk.theme
        left, top = self.x_px(self._edges), self.y_px(self._shares)
        painter.setPen(QPen(theme.colour("frame"), 1))
        painter.setBrush(theme.colour("contents"))
        for place in np.flatnonzero(self._shares > 0).tolist():
            width = left[place + 1] - left[place]
            painter.drawRect(QRectF(left[place], top[place], width, field.bottom() - top[place]))
        if self._found is None:
            return
        self._draw_bell(painter, self._found)
        for value, name in ((self._limits.low, tr("LSL")), (self._limits.high, tr("USL"))):
            if value is not None and self.across.low <= value <= self.across.high:
                self._mark(painter, field, value, name, Qt.PenStyle.SolidLine)
            elif value is not None:
                self._point_to(painter, field, value, name)
        self._mark(painter, field, self._found.mean, tr("Mean"), Qt.PenStyle.DashLine)

    def _draw_bell(self, painter: QPainter, found: Capability) -> None:
        if found.overall <= 0:
            return
        width = float(self._edges[1] - self._edges[0])
        x = np.linspace(self.across.low, self.across.high, _POINTS)
        density = np.exp(-0.5 * ((x - found.mean) / found.overall) ** 2) / (found.overall * math.sqrt(2 * math.pi))
        points = zip(self.x_px(x).tolist(), self.y_px(density * width * 100).tolist(), strict=True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.desk.theme.colour("line"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _point_to(self, painter: QPainter, field: QRectF, value: float, name: str) -> None:
        """A limit that is too far away to be drawn: where it is, in words."""
        below = value < self.across.low
        painter.setPen(self.desk.theme.colour("text"))
        painter.setFont(font(12, bold=True))
        said = f"← {name} {value:g}" if below else f"{name} {value:g} →"
        place = QRectF(field.left() + 6, field.top() + 3, field.width() - 12, 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag.AlignRight, said)

    def _mark(self, painter: QPainter, field: QRectF, value: float, name: str, style: Qt.PenStyle) -> None:
        x = round(float(self.x_px(value)))
        painter.setPen(QPen(self.desk.theme.colour("text"), 2 if style == Qt.PenStyle.SolidLine else 1, style))
        painter.drawLine(x, round(field.top()), x, round(field.bottom()))
        painter.setFont(font(12, bold=True))
        on_right = x + _LABEL_PX < field.right()
        row = field.top() + (20 if name == tr("Mean") else 3)
        place = QRectF(x + 5 if on_right else x - 5 - _LABEL_PX, row, _LABEL_PX, 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft if on_right else Qt.AlignmentFlag.AlignRight, name)


def reach(low: float, high: float, limits: Limits) -> tuple[float, float]:
    """From where to where is drawn: all values, and the limits unless they would press the values into a line."""
    far = (high - low) * _FAR
    if limits.low is not None and low - far <= limits.low < low:
        low = limits.low
    if limits.high is not None and high < limits.high <= high + far:
        high = limits.high
    return low, high
