"""How late the window's frame clock is while 50,000 values change each second: engine and window as they are run.

Generator, engine (history on disk) and window are processes of their own, as at a station; the window shows 100 of
the tags, and each of them changes with every notification: more than the fullest screen of the demo plant. Beside it,
the same window with 300, with nothing coming in, and with asyncua's handler in a thread of the window's process taking
what it can bear: 20,000 changes a second.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from hmi.commands.children import Child as Program
from hmi.commands.children import hmi_command
from tests.bench._figures import figure, medians
from tests.bench._live import Child
from tests.drivers.devices import free_port

ITEMS = 5000
PERIOD_MS, THREAD_PERIOD_MS = 100, 250  # of notifications of all items
SHOWN = {"overview": 100, "dense": 300}
SETTLE = 5  # notifications until the window is in its stride

_PLANT = """
[plant]
id = "bench"
name = "Bench"
timezone = "UTC"

[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://127.0.0.1:{port}"
publish_ms = 100
"""
_SCREEN = """
[screen]
id = "{id}"
title = "{id}"
level = 1
size = [1920, 1080]
"""
_ELEMENT = """
[[element]]
symbol = "value"
at = [{x}, {y}]
size = [120, 48]
label = "T{number}"
bind.value = "bench.t{number}"
"""


def measure(seconds: float, rounds: int, quick: bool = False) -> list[dict[str, Any]]:
    """The figure: the median of the p99s of rounds of so many seconds, in which the sides take turns.

    `quick`: only beside the same window with nothing coming in.
    """
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="hmi-bench-") as folder:
        port = free_port()
        plant = bench_plant(Path(folder) / "plant", port, ITEMS)
        generator = stack.enter_context(Child([sys.executable, "-m", "tests.bench._replay", str(port), str(ITEMS)]))
        engine = Program("engine", hmi_command("engine", str(plant), "--data", folder), Path(folder) / "engine.log")
        stack.callback(engine.stop)
        script = [sys.executable, "-m", "tests.bench._window", folder, str(port), str(ITEMS)]
        window = stack.enter_context(Child(script, dict(os.environ, QT_QPA_PLATFORM="offscreen")))
        generator.line("ready")
        generator.line("subscribed 0")
        window.line("live")
        stand = Stand(generator, window, seconds)
        turns = [stand.turn(quick) for _ in range(rounds)]
        found = {side: medians([turn[side] for turn in turns]) for side in turns[0]}
        if not quick:
            window.tell("thread")  # last: it stays in the window's process
            window.line("subscribed")
            generator.line("subscribed 1")
            found["thread"] = medians([stand.busy(1, THREAD_PERIOD_MS) for _ in range(rounds)])
    return [_figure(found)]


def _figure(of: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    found = of["overview"]
    others = {
        "dense": "300 values shown",
        "idle": "nothing coming in",
        "thread": "asyncua handler in a thread, 20,000/s",
    }
    beside = {
        "median": found["p50_ms"],
        "worst": found["worst_ms"],
        "a beat's own cost p99": found["cost_p99_ms"],
        "16 ms timer p99": found["timer_p99_ms"],
        **{name: of[side]["p99_ms"] for side, name in others.items() if side in of},
        "a process that only sleeps 16 ms": found["sleeper_p99_ms"],
        "frames drawn/s": found["drawn_per_s"],
    }
    return figure("frame lateness p99, 50,000 changes/s, 100 of the tags shown", found["p99_ms"], "ms", 33.0, beside)


class Stand:
    """A window, and the generator that its engine (client 0) and its thread (client 1) take values from."""

    def __init__(self, generator: Child, window: Child, seconds: float) -> None:
        self._generator, self._window, self._seconds = generator, window, seconds
        self._sent = 0

    def turn(self, quick: bool) -> dict[str, dict[str, float]]:
        """One round of each side."""
        found = {"idle": self._measure(0.0)}
        for screen in list(SHOWN)[: 1 if quick else None]:
            self._window.tell(f"show {screen}")
            found[screen] = self.busy(0, PERIOD_MS)
            assert found[screen]["newest"] == self._sent - 1, "the window lacks values"
        self._window.tell("show overview")
        return found

    def busy(self, client: int, period_ms: float) -> dict[str, float]:
        """Measure while a client of the generator's is sent changes."""
        count = round(self._seconds * 1000 / period_ms) + SETTLE
        self._sent += count * (client == 0)
        self._generator.tell(f"go {client} {count} {period_ms}")
        report = self._measure(SETTLE * period_ms / 1000)
        self._generator.line("sent")
        return report

    def _measure(self, wait_s: float) -> dict[str, float]:
        """What the window says, and how late a process that only sleeps wakes up on this machine meanwhile."""
        self._window.tell(f"measure {self._seconds} {wait_s}")
        self._window.line("measuring")
        moments, until = [], time.monotonic() + wait_s + self._seconds
        while not moments or moments[-1] < until:
            time.sleep(0.016)
            moments.append(time.monotonic())
        report: dict[str, float] = json.loads(self._window.line("{"))
        late = np.diff(moments) * 1000 - 16
        return report | {"sleeper_p99_ms": float(np.percentile(late, 99))}


def bench_plant(folder: Path, port: int, items: int) -> Path:
    """A plant of so many tags, with a screen of 100 of them and one of 300."""
    (folder / "screens").mkdir(parents=True)
    (folder / "plant.toml").write_text(_PLANT.format(port=port))
    head = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
    rows = (f"bench.t{i},plc,ns=2;i={i},float64,,,,,,,,change,r,Tag {i}" for i in range(items))
    (folder / "tags.csv").write_text("\n".join([head, *rows]) + "\n")
    places = ((number, 12 + number % 15 * 126, 10 + number // 15 * 53) for number in range(max(SHOWN.values())))
    elements = [_ELEMENT.format(x=x, y=y, number=number) for number, x, y in places]
    for screen, shown in SHOWN.items():
        text = _SCREEN.format(id=screen) + "".join(elements[:shown])
        (folder / "screens" / f"{screen}.toml").write_text(text)
    return folder
