"""The demo plant on a stage: its tags and alarm limits read from its own files, and its simulator in a process."""

from __future__ import annotations

import csv
import os
import select
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from hmi.commands.children import free_ports
from hmi.core import expr
from hmi.core.plant.model import Connection, Plant
from hmi.core.tags import Tag
from hmi.sim.signals import Signals, Value
from hmi.sim.simulation import Simulation

ROOT = Path(__file__).parent.parent.parent
BOTTLING = ROOT / "resources" / "plants" / "bottling"
CONNECTIONS = (
    Connection("line", "opcua", "opc.tcp://127.0.0.1:48400"),
    Connection("palletiser", "modbus", "tcp://127.0.0.1:48502"),
)


def tag_of(row: dict[str, str], index: int) -> Tag:
    """One row of tags.csv, read without the loader that other tests are about."""
    length = int(row["type"][7:-1]) if row["type"].startswith("string[") else 0
    return Tag(
        index,
        row["tag"],
        row["connection"],
        row["address"],
        "string" if length else row["type"],
        row["unit"],
        float(row["low"]) if row["low"] else None,
        float(row["high"]) if row["high"] else None,
        float(row["scale"] or 1),
        float(row["offset"] or 0),
        float(row["deadband"] or 0),
        int(row["period_ms"] or 0),
        access=row["access"],
        description=row["description"],
        length=length,
    )


def tags() -> tuple[Tag, ...]:
    """Every tag of the demo plant."""
    files = [BOTTLING / "tags.csv", *sorted((BOTTLING / "tags").glob("*.csv"))]
    rows = [row for file in files for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]
    return tuple(tag_of(row, index) for index, row in enumerate(rows))


def plant() -> Plant:
    """The demo plant, as far as the simulator wants to know it."""
    return Plant("bottling", "Bottling", "UTC", CONNECTIONS, tags(), (), {}, {})


def alarms() -> list[dict[str, Any]]:
    """Every [[alarm]] of the demo plant, as written."""
    files = sorted((BOTTLING / "alarms").glob("*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8"))["alarm"]]


DERIVED = {
    "line1.capper.torque.error": lambda v: v["line1.capper.torque.average"] - v["line1.capper.torque.setpoint"],
    "line1.filler.fill_error": lambda v: v["line1.filler.fill.average"] - v["line1.filler.fill.volume_sp"],
    "line1.cip.flow_loss": lambda v: max(0.0, v["line1.cip.supply.flow"] - v["line1.cip.return.flow"]),
}


class Watch:
    """Raises the demo plant's alarms from values, as simply as can be: limit, type, on-delay and suppression."""

    def __init__(self) -> None:
        self.rules = alarms()
        self.raised: dict[str, float] = {}  # alarm -> seconds after which it was raised first
        self._since: dict[str, float] = {}

    def look(self, at_s: float, values: Signals, bad: Mapping[str, int]) -> None:
        """Judge the values of one moment."""
        for rule in self.rules:
            name = rule["tag"]
            value = DERIVED[name](values) if name in DERIVED else values[name]
            if not abnormal(rule, value, values, bad=name in bad):
                self._since.pop(rule["id"], None)
                continue
            lasted = at_s - self._since.setdefault(rule["id"], at_s)
            if lasted >= rule.get("on_delay_s", 0) and not suppressed(rule.get("suppress_when", ""), values):
                self.raised.setdefault(rule["id"], at_s)


def suppressed(when: str, values: Signals) -> bool:
    """Whether the design of an alarm keeps it quiet now."""
    if not when:
        return False
    index = {name: number for number, name in enumerate(values)}
    numbers = [float(value) if not isinstance(value, str) else nan for value in values.values()]
    value, quality = expr.compile(when, index).value(np.array(numbers), np.zeros(len(numbers), np.uint32))
    return quality == 0 and bool(value)


def abnormal(rule: dict[str, Any], value: Value, values: Signals, *, bad: bool) -> bool:
    """Whether a value is on the wrong side of a rule; how fast it moves is not looked at."""
    kind = rule["type"]
    if bad or kind == "bad":
        return bad and kind == "bad"
    if kind in ("discrete", "mismatch"):
        return (value == rule["limit"]) if kind == "discrete" else value != values[rule["command"]]
    if kind == "deviation":
        return abs(float(value) - float(values[rule["setpoint"]])) > rule["limit"]
    if kind == "rate":
        return False
    return float(value) > rule["limit"] if kind.startswith("level_h") else float(value) < rule["limit"]


def run_watched(simulation: Simulation, seconds: float, every_s: float = 1.0) -> Watch:
    """Let the simulation live for so long, with its alarms watched."""
    watch = Watch()
    for beat in range(1, round(seconds / every_s) + 1):
        simulation.advance(every_s)
        watch.look(beat * every_s, simulation.read(), simulation.bad())
    return watch


CHILD = """
import asyncio, signal, sys
from hmi.clock import MachineClock
from hmi.core.errors import HmiError
from hmi.sim.serve import port_addresses, serve
from tests.sim.stage import plant

async def main():
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    the_plant = plant()
    ports = port_addresses(the_plant, int(sys.argv[1]))
    try:
        await serve(the_plant, ports, sys.argv[2:], MachineClock(), lambda line: print(line, flush=True))
    except asyncio.CancelledError:
        print("ended", flush=True)
    except HmiError as error:
        sys.exit(str(error))

asyncio.run(main())
"""


class Served:
    """A simulator in its own process, on ports of its own."""

    def __init__(self, *faults: str, port: int | None = None) -> None:
        self.port = free_ports(2) if port is None else port
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-W", "ignore", "-c", CHILD, str(self.port), *faults]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def line(self, within_s: float = 45.0) -> str:
        """The next line it says."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], within_s)
        assert ready, "the simulator says nothing"
        return self.process.stdout.readline().strip()

    def end(self) -> tuple[int, str, str]:
        """Ask it to end; its exit code and what it still said."""
        self.process.terminate()
        said, complained = self.process.communicate(timeout=20)
        return self.process.returncode, said, complained


@contextmanager
def served(*faults: str) -> Iterator[Served]:
    """A simulator that is ready, and gone afterwards."""
    child = Served(*faults)
    try:
        assert child.line().startswith("ready ")
        yield child
    finally:
        child.process.kill()
        child.process.communicate(timeout=20)
