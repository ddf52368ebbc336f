"""A real window on an engine that tells what it draws first after it did not run: `sleeping_window.py DATA TAG`.

It prints `live` once values have come; after each sleep one JSON line of the first frame, and one of the first frame in
which values are live again.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from hmi.client.app import RunOptions, open_window
from hmi.clock import MachineClock
from hmi.core import quality as q

SLEPT_S = 5.0
application = QApplication(["hmi"])
window = open_window(RunOptions(data=Path(sys.argv[1]), size=(800, 600)), MachineClock())
window.show()
drawn = window.frame._draw
seen = {"ran": time.monotonic(), "live": False, "awaited": False, "before": False}


def say(line: str) -> None:
    """Tell whoever waits."""
    print(line, flush=True)  # noqa: T201


def good() -> int:
    """How many values are shown as live."""
    return int(np.count_nonzero(q.is_good(window.wire.mirror.table.quality)))


def told() -> str:
    """What is seen in this frame."""
    mirror = window.wire.mirror
    tag = mirror.plant.tag_index[sys.argv[2]]
    value, age_s = float(mirror.table.value[tag]), mirror.age_s(tag)
    return json.dumps({"good": good(), "down": mirror.link_down, "value": value, "age_s": age_s})


def draw() -> None:
    """As the window draws, and tell of the frames that matter."""
    slept, seen["ran"] = time.monotonic() - seen["ran"] > SLEPT_S, time.monotonic()
    drawn()
    if not seen["live"] and good() > 1:
        seen["live"] = True
        say("live")
    elif seen["live"] and slept:
        seen["awaited"] = True
        say(told())
    elif seen["live"] and not seen["before"] and json.loads(told())["value"] == 1.0:
        seen["before"] = True
        say("before")  # the value that must not be shown as live after the sleep
    elif seen["awaited"] and good() > 1:
        seen["awaited"] = False
        say(told())


window.frame._draw = draw
window.start()
sys.exit(application.exec())
