"""A load generator: `-m tests.bench._replay PORT ITEMS`, an OPC UA server that replays encoded notifications.

Sessions, subscriptions and items are asyncua's server; what it would take far too long over, reading and encoding
each value, is replaced: notifications of all ITEMS go out at their times, the same bytes but for handles, values,
times and sequence number. So it is never the bottleneck of what is measured.

It prints `ready`, then `subscribed K` as the Kth client has all its items. `go K COUNT PERIOD_MS` on standard input
sends that client so many notifications and prints `sent S`, the seconds that the latest of them went out too late.
Whoever is not sent anything gets keep-alives.
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

from tests.bench._bodies import HANDLE_AT, SEQUENCE_AT, response

SPACE = 2
KEEP_ALIVE_S = 0.5
_UNIX_TICKS = 116_444_736_000_000_000
_RECORD = np.dtype(
    [("handle", "<u4"), ("code", "<u2"), ("value", "<f8"), ("status", "<u4"), ("source", "<i8"), ("server", "<i8")]
)

processors: list[UaProcessor] = []
_read = InternalSession.read
_made = UaProcessor.__init__


def say(text: str) -> None:
    """Tell the bench."""
    print(text, flush=True)  # noqa: T201


def _remember(self: UaProcessor, *args: Any, **named: Any) -> None:
    _made(self, *args, **named)
    processors.append(self)


async def _read_some(self: InternalSession, params: ua.ReadParameters) -> list[ua.DataValue]:
    if params.NodesToRead[0].NodeId.NamespaceIndex != SPACE:
        return await _read(self, params)
    value = ua.DataValue(ua.Variant(-1.0, ua.VariantType.Double), SourceTimestamp=ua.get_win_epoch())
    return [value] * len(params.NodesToRead)


class Target:
    """One client's subscription, and the bytes that it is sent."""

    def __init__(self, processor: UaProcessor, subscription: int) -> None:
        self.processor, self.subscription = processor, subscription
        self.handles: list[int] = []
        self.sent = 0
        self._sequence = 1
        self._body = self._silence = bytearray()

    def take_over(self, server: Server) -> None:
        """From now on this subscription says what we say."""
        theirs = server.iserver.subscription_service.subscriptions[self.subscription]
        theirs._closing = True
        self._sequence = theirs._notification_seq
        stamp = ua.get_win_epoch()
        value = ua.DataValue(ua.Variant(0.0, ua.VariantType.Double), SourceTimestamp=stamp, ServerTimestamp=stamp)
        self._body = bytearray(response([(handle, value) for handle in self.handles], 1, self.subscription))
        self._silence = bytearray(response([], 1, self.subscription))

    async def send(self, due: float) -> float:
        """One notification of every item; the seconds that it goes out after its time."""
        request = await self._request()
        late = time.monotonic() - due
        items = len(self.handles)
        first = len(self._body) - 8 - 4 - items * _RECORD.itemsize  # before results and diagnostics of both levels
        records = np.frombuffer(self._body, _RECORD, items, first)
        records["value"] = self.sent
        records["source"] = records["server"] = time.time_ns() // 100 + _UNIX_TICKS
        del records
        self._write(self._body, request)
        self._sequence += 1
        self.sent += 1
        return late

    async def keep_alive(self) -> None:
        """Nothing has changed: only the number of the next notification."""
        self._write(self._silence, await self._request())

    async def _request(self) -> Any:
        while not self.processor._publish_requests:
            await asyncio.sleep(0.001)
        return self.processor._publish_requests.popleft()

    def _write(self, body: bytearray, request: Any) -> None:
        struct.pack_into("<I", body, HANDLE_AT, request.requesthdr.RequestHandle)
        struct.pack_into("<I", body, SEQUENCE_AT, self._sequence)
        self.processor._transport.write(
            self.processor._connection.message_to_binary(
                bytes(body), message_type=ua.MessageType.SecureMessage, request_id=request.seqhdr.RequestId
            )
        )


class Replay:
    """The clients, in the order in which they came."""

    def __init__(self, items: int) -> None:
        self.items = items
        self.targets: list[Target] = []
        self._filling: dict[int, Target] = {}
        self._server: Any = None

    async def serve(self, port: int) -> None:
        """Until standard input ends."""
        InternalSession.create_monitored_items = self._creator()
        InternalSession.read = _read_some
        UaProcessor.__init__ = _remember
        self._server = server = Server()
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:replay")
        async with server:
            say("ready")
            await self._obey()

    def _creator(self) -> Any:
        replay = self

        async def create(self: InternalSession, params: ua.CreateMonitoredItemsParameters) -> list[Any]:
            return replay._monitor(self, params)

        return create

    def _monitor(self, session: InternalSession, params: ua.CreateMonitoredItemsParameters) -> list[Any]:
        processor = next(one for one in processors if one.session is session)
        target = self._filling.setdefault(params.SubscriptionId, Target(processor, params.SubscriptionId))
        made = []
        for item in params.ItemsToCreate:
            target.handles.append(item.RequestedParameters.ClientHandle)
            made.append(
                ua.MonitoredItemCreateResult(
                    MonitoredItemId=len(target.handles), RevisedSamplingInterval=100.0, RevisedQueueSize=10
                )
            )
        if len(target.handles) == self.items:
            target.take_over(self._server)
            self.targets.append(target)
            say(f"subscribed {len(self.targets) - 1}")
        return made

    async def _obey(self) -> None:
        """Orders come on standard input; between them every client is kept alive."""
        orders = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
        busy = -1
        async with asyncio.TaskGroup() as group:

            async def keep_alive() -> None:
                while True:
                    await asyncio.sleep(KEEP_ALIVE_S)
                    for number, target in enumerate(self.targets):
                        if number != busy and target.processor._publish_requests:
                            await target.keep_alive()

            keeping = group.create_task(keep_alive())
            while order := (await orders.readline()).decode().split():
                busy, count, period_ms = int(order[1]), int(order[2]), float(order[3])
                late = await self._send(self.targets[busy], count, period_ms / 1000)
                busy = -1
                say(f"sent {late:.6f}")
            keeping.cancel()

    async def _send(self, target: Target, count: int, period_s: float) -> float:
        start, late = time.monotonic(), 0.0
        for number in range(count):
            due = start + number * period_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late = max(late, await target.send(due))
        return late


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(Replay(int(sys.argv[2])).serve(int(sys.argv[1])))
