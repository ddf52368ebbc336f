from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from asyncua import ua

from hmi.core.errors import DeviceError
from hmi.drivers.opcua_client import ASSUMED_LIMIT, OpcUaSession, check_address
from hmi.drivers.supervise import Misconfigured
from tests.drivers.devices import Device, free_port, until_reset


@asynccontextmanager
async def session_with(device: Device):
    session = OpcUaSession(device.address)
    try:
        await session.open()
        yield session
    finally:
        await session.close()


async def test_addresses_of_all_kinds_lead_to_the_same_node(shared_opcua: Device):
    async with session_with(shared_opcua) as session:
        found = await session.resolve(
            [
                "ns=2;s=Filler.Level",
                "nsu=urn:test:filler;s=Filler.Level",
                "/2:Filler/2:Level",
                "/Objects/2:Filler/2:Level",
                "/2:Filler/2:Nowhere",
                "nsu=urn:other;s=Filler.Level",
                "Level",
                "ns=x;s=Level",
            ]
        )
    assert found[:4] == [ua.NodeId("Filler.Level", 2)] * 4
    codes = ua.StatusCodes
    assert [status.value for status in found[4:]] == [
        codes.BadNodeIdUnknown,
        codes.BadNodeIdUnknown,
        codes.BadNodeIdInvalid,
        codes.BadNodeIdInvalid,
    ]


async def test_reading_tells_the_quality_of_each(shared_opcua: Device):
    nodes = [ua.NodeId(f"Filler.{name}", 2) for name in ("Total", "Unsure", "Nowhere")]
    async with session_with(shared_opcua) as session:
        total, unsure, nowhere = await session.read(nodes)
    assert total.Value.Value == 2**53 + 1
    assert unsure.StatusCode.value == ua.StatusCodes.UncertainSensorNotAccurate
    assert nowhere.StatusCode.value == ua.StatusCodes.BadNodeIdUnknown


async def test_parts_are_halved_where_the_server_takes_less_than_assumed():
    session = OpcUaSession("opc.tcp://127.0.0.1:1")
    sizes: list[int] = []

    async def call(chunk):
        sizes.append(len(chunk))
        if len(chunk) > 60:
            raise ua.UaStatusCodeError(ua.StatusCodes.BadTooManyOperations)
        return [item * 2 for item in chunk]

    assert await session._in_chunks(call, range(1203), ASSUMED_LIMIT) == [2 * item for item in range(1203)]
    assert sizes[:5] == [500, 250, 125, 62, 31]
    assert len(sizes) < 50

    async def short(chunk):
        return list(chunk)[1:]

    with pytest.raises(DeviceError, match="answered 2 of 3 items"):
        await session._in_chunks(short, range(3), ASSUMED_LIMIT)
    await session.close()


@pytest.mark.parametrize("noise", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 64, bytes(range(256)), b""])
async def test_a_port_that_speaks_something_else_is_told_so(noise: bytes):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(noise)
        writer.close()

    async with await asyncio.start_server(until_reset(answer), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        session = OpcUaSession(f"opc.tcp://127.0.0.1:{port}")
        session._client.uaclient._timeout = 0.5
        with pytest.raises(DeviceError, match=f"127.0.0.1:{port}"):
            await session.open()
        await session.close()


async def test_a_refused_connection_leaves_nothing_behind():
    session = OpcUaSession(f"opc.tcp://127.0.0.1:{free_port()}")
    before = asyncio.all_tasks()
    with pytest.raises(DeviceError, match="connection refused by"):
        await session.open()
    await session.close()
    await session.close()
    assert asyncio.all_tasks() == before
    assert not session.alive


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("opc.tcp://", "names no host"),
        ("http://plc:4840", "not an OPC UA address"),
        ("opc.tcp://anna:secret@plc:4840", "sent in clear"),
    ],
)
def test_addresses_that_cannot_or_may_not_be_used(address: str, reason: str):
    with pytest.raises(Misconfigured, match=reason):
        check_address(address)
    check_address("opc.tcp://plc:4840/path")
