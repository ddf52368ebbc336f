"""How long a value takes from the server's stamp to ink, and a window from its start to its first screen.

Generator, engine (history on disk) and window are processes of their own, as at a station.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hmi.commands.children import Child as Program
from hmi.commands.children import hmi_command
from tests.bench._figures import figure, medians
from tests.bench._lateness import PERIOD_MS, Stand, bench_plant
from tests.bench._live import Child
from tests.drivers.devices import free_port

ITEMS = 1000


def measure(seconds: float, rounds: int, starts: int) -> list[dict[str, Any]]:
    """Ink of values that change ten times a second; starts of windows on an engine that runs."""
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="hmi-bench-") as folder:
        port = free_port()
        plant = bench_plant(Path(folder) / "plant", port, ITEMS)
        generator = stack.enter_context(Child([sys.executable, "-m", "tests.bench._replay", str(port), str(ITEMS)]))
        engine = Program("engine", hmi_command("engine", str(plant), "--data", folder), Path(folder) / "engine.log")
        stack.callback(engine.stop)
        script = [sys.executable, "-m", "tests.bench._window", folder, str(port), str(ITEMS)]
        with Child(script, env) as window:
            generator.line("ready")
            generator.line("subscribed 0")
            window.line("live")
            stand = Stand(generator, window, seconds)
            found = medians([stand.busy(0, PERIOD_MS) for _ in range(rounds)])
        env = _installed(env, folder)
        _start(str(plant), folder, env)  # writes the bytecode that the others read
        begun = medians([_start(str(plant), folder, env) for _ in range(starts)])
    return [*_ink(found), *_starts(begun)]


def _installed(env: dict[str, str], folder: str) -> dict[str, str]:
    """As at a station, where every module was compiled to bytecode when it was installed, or at its first start."""
    kept = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}


def _start(plant: str, folder: str, env: dict[str, str]) -> dict[str, float]:
    """One window, from the moment its process is asked for."""
    arguments = ["run", plant, "--data", folder, "--screen", "overview"]
    now = str(time.time_ns())
    with Child([sys.executable, "-m", "tests.bench._screens_start", now, *arguments], env) as window:
        painted, cpu = map(float, window.line("painted").split()[1:3])
        live = float(window.line("live").split()[1])
    return {"painted_ms": painted, "cpu_ms": cpu, "live_ms": live, "python_ms": _bare(env)}


def _bare(env: dict[str, str]) -> float:
    """What a process costs that reads in Qt and nothing else."""
    start = time.perf_counter()
    with Child([sys.executable, "-c", "import PySide6.QtWidgets; print('in', flush=True)"], env) as child:
        child.line("in")
    return (time.perf_counter() - start) * 1000


def _ink(found: dict[str, float]) -> list[dict[str, Any]]:
    beside = {"frame clock late p99": found["p99_ms"], "a process that only sleeps 16 ms": found["sleeper_p99_ms"]}
    name = "server's stamp to ink, 100 values shown, ten changes a second each"
    return [
        figure(f"{name}: median", found["painted_p50_ms"], "ms", 80.0, beside),
        figure(f"{name}: p99", found["painted_p99_ms"], "ms", 150.0, beside),
    ]


def _starts(found: dict[str, float]) -> list[dict[str, Any]]:
    beside = {"of it CPU": found["cpu_ms"], "Python and Qt alone": found["python_ms"]}
    after = found["live_ms"] - found["painted_ms"]
    return [
        figure("window: process start to first screen painted", found["painted_ms"], "ms", 600.0, beside),
        figure("window: from then to every value live", after, "ms", 500.0),
    ]
