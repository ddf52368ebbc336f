"""What lies behind and above the lines of a trend: levels, limits, gaps, marks of events, and the cursors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from hmi.client.marks import draw_priority
from hmi.client.theme import Theme, font
from hmi.client.trends.events import Event

MARK_PX: Final = 6.0  # half the width of a mark
CURSORS: Final = ("A", "B")


class Ground(pg.GraphicsObject):
    """Behind the pens: level lines, what lies beyond the limits of the chosen pen, gaps as hatched bands."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.gaps: list[tuple[float, float, str]] = []
        self.levels: list[float] = []
        self.limits: list[tuple[float, bool, str]] = []  # share of the scale, whether above it is beyond, its words
        self.setZValue(-10)

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF(0, 0, 1, 1)

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *args: Any) -> None:
        area, to_px = self.boundingRect(), painter.transform()
        box = to_px.mapRect(area)
        painter.save()
        painter.resetTransform()
        for share, above, text in self.limits:
            self._draw_limit(painter, box, share * to_px.m22() + to_px.dy(), (above, text))
        for share in self.levels:
            y = round(share * to_px.m22() + to_px.dy())
            painter.fillRect(QRectF(box.left(), y, box.width(), 1), self.theme.colour("grid"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self.theme.colour("stale"), Qt.BrushStyle.BDiagPattern))
        for left, right, _ in self.gaps:
            begin = max(left * to_px.m11() + to_px.dx(), box.left())
            end = min(right * to_px.m11() + to_px.dx(), box.right())
            if end > begin:
                painter.drawRect(QRectF(begin, box.top(), max(1.0, end - begin), box.height()))
        painter.restore()

    def _draw_limit(self, painter: QPainter, box: QRectF, y: float, said: tuple[bool, str]) -> None:
        above, text = said
        if not box.top() - 1 <= y <= box.bottom() + 1:
            return
        y = round(y)
        beyond = self.theme.colour("beyond")
        beyond.setAlphaF(0.22)
        zone = QRectF(box.left(), box.top(), box.width(), y - box.top())
        if not above:
            zone = QRectF(box.left(), y, box.width(), box.bottom() - y)
        painter.fillRect(zone, beyond)
        painter.setPen(QPen(self.theme.colour("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setFont(font(11))
        side = Qt.AlignmentFlag.AlignBottom if above else Qt.AlignmentFlag.AlignTop
        place = QRectF(box.left() + 6, y - 18 if above else y + 2, box.width() - 12, 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | side, text)


class Marks(pg.GraphicsObject):
    """Above the pens: events at the upper edge, where the pointer reads, and the cursors A and B."""

    def __init__(self, theme: Theme, base_ns: int) -> None:
        super().__init__()
        self.theme, self._base_ns = theme, base_ns
        self.cursor: float | None = None
        self.pair: list[float] = []  # the cursors A and B, or none
        self.box: QRectF | None = None  # that is being drawn around what shall be seen larger
        self.events: Sequence[Event] = ()
        self.setZValue(10)

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF(0, 0, 1, 1)

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def near(self, x: float, reach: float) -> list[Event]:
        """The events no further from a moment (seconds since the base) than `reach` seconds."""
        return [
            event
            for event in self.events
            if abs((event.time_ns - self._base_ns) / 1e9 - x) <= reach
            or (event.until_ns and event.time_ns <= self._base_ns + x * 1e9 <= event.until_ns)
        ]

    def paint(self, painter: QPainter, *args: Any) -> None:
        to_px = painter.transform()
        box = to_px.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        drawn: set[tuple[int, str]] = set()
        for event in self.events:
            x = (event.time_ns - self._base_ns) / 1e9 * to_px.m11() + to_px.dx()
            key = (round(x / 2), event.kind)
            if event.until_ns:
                until = (event.until_ns - self._base_ns) / 1e9 * to_px.m11() + to_px.dx()
                self._draw_length(painter, box, x, until)
                x = min(max(x, box.left() + MARK_PX), until) if until > box.left() else x
            if box.left() - MARK_PX <= x <= box.right() + MARK_PX and key not in drawn:
                drawn.add(key)
                self._draw_event(painter, x, box.top() + 1, event)
        if self.cursor is not None:
            x = round(self.cursor * to_px.m11() + to_px.dx())
            painter.setPen(QPen(self.theme.colour("accent"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        if self.box is not None:
            self._draw_box(painter, to_px.mapRect(self.box.normalized()))
        for name, at in zip(CURSORS, self.pair, strict=False):
            self._draw_cursor(painter, box, round(at * to_px.m11() + to_px.dx()), name)
        painter.restore()

    def _draw_box(self, painter: QPainter, box: QRectF) -> None:
        inside = self.theme.colour("accent")
        painter.setPen(QPen(inside, 1))
        inside.setAlphaF(0.15)
        painter.setBrush(inside)
        painter.drawRect(box)

    def _draw_event(self, painter: QPainter, x: float, top: float, event: Event) -> None:
        """An alarm as the mark of its priority, an outline where it went; a command as a disc, a ring where refused."""
        box = QRectF(x - MARK_PX - 1, top, 2 * MARK_PX + 2, 2 * MARK_PX + 2)
        if event.kind == "alarm":
            draw_priority(painter, box, event.priority, self.theme, filled=event.event == "raised")
            return
        if event.kind == "note":
            self._draw_note(painter, box)
            return
        done = event.event == "confirmed"
        painter.setPen(QPen(self.theme.colour("accent"), 2))
        painter.setBrush(self.theme.colour("accent") if done else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(2, 2, -2, -2))

    def _draw_note(self, painter: QPainter, box: QRectF) -> None:
        """A sheet with lines of writing."""
        sheet = box.adjusted(2, 1, -2, -1)
        painter.setPen(QPen(self.theme.colour("text"), 1))
        painter.setBrush(self.theme.colour("raised"))
        painter.drawRect(sheet)
        for line in (0.3, 0.5, 0.7):
            y = round(sheet.top() + sheet.height() * line)
            painter.fillRect(QRectF(sheet.left() + 2, y, sheet.width() - 4, 1), self.theme.colour("text"))

    def _draw_length(self, painter: QPainter, box: QRectF, x: float, until: float) -> None:
        """How long it is that a note is about, as a bar at the upper edge."""
        left, right = max(x, box.left()), min(until, box.right())
        if right > left:
            painter.fillRect(QRectF(left, box.top() + MARK_PX, right - left, 3), self.theme.colour("muted"))

    def _draw_cursor(self, painter: QPainter, box: QRectF, x: float, name: str) -> None:
        colour = self.theme.colour("text")
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        flag = QRectF(x - 8, box.top() + 14, 16, 16)
        painter.setBrush(colour)
        painter.drawRect(flag)
        painter.setFont(font(11, bold=True))
        painter.setPen(self.theme.colour("raised"))
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, name)
