from __future__ import annotations

import asyncio
import signal
import struct

import pytest

from hmi.core import quality as q
from hmi.core.plant.model import Connection
from hmi.drivers import supervise
from hmi.drivers.modbus_client import Refusal
from tests.drivers.devices import Device, running, tags_of, until_reset


def palletiser(device: Device, **columns) -> Connection:
    return Connection("device", "modbus", device.address, scan_ms=100, **columns)


async def test_one_wrong_address_costs_only_its_own_tag(shared_modbus: Device):
    addresses = [(f"holding:{n}", "uint16") for n in (40, 41, 42, 60, 61, 64, 65, 66)] + [("coil:9000", "bool")]
    async with running(palletiser(shared_modbus), tags_of(addresses)) as run:
        await run.until(lambda: run.driver.health.state == "live")
        values = {address: run.last(address) for address, _ in addresses}
        for address, number in (("holding:40", 7), ("holding:42", 9), ("holding:64", 64), ("holding:66", 66)):
            assert (values[address]["value"], values[address]["quality"]) == (number, q.GOOD)
        for address in ("holding:60", "holding:61", "coil:9000"):
            assert values[address]["quality"] == q.BAD_NODE_ID_UNKNOWN
        assert set(run.driver.health.missing) == {3, 4, 8}
        assert run.driver.health.reconnects == 0


async def test_a_scan_is_one_batch(shared_modbus: Device):
    addresses = [("holding:100", "uint16"), ("input:1", "uint16"), ("coil:2", "bool"), ("discrete:1", "bool")]
    async with running(palletiser(shared_modbus), tags_of(addresses)) as run:
        await run.until(lambda: len(run.batches) >= 5)
        assert {len(batch) for batch in run.batches} == {4}


async def test_each_rate_is_scanned_by_itself(shared_modbus: Device):
    fast = tags_of([("holding:100", "uint16")], period_ms=50)
    slow = tags_of([("", ""), ("holding:101", "uint16")], period_ms=60_000)
    async with running(palletiser(shared_modbus), [fast[0], slow[1]]) as run:
        await run.until(lambda: len(run.rows("holding:100")) >= 10)
        assert len(run.rows("holding:101")) == 1


async def test_what_comes_back_is_polled_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervise, "RETRY_S", (0.3,))
    device = Device("modbus")
    device.start()
    try:
        tags = tags_of([("holding:600", "uint16"), ("holding:400", "uint16"), ("holding:40", "uint16")])
        async with running(palletiser(device), tags) as run:
            await run.until(lambda: len(run.rows("holding:40")) > 3)
            assert run.driver.health.missing[0] == f"holding:600: {Refusal(2)}"
            assert run.driver.health.missing[1] == str(Refusal(6))
            assert [len(run.rows(f"holding:{n}")) for n in (600, 400)] == [1, 1]  # told once, not at every scan
            device.signal(signal.SIGUSR2)
            await run.until(lambda: not run.driver.health.missing)
            await run.until(lambda: len(run.rows("holding:600")) > 3)
            assert run.last("holding:600")["value"] == 6
            assert run.last("holding:400")["value"] == 4
            assert run.driver.health.reconnects == 0
    finally:
        device.kill()


async def test_a_block_that_falls_silent_is_bad_though_the_rest_of_the_device_answers():
    """Else its last values would stand there as good for ever: the connection itself is alive."""
    asked = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(12):
            start, count = struct.unpack(">HH", head[8:12])
            asked.append(start)
            if start != 500 or asked.count(500) == 1:
                writer.write(
                    head[:4] + struct.pack(f">HBBB{count}H", 3 + 2 * count, head[6], 3, 2 * count, *[7] * count)
                )
        writer.close()

    tags = tags_of([("holding:100", "uint16"), ("holding:500", "uint16")])
    async with await asyncio.start_server(until_reset(answer), "127.0.0.1", 0) as server:
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with running(Connection("device", "modbus", address, scan_ms=100), tags) as run:
            await run.until(lambda: run.last("holding:500") is not None)
            assert run.last("holding:500")["quality"] == q.GOOD
            await run.until(lambda: run.last("holding:500")["quality"] == q.BAD_TIMEOUT)
            assert "no answer" in run.driver.health.missing[1]
            assert run.last("holding:100")["quality"] == q.GOOD
            assert run.driver.health.reconnects == 0
