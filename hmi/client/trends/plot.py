"""The picture of a trend: one time axis, pens on their own scales, gaps drawn as gaps, a cursor to read values at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame

from hmi.client.theme import Theme, font
from hmi.client.trends.axes import TimeAxis, ValueAxis
from hmi.client.trends.curve import Curve
from hmi.core.history import Gap

SHORTEST_S: Final = 5.0
LONGEST_S: Final = 400 * 86400.0


class Ground(pg.GraphicsObject):
    """Behind the pens: a few level lines, the recording gaps as hatched bands, and the reading cursor."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.gaps: list[tuple[float, float, str]] = []
        self.levels: list[float] = []
        self.cursor: float | None = None
        self.setZValue(-10)

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF(0, 0, 1, 1)

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *args: Any) -> None:
        area = self.boundingRect()
        grid = QPen(self.theme.colour("grid"), 0)
        painter.setPen(grid)
        for share in self.levels:
            painter.drawLine(QPointF(area.left(), share), QPointF(area.right(), share))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self.theme.colour("stale"), Qt.BrushStyle.BDiagPattern))
        for left, right, _ in self.gaps:
            painter.drawRect(QRectF(left, area.top(), right - left, area.height()))
        if self.cursor is not None:
            painter.setPen(QPen(self.theme.colour("accent"), 0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self.cursor, area.top()), QPointF(self.cursor, area.bottom()))


class Plot(pg.GraphicsView):
    """Shows what it is given; `moved` when the operator panned or zoomed, `pointed` with the moment at the cursor."""

    moved = Signal()
    pointed = Signal(object)

    def __init__(self, theme: Theme, zone: tzinfo, base_ns: int) -> None:
        super().__init__()
        self.times, self.values = TimeAxis(base_ns, zone), ValueAxis()
        self.view = pg.ViewBox(enableMouse=True, enableMenu=False, defaultPadding=0)
        self.base_ns = base_ns
        self.curves: list[Curve] = []
        self.ground = Ground(theme)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._arrange()
        self.view.setMouseEnabled(x=True, y=False)
        self.view.setYRange(-0.02, 1.02, padding=0)
        self.view.setLimits(minXRange=SHORTEST_S, maxXRange=LONGEST_S, yMin=-0.02, yMax=1.02)
        self.view.sigRangeChangedManually.connect(self._moved)
        self.view.addItem(self.ground, ignoreBounds=True)
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

    def show_pens(self, colours: Sequence[QColor], sloped: Sequence[bool] = ()) -> list[Curve]:
        """Begin with these pens, none drawn yet; those that are `sloped` are measurements."""
        for curve in self.curves:
            self.view.removeItem(curve)
        joins = sloped or [False] * len(colours)
        pens = enumerate(zip(colours, joins, strict=True), 1)
        self.curves = [Curve(number, colour, self.base_ns, slope) for number, (colour, slope) in pens]
        for curve in self.curves:
            self.view.addItem(curve, ignoreBounds=True)
        return self.curves

    def show_scale(self, low: float, high: float, unit: str) -> None:
        """Label the axis and draw its levels for the chosen pen."""
        self.values.show_scale(low, high, unit)
        levels = self.values.levels(self.values.size().height())
        if levels != self.ground.levels:
            self.ground.levels = levels
            self.ground.update()

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Times in which nothing was recorded."""
        bands = [(self._x(gap.from_ns), self._x(gap.to_ns), gap.reason) for gap in gaps]
        if bands != self.ground.gaps:
            self.ground.gaps = bands
            self.ground.update()

    def point(self, moment_ns: int | None) -> None:
        """Put the reading cursor at a moment, or take it away."""
        self.ground.cursor = None if moment_ns is None else self._x(moment_ns)
        self.ground.update()

    def gap_at(self, moment_ns: int) -> str:
        """Why nothing was recorded at a moment; "" when something was."""
        x = self._x(moment_ns)
        return next((reason for left, right, reason in self.ground.gaps if left <= x <= right), "")

    def restyle(self, theme: Theme) -> None:
        """Take on a theme."""
        self.ground.theme = theme
        self.setBackground(theme.raised)
        for axis in (self.times, self.values):
            axis.setPen(QPen(theme.colour("frame"), 1))
            axis.setTextPen(QPen(theme.colour("muted")))
            axis.setStyle(tickFont=font(12), tickLength=-4, tickTextOffset=6)
            axis.picture = None
        self.ground.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._point_at(event.position())

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
