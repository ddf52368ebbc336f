"""How soon values are there: after connecting, and after a server that was down listens again.

Against a server in C (open62541, see _peers), so that it is not the server that is waited for; where that is not
installed, against node-opcua's, and the name of the figure says which.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import numpy as np
from asyncua import Client, Node

from hmi.clock import MachineClock
from hmi.core.plant import Connection
from hmi.core.tags import Tag
from hmi.drivers.opcua import OpcUaDriver
from hmi.drivers.supervise import BACK_OFF_S
from tests.bench._figures import figure
from tests.bench._live import Child
from tests.bench._peers import CACHE, NODE, NODE_MODULES, OPEN62541, ROOT, has_node_opcua, has_open62541
from tests.drivers.devices import free_port

ITEMS = 10_000
PATIENCE_S = 30.0
LONGEST_JITTER = 0.8  # of a back-off's time
OUTAGES_S = (0.5, 1.5, 3.0, 5.0, 8.0)  # the back-off is at another step in each


def measure(rounds: int, outages_s: Sequence[float] = OUTAGES_S) -> list[dict[str, Any]]:
    """The figures, or none where there is no server of another maker."""
    server = _server()
    if server is None:
        return []
    connects, handlers = [], []
    for _ in range(rounds):
        with _running(server):
            connects.append(asyncio.run(_connect(server)))
            handlers.append(asyncio.run(_handler(server)))
    firsts, wholes = zip(*asyncio.run(_restarts(server, outages_s)), strict=True)
    beside = {"asyncua handler": median(handlers), "worst": max(connects)}
    wait = {"longest wait between attempts": BACK_OFF_S[-1] * LONGEST_JITTER}
    name = f"{ITEMS:,} items of {server.name}"
    return [
        figure(f"first values of {name} after connect", median(connects), "s", 3.0, beside),
        figure(
            f"first value after a restart of {server.name}", max(firsts), "s", 3.0, {"median": median(firsts), **wait}
        ),
        figure(f"all {name} after its restart", max(wholes), "s", 3.0, {"median": median(wholes)}),
    ]


class _Server:
    """A server of another maker: how it is started, and its nodes."""

    def __init__(self, name: str, node: str, command: Sequence[str], env: dict[str, str] | None = None) -> None:
        self.name, self.node, self.command, self.env = name, node, command, env
        self.port = int(command[1] if env is None else command[2])
        self.address = f"opc.tcp://127.0.0.1:{self.port}"

    def tags(self) -> list[Tag]:
        """One tag for each of its items."""
        return [Tag(i, f"a.t{i}", "plc", self.node.format(i), "float64") for i in range(ITEMS)]


def _server() -> _Server | None:
    port = str(free_port())
    if has_open62541():
        return _Server("open62541 (C)", "ns=1;i=1{:05}", [str(OPEN62541), port, str(ITEMS)])
    if has_node_opcua():
        script = str(ROOT / "tests" / "interop" / "nodeopcua_server.js")
        options = json.dumps({"pki": str(CACHE / "pki"), "bulk": ITEMS})
        env = dict(os.environ, NODE_PATH=str(NODE_MODULES), PORT=port)
        return _Server("node-opcua", "nsu=urn:interop:cell;s=Cell.Bulk{}", [NODE, script, port, options], env)
    return None


def _running(server: _Server) -> Child:
    child = Child(server.command, server.env)
    try:
        child.line("ready" if server.env is None else '{"ready')
    except BaseException:
        child.__exit__(None, None, None)
        raise
    return child


class _Arrived:
    """Which tags have had a value, and when the first and the last of them came."""

    def __init__(self) -> None:
        self.first = self.last = 0.0
        self._had = np.zeros(ITEMS, bool)

    def deliver(self, batch: Any) -> None:
        """A batch of the driver's."""
        had = self._had.sum()
        self._had[batch.rows["tag"][batch.rows["quality"] == 0]] = True
        if not had and self._had.any():
            self.first = time.monotonic()
        if had < ITEMS and self._had.all():
            self.last = time.monotonic()

    async def whole(self) -> None:
        """Wait for all of them."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.last:
                await asyncio.sleep(0.005)

    def forget(self) -> None:
        """The server has gone: everything is to come again."""
        self.__init__()  # type: ignore[misc]


@asynccontextmanager
async def _driver(server: _Server, arrived: _Arrived) -> AsyncIterator[OpcUaDriver]:
    driver = OpcUaDriver(Connection("plc", "opcua", server.address), server.tags(), arrived.deliver, MachineClock())
    running = asyncio.get_running_loop().create_task(driver.run())
    try:
        yield driver
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _connect(server: _Server) -> float:
    """Seconds from the first attempt to connect to the last first value."""
    arrived, start = _Arrived(), time.monotonic()
    async with _driver(server, arrived):
        await arrived.whole()
    return arrived.last - start


async def _restarts(server: _Server, outages_s: Sequence[float]) -> list[tuple[float, float]]:
    """Seconds from a server's listening again to the first value and to the last of them, for outages so long."""
    arrived, found = _Arrived(), []
    child = _running(server)
    try:
        async with _driver(server, arrived) as driver:
            await arrived.whole()
            for outage_s in outages_s:
                child.__exit__(None, None, None)
                while driver.health.state == "live":
                    await asyncio.sleep(0.02)
                arrived.forget()
                await asyncio.sleep(outage_s * random.uniform(0.8, 1.2))
                child = await asyncio.to_thread(_running, server)
                listening = time.monotonic()
                await arrived.whole()
                found.append((max(0.0, arrived.first - listening), arrived.last - listening))
                await asyncio.sleep(6.0)  # settled: the next outage finds a fresh back-off
    finally:
        child.__exit__(None, None, None)
    return found


async def _handler(server: _Server) -> float:
    """The same with asyncua's client and its handler."""
    seen = 0

    class Handler:
        def datachange_notification(self, node: Node, value: float, data: Any) -> None:
            nonlocal seen
            seen += 1

    start = time.monotonic()
    async with Client(server.address, timeout=60, watchdog_intervall=60) as client:
        space = await client.get_namespace_index("urn:interop:cell") if server.env else 1
        names = [server.node.format(i).replace("nsu=urn:interop:cell", f"ns={space}") for i in range(ITEMS)]
        subscription = await client.create_subscription(250, Handler())
        await subscription.subscribe_data_change([client.get_node(name) for name in names])
        async with asyncio.timeout(PATIENCE_S):
            while seen < ITEMS:
                await asyncio.sleep(0.005)
        return time.monotonic() - start
