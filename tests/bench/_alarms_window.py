"""The window on 10,000 alarms, with its Qt thread watched: `-m tests.bench._alarms_window DATA`.

It prints `linked`. On standard input: `page KEY` -> `page MS`, from the call until all is there and painted;
`fold` -> the other of the folded and the full list; `begin [0]`, `end` -> a line of JSON about the time between.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from hmi.client.window import Window
from hmi.link.messages import Alarms
from tests.bench._window import run, say

TIMER_MS = 5


class Watch(QObject):
    """What the alarms cost the Qt thread, and how old they are when their ink is dry."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self.window = window
        self._linked = False
        self._asked: float | None = None
        self._came: list[int] = []  # source times of alarms that are not on the glass yet
        self._late_ms: list[float] = []
        self._gaps: list[float] = []
        self._beats: list[tuple[float, float]] = []  # wall and CPU of each beat with its ink, ms
        self._tick_at = time.monotonic()
        self._begun = (0.0, 0.0, 0)
        self._dry_ns = 0
        self._last_ns = 0
        window.frame._timer.timeout.disconnect(window.frame.beat)
        window.frame._timer.timeout.connect(self._beat)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TIMER_MS)
        self._orders = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._orders.activated.connect(self._hear)

    def _listen(self) -> None:
        """Note the alarms as they come over the link."""
        mirror: Any = self.window.wire.mirror
        take = mirror.take

        def noted(message: Any) -> None:
            if isinstance(message, Alarms) and not message.snapshot:
                self._came += [row.raised_ns for row in message.rows if row.state == "unacknowledged"]
            take(message)

        mirror.take = noted

    def _beat(self) -> None:
        wall, cpu = time.monotonic(), time.thread_time()
        self.window.frame.beat()
        self._note(wall, cpu)

    def _note(self, wall: float, cpu: float) -> None:
        """Qt paints when a beat is over: what it has left to do is done before this one's turn."""
        came, self._came = self._came, []
        if not came and not self._linked:
            self._look()
            return
        QTimer.singleShot(0, lambda: self._dry(came, wall, cpu))

    def _dry(self, came: list[int], wall: float, cpu: float) -> None:
        now_ns = time.time_ns()
        self._beats.append(((time.monotonic() - wall) * 1e3, (time.thread_time() - cpu) * 1e3))
        if came:
            self._late_ms += [(now_ns - raised) / 1e6 for raised in came]
            self._last_ns, self._dry_ns = max(came), now_ns
        page = None if self.window.shell is None else self.window.shell.page
        if self._asked is not None and page is not None and page.ready():
            asked, self._asked = self._asked, None
            QTimer.singleShot(0, lambda: say(f"page {(time.monotonic() - asked) * 1e3:.1f}"))

    def _look(self) -> None:
        mirror = self.window.wire.mirror
        if mirror is not None and not mirror.link_down and self.window.shell is not None:
            self._linked = True
            self._listen()
            say("linked")

    def _tick(self) -> None:
        now = time.monotonic()
        self._gaps.append((now - self._tick_at) * 1e3 - TIMER_MS)
        self._tick_at = now

    def _hear(self) -> None:
        orders = os.read(sys.stdin.fileno(), 4096).decode()
        if not orders:
            QApplication.quit()
        for order in orders.splitlines():
            words = order.split()
            getattr(self, f"do_{words[0]}")(*words[1:])

    def do_page(self, key: str) -> None:
        """Bring a page to the front."""
        assert self.window.shell is not None
        self._asked = time.monotonic()
        self.window.shell.go(key)

    def do_fold(self) -> None:
        """The other of the folded and the full list."""
        page: Any = self.window.shell.page if self.window.shell else None
        page.toggle_fold()
        say("folded" if page.model.folded else "full")

    def do_begin(self, watch: str = "1") -> None:
        """From now on; the timer beside the beats costs as much as a window at rest, so it can be left out."""
        self._timer.start(TIMER_MS) if watch == "1" else self._timer.stop()
        self._tick_at = time.monotonic()
        self._late_ms, self._gaps, self._beats = [], [], []
        self._begun = (time.monotonic(), time.process_time(), self._played())
        say("begun")

    def do_end(self) -> None:
        """Tell what was seen since."""
        wall, cpu, played = self._begun
        beats = np.array(self._beats or [(0.0, 0.0)])
        mirror = self.window.wire.mirror
        say(
            json.dumps(
                {
                    "cpu_percent": 100 * (time.process_time() - cpu) / (time.monotonic() - wall),
                    "gap_ms": max(self._gaps, default=0.0),
                    "beat_ms": float(beats[:, 0].max()),
                    "beat_cpu_ms": float(beats[:, 1].max()),
                    "late_p99_ms": float(np.percentile(self._late_ms or [0.0], 99)),
                    "late_p50_ms": float(np.percentile(self._late_ms or [0.0], 50)),
                    "came": len(self._late_ms),
                    "last_ms": (self._dry_ns - self._last_ns) / 1e6,
                    "standing": 0 if mirror is None else len(mirror.alarms),
                    "horn": self._played() - played,
                }
            )
        )

    def _played(self) -> int:
        return 0 if self.window.calls is None else self.window.calls.horn.played


if __name__ == "__main__":
    run(Watch)
