"""What 10,000 alarms cost the window, and how old they are when they stand on the glass.

Engine and window are processes of their own, as at a station; the journal is on disk.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from statistics import median
from typing import Any, Final

from tests.bench._alarms_engine import COUNT
from tests.bench._figures import figure, medians
from tests.bench._live import Child

ROWS: Final = 100_000  # of the journal
PER_S: Final = 1000
_SETTLE_S: Final = 1.5


class Station:
    """An engine and a window, both up."""

    def __init__(self, engine: Child, window: Child) -> None:
        self._engine, self._window = engine, window
        engine.line("ready")
        window.line("linked")

    def engine(self, order: str) -> None:
        """Have the engine's values be so, and wait until they are."""
        self._engine.tell(order)
        self._engine.line(order.split(maxsplit=1)[0])

    def page(self, key: str) -> float:
        """Milliseconds until a page is there with all that it waits for."""
        self._window.tell(f"page {key}")
        return float(self._window.line("page").split()[1])

    def fold(self) -> None:
        """The other of the folded and the full list."""
        self._window.tell("fold")
        self._window.line("f")

    def watched(self, order: str = "", watch: bool = True) -> dict[str, float]:
        """What the window saw while the engine did something."""
        self._window.tell(f"begin {int(watch)}")
        self._window.line("begun")
        if order:
            self.engine(order)
        _pause(_SETTLE_S if watch else 4 * _SETTLE_S * (not order))
        self._window.tell("end")
        found: dict[str, float] = json.loads(self._window.line("{"))
        return found


def measure(rounds: int, seconds: float) -> list[dict[str, Any]]:
    """A burst of every alarm in a second, a stream of changes, and the journal opened."""
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    with tempfile.TemporaryDirectory(prefix="hmi-bench-") as folder:
        engine = [sys.executable, "-m", "tests.bench._alarms_engine", folder]
        window = [sys.executable, "-m", "tests.bench._alarms_window", folder]
        with Child(engine) as one, Child(window, env) as other:
            station = Station(one, other)
            station.page(":alarms")
            found = [*_bursts(station, rounds), *_stream(station, seconds)]
            station.engine("calm")
            station.engine(f"journal {ROWS}")
            opened = [_opened(station) for _ in range(rounds)]
    return [*found, figure(f"journal of {ROWS:,} rows: from the key to its first page", median(opened), "ms", 1000.0)]


def _opened(station: Station) -> float:
    station.page(":system")
    return station.page(":journal")


def _bursts(station: Station, rounds: int) -> list[dict[str, Any]]:
    found = []
    for _ in range(rounds):
        found.append(station.watched("burst"))
        station.engine("calm")
        _pause(_SETTLE_S)
    one, name = medians(found), f"{COUNT:,} transitions in a second: "
    lost = max(COUNT - each["standing"] for each in found)
    return [
        figure(f"{name}not on the list", lost, "alarms", 0),
        figure(f"{name}list painted after the last", one["last_ms"], "ms", 200.0),
        figure(
            f"{name}Qt thread held at most", one["gap_ms"], "ms", 50.0, {"CPU of the longest beat": one["beat_cpu_ms"]}
        ),
        figure(f"{name}tones within it", one["horn"], "tones", 1),
    ]


def _stream(station: Station, seconds: float) -> list[dict[str, Any]]:
    station.engine("burst")
    _pause(_SETTLE_S)
    folded = station.watched(f"rate {PER_S} {seconds}")
    folded_cpu = station.watched(f"rate {PER_S} {seconds}", watch=False)["cpu_percent"]
    station.fold()
    _pause(_SETTLE_S)
    full_cpu = station.watched(f"rate {PER_S} {seconds}", watch=False)["cpu_percent"]
    idle = station.watched(watch=False)["cpu_percent"]
    name = f"{PER_S:,} changes a second on {COUNT:,} rows: "
    return [
        figure(
            f"{name}condition true to banner, p99",
            folded["late_p99_ms"],
            "ms",
            250.0,
            {"median": folded["late_p50_ms"]},
        ),
        figure(
            f"{name}of a core, beside the window at rest",
            full_cpu - idle,
            "%",
            5.0,
            {"folded as in a flood": folded_cpu - idle, "the window at rest": idle},
        ),
    ]


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
