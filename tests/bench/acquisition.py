"""What a changed value costs from the bytes of a publish response to table, alarms, history and clients.

Beside it, in the same run and from the same bytes, the library's own way: one handler call per value.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any

from asyncua import Node, ua
from asyncua.common.subscription import Subscription, SubscriptionItemData
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from hmi.clock import MachineClock
from hmi.core.alarms.rules import Rule
from hmi.core.plant import Connection, Plant
from hmi.core.tags import Tag
from hmi.drivers.opcua import OpcUaDriver
from hmi.engine.publish import Publisher
from hmi.engine.tick import Tick
from hmi.link.messages import Health, Hello, Welcome, encode

ITEMS = 1000
ROUNDS = 5


def measure() -> list[dict[str, Any]]:
    """The figures of this bench."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    bodies = [_body(number) for number in range(ROUNDS)]
    handler_us = _per_change(bodies, _LibraryHandler())
    decode_us = _per_change(bodies, _Ours(all_in=False))
    all_in_us = _per_change(bodies, _Ours(all_in=True))
    return [
        {
            "name": f"decode + deliver, {ITEMS} Doubles a notification, CPU",
            "value": decode_us,
            "unit": "us/change",
            "target": 0.3,
            "ok": decode_us <= 0.3,
            "beside": {"asyncua handler": handler_us},
        },
        {
            "name": "all-in: decode, table, alarms, history buffer, publish, CPU",
            "value": all_in_us,
            "unit": "us/change",
            "target": 3.0,
            "ok": all_in_us <= 3.0,
            "beside": {"asyncua handler": handler_us},
        },
    ]


def _body(seed: int) -> bytes:
    """A DataChangeNotification of Doubles with both times, as a server sends it."""
    stamp = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
    note = ua.DataChangeNotification()
    for handle in range(ITEMS):
        item = ua.MonitoredItemNotification()
        item.ClientHandle = handle
        value = ua.Variant(float(handle + seed), ua.VariantType.Double)
        item.Value = ua.DataValue(value, SourceTimestamp=stamp, ServerTimestamp=stamp)
        note.MonitoredItems.append(item)
    return bytes(struct_to_binary(note))


def _result(body: bytes) -> ua.PublishResult:
    result = ua.PublishResult()
    result.SubscriptionId = 1
    result.NotificationMessage.NotificationData = [struct_from_binary(ua.DataChangeNotification, Buffer(body))]
    return result


def _per_change(bodies: list[bytes], taker: Any) -> float:
    """CPU microseconds per change, the best of the rounds after one to warm up."""

    async def run() -> float:
        best = float("inf")
        for body in bodies:
            start = time.process_time()
            await taker.take(body)
            best = min(best, time.process_time() - start)
        return best / ITEMS * 1e6

    return asyncio.run(run())


class _LibraryHandler:
    """asyncua as its documentation shows it: a handler, called for each value."""

    def __init__(self) -> None:
        server: Any = type("Server", (), {"observer": type("Observer", (), {"on_notification": lambda *_: None})()})()
        self._subscription = Subscription(server, ua.CreateSubscriptionParameters(), self)
        self.seen = 0
        for handle in range(ITEMS):
            data = SubscriptionItemData()
            data.node = Node(server, ua.NodeId(handle, 2))
            self._subscription._monitored_items[handle] = data

    def datachange_notification(self, node: Node, value: float, data: Any) -> None:
        """Called by the library."""
        self.seen += 1

    async def take(self, body: bytes) -> None:
        """One notification."""
        wanted = self.seen + ITEMS
        await self._subscription.publish_callback(_result(body))
        while self.seen < wanted:
            await asyncio.sleep(0)


class _Ours:
    """Our driver, and behind it what the engine does with every batch."""

    def __init__(self, all_in: bool) -> None:
        clock = MachineClock()
        tags = tuple(Tag(i, f"a.t{i}", "plc", f"ns=2;i={i}", "float64", low=0, high=1e9) for i in range(ITEMS))
        connection = Connection("plc", "opcua", "opc.tcp://127.0.0.1:1")
        plant = Plant("bench", "Bench", "UTC", (connection,), tags, tuple(map(_rule, range(ITEMS))), {}, {})
        self._kept: list[Any] = []
        tick = Tick(plant, clock, self._kept.append, self._kept.append)
        self._publisher = Publisher(
            tick.table, tick.alarms, clock, lambda: Welcome(1, {}, {}, "", 0), lambda: Health(0)
        )
        self._publisher.opened(_Client())
        self._driver = OpcUaDriver(connection, tags, tick.deliver if all_in else self._kept.append, clock)
        self._all_in = all_in

    async def take(self, body: bytes) -> None:
        """One notification."""
        self._driver._on_publish(_result(body))
        if self._all_in:
            self._publisher.beat()


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
