"""The window on a running engine, with its frame clock watched: `-m tests.bench._window DATA PORT ITEMS`.

It prints `live` when values are on the screen. On standard input: `measure S [WAIT]` -> `measuring` and, after WAIT + S
seconds, a line of JSON; `show ID` -> that screen; `thread` -> a thread of this process subscribes with a handler
and says `subscribed`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from hmi.client.app import RunOptions, open_window
from hmi.client.frame import BEAT_MS
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.window import Window
from hmi.clock import MachineClock
from tests.bench._paints import watch_paints

TIMER_MS = 16
SIZE = (1920, 1080)


class Watch(QObject):
    """When the frame clock's beats began and what they cost, and when a faster timer beside it went off."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self.window = window
        self.beats: list[float] = []
        self.costs: list[float] = []
        self.ticks: list[float] = []
        self.painted_ms: list[float] = []  # from the server's stamp of the newest value on the screen to its ink
        self._live = False
        self._painted = -1
        watch_paints(self._paint)
        window.frame._timer.timeout.disconnect(window.frame.beat)
        window.frame._timer.timeout.connect(self._beat)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TIMER_MS)
        self._orders = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._orders.activated.connect(self._hear)

    def _beat(self) -> None:
        self.beats.append(time.monotonic())
        self.window.frame.beat()
        self.costs.append(time.monotonic() - self.beats[-1])
        mirror = self.window.wire.mirror
        if not self._live and mirror is not None and not mirror.link_down and mirror.table.received.all():
            self._live = True
            say("live")

    def _paint(self, mimic: Any) -> None:
        mirror = self.window.wire.mirror
        if mirror is None or mirror.table.counter == self._painted or not len(mimic.compiled.tags):
            return
        self._painted = mirror.table.counter
        newest = int(mirror.table.time[mimic.compiled.tags].max())
        self.painted_ms.append((time.time_ns() - newest) / 1e6)

    def _tick(self) -> None:
        self.ticks.append(time.monotonic())

    def _hear(self) -> None:
        orders = os.read(sys.stdin.fileno(), 4096).decode()
        if not orders:
            QApplication.quit()
        for order in orders.splitlines():
            self._obey(order.split())

    def _obey(self, words: list[str]) -> None:
        if words[0] == "thread":
            port, items = int(sys.argv[2]), int(sys.argv[3])
            threading.Thread(target=lambda: asyncio.run(subscribe(port, items)), daemon=True).start()
        elif words[0] == "show":
            assert self.window.shell is not None
            self.window.shell.go(words[1])
        else:
            self._seconds = float(words[1])
            QTimer.singleShot(round(float(words[2]) * 1000) if len(words) > 2 else 0, self._begin)
            say("measuring")

    def _begin(self) -> None:
        self.beats.clear()
        self.costs.clear()
        self.ticks.clear()
        self.painted_ms.clear()
        self._drawn = self.window.frame.drawn
        QTimer.singleShot(round(self._seconds * 1000), self._end)

    def _end(self) -> None:
        late, timer = lateness_ms(self.beats, BEAT_MS), lateness_ms(self.ticks, TIMER_MS)
        cost = float(np.percentile(self.costs, 99)) * 1000
        drawn = (self.window.frame.drawn - self._drawn) / self._seconds
        self._of_paints = list(self.painted_ms) or [0.0]
        QTimer.singleShot(
            1000, lambda: self._report(late, timer, cost, drawn)
        )  # the last values are then on the screen

    def _report(self, late: Any, timer: Any, cost: float, drawn: float) -> None:
        mirror = self.window.wire.mirror
        assert mirror is not None
        report = {
            "p50_ms": float(np.percentile(late, 50)),
            "p99_ms": float(np.percentile(late, 99)),
            "worst_ms": float(late.max()),
            "timer_p99_ms": float(np.percentile(timer, 99)),
            "cost_p99_ms": cost,
            "drawn_per_s": drawn,
            "painted_p50_ms": float(np.percentile(self._of_paints, 50)),
            "painted_p99_ms": float(np.percentile(self._of_paints, 99)),
            "newest": float(mirror.table.value.min()),
        }
        say(json.dumps(report))


def lateness_ms(moments: list[float], period_ms: float) -> Any:
    """How much longer than its period each interval was; never less than nothing."""
    return np.maximum(0.0, np.diff(moments) * 1000 - period_ms)


async def subscribe(port: int, items: int) -> None:
    """asyncua's client with its handler, for ever."""
    from asyncua import Client  # in a window's process for this comparison alone

    class Handler:
        seen = 0

        def datachange_notification(self, node: Any, value: float, data: Any) -> None:
            self.seen += 1

    async with Client(f"opc.tcp://127.0.0.1:{port}", timeout=60, watchdog_intervall=60) as client:
        subscription = await client.create_subscription(100, Handler())
        await subscription.subscribe_data_change([client.get_node(f"ns=2;i={i}") for i in range(items)])
        say("subscribed")
        await asyncio.Event().wait()


def say(text: str) -> None:
    """Tell the bench."""
    print(text, flush=True)  # noqa: T201


def run(watch_of: Callable[[Window], QObject]) -> None:
    """Open the window on the data folder that the first argument names, and watch it until standard input ends."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    logging.getLogger().setLevel(logging.ERROR)
    application = QApplication(["hmi"])
    application.setStyle("Fusion")
    dress(application, day(), False)
    window = open_window(RunOptions(Path(sys.argv[1]), size=SIZE), MachineClock())
    watch = watch_of(window)
    window.show()
    window.start()
    application.exec()
    window.stop()
    watch.deleteLater()


if __name__ == "__main__":
    run(Watch)
