"""What trends cost: the way from a request to its picture, a frame of a drag or zoom, live redraws, memory.

Beside them, in the same run and on the same values, plain pyqtgraph: a PlotDataItem a pen with automatic peak
downsampling, clipped to the view, pen width 1 (ours is 2). CPU of the whole process, medians of rounds in turns.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from statistics import median
from typing import Any

from tests.bench._figures import figure
from tests.bench._live import Child
from tests.bench.screens import ask

PLAIN = "PlotDataItem"
LIVE_HZ = 5
MINUTE_HZ = 10


def measure() -> list[dict[str, Any]]:
    """Eight pens of 30 days, a sample a second: 20.7 million."""
    return _measured(days=30, rounds=5, frames=40)


def measure_quick() -> list[dict[str, Any]]:
    """Two days, which both sides have made in seconds."""
    return _measured(days=2, rounds=3, frames=15)


def _measured(days: int, rounds: int, frames: int) -> list[dict[str, Any]]:
    with ExitStack() as stack:
        env = {"QT_QPA_PLATFORM": "offscreen"} | os.environ

        def side(name: str) -> Child:
            command = [sys.executable, "-m", f"tests.bench._trends_{name}", str(days)]
            child = stack.enter_context(Child(command, env))
            child.line("ready")
            return child

        sides = {"ours": side("ours"), PLAIN: side("plain")}
        while not ask(sides["ours"], "grow 30")["done"]:
            pass  # so that it can be told from one that hangs
        asked = ask(sides["ours"], f"asks {rounds}")
        memory = {name: ask(child, "memory")["mb"] for name, child in sides.items()}
        moved = [_turns(sides, rounds, frames, zoom) for zoom in (0, 1)]
        live = median(ask(sides["ours"], f"live {frames}")["cpu_ms"] for _ in range(rounds))
        longest = min(ask(sides["ours"], f"minute {MINUTE_HZ}")["longest_ms"] for _ in range(2))
    name = f"8 pens, {days} d at 1 Hz: "
    figures = [
        figure(f"{name}request to picture, warm", asked["warm_ms"], "ms", 120.0),
        figure(f"{name}request to picture, cold", asked["cold_ms"], "ms", 400.0),
        figure(f"{name}memory held", memory["ours"], "MB", 50.0, {PLAIN: memory[PLAIN]}),
    ]
    for kind, cost in zip(("dragging", "zooming"), moved, strict=True):
        figures.append(figure(f"{name}CPU a frame {kind}", cost["ours"], "ms", 12.0, {PLAIN: cost[PLAIN]}))
        figures.append(figure(f"{name}{kind}: {PLAIN} / ours", cost[PLAIN] / cost["ours"], "x", 3.0, least=True))
    figures.append(figure(f"8 pens, 10 min live at {LIVE_HZ} Hz: CPU of a core", live * LIVE_HZ / 10, "%", 6.0))
    told = f"8 pens, a minute live at {MINUTE_HZ} Hz while zooming: the longest beat"
    figures.append(figure(told, longest, "ms", 100.0))
    return figures


def _turns(sides: dict[str, Child], rounds: int, frames: int, zoom: int) -> dict[str, float]:
    """CPU milliseconds of a frame of each side."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, child in sides.items():
            spent[name].append(ask(child, f"frames {frames} {zoom}")["cpu_ms"])
    return {name: median(one) for name, one in spent.items()}
