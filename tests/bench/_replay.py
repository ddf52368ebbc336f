"""A load generator: `_replay.py PORT ITEMS PERIOD_MS COUNT`, an OPC UA server that replays encoded notifications.

Session, subscription and items are asyncua's server; what it would then take far too long over, reading and encoding
each value, is replaced: once all items are monitored, COUNT notifications of all ITEMS go out at their times, the
same bytes but for value, source time and sequence number. So it is never the bottleneck of what is measured.
"""

from __future__ import annotations

import asyncio
import logging
import struct
import sys
import time
from typing import Any

import numpy as np
from asyncua import Server, ua
from asyncua.server.internal_session import InternalSession
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import struct_to_binary

SPACE = 2
_UNIX_TICKS = 116_444_736_000_000_000
_RECORD = np.dtype(
    [("handle", "<u4"), ("code", "<u2"), ("value", "<f8"), ("status", "<u4"), ("source", "<i8"), ("server", "<i8")]
)

processors: list[UaProcessor] = []
_read = InternalSession.read
_create = InternalSession.create_monitored_items
_made = UaProcessor.__init__


def _remember(self: UaProcessor, *args: Any, **named: Any) -> None:
    _made(self, *args, **named)
    processors.append(self)


async def _read_some(self: InternalSession, params: ua.ReadParameters) -> list[ua.DataValue]:
    if params.NodesToRead[0].NodeId.NamespaceIndex != SPACE:
        return await _read(self, params)
    value = ua.DataValue(ua.Variant(-1.0, ua.VariantType.Double), SourceTimestamp=ua.get_win_epoch())
    return [value] * len(params.NodesToRead)


class Replay:
    """The notifications, and who they go to."""

    def __init__(self, items: int, period_s: float, count: int) -> None:
        self.items, self.period_s, self.count = items, period_s, count
        self.monitored = 0
        self.ready = asyncio.Event()
        self.late = 0.0  # seconds that the latest notification went out after its time

    def install(self) -> None:
        """Take the place of what would be too slow."""
        replay = self

        async def create(self: InternalSession, params: ua.CreateMonitoredItemsParameters) -> list[Any]:
            made = [ua.MonitoredItemCreateResult(MonitoredItemId=1, RevisedQueueSize=10) for _ in params.ItemsToCreate]
            replay.monitored += len(made)
            replay.subscription = params.SubscriptionId
            if replay.monitored == replay.items:
                replay.ready.set()
            return made

        InternalSession.create_monitored_items = create
        InternalSession.read = _read_some
        UaProcessor.__init__ = _remember

    async def run(self, server: Server) -> None:
        """Wait for a client, then send everything at its time."""
        await self.ready.wait()
        await asyncio.sleep(2.0)  # its reading of first values
        subscription = server.iserver.subscription_service.subscriptions[self.subscription]
        subscription._closing = True
        await asyncio.sleep(1.0)
        body = self._body(subscription._notification_seq)
        start = time.monotonic()
        for number in range(self.count):
            due = start + number * self.period_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._send(body, number, due)
        print(f"sent {self.late:.6f}", flush=True)  # noqa: T201

    def _body(self, sequence: int) -> bytearray:
        note = ua.DataChangeNotification()
        for handle in range(self.items):
            item = ua.MonitoredItemNotification()
            item.ClientHandle = handle
            stamp = ua.get_win_epoch()
            item.Value = ua.DataValue(
                ua.Variant(0.0, ua.VariantType.Double), SourceTimestamp=stamp, ServerTimestamp=stamp
            )
            note.MonitoredItems.append(item)
        response = ua.PublishResponse()
        response.Parameters.SubscriptionId = self.subscription
        response.Parameters.NotificationMessage.SequenceNumber = sequence
        response.Parameters.NotificationMessage.NotificationData = [note]
        return bytearray(struct_to_binary(response))

    async def _send(self, body: bytearray, number: int, due: float) -> None:
        processor = processors[-1]
        while not processor._publish_requests:
            await asyncio.sleep(0.001)
        request = processor._publish_requests.popleft()
        self.late = max(self.late, time.monotonic() - due)
        first = len(body) - 8 - 4 - self.items * _RECORD.itemsize  # before results and diagnostics of both levels
        records = np.frombuffer(body, _RECORD, self.items, first)
        records["value"] = number
        records["source"] = records["server"] = time.time_ns() // 100 + _UNIX_TICKS
        del records
        struct.pack_into("<I", body, 12, request.requesthdr.RequestHandle)
        processor._transport.write(
            processor._connection.message_to_binary(
                bytes(body), message_type=ua.MessageType.SecureMessage, request_id=request.seqhdr.RequestId
            )
        )
        (sequence,) = struct.unpack_from("<I", body, 41)
        struct.pack_into("<I", body, 41, sequence + 1)


async def main(port: int, items: int, period_ms: float, count: int) -> None:
    """Serve until killed."""
    replay = Replay(items, period_ms / 1000, count)
    replay.install()
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:replay")
    async with server:
        print("ready", flush=True)  # noqa: T201
        await replay.run(server)
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
