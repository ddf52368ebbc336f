"""A real window on an engine, with a widget that hangs: `hanging_window.py DATA SECONDS`, for a process of its own.

It prints `hangs` as it begins to, `back` when it is back, and a second later `age` and how old its newest value is.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from hmi.client.app import RunOptions, open_window
from hmi.clock import MachineClock

application = QApplication(["hmi"])
window = open_window(RunOptions(data=Path(sys.argv[1]), size=(800, 600)), MachineClock())
window.show()
window.start()


def say(line: str) -> None:
    """Tell whoever waits."""
    print(line, flush=True)  # noqa: T201


def hang() -> None:
    """What no widget may do."""
    if window.wire.mirror is None or not len(window.wire.mirror.table.received):
        QTimer.singleShot(200, hang)
        return
    say("hangs")
    time.sleep(float(sys.argv[2]))
    say("back")
    QTimer.singleShot(1000, tell)


def tell() -> None:
    """How fresh it is again."""
    newest = int(window.wire.mirror.table.received.max())
    say(f"age {(time.time_ns() - newest) / 1e9:.3f}")


QTimer.singleShot(500, hang)
sys.exit(application.exec())
