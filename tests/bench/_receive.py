"""A client of the load generator: `-m tests.bench._receive ROLE PORT ITEMS`, in a process of its own.

Roles: `driver` (ours, into a batch), `engine` (ours, all in: table, alarms, samples handed over, one client told every
50 ms), `disk` (the same with the real store in a temporary folder), `handler` (asyncua as its documentation shows it).

`connect` on standard input makes it print `subscribed`; `begin N FIRST` makes it print `begun` and then, when N
notifications have come or none comes any more, one line of JSON: what it cost and how late it was.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import Client, Node

from hmi.clock import MachineClock
from hmi.core.plant import Connection
from hmi.drivers.opcua import OpcUaDriver
from hmi.engine.publish import BEAT_S
from hmi.store.store import Store
from tests.bench._sides import Engine

PATIENCE_S = 10.0


class Tally:
    """What has come in a round."""

    def __init__(self, items: int) -> None:
        self.items = items
        self.changes = self.disorder = 0
        self.next = 0.0
        self.latency_ms: list[float] = []
        self.last = self.first = 0.0

    def begin(self, first: int) -> None:
        """A round whose first notification carries this number."""
        self.__init__(self.items)  # type: ignore[misc]
        self.next = float(first)

    def whole(self, values: Any, stamp_ns: int) -> None:
        """One notification, whole, now in its place."""
        self.disorder += int(np.count_nonzero(values != self.next))
        self.next = float(values[0]) + 1
        self._came(len(values), stamp_ns)

    def one(self, value: float, stamp_ns: int) -> None:
        """One value, now with the application."""
        self.disorder += value not in (self.next, self.next - 1)
        self.next = value + 1
        self._came(1, stamp_ns)

    def _came(self, count: int, stamp_ns: int) -> None:
        self.changes += count
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.latency_ms.append((time.time_ns() - stamp_ns) / 1e6)

    async def report(self, notifications: int, settle: Callable[[], Awaitable[None]]) -> dict[str, float]:
        """Wait for so many, then until they are settled, and say what they cost."""
        wanted = notifications * self.items
        cpu, thread, start = time.process_time(), time.thread_time(), time.monotonic()
        while self.changes < wanted and time.monotonic() - max(self.last, start) < PATIENCE_S:
            await asyncio.sleep(0.05)
        await settle()
        changes = max(1, self.changes)
        return {
            "lost": wanted - self.changes,
            "disorder": self.disorder,
            "cpu_us": (time.process_time() - cpu) / changes * 1e6,
            "loop_us": (time.thread_time() - thread) / changes * 1e6,
            "seconds": self.last - self.first,
            "p50_ms": float(np.percentile(self.latency_ms, 50)) if self.latency_ms else np.inf,
            "p99_ms": float(np.percentile(self.latency_ms, 99)) if self.latency_ms else np.inf,
        }


@asynccontextmanager
async def ours(role: str, port: int, tally: Tally) -> AsyncIterator[Any]:
    """Our driver, and behind it what the role asks for; gives the store, if it has one."""
    with tempfile.TemporaryDirectory(prefix="hmi-bench-") as folder:
        store = None
        engine = Engine(tally.items)
        if role == "disk":
            store = Store(Path(folder), engine.tick.plant.tags, MachineClock())
            engine = Engine(tally.items, append=store.append)
        take = engine.keep if role == "driver" else engine.tick.deliver

        def deliver(batch: Any) -> None:
            take(batch)
            values = batch.rows["value"]
            if len(values) == tally.items and values[0] >= 0:
                tally.whole(values, int(batch.rows["time"].min()))

        connection = Connection("plc", "opcua", f"opc.tcp://127.0.0.1:{port}", publish_ms=100)
        driver = OpcUaDriver(connection, engine.tick.plant.tags, deliver, MachineClock())
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(driver.run())]
            if role != "driver":
                tasks.append(group.create_task(_beat(engine)))
            while driver.health.state != "live":
                await asyncio.sleep(0.01)
            yield store
            assert not driver.health.reconnects and not driver.columns.slow
            for task in tasks:
                task.cancel()
        if store is not None:
            store.close()


async def _beat(engine: Engine) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        engine.publisher.beat()


class Printed:
    """asyncua's handler, which its documentation shows printing each value."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def datachange_notification(self, node: Node, value: float, data: Any) -> None:
        """Called by the library for every value."""
        stamp = data.monitored_item.Value.SourceTimestamp
        self._tally.one(value, round(stamp.timestamp() * 1e9))


@asynccontextmanager
async def theirs(port: int, tally: Tally) -> AsyncIterator[Any]:
    """asyncua's client with a handler."""
    async with Client(f"opc.tcp://127.0.0.1:{port}", timeout=60, watchdog_intervall=60) as client:
        subscription = await client.create_subscription(100, Printed(tally))
        await subscription.subscribe_data_change([client.get_node(f"ns=2;i={i}") for i in range(tally.items)])
        yield None


async def main(role: str, port: int, items: int) -> None:
    """Until standard input ends."""
    tally = Tally(items)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    await orders.readline()
    async with theirs(port, tally) if role == "handler" else ours(role, port, tally) as store:

        async def settle() -> None:
            if store is not None:
                await asyncio.wrap_future(store.flush())

        print("subscribed", flush=True)  # noqa: T201
        while order := (await orders.readline()).split():
            tally.begin(int(order[2]))
            print("begun", flush=True)  # noqa: T201
            before = store.stored if store else 0
            report = await tally.report(int(order[1]), settle)
            if store is not None:
                report |= {"unstored": tally.changes - (store.stored - before), "dropped": store.lost}
            print(json.dumps(report), flush=True)  # noqa: T201


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
