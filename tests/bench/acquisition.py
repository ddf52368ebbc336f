"""What a changed value costs, from the bytes of a publish response to table, alarms, history and clients.

Beside it, in the same run and from the same bytes, the library's own way: one handler call per value. And what a
block of Modbus registers costs to decode, beside the library's conversion of the same registers.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import Node, ua
from asyncua.common.subscription import Subscription, SubscriptionItemData
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from pymodbus.client.mixin import ModbusClientMixin

from hmi.clock import MachineClock
from hmi.core.alarms.rules import Rule
from hmi.core.plant import Connection, Plant
from hmi.core.tags import Tag
from hmi.drivers.modbus_plan import Block, BlockDecoder, Order, point_of
from hmi.drivers.opcua import OpcUaDriver
from hmi.drivers.opcua_envelope import read_envelope
from hmi.drivers.opcua_layout import kind_of
from hmi.drivers.opcua_publish import PublishLoop, Receiver
from hmi.engine.publish import Publisher
from hmi.engine.tick import Tick
from hmi.link.messages import Health, Hello, Welcome, encode

ROUNDS = 40  # of ours; of the library's way, a hundred times slower, a tenth
BLOCKS = 2000
REGISTERS = 125
_STAMP = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
_DOUBLE = kind_of(0x0F, 11).head
_T = ua.VariantType


def measure() -> list[dict[str, Any]]:
    """The figures of this bench."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    many, few = _doubles(10_000), _doubles(1000)
    mixed = _mixed(10_000)
    handler = _cpu(_LibraryHandler(10_000).take, many[:5], 10_000)
    decode = _cpu(_Ours(10_000, all_in=False).take, many, 10_000)
    decode_few = _cpu(_Ours(1000, all_in=False).take, few, 1000)
    decode_mixed = _cpu(_Ours(10_000, all_in=False, types=_TYPES).take, mixed, 10_000)
    all_in = _cpu(_Ours(10_000, all_in=True).take, many, 10_000)
    all_in_few = _cpu(_Ours(1000, all_in=True).take, few, 1000)
    ours, theirs = _modbus()
    beside = {"asyncua handler": handler[0]}
    return [
        _figure("decode + deliver, 10,000 Doubles a notification", "us/change", decode, 0.3, beside),
        _number("asyncua's handler / ours, same 10,000 Doubles", handler[0] / decode[0], "x", 100, least=True),
        _figure("decode + deliver, 1,000 Doubles a notification", "us/change", decode_few, 0.5, beside),
        _figure("decode + deliver, 10,000 of mixed types", "us/change", decode_mixed, 3 * decode[0]),
        _figure("all-in: table, alarms, history, publish; 10,000", "us/change", all_in, 3.0, beside),
        _figure("all-in: table, alarms, history, publish; 1,000", "us/change", all_in_few, 3.0, beside),
        _figure("Modbus: 62 floats of 125 registers into rows", "us/block", ours, 10.0, {"pymodbus": theirs[0]}),
        *_live(10_000, 100, 60),
    ]


def _figure(
    name: str, unit: str, found: tuple[float, float], target: float, beside: dict[str, float] | None = None
) -> dict[str, Any]:
    """The best of the rounds, since another program can only make a round dearer; the median beside it."""
    best, median = found
    return {
        "name": f"{name}, CPU",
        "value": best,
        "unit": unit,
        "target": round(target, 4),
        "ok": best <= target,
        "beside": {"median": median, **(beside or {})},
    }


def _number(name: str, value: float, unit: str, target: float, least: bool) -> dict[str, Any]:
    """A figure that must be at least, or at most, its target."""
    ok = value >= target if least else value <= target
    return {"name": name, "value": value, "unit": unit, "target": target, "ok": ok, "beside": {}}


def _cpu(take: Callable[[bytes], Any], bodies: Sequence[bytes], per: int) -> tuple[float, float]:
    """CPU microseconds for each of `per` things in a body: the best round and the median one, after one to warm up."""

    async def run() -> list[float]:
        spent = []
        for body in bodies:
            start = time.process_time_ns()
            await take(body)
            spent.append((time.process_time_ns() - start) / 1000 / per)
        return spent[1:]

    spent = asyncio.run(run())
    return min(spent), statistics.median(spent)


# ------------------------------------------------------------------------------------ publish responses


def _response(items: Sequence[tuple[int, ua.DataValue]], sequence: int) -> bytes:
    """A PublishResponse as a server sends it."""
    note = ua.DataChangeNotification()
    for handle, value in items:
        item = ua.MonitoredItemNotification()
        item.ClientHandle, item.Value = handle, value
        note.MonitoredItems.append(item)
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 1
    response.Parameters.NotificationMessage.SequenceNumber = sequence
    response.Parameters.NotificationMessage.NotificationData = [note]
    return bytes(struct_to_binary(response))


def _value(number: Any, kind: Any, after_s: int = 0) -> ua.DataValue:
    stamp = _STAMP + timedelta(seconds=after_s)
    return ua.DataValue(ua.Variant(number, kind), SourceTimestamp=stamp, ServerTimestamp=stamp)


def _doubles(count: int) -> list[bytes]:
    """Responses in which every value and every time is another than before."""
    first = _response([(handle, _value(float(handle), _T.Double)) for handle in range(count)], 0)
    envelope = read_envelope(first)
    assert envelope is not None
    ((start, _),) = envelope.parts
    bodies = []
    for number in range(ROUNDS + 1):
        body = bytearray(first)
        records = np.frombuffer(body, _DOUBLE, count, start + 4)
        records["value"] += number
        records["source"] += number * 5_000_000
        bodies.append(_numbered(body, number + 1))
    return bodies


def _numbered(body: bytearray, sequence: int) -> bytes:
    struct.pack_into("<I", body, 28 + 4 + 4 + 1, sequence)
    return bytes(body)


_MIX = (
    (_T.Float, "float32"),
    (_T.Double, "float64"),
    (_T.Int16, "int16"),
    (_T.Float, "float32"),
    (_T.Boolean, "bool"),
    (_T.Int32, "int32"),
    (_T.Double, "float64"),
    (_T.UInt16, "uint16"),
    (_T.Boolean, "bool"),
    (_T.Float, "float32"),
)
_TEXT_EVERY = 100
_TYPES = tuple("string" if i % _TEXT_EVERY == 0 else _MIX[i % len(_MIX)][1] for i in range(10_000))


def _mixed(count: int) -> list[bytes]:
    """Floats, integers, bools and one string in a hundred, in no order that would help."""
    bodies = []
    for number in range(ROUNDS // 4):
        items = []
        for handle in range(count):
            kind = _MIX[handle % len(_MIX)][0]
            if handle % _TEXT_EVERY == 0:
                items.append((handle, _value(f"batch {number + handle:06d}", _T.String, number)))
            elif kind in (_T.Float, _T.Double):
                items.append((handle, _value(float(number + handle), kind, number)))
            else:
                items.append((handle, _value((number + handle) % 2, kind, number)))
        bodies.append(_response(items, number + 1))
    return bodies


# ------------------------------------------------------------------------------------ who takes them


class _LibraryHandler:
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


class _Ours:
    """Our publish loop and driver, and behind it what the engine does with every batch."""

    def __init__(self, count: int, all_in: bool, types: Sequence[str] = ()) -> None:
        clock = MachineClock()
        kinds = types or ("float64",) * count
        tags = tuple(Tag(i, f"a.t{i}", "plc", f"ns=2;i={i}", kinds[i], low=0, high=1e9) for i in range(count))
        connection = Connection("plc", "opcua", "opc.tcp://127.0.0.1:1")
        rules = tuple(map(_rule, range(count)))
        self.tick = tick = Tick(
            Plant("bench", "Bench", "UTC", (connection,), tags, rules, {}, {}), clock, self._keep, self._keep
        )
        self.publisher = Publisher(tick.table, tick.alarms, clock, lambda: Welcome(1, {}, {}, "", 0), lambda: Health(0))
        self.publisher.opened(_Client())
        self._kept: Any = None
        self._driver = driver = OpcUaDriver(connection, tags, tick.deliver if all_in else self._keep, clock)
        receiver = Receiver(driver._on_body, driver._on_publish, driver._on_gap, driver._on_end)
        self._loop = PublishLoop(None, receiver)
        self._all_in = all_in

    def _keep(self, what: Any) -> None:
        self._kept = what

    async def take(self, body: bytes) -> None:
        """One response."""
        before = self._driver.columns.fast
        await self._loop._take(Buffer(body))
        if self._all_in:
            self.publisher.beat()
        assert self._driver.columns.fast > before
        assert self._driver.columns.slow == self._driver.health.gaps == 0


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


# ------------------------------------------------------------------------------------------------ live


def _live(items: int, period_ms: int, count: int) -> list[dict[str, Any]]:
    """A server in another process that sends 100,000 changes a second, and the engine's road behind the driver."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).with_name("_replay.py")
    command = [sys.executable, str(script), str(port), str(items), str(period_ms), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        try:
            seen = asyncio.run(_receive(port, items, count))
            behind = float(server.stdout.readline().split()[1])
        finally:
            server.kill()
    rate = items * count / seen.spent_s
    lost = items * count - seen.changes
    return [
        _number("live: changes a second all-in, on one loop", rate, "changes/s", 0.95 * items * 1000 / period_ms, True),
        _number("live: changes lost or out of order", lost + seen.disorder, "changes", 0, False),
        _number("live: all-in CPU, socket and library included", seen.cpu_us / seen.changes, "us/change", 3.0, False),
        _number("live: server stamp to table, p50", float(np.percentile(seen.latency_ms, 50)), "ms", 15.0, False),
        _number("live: server stamp to table, p99", float(np.percentile(seen.latency_ms, 99)), "ms", 15.0, False)
        | {"beside": {"generator late s": behind}},
    ]


class _Seen:
    def __init__(self) -> None:
        self.changes = self.disorder = 0
        self.last = -1.0
        self.latency_ms: list[float] = []
        self.cpu_us = self.spent_s = 0.0


async def _receive(port: int, items: int, count: int) -> _Seen:
    """Everything that the server sends, through the driver, table, alarms and publisher, with a beat each 50 ms."""
    clock = MachineClock()
    seen = _Seen()
    engine = _Ours(items, all_in=True)
    tick = engine.tick

    def deliver(batch: Any) -> None:
        tick.deliver(batch)
        values = batch.rows["value"]
        if len(values) != items or values[0] < 0:
            return  # the first values, read one by one
        now_ns = clock.now_ns()
        seen.disorder += int(np.count_nonzero(values != seen.last + 1))
        seen.last = float(values[0])
        seen.changes += len(values)
        seen.latency_ms.append((now_ns - int(batch.rows["time"].min())) / 1e6)

    connection = Connection("plc", "opcua", f"opc.tcp://127.0.0.1:{port}", publish_ms=100)
    driver = OpcUaDriver(connection, tick.plant.tags, deliver, clock)
    async with asyncio.TaskGroup() as group, asyncio.timeout(120):
        running = group.create_task(driver.run())
        while not seen.changes:
            await asyncio.sleep(0.01)
        start, cpu, before = clock.monotonic(), time.process_time(), seen.changes
        while seen.changes < items * count and driver.health.reconnects == 0:
            await asyncio.sleep(0.05)
            engine.publisher.beat()
        share = seen.changes / (seen.changes - before)
        seen.cpu_us = (time.process_time() - cpu) * 1e6 * share
        seen.spent_s = (clock.monotonic() - start) * share
        running.cancel()
    return seen


# -------------------------------------------------------------------------------------------- Modbus


def _modbus() -> tuple[tuple[float, float], tuple[float, float]]:
    """A block of 125 registers that holds 62 floats: ours into a batch, and the library's into a list."""
    tags = [Tag(i, f"a.t{i}", "plc", f"holding:{2 * i}", "float32") for i in range(REGISTERS // 2)]
    block = Block("holding", 0, REGISTERS - 1, tuple(map(point_of, tags)))
    decoder = BlockDecoder(block, Order())
    registers = list(range(block.count))
    convert, kind = ModbusClientMixin.convert_from_registers, ModbusClientMixin.DATATYPE.FLOAT32

    async def ours(_: bytes) -> None:
        for number in range(BLOCKS):
            decoder.decode(np.array(registers, np.uint16), number)

    async def theirs(_: bytes) -> None:
        for _block in range(BLOCKS // 10):
            convert(registers, kind)

    return _cpu(ours, [b""] * 6, BLOCKS), _cpu(theirs, [b""] * 6, BLOCKS // 10)
