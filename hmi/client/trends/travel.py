"""Where in time a trend is: up to now or standing still, how much of it, and the way back through earlier views."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from hmi.client.page import Desk
from hmi.client.trends.plot import LONGEST_S, SHORTEST_S, Plot
from hmi.client.trends.toolbar import Toolbar
from hmi.client.trends.views import WHOLE, View, Views

_STILL_MS: Final = 120  # a view that stands still so long has settled: scales and table are worked out, history asked
_PATIENCE_S: Final = 0.5  # and so often it does while it is dragged on and on
_AHEAD: Final = 0.02  # of the width of a live trend lies right of now


class Travel(QObject):
    """`went` when another stretch is in view, `settled` when a drag or zoom has come to rest for a moment.

    `dragged` at every step of one, telling whether the trend was live until then. On the Qt thread.
    """

    went = Signal()
    dragged = Signal(bool)
    settled = Signal()

    def __init__(self, desk: Desk, plot: Plot, toolbar: Toolbar, span_s: float) -> None:
        super().__init__()
        self.live, self.span_s = True, span_s
        self.share = WHOLE  # of every pen's scale, that is in view
        self._desk, self._plot, self._toolbar = desk, plot, toolbar
        self._views = Views()
        self._left = View(True, span_s)  # the view that a drag or zoom began from
        self._settle = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._began = 0.0  # monotonic: when it was last settled and then moved
        self._moved_at = -math.inf
        self._settle.timeout.connect(self.settled)
        toolbar.span_asked.connect(self.show_span)
        toolbar.move_asked.connect(self.move_by)
        toolbar.live_asked.connect(self.follow)
        toolbar.view_asked.connect(self.go)
        plot.moved.connect(self._moved)
        plot.boxed.connect(self.show_stretch)

    @property
    def is_moving(self) -> bool:
        """Whether a drag or zoom has not come to rest."""
        return self._settle.isActive()

    def span(self) -> tuple[int, int]:
        """The moments at the left and right edge, ns UTC."""
        if not self.live:
            return self._plot.span_ns
        now = self._desk.mirror.now_ns()
        return now - int(self.span_s * (1 - _AHEAD) * 1e9), now + int(self.span_s * _AHEAD * 1e9)

    def begin(self, span_s: float) -> None:
        """Be live over so many seconds, with other pens: nothing to go back to."""
        self.live, self.span_s, self.share = True, span_s, WHOLE
        self._left, self._moved_at = View(True, span_s), -math.inf

    def show_span(self, span_s: float) -> None:
        """Up to now, over so many seconds."""
        self._go_to(View(True, span_s))

    def show_stretch(self, from_ns: int, to_ns: int, low: float = 0.0, high: float = 1.0) -> None:
        """Stand still from one moment to another, with a part of every pen's scale."""
        middle, span_s = (from_ns + to_ns) // 2, (to_ns - from_ns) / 1e9
        half = int(min(max(span_s, SHORTEST_S), LONGEST_S) * 5e8)
        bottom, top = self.share
        share = (bottom + (top - bottom) * low, bottom + (top - bottom) * high)
        self._go_to(View(False, half / 5e8, middle - half, middle + half, share))

    def go(self, way: int) -> None:
        """To the view before (-1), or to the one that was gone back from (1)."""
        view = self._views.back(self._view()) if way < 0 else self._views.forward(self._view())
        if view is not None:
            self._show(view)

    def follow(self, live: bool) -> None:
        """Follow the present, or stand still where it is."""
        start, stop = self._plot.span_ns
        self._go_to(View(True, (stop - start) / 1e9) if live else View(False, self.span_s, start, stop, self.share))

    def move_by(self, share: float, zoom: float) -> None:
        """Shift by a share of the width (later is positive) and show `zoom` times as much time."""
        start, stop = self.span()
        middle, half = (start + stop) / 2 + share * (stop - start), (stop - start) / 2 * zoom
        self._plot.show_span(int(middle - half), int(middle + half))
        self._moved()
        self.dragged.emit(True)

    def stop(self) -> None:
        """Nothing settles any more."""
        self._settle.stop()

    def show_state(self) -> None:
        """Have the toolbar say where the trend is."""
        self._toolbar.show_state(self.live, self.span_s, self._views.has_back, self._views.has_forward)

    def _view(self) -> View:
        return View(True, self.span_s) if self.live else View(False, self.span_s, *self._plot.span_ns, self.share)

    def _go_to(self, view: View) -> None:
        self._views.leave(self._view())
        self._show(view)

    def _show(self, view: View) -> None:
        self.live, self.span_s, self.share = view.live, view.span_s, view.share
        if not view.live:
            self._plot.show_span(view.from_ns, view.to_ns)
        self._left, self._moved_at = self._view(), -math.inf
        self.show_state()
        self.went.emit()

    def _moved(self) -> None:
        """The operator panned or zoomed: the picture stands still, and history of what came into view is asked."""
        now = self._desk.clock.monotonic()
        if now - self._moved_at > _PATIENCE_S:  # else it is the same drag that goes on
            self._views.leave(self._left)
        if not self._settle.isActive():
            self._began = now
        self._moved_at = now
        if not self._settle.isActive() or now - self._began < _PATIENCE_S:
            self._settle.start()
        start, stop = self._plot.span_ns
        was_live, self.live, self.span_s = self.live, False, (stop - start) / 1e9
        self._left = self._view()
        self.show_state()
        self.dragged.emit(was_live)
