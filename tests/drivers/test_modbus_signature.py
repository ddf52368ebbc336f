"""A device that runs another program than the plant's files are for shows nothing rather than something wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from hmi.clock import MachineClock
from hmi.core import quality as q
from hmi.core.plant.model import Connection, Modbus, Signature
from hmi.drivers.modbus_client import ModbusLine
from tests.drivers.devices import Device, running, tags_of

CHANGED = "the PLC program changed: holding:40 is 8 where plant.toml expects 7"


@pytest.fixture
def device() -> Iterator[Device]:
    """A device of one's own, whose register 40 holds 7."""
    device = Device("modbus")
    device.start()
    yield device
    device.kill()


def connection(device: Device, signature: Signature) -> Connection:
    return Connection("device", "modbus", device.address, scan_ms=20, modbus=Modbus(signature=signature))


async def set_register(device: Device, number: int, value: int) -> None:
    """Do what whoever programs the PLC does, past our driver."""
    line = ModbusLine(device.address, 1, MachineClock(), lambda _: None)
    try:
        await line.open()
        await line.write_registers(number, [value])
    finally:
        line.close()


@pytest.mark.expect_log("the PLC program changed")
async def test_a_changed_program_is_noticed_and_its_end_too(device: Device):
    tags = tags_of([("holding:64", "uint16"), ("holding:202", "uint16"), ("coil:0", "bool")])
    async with running(connection(device, Signature("holding:40", "uint16", 7)), tags) as run:
        await run.until_live()
        assert run.last("holding:64")["value"] == 64
        await set_register(device, 40, 8)
        await run.until(lambda: len(run.driver.health.missing) == 3)
        for tag in tags:
            assert run.last(tag.address)["quality"] == q.BAD_CONFIGURATION
            assert CHANGED in run.driver.health.missing[tag.index]
        assert CHANGED in run.driver.health.note
        assert run.driver.health.state == "live"  # it answers; it only is not the one we know
        count, requests = len(run.batches), run.driver.health.requests
        result = await run.driver.write(run.tag("holding:202"), 5)
        assert result.outcome == "refused"
        assert "nothing was sent" in result.text
        await run.until(lambda: run.driver.health.requests > requests + 5)
        assert len(run.batches) == count  # told once
        await set_register(device, 40, 7)
        await run.until(lambda: not run.driver.health.missing)
        await run.until(lambda: q.is_good(run.last("coil:0")["quality"]))
        assert run.driver.health.note == ""
        assert (await run.driver.write(run.tag("holding:202"), 5)).outcome == "confirmed"
        assert run.driver.health.reconnects == 0


@pytest.mark.expect_log("the PLC program changed")
async def test_nothing_is_written_to_a_program_that_changed_since_the_last_scan(device: Device):
    made = connection(device, Signature("holding:40", "uint16", 7))
    async with running(made, tags_of([("holding:202", "uint16")], period_ms=60_000)) as run:
        await run.until(lambda: run.driver.health.state == "live")
        await set_register(device, 40, 8)
        result = await run.driver.write(run.tag("holding:202"), 5)
        assert (result.outcome, CHANGED in result.text) == ("refused", True)


@pytest.mark.expect_log("the PLC program changed")
async def test_the_wrong_device_shows_no_value_from_the_start(device: Device):
    made = connection(device, Signature("holding:40", "uint32", 7 << 16 | 9))
    async with running(made, tags_of([("holding:64", "uint16")])) as run:
        await run.until(lambda: bool(run.driver.health.missing))
        assert all(q.is_bad(batch.rows["quality"]).all() for batch in run.batches)
        assert f"is {7 << 16 | 8} where" in run.driver.health.note


@pytest.mark.expect_log("its signature holding:60 cannot be read")
async def test_a_signature_that_is_not_there_is_a_wrong_one(device: Device):
    made = connection(device, Signature("holding:60", "uint16", 1))
    async with running(made, tags_of([("holding:64", "uint16")])) as run:
        await run.until(lambda: bool(run.driver.health.missing))
        assert run.last("holding:64")["quality"] == q.BAD_CONFIGURATION


async def test_large_signatures_are_compared_bit_by_bit(device: Device):
    made = connection(device, Signature("holding:4", "uint64", 2**64 - 1))
    async with running(made, tags_of([("holding:64", "uint16")])) as run:
        await run.until_live()
        await asyncio.sleep(0)
        assert not run.driver.health.missing
