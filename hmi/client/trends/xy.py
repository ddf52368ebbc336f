"""An XY plot: one pen over another, joined by time with hold; how old a point is shows in its strength."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.client.trends.comparegraph import Graph, around
from hmi.client.trends.curve import runs
from hmi.core.pairing import Pairs

AGES: Final = 8  # steps from the oldest to the newest
_FAINT: Final = 0.28  # strength of the oldest
_KEY: Final = (14, 10)  # px of a step in the key of ages


class XyGraph(Graph):
    """Shows pairs; the newest is a ring."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pairs: Pairs | None = None

    def show_pairs(self, pairs: Pairs, titles: tuple[str, str]) -> None:
        """Draw these from now on; `titles` of the scale across and up."""
        known = pairs.known
        self._pairs = pairs
        ends = [(float(one[known].min()), float(one[known].max())) if known.any() else (np.nan, np.nan)
                for one in (pairs.x, pairs.y)]  # fmt: skip
        self.across, self.up = around(*ends[0], titles[0]), around(*ends[1], titles[1])
        self.empty = "" if known.any() else tr("The two were never known at the same time")
        self.update()

    def draw_within(self, painter: QPainter, field: QRectF) -> None:
        pairs = self._pairs
        if pairs is None or not pairs.known.any():
            return
        x, y = self.x_px(pairs.x), self.y_px(pairs.y)
        age = ages_of(pairs.time)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(pairs) < 5000)
        for first, last in runs(pairs.known):
            self._draw_line(painter, x[first : last + 1], y[first : last + 1], age[first : last + 1])
        newest = int(np.flatnonzero(pairs.known)[-1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.strength(AGES - 1), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x[newest], y[newest]), 6, 6)
        self._draw_key(painter, field)

    def strength(self, age: int) -> QColor:
        """The colour of an age, 0 the oldest: ever further from the ground, also where there are no colours."""
        pen, ground = QColor(self.desk.theme.pens[0]), self.desk.theme.colour("raised")
        share = _FAINT + (1 - _FAINT) * age / (AGES - 1)
        parts = ((pen.red(), ground.red()), (pen.green(), ground.green()), (pen.blue(), ground.blue()))
        return QColor(*(round(own * share + under * (1 - share)) for own, under in parts))

    def _draw_line(
        self, painter: QPainter, x: NDArray[np.float64], y: NDArray[np.float64], age: NDArray[np.intp]
    ) -> None:
        if len(x) == 1:
            painter.setPen(QPen(self.strength(int(age[0])), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(QPointF(x[0], y[0]))
            return
        moved = np.ones(len(x), np.bool_)
        moved[1:-1] = (np.diff(np.round(x))[:-1] != 0) | (np.diff(np.round(y))[:-1] != 0) | (np.diff(age)[:-1] != 0)
        x, y, age = x[moved], y[moved], age[moved]
        heads = np.concatenate([[0], np.flatnonzero(np.diff(age)) + 1, [len(age)]])
        for first, stop in zip(heads[:-1].tolist(), heads[1:].tolist(), strict=True):
            painter.setPen(QPen(self.strength(int(age[first])), 1.5))
            part = slice(first, min(stop + 1, len(x)))  # to where the next one begins
            points = [QPointF(*point) for point in zip(x[part].tolist(), y[part].tolist(), strict=True)]
            painter.drawPolyline(QPolygonF(points))

    def _draw_key(self, painter: QPainter, field: QRectF) -> None:
        width, height = _KEY
        left, top = field.right() - AGES * width - 60, field.top() + 8
        painter.setFont(font(11))
        painter.setPen(self.desk.theme.colour("muted"))
        flags = Qt.AlignmentFlag
        painter.drawText(QRectF(left - 66, top - 4, 60, 18), flags.AlignRight | flags.AlignVCenter, tr("older"))
        place = QRectF(left + AGES * width + 6, top - 4, 54, 18)
        painter.drawText(place, flags.AlignLeft | flags.AlignVCenter, tr("newer"))
        for age in range(AGES):
            painter.fillRect(QRectF(left + age * width, top, width, height), self.strength(age))


def ages_of(time: NDArray[np.int64]) -> NDArray[np.intp]:
    """The step of age of each moment, 0 the oldest."""
    if not len(time):
        return np.zeros(0, np.intp)
    span = max(1, int(time[-1] - time[0]))
    found: NDArray[np.intp] = np.minimum((time - time[0]) * AGES // span, AGES - 1).astype(np.intp)
    return found
