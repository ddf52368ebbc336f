"""An OPC UA server for tests, in a process of its own: `opcua_server.py PORT [LEVEL [PUBLISH_MS]]`.

Prints `ready` when it listens. LEVEL is its service level, which a test may write, as it may read in Filler.Written
how often a value was written. PUBLISH_MS is how fast it publishes at the most.
SIGUSR1: every subscription falls mute while reading goes on, as some controllers do when they are overloaded.
SIGUSR2: the node Filler.Late appears, and what Filler.Text holds becomes a number.
"""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import sys
from datetime import UTC, datetime

from asyncua import Server, ua
from asyncua.common.callback import CallbackType

URI = "urn:test:filler"
_T = ua.VariantType
OLD = datetime(1985, 5, 5, tzinfo=UTC)


async def _add_fixed(server: Server, space: int, folder) -> None:
    async def add(name: str, value, kind, status: int = 0, stamp: datetime | None = None) -> None:
        node = await folder.add_variable(ua.NodeId(f"Filler.{name}", space), ua.QualifiedName(name, space), value, kind)
        data = ua.DataValue(ua.Variant(value, kind), ua.StatusCode(status), stamp or datetime.now(UTC))
        await server.write_attribute_value(node.nodeid, data)

    await add("Running", True, _T.Boolean)
    await add("Total", 2**53 + 1, _T.Int64)
    await add("Huge", 2**64 - 1, _T.UInt64)
    await add("Small", -7, _T.Int16)
    await add("Recipe", "Löwenbräu", _T.String)
    await add("Bomb", "BOMB", _T.String)
    await add("Label", ua.LocalizedText("Füller", "de"), _T.LocalizedText)
    await add("NotANumber", math.nan, _T.Double)
    await add("Infinite", math.inf, _T.Float)
    await add("Unsure", 4.5, _T.Double, ua.StatusCodes.UncertainSensorNotAccurate)
    await add("Broken", 1.25, _T.Double, ua.StatusCodes.BadSensorFailure)
    await add("Array", [1.0, 2.0], _T.Double)
    await add("Old", 3.0, _T.Double, stamp=OLD)
    await add("ReadOnly", 10.0, _T.Double)

    # With an abstract type, the server lets what it holds become something else.
    any_type = ua.NodeId(ua.Int32(ua.ObjectIds.Number))
    name = ua.QualifiedName("Text", space)
    await folder.add_variable(ua.NodeId("Filler.Text", space), name, "not a number", _T.String, any_type)


async def _add_writable(space: int, folder) -> None:
    for name, value, kind in (
        ("Speed", 20.0, _T.Float),
        ("Mode", 1, _T.UInt16),
        ("Enable", False, _T.Boolean),
        ("Batch", "A1", _T.String),
        ("Exact", 0.1, _T.Double),
    ):
        node = await folder.add_variable(ua.NodeId(f"Filler.{name}", space), ua.QualifiedName(name, space), value, kind)
        await node.set_writable()


async def _add_level(server: Server, space: int, folder, level: int) -> None:
    """A service level that others may write, and how often others have written anything else."""
    node = server.get_node(ua.ObjectIds.Server_ServiceLevel)
    await node.write_value(ua.Variant(level, _T.Byte))
    await node.set_writable()
    name = ua.QualifiedName("Written", space)
    written = await folder.add_variable(ua.NodeId("Filler.Written", space), name, 0, _T.Int64)
    times = 0

    async def count(event, _) -> None:
        nonlocal times
        if event.is_external and not any(item.NodeId == node.nodeid for item in event.request_params.NodesToWrite):
            times += 1
            await server.write_attribute_value(written.nodeid, ua.DataValue(ua.Variant(times, _T.Int64)))

    server.subscribe_server_callback(CallbackType.PreWrite, count)


def _publish_slowly(server: Server, least_ms: float) -> None:
    """Revise publishing intervals upwards, as small controllers do."""
    service = server.iserver.subscription_service
    create = service.create_subscription

    async def slower(params, *rest, **named):
        params.RequestedPublishingInterval = max(least_ms, params.RequestedPublishingInterval)
        return await create(params, *rest, **named)

    service.create_subscription = slower


def _mute(server: Server) -> None:
    for subscription in server.iserver.subscription_service.subscriptions.values():
        subscription._closing = True  # its loop ends at the next turn


async def _late(server: Server, space: int, folder) -> None:
    await folder.add_variable(ua.NodeId("Filler.Late", space), ua.QualifiedName("Late", space), 8.0, _T.Double)
    nothing = ua.DataValue(ua.Variant(None), ua.StatusCode(ua.StatusCodes.BadWaitingForInitialData))
    await server.write_attribute_value(ua.NodeId("Filler.Text", space), nothing)  # else its type could not change
    number = ua.DataValue(ua.Variant(6.0, _T.Double), SourceTimestamp=datetime.now(UTC))
    await server.write_attribute_value(ua.NodeId("Filler.Text", space), number)


async def main(port: int, level: int = 255, publish_ms: int = 0) -> None:
    """Serve until killed; the level changes every 100 ms."""
    late = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, late.set)
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace(URI)
    folder = await server.nodes.objects.add_object(ua.NodeId("Filler", space), ua.QualifiedName("Filler", space))
    moving = await folder.add_variable(
        ua.NodeId("Filler.Level", space), ua.QualifiedName("Level", space), 0.0, _T.Double
    )
    await _add_fixed(server, space, folder)
    await _add_writable(space, folder)
    await _add_level(server, space, folder, level)
    _publish_slowly(server, publish_ms)
    async with server:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _mute, server)
        print("ready", flush=True)  # noqa: T201
        value = 0.0
        while True:
            value += 1.0
            stamp = datetime.now(UTC)
            await server.write_attribute_value(
                moving.nodeid, ua.DataValue(ua.Variant(value, _T.Double), SourceTimestamp=stamp)
            )
            if late.is_set():
                late.clear()
                await _late(server, space, folder)
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(main(*map(int, sys.argv[1:])))
