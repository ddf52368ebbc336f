"""The picture of a trend: one time axis, pens on their own scales, gaps drawn as gaps, a cursor to read values at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QFrame

from hmi.client.drag import MIME
from hmi.client.theme import Theme
from hmi.client.trends.axes import TimeAxis, ValueAxis
from hmi.client.trends.curve import Curve
from hmi.client.trends.events import Event
from hmi.client.trends.ground import MARK_PX, Ground, Marks
from hmi.client.trends.lanes import SHARE, Lane
from hmi.client.trends.sideaxes import VIEW, SideAxes
from hmi.client.trends.touch import Fingers
from hmi.core.history import Gap

SHORTEST_S: Final = 5.0
LONGEST_S: Final = 400 * 86400.0
GRIP_PX: Final = 7  # so near to a cursor the mouse takes hold of it
SMALLEST_PX: Final = 12  # a box narrower than so is a slip of the hand; one lower than so leaves the scales alone
SMALLEST_SHARE: Final = 0.002  # of the scales
MOST_TOLD: Final = 4  # events that are told at once


@dataclass(frozen=True, slots=True)
class Inked:
    """How a pen is drawn: as a lane where its states have names, as a sloped line where it is a measurement.

    With a `side` its axis always stands there, else only while it is the chosen pen.
    """

    colour: QColor
    sloped: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    side: str = ""  # left | right


class Plot(pg.GraphicsView):
    """Shows what it is given; `moved` when the operator panned or zoomed, `pointed` with the moment at the pointer.

    `paired` tells that one of the cursors A and B was moved, `boxed` carries what a box was drawn around: two moments,
    and which part of the height; `dropped` tags that were dragged there, as they came.
    """

    moved = Signal()
    boxed = Signal(object, object, float, float)
    dropped = Signal(object)
    _fingers: Fingers | None = None  # Qt sends events before there are any
    pointed = Signal(object)
    paired = Signal()

    def __init__(self, theme: Theme, zone: tzinfo, base_ns: int) -> None:
        super().__init__()
        self.times, self.values = TimeAxis(base_ns, zone, theme), ValueAxis(theme)
        self.view = pg.ViewBox(enableMouse=True, enableMenu=False, defaultPadding=0)
        self.base_ns = base_ns
        self.curves: list[Curve | Lane] = []
        self.ground, self.marks = Ground(theme), Marks(theme, base_ns)
        self._held: int | None = None  # which cursor the mouse has hold of
        self.boxing = False  # the next drag draws a box
        self._fingers = Fingers(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._arrange()
        self.view.setMouseEnabled(x=True, y=False)
        self.view.setLimits(minXRange=SHORTEST_S, maxXRange=LONGEST_S)
        self._make_room(0)
        self.view.sigRangeChangedManually.connect(self._moved)
        self.view.sigRangeChanged.connect(self._place)
        self.view.addItem(self.ground, ignoreBounds=True)
        self.view.addItem(self.marks, ignoreBounds=True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below shows through
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.restyle(theme)

    def _arrange(self) -> None:
        """Axes and view by hand: a ready-made plot item brings menus that outlive it."""
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 10, 16, 0)
        layout.setSpacing(0)
        self.sides = SideAxes(layout, self.view)
        layout.addItem(self.values, 0, VIEW - 1)
        layout.addItem(self.view, 0, VIEW)
        layout.addItem(self.times, 1, VIEW)
        self.values.follow(self.view)
        self.times.follow(self.view)
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
        self.sides.show([(pen.colour, "" if pen.names else pen.side) for pen in pens], theme)
        self._make_room(lanes)
        return self.curves

    def show_scales(self, scales: Sequence[tuple[float, float, str]]) -> None:
        """Label the axes that always stand there: from where to where each pen's scale goes, and its unit."""
        self.sides.show_scales(scales)

    def recolour(self, place: int, colour: QColor) -> None:
        """Draw a pen in another colour."""
        self.curves[place].recolour(colour)
        self.sides.recolour(place, colour)

    def choose(self, place: int) -> None:
        """Have a pen stand out; the free axis is its own, unless it has one that always stands there."""
        for number, curve in enumerate(self.curves):
            curve.selected = number == place
            curve.setZValue(1 if curve.selected else 0)
            curve.update()
        self.values.setVisible(place not in self.sides.axes)

    def _make_room(self, lanes: int) -> None:
        low = -0.02 - (lanes * SHARE + 0.01 if lanes else 0.0)
        self.view.setLimits(yMin=low, yMax=1.02)
        self.view.setYRange(low, 1.02, padding=0)

    def show_scale(self, low: float, high: float, unit: str) -> None:
        """Label the axis and draw its levels for the chosen pen."""
        self.values.show_scale(low, high, unit)
        levels = self.values.levels()
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
        self.times.theme = theme
        self.times.update()
        for axis in (self.values, *self.sides.axes.values()):
            axis.theme = theme
            axis.update()
        self.ground.update()
        self.marks.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.marks.box is not None:
            self.marks.box.setBottomRight(self._at(event.position()))
            self.marks.update()
        elif self.is_held:
            self.move_held(event.position())
        else:
            super().mouseMoveEvent(event)
            self.point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, left = self._at(event.position()), event.button() == Qt.MouseButton.LeftButton
        if left and (self.boxing or event.modifiers() & Qt.KeyboardModifier.ShiftModifier):
            self.marks.box = QRectF(at, at)
        elif left and self.take_hold(event.position()):
            return
        else:
            super().mousePressEvent(event)
            self.point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        box, self.marks.box = self.marks.box, None
        if box is not None:
            self.marks.update()
            self._box(box.normalized())
        elif self.is_held:
            self.let_go()
        else:
            super().mouseReleaseEvent(event)

    def _at(self, place: QPointF) -> QPointF:
        return self.view.mapSceneToView(self.mapToScene(place.toPoint()))

    @property
    def is_held(self) -> bool:
        """Whether the mouse or a finger has hold of a cursor."""
        return self._held is not None

    def take_hold(self, place: QPointF, reach_px: float = GRIP_PX) -> bool:
        """Whether a cursor is so near that the mouse or finger has it now."""
        x, reach = self._at(place).x(), reach_px * self._px_s()
        near = sorted((abs(at - x), which) for which, at in enumerate(self.marks.pair) if abs(at - x) <= reach)
        self._held = near[0][1] if near else None
        return bool(near)

    def move_held(self, place: QPointF) -> None:
        """Put the cursor that is held where the mouse or finger is."""
        if self._held is not None:
            self.marks.pair[self._held] = self._at(place).x()
            self.marks.update()
            self.paired.emit()

    def let_go(self) -> None:
        """Have hold of no cursor."""
        self._held = None

    def stretch(self, before: tuple[float, float], after: tuple[float, float]) -> None:
        """Shift and stretch time so that what stood at two px stands at two others."""
        begin, end = self.view.viewRange()[0]
        edge, px_s = self.view.sceneBoundingRect().left(), self._px_s()
        first, second = (begin + (x - edge) * px_s for x in before)
        s_px = (second - first) / (after[1] - after[0])
        left = first - (after[0] - edge) * s_px
        self.view.setXRange(left, left + (end - begin) * s_px / px_s, padding=0)
        self.moved.emit()

    def _box(self, box: QRectF) -> None:
        """What was drawn too small to be meant is none; a low box is about time alone."""
        wide, high = box.width() / self._px_s(), box.height() * self.view.height() / self.view.viewRect().height()
        if wide < SMALLEST_PX:
            return
        low, top = max(0.0, box.top()), min(1.0, box.bottom())  # upwards on the plot is downwards in Qt
        share = (low, top) if high >= SMALLEST_PX and top - low > SMALLEST_SHARE else (0.0, 1.0)
        self.boxed.emit(self._moment(box.left()), self._moment(box.right()), *share)

    def _moment(self, x: float) -> int:
        return self.base_ns + int(x * 1e9)

    def viewportEvent(self, event: QEvent) -> bool:
        fingers = self._fingers
        return (fingers is not None and fingers.take(event)) or super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.point(None)
        self.pointed.emit(None)

    def point_at(self, place: QPointF) -> None:
        """Read at a place of the widget, if it is on the picture."""
        scene = self.mapToScene(place.toPoint())
        if not self.view.sceneBoundingRect().contains(scene):
            return
        moment = self.base_ns + int(self.view.mapSceneToView(scene).x() * 1e9)
        self.point(moment)
        self.pointed.emit(moment)

    def _place(self, *args: Any) -> None:
        """Everything goes to its new place now; the view would do it while it is painted, and then be painted twice."""
        self.view.updateMatrix()

    def _moved(self, *args: Any) -> None:
        self.moved.emit()

    def _x(self, moment_ns: int) -> float:
        return (moment_ns - self.base_ns) / 1e9
