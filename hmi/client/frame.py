"""The one frame clock of the window: twenty times a second it looks whether anything changed, and only then draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from hmi.client.mirror import Mirror
from hmi.client.outages.asleep import ASLEEP_S
from hmi.client.wire import Wire
from hmi.clock import Clock

BEAT_MS: Final = 50
PULSE_S: Final = 0.5


class Frame(QObject):
    """Calls `draw` when the mirror changed and `pulse` twice a second; measures what both cost the Qt thread."""

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        draw: Callable[[], None],
        pulse: Callable[[bool], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.beats = 0
        self.drawn = 0
        self.last_ms = 0.0
        self.worst_ms = 0.0  # of the last ten seconds or so
        self._wire, self._clock, self._draw, self._pulse = wire, clock, draw, pulse
        self._seen: tuple[Mirror, object] | None = None
        self._next_pulse = clock.monotonic()
        self._lit = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self.beat)

    def start(self) -> None:
        """Begin to beat."""
        self._timer.start()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def redraw(self) -> None:
        """Draw at the next beat whether anything changed or not: another page came to the front."""
        self._seen = None

    def beat(self) -> None:
        """One beat: hear the engine, draw what changed, pulse when it is time."""
        self.beats += 1
        begun = self._clock.monotonic()
        self._wire.tick()
        started = self._clock.monotonic()
        if started - begun > ASLEEP_S:  # held up in between: what was heard is of before, and must not be drawn as now
            self._wire.tick()
        mirror = self._wire.mirror
        now = None if mirror is None else (mirror, mirror.state)
        if now is not None and now != self._seen:
            self._seen = now
            self.drawn += 1
            self._draw()
            self._measure(started)
        if started >= self._next_pulse:
            self._next_pulse = started + PULSE_S
            self._lit = not self._lit
            self._pulse(self._lit)

    def _measure(self, started: float) -> None:
        self.last_ms = (self._clock.monotonic() - started) * 1e3
        self.worst_ms = max(self.last_ms, self.worst_ms * 0.997)
