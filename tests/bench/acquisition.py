"""What a changed value costs and how late it is, from the wire to table, alarms, history and window.

Beside each figure, in the same run and from the same bytes, the ways of others: asyncua's handler, node-opcua's client.
CPU figures are medians of rounds in which the sides take turns, so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from tests.bench import _arrival, _lateness, modbus
from tests.bench._bodies import MIXED_TYPES, doubles, mixed
from tests.bench._figures import figure, medians
from tests.bench._live import Stage
from tests.bench._peers import has_node_opcua
from tests.bench._sides import LibraryHandler, Ours

ITEMS = 10_000
PERIOD_MS = 100  # of notifications of all items: 100,000 changes a second
HANDLER_MS = 1000  # what asyncua's handler can bear
PEERS = {"handler": "asyncua handler", "node-opcua": "node-opcua"}


def measure() -> list[dict[str, Any]]:
    """The figures of this bench."""
    return _measure(bodies=40, rounds=5, notifications=50, quick=False)


def measure_quick() -> list[dict[str, Any]]:
    """Without restarts of servers and most peers, in fewer and shorter rounds: for every change of the program."""
    return _measure(bodies=12, rounds=2, notifications=12, quick=True)


def _measure(bodies: int, rounds: int, notifications: int, quick: bool) -> list[dict[str, Any]]:
    for name in ("asyncua", "hmi"):  # servers are stopped and started on purpose
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return [
        *_decoding(bodies),
        *_live(rounds, notifications, quick),
        *(modbus.measure_quick() if quick else modbus.measure()),
        *(_lateness.measure(2.0, 1, quick=True) if quick else _lateness.measure(6.0, 3)),
        *([] if quick else _arrival.measure(rounds)),
    ]


# ----------------------------------------------------------------------------------- bytes to batch, no sockets


def _decoding(bodies: int) -> list[dict[str, Any]]:
    """From the bytes of a publish response to a batch, and on through the engine."""
    many, few, mix = doubles(ITEMS, bodies + 1), doubles(1000, bodies + 1), mixed(ITEMS, bodies // 4 + 1)
    cpu = _cpu(
        {
            "handler": (LibraryHandler(ITEMS), many[: bodies // 8 + 2], ITEMS),
            "doubles": (Ours(ITEMS, all_in=False), many, ITEMS),
            "mixed": (Ours(ITEMS, all_in=False, types=MIXED_TYPES), mix, ITEMS),
            "few": (Ours(1000, all_in=False), few, 1000),
            "all in": (Ours(ITEMS, all_in=True), many, ITEMS),
            "all in, few": (Ours(1000, all_in=True), few, 1000),
        }
    )
    beside = {"asyncua handler": cpu["handler"]}
    unit = "us/change"
    return [
        figure("decode + deliver, 10,000 Doubles a notification, CPU", cpu["doubles"], unit, 0.3, beside),
        figure("asyncua's handler / ours, same bytes", cpu["handler"] / cpu["doubles"], "x", 100, least=True),
        figure("decode + deliver, 1,000 Doubles a notification, CPU", cpu["few"], unit, 0.5, beside),
        figure("decode + deliver, 10,000 of mixed types, CPU", cpu["mixed"], unit, 3 * cpu["doubles"]),
        figure("mixed types / Doubles", cpu["mixed"] / cpu["doubles"], "x", 3.0),
        figure("all in, 10,000 Doubles a notification, CPU", cpu["all in"], unit, 3.0, beside),
        figure("all in, 1,000 Doubles a notification, CPU", cpu["all in, few"], unit, 3.0, beside),
    ]


def _cpu(sides: Mapping[str, tuple[Any, Sequence[bytes], int]]) -> dict[str, float]:
    """CPU microseconds per change of each side, medians; sides take turns, after one body each to warm up."""

    async def run() -> dict[str, list[float]]:
        spent: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(max(len(bodies) for _, bodies, _ in sides.values())):
            for name, (side, bodies, items) in sides.items():
                if turn < len(bodies):
                    start = time.process_time_ns()
                    await side.take(bodies[turn])
                    spent[name].append((time.process_time_ns() - start) / 1000 / items)
        return spent

    return {name: median(one[1:]) for name, one in asyncio.run(run()).items()}


# ------------------------------------------------------------------------------------------------ live


def _live(rounds: int, notifications: int, quick: bool) -> list[dict[str, Any]]:
    """Clients in processes of their own, sent the same by one generator, turn by turn."""
    turns = dict.fromkeys(("driver", "engine", "disk"), (notifications, PERIOD_MS))
    if not quick:
        turns["handler"] = (2, HANDLER_MS)
    if has_node_opcua() and not quick:
        turns["node-opcua"] = (max(5, notifications // 4), 2 * PERIOD_MS)
    with Stage(ITEMS, tuple(turns)) as stage:
        found: dict[str, list[dict[str, float]]] = {role: [] for role in turns}
        for _ in range(rounds):
            for role, turn in turns.items():
                found[role].append(stage.round(role, *turn))
    of = {role: medians(one) for role, one in found.items()}
    peers = {PEERS[role]: of[role] for role in PEERS if role in of}
    late = {name: peer["p99_ms"] for name, peer in peers.items()} | {"generator late": of["engine"]["sent_late_ms"]}
    cpu = {name: peer["cpu_us"] for name, peer in peers.items()}
    name = "socket to batch, 10,000 Doubles a notification, process CPU"
    return [
        figure(name, of["driver"]["cpu_us"], "us/change", min([3.0, *cpu.values()]), cpu),
        *_all_in("samples handed over", of["engine"], found["engine"], notifications, late),
        *_all_in("history on disk", of["disk"], found["disk"], notifications, late),
        figure("burst of 10,000: server stamp to table, p99", of["engine"]["p99_ms"], "ms", 15.0, late),
    ]


def _all_in(
    words: str,
    middle: Mapping[str, float],
    found: Sequence[Mapping[str, float]],
    notifications: int,
    late: Mapping[str, float],
) -> list[dict[str, Any]]:
    """What a whole engine did with 100,000 changes a second."""
    rate = ITEMS * (notifications - 1) / middle["seconds"]
    wrong = ("lost", "disorder", "dropped", "unstored")
    lost = sum(abs(one.get(what, 0)) for one in found for what in wrong)
    loop = {"the loop's thread": middle["loop_us"]}
    return [
        figure(f"live, {words}: changes a second", rate, "changes/s", 0.95 * ITEMS * 1000 / PERIOD_MS, least=True),
        figure(f"live, {words}: lost, dropped or out of order", lost, "changes", 0),
        figure(f"live, {words}: CPU of the whole process", middle["cpu_us"], "us/change", 3.0, loop),
        figure(f"live, {words}: server stamp to table, p99", middle["p99_ms"], "ms", 100.0, late),
    ]
