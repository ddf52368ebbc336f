"""Who takes the bytes of a publish response: the library's own handler, and our driver with the engine behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from asyncua import Node, ua
from asyncua.common.subscription import Subscription, SubscriptionItemData
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from hmi.clock import MachineClock
from hmi.core.alarms.rules import Rule
from hmi.core.plant import Connection, Plant
from hmi.core.tags import Tag
from hmi.drivers.opcua import OpcUaDriver
from hmi.drivers.opcua_publish import PublishLoop, Receiver
from hmi.engine.publish import Publisher
from hmi.engine.tick import Tick
from hmi.link.messages import Health, Hello, Welcome, encode


class LibraryHandler:
    """asyncua as its documentation shows it: a handler, called for each value."""

    def __init__(self, count: int) -> None:
        server: Any = type("Server", (), {"observer": type("Observer", (), {"on_notification": lambda *_: None})()})()
        self._subscription = Subscription(server, ua.CreateSubscriptionParameters(), self)
        self._count = count
        self.seen = 0
        for handle in range(count):
            data = SubscriptionItemData()
            data.node = Node(server, ua.NodeId(handle, 2))
            self._subscription._monitored_items[handle] = data

    def datachange_notification(self, node: Node, value: float, data: Any) -> None:
        """Called by the library."""
        self.seen += 1

    async def take(self, body: bytes) -> None:
        """One response."""
        wanted = self.seen + self._count
        response = struct_from_binary(ua.PublishResponse, Buffer(body))
        await self._subscription.publish_callback(response.Parameters)
        while self.seen < wanted:
            await asyncio.sleep(0)


class Engine:
    """What the engine does with every batch, without disk and sockets: table, an alarm on every tag, one client."""

    def __init__(self, count: int, types: Sequence[str] = (), append: Any = None) -> None:
        """`append`: the store's, where history is to be on disk; else the newest batch is kept."""
        clock = MachineClock()
        kinds = types or ("float64",) * count
        tags = tuple(Tag(i, f"a.t{i}", "plc", f"ns=2;i={i}", kinds[i], low=0, high=1e9) for i in range(count))
        self.connection = Connection("plc", "opcua", "opc.tcp://127.0.0.1:1")
        rules = tuple(map(_rule, range(count)))
        plant = Plant("bench", "Bench", "UTC", (self.connection,), tags, rules, {}, {})
        self.kept: Any = None
        self.tick = Tick(plant, clock, append or self.keep, self.keep)
        self.publisher = Publisher(
            self.tick.table, self.tick.alarms, clock, lambda: Welcome(1, {}, {}, "", 0), lambda: Health(0)
        )
        self.publisher.opened(_Client())

    def keep(self, what: Any) -> None:
        """Hold on to the newest only."""
        self.kept = what


class Ours:
    """Our publish loop and driver, fed with bytes; `all_in`: and the engine behind it."""

    def __init__(self, count: int, all_in: bool, types: Sequence[str] = ()) -> None:
        self._engine = engine = Engine(count, types)
        deliver = engine.tick.deliver if all_in else engine.keep
        self._driver = driver = OpcUaDriver(engine.connection, engine.tick.plant.tags, deliver, MachineClock())
        self._loop = PublishLoop(
            None, Receiver(driver._on_body, driver._on_publish, driver._losses.notifications, driver._on_end)
        )
        self._all_in = all_in

    async def take(self, body: bytes) -> None:
        """One response."""
        if not len(self._driver._rates):
            await self._driver._rates.of(_Session(), 100, self._driver._on_publish)
        before = self._driver.columns.fast
        await self._loop._take(Buffer(body))
        if self._all_in:
            self._engine.publisher.beat()
        assert self._driver.columns.fast > before
        assert self._driver.columns.slow == self._driver.health.gaps == 0


class _Session:
    """A session that gives the subscription of the bodies as it was asked for."""

    async def subscribe(self, publishing_ms: float, keep_alive_count: int, on_publish: Any) -> Any:
        """Number 1."""
        return ua.CreateSubscriptionResult(1, publishing_ms, 300, keep_alive_count)


class _Client:
    """A client that takes everything at once."""

    hello = Hello("token")
    backlog = 0

    def send(self, message: Any) -> None:
        """Encoded as it would be for a socket."""
        encode(message)

    def close(self, why: str = "") -> None:
        """Never asked to."""


def _rule(index: int) -> Rule:
    return Rule(
        index, f"alarm{index}", index, "level_h", 1e8, 1.0, 0, 0, False, "process", "minor", 10, 4, "c", "e", "a"
    )
