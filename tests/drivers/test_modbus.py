from __future__ import annotations

import asyncio

import pytest

from hmi.core import quality as q
from hmi.core.plant.model import Connection
from tests.drivers.devices import Device, running, tags_of


async def test_writes_go_ahead_of_polling(shared_modbus: Device):
    addresses = [(f"holding:{n}", "uint16") for n in range(100, 120)] + [("holding:202", "uint16")]
    connection = Connection("device", "modbus", shared_modbus.address, scan_ms=10)
    async with running(connection, tags_of(addresses)) as run:
        await run.until_live()
        results = await asyncio.gather(*(run.driver.write(run.tag("holding:202"), n) for n in (1, 1, 1)))
        assert [result.outcome for result in results] == ["confirmed"] * 3
        assert run.driver.health.requests > 0
        assert run.driver.health.request_ms > 0


@pytest.mark.parametrize("order", ["big", "little"])
async def test_the_connection_s_order_is_used(shared_modbus: Device, order: str):
    connection = Connection("device", "modbus", shared_modbus.address, word_order=order, byte_order=order, scan_ms=100)
    async with running(connection, tags_of([("holding:8", "uint16"), ("holding:0", "float32")])) as run:
        await run.until(lambda: run.driver.health.state == "live")
        assert (run.last("holding:0")["value"] == 12.5) == (order == "big")


@pytest.mark.expect_log("not built yet")
async def test_a_line_that_is_not_built_in_is_said_aloud():
    connection = Connection("device", "modbus", "rtu:///dev/ttyUSB0?baud=19200")
    async with running(connection, tags_of([("holding:8", "uint16")])) as run:
        await run.until(lambda: run.driver.health.state == "down")
        assert run.last("holding:8")["quality"] == q.BAD_CONFIGURATION
        assert "not built yet" in run.driver.health.missing[0]


@pytest.mark.expect_log("no answer from")
async def test_a_device_that_accepts_but_never_answers_is_not_live():
    requests = 0

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        while await reader.read(1000):
            requests += 1
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        connection = Connection("device", "modbus", f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with running(connection, tags_of([("holding:8", "uint16")])) as run:
            await run.until(lambda: run.driver.health.reconnects >= 2)
            assert run.driver.health.state == "down"
            assert run.driver.health.last_life == 0.0
            assert requests <= 3
        await asyncio.sleep(0.05)
