"""Fingers on a trend: one shifts it or takes hold of a cursor, two stretch time between them, a tap reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QTouchEvent

if TYPE_CHECKING:
    from hmi.client.trends.plot import Plot

TAP_PX: Final = 10.0  # a finger that moved no further was a tap
GRIP_PX: Final = 24.0  # so near to a cursor a finger takes hold of it
_APART_PX: Final = 24.0  # fingers closer together do not stretch
_KINDS: Final = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)


class Fingers:
    """What the fingers on one plot have done so far; on the Qt thread."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._tapped: QPointF | None = None  # where the only finger came down, while it may yet be a tap

    def take(self, event: QEvent) -> bool:
        """Follow a touch event; False for any other, which is then the mouse's."""
        if event.type() not in _KINDS or not isinstance(event, QTouchEvent):
            return False
        points = [point for point in event.points() if point.state() != QEventPoint.State.Released]
        if event.type() == QEvent.Type.TouchBegin:
            self._begin(event.points()[0].position())
        elif event.type() == QEvent.Type.TouchUpdate and points:
            self._follow(points)
        elif event.type() == QEvent.Type.TouchEnd:
            if self._tapped is not None:
                self._plot.point_at(self._tapped)
            self._plot.let_go()
        event.accept()
        return True

    def _begin(self, place: QPointF) -> None:
        held = self._plot.take_hold(place, GRIP_PX)
        self._tapped = None if held else place

    def _follow(self, points: list[QEventPoint]) -> None:
        if self._tapped is not None:
            moved = points[0].position() - self._tapped
            if len(points) == 1 and moved.manhattanLength() <= TAP_PX:
                return
            self._tapped = None
        if self._plot.is_held:
            self._plot.move_held(points[0].position())
            return
        first, last = points[0], points[-1]
        before, after = (
            (first.lastPosition().x(), last.lastPosition().x()),
            (first.position().x(), last.position().x()),
        )
        close = min(abs(before[1] - before[0]), abs(after[1] - after[0])) < _APART_PX
        if len(points) == 1 or close:  # two that come together still shift
            before, after = (before[0], before[0] + 1), (after[0], after[0] + 1)
        self._plot.stretch(before, after)
