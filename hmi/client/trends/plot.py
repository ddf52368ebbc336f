"""The picture of a trend: one time axis, pens on their own scales, gaps drawn as gaps, a cursor to read values at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QFrame

from hmi.client.theme import Theme, font
from hmi.client.trends.axes import TimeAxis, ValueAxis
from hmi.client.trends.curve import Curve
from hmi.client.trends.events import Event
from hmi.client.trends.ground import MARK_PX, Ground, Marks
from hmi.client.trends.lanes import SHARE, Lane
from hmi.core.history import Gap

SHORTEST_S: Final = 5.0
LONGEST_S: Final = 400 * 86400.0
GRIP_PX: Final = 7  # so near to a cursor the mouse takes hold of it
MOST_TOLD: Final = 4  # events that are told at once


@dataclass(frozen=True, slots=True)
class Inked:
    """How a pen is drawn: as a lane where its states have names, as a sloped line where it is a measurement."""

    colour: QColor
    sloped: bool = False
    names: Mapping[int, str] = field(default_factory=dict)


class Plot(pg.GraphicsView):
    """Shows what it is given; `moved` when the operator panned or zoomed, `pointed` with the moment at the pointer.

    `paired` tells that one of the cursors A and B was moved.
    """

    moved = Signal()
    pointed = Signal(object)
    paired = Signal()

    def __init__(self, theme: Theme, zone: tzinfo, base_ns: int) -> None:
        super().__init__()
        self.times, self.values = TimeAxis(base_ns, zone), ValueAxis()
        self.view = pg.ViewBox(enableMouse=True, enableMenu=False, defaultPadding=0)
        self.base_ns = base_ns
        self.curves: list[Curve | Lane] = []
        self.ground, self.marks = Ground(theme), Marks(theme, base_ns)
        self._held: int | None = None  # which cursor the mouse has hold of
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._arrange()
        self.view.setMouseEnabled(x=True, y=False)
        self.view.setLimits(minXRange=SHORTEST_S, maxXRange=LONGEST_S)
        self._make_room(0)
        self.view.sigRangeChangedManually.connect(self._moved)
        self.view.addItem(self.ground, ignoreBounds=True)
        self.view.addItem(self.marks, ignoreBounds=True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below shows through
        self.setMouseTracking(True)
        self.restyle(theme)

    def _arrange(self) -> None:
        """Axes and view by hand: a ready-made plot item brings menus that outlive it."""
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 10, 16, 0)
        layout.setSpacing(0)
        layout.addItem(self.values, 0, 0)
        layout.addItem(self.view, 0, 1)
        layout.addItem(self.times, 1, 1)
        self.values.linkToView(self.view)
        self.times.linkToView(self.view)
        self.scene().contextMenu = []
        self.setCentralItem(layout)

    @property
    def span_ns(self) -> tuple[int, int]:
        """The moments at the left and right edge, ns UTC."""
        left, right = self.view.viewRange()[0]
        return self.base_ns + int(left * 1e9), self.base_ns + int(right * 1e9)

    def show_span(self, from_ns: int, to_ns: int) -> None:
        """Put these moments at the edges."""
        left, right = (from_ns - self.base_ns) / 1e9, (to_ns - self.base_ns) / 1e9
        self.view.setXRange(left, right, padding=0)

    def show_pens(self, pens: Sequence[Inked], theme: Theme) -> list[Curve | Lane]:
        """Begin with these pens, none drawn yet: lines, and a lane for each that has named states."""
        for curve in self.curves:
            self.view.removeItem(curve)
        self.curves, lanes = [], 0
        for number, pen in enumerate(pens, 1):
            if pen.names:
                self.curves.append(Lane(number, pen.colour, self.base_ns, lanes, pen.names, theme))
                lanes += 1
            else:
                self.curves.append(Curve(number, pen.colour, self.base_ns, pen.sloped))
        for curve in self.curves:
            self.view.addItem(curve, ignoreBounds=True)
        self._make_room(lanes)
        return self.curves

    def _make_room(self, lanes: int) -> None:
        low = -0.02 - (lanes * SHARE + 0.01 if lanes else 0.0)
        self.view.setLimits(yMin=low, yMax=1.02)
        self.view.setYRange(low, 1.02, padding=0)

    def show_scale(self, low: float, high: float, unit: str) -> None:
        """Label the axis and draw its levels for the chosen pen."""
        self.values.show_scale(low, high, unit)
        low, high = self.view.viewRange()[1]
        levels = self.values.levels(self.values.size().height() / (high - low))
        if levels != self.ground.levels:
            self.ground.levels = levels
            self.ground.update()

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Times in which nothing was recorded."""
        bands = [(self._x(gap.from_ns), self._x(gap.to_ns), gap.reason) for gap in gaps]
        if bands != self.ground.gaps:
            self.ground.gaps = bands
            self.ground.update()

    def show_limits(self, limits: Sequence[tuple[float, bool, str]]) -> None:
        """Limits of the chosen pen: share of its scale, whether what is above is beyond, and what to call it."""
        if list(limits) != self.ground.limits:
            self.ground.limits = list(limits)
            self.ground.update()

    def show_events(self, events: Sequence[Event]) -> None:
        """What happened to the tags."""
        if list(events) != list(self.marks.events):
            self.marks.events = list(events)
            self.marks.update()

    def point(self, moment_ns: int | None) -> None:
        """Put the reading line at a moment, or take it away."""
        self.marks.cursor = None if moment_ns is None else self._x(moment_ns)
        self.marks.update()

    @property
    def pair_ns(self) -> tuple[int, int] | None:
        """The moments of the cursors A and B; None while they are not shown."""
        if not self.marks.pair:
            return None
        first, second = (self.base_ns + int(at * 1e9) for at in self.marks.pair)
        return first, second

    def show_pair(self, shown: bool) -> None:
        """Show the cursors at a third and two thirds of the view, or take them away."""
        left, right = self.view.viewRange()[0]
        self.marks.pair = [left + (right - left) / 3, left + (right - left) * 2 / 3] if shown else []
        self.marks.update()

    def nudge(self, which: int, px: int) -> None:
        """Move a cursor by some pixels."""
        if self.marks.pair:
            self.marks.pair[which] += px * self._px_s()
            self.marks.update()
            self.paired.emit()

    def told_at(self, moment_ns: int) -> str:
        """Why nothing was recorded at a moment, or what happened right there; "" for neither."""
        gap = self.gap_at(moment_ns)
        if gap:
            return gap
        near = self.marks.near(self._x(moment_ns), (MARK_PX + 1) * self._px_s())
        return "\n".join(event.text for event in near[:MOST_TOLD])

    def gap_at(self, moment_ns: int) -> str:
        """Why nothing was recorded at a moment; "" when something was."""
        x = self._x(moment_ns)
        return next((reason for left, right, reason in self.ground.gaps if left <= x <= right), "")

    def _px_s(self) -> float:
        left, right = self.view.viewRange()[0]
        return float((right - left) / max(1.0, self.view.width()))

    def restyle(self, theme: Theme) -> None:
        """Take on a theme."""
        self.ground.theme = self.marks.theme = theme
        for curve in self.curves:
            if isinstance(curve, Lane):
                curve.theme = theme
        self.setBackground(theme.raised)
        for axis in (self.times, self.values):
            axis.setPen(QPen(theme.colour("frame"), 1))
            axis.setTextPen(QPen(theme.colour("muted")))
            axis.setStyle(tickFont=font(12), tickLength=-4, tickTextOffset=6)
            axis.picture = None
        self.ground.update()
        self.marks.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self.marks.pair[self._held] = self.view.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
            self.marks.update()
            self.paired.emit()
            return
        super().mouseMoveEvent(event)
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.view.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        reach = GRIP_PX * self._px_s()
        near = sorted((abs(at - x), which) for which, x in enumerate(self.marks.pair) if abs(at - x) <= reach)
        if near:
            self._held = near[0][1]
            return
        super().mousePressEvent(event)
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            return
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.point(None)
        self.pointed.emit(None)

    def _point_at(self, place: QPointF) -> None:
        scene = self.mapToScene(place.toPoint())
        if not self.view.sceneBoundingRect().contains(scene):
            return
        moment = self.base_ns + int(self.view.mapSceneToView(scene).x() * 1e9)
        self.point(moment)
        self.pointed.emit(moment)

    def _moved(self, *args: Any) -> None:
        self.moved.emit()

    def _x(self, moment_ns: int) -> float:
        return (moment_ns - self.base_ns) / 1e9
