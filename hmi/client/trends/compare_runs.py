"""Several runs of a machine on one axis: each from its own start, in minutes since then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.client.trends.comparegraph import Graph, Scale
from hmi.client.trends.curve import fill
from hmi.client.trends.pens import is_sloped, scale_of
from hmi.client.trends.raster import columns_of, rectangles
from hmi.client.trends.series import Strokes
from hmi.core.tags import Tag

_LINE_PX: Final = 2
_LINE_HIGH: Final = 22  # px of a line of the legend
_MINUTE_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """One run: what is known of the pen in it, from when on, and how long it is."""

    start_ns: int
    stop_ns: int
    strokes: Strokes


class RunsGraph(Graph):
    """Draws the runs over each other, the newest on top; each has its number at the end of its line."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._tag: Tag | None = None
        self._drawn: list[Drawn] = []

    def show_runs(self, tag: Tag, title: str, drawn: list[Drawn]) -> None:
        """Draw these from now on, the newest first."""
        self._tag, self._drawn = tag, drawn
        longest = max(((run.stop_ns - run.start_ns) / _MINUTE_NS for run in drawn), default=1.0)
        ends = [run.strokes.extremes() for run in drawn]
        lows, highs = (np.array([end[side] for end in ends] + [np.nan]) for side in (0, 1))
        low, high = float(np.fmin.reduce(lows)), float(np.fmax.reduce(highs))
        self.across = Scale(0.0, max(longest, 1e-3), tr("minutes since the start"))
        self.up = Scale(*scale_of(tag, low, high, True), title)
        self.empty = "" if drawn else tr("No such run in this time")
        self.update()

    def colour(self, place: int) -> QColor:
        """The colour of a run, the newest first."""
        return QColor(self.desk.theme.pens[place % len(self.desk.theme.pens)])

    def draw_within(self, painter: QPainter, field: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for place in reversed(range(len(self._drawn))):
            self._draw_run(painter, field, place, self._drawn[place])

    def _draw_run(self, painter: QPainter, field: QRectF, place: int, run: Drawn) -> None:
        strokes = run.strokes
        if not len(strokes) or self._tag is None:
            return
        per_ns = field.width() / ((self.across.high - self.across.low) * _MINUTE_NS)
        left, right = math.floor(field.left()), math.ceil(field.right())
        columns = columns_of(
            strokes, left, right, run.start_ns - round(field.left() / per_ns), per_ns, is_sloped(self._tag)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour(place))
        fill(painter, rectangles(columns, self.y_px(columns.high), self.y_px(columns.low), _LINE_PX))
        self._draw_number(painter, field, place, run)

    def _draw_number(self, painter: QPainter, field: QRectF, place: int, run: Drawn) -> None:
        known = np.flatnonzero(np.isfinite(run.strokes.last))
        if not len(known):
            return
        last = int(known[-1])
        until: NDArray[np.int64] = run.strokes.until
        x = float(self.x_px((min(int(until[last]), run.stop_ns) - run.start_ns) / _MINUTE_NS))
        y = float(self.y_px(float(run.strokes.last[last])))
        box = QRectF(
            min(x, field.right()) - 16 - 16 * (place % 3), min(max(y - 8, field.top()), field.bottom() - 15), 14, 15
        )
        draw_badge(painter, box, self.colour(place), place + 1)


class RunsLegend(QWidget):
    """The runs of a graph in words, each with its number in its colour."""

    def __init__(self, graph: RunsGraph) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._graph = graph

    def show_lines(self, lines: list[str]) -> None:
        """Say these, the newest first."""
        self.lines = lines
        self.setFixedHeight(_LINE_HIGH * max(1, len(lines)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place, line in enumerate(self.lines):
            draw_badge(painter, QRectF(0, place * _LINE_HIGH + 3, 18, 16), self._graph.colour(place), place + 1)
            painter.setPen(self._graph.desk.theme.colour("text"))
            painter.setFont(font(13))
            room = QRectF(26, place * _LINE_HIGH, self.width() - 26, _LINE_HIGH)
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


def draw_badge(painter: QPainter, box: QRectF, colour: QColor, number: int) -> None:
    """A number in the colour of its line."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 2, 2)
    painter.setFont(font(11, bold=True))
    painter.setPen(QColor("#000000" if colour.lightnessF() > 0.6 else "#FFFFFF"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
    painter.setPen(Qt.PenStyle.NoPen)
