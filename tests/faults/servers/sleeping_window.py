"""A real window on an engine that tells what it draws first after it did not run: `sleeping_window.py DATA TAG`.

It prints `live` once values have come and `before` once TAG is 1; after each sleep one JSON line of the first frame,
and one of the first frame in which TAG is live again.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

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


def told() -> dict[str, Any]:
    """What is seen in this frame; of all tags shown as live their value, age, and seconds since its source time."""
    mirror, table = window.wire.mirror, window.wire.mirror.table
    live = {
        mirror.plant.tags[tag].name: (float(table.value[tag]), mirror.age_s(tag), (now - table.time[tag]) / 1e9)
        for now in [mirror.now_ns()]
        for tag in map(int, np.flatnonzero(q.is_good(table.quality)))
    }
    return {"down": mirror.link_down, "live": live, "value": float(table.value[mirror.plant.tag_index[sys.argv[2]]])}


def draw() -> None:
    """As the window draws, and tell of the frames that matter."""
    slept, seen["ran"] = time.monotonic() - seen["ran"] > SLEPT_S, time.monotonic()
    drawn()
    if not seen["live"] and good() > 1:
        seen["live"] = True
        say("live")
    elif seen["live"] and slept:
        seen["awaited"] = True
        say(json.dumps(told()))
    elif seen["live"] and not seen["before"] and told()["value"] == 1.0:
        seen["before"] = True
        say("before")  # the value that must not be shown as live after the sleep
    elif seen["awaited"] and sys.argv[2] in (frame := told())["live"]:
        seen["awaited"] = False
        say(json.dumps(frame))


window.frame._draw = draw
window.start()
sys.exit(application.exec())
