"""The contract of every driver, held against real servers in other processes."""

from __future__ import annotations

import asyncio
import dataclasses

import numpy as np
import pytest

from hmi.core import quality as q
from hmi.core.batch import FLAG_NOT_LIVE, ROW
from hmi.core.plant.model import Connection
from tests.drivers.devices import Device, free_port, running, tags_of

LOST = r"hmi\.drivers: device: "


@dataclasses.dataclass(frozen=True)
class Dialect:
    """What one protocol calls the same things."""

    kind: str
    moving: str  # a number that changes by itself, of type `moving_type`
    moving_type: str
    text: str
    setpoint: str
    refusing: str  # a value that the device does not let be written
    missing: str
    shapeless: str  # no address at all

    def tags(self):
        """Everything the contract needs, the missing ones among it."""
        return tags_of(
            [
                (self.moving, self.moving_type),
                (self.text, "string"),
                (self.setpoint, "float32"),
                (self.refusing, "uint16" if self.kind == "modbus" else "float64"),
                (self.missing, "uint16"),
                (self.shapeless, "float64"),
            ]
        )


DIALECTS = (
    Dialect(
        "opcua",
        moving="ns=2;s=Filler.Level",
        moving_type="float64",
        text="nsu=urn:test:filler;s=Filler.Recipe",
        setpoint="/2:Filler/2:Speed",
        refusing="ns=2;s=Filler.ReadOnly",
        missing="ns=2;s=Filler.Nowhere",
        shapeless="Filler.Level",
    ),
    Dialect(
        "modbus",
        moving="holding:100",
        moving_type="uint16",
        text="holding:20",
        setpoint="holding:200",
        refusing="holding:300",
        missing="holding:60",
        shapeless="4x100",
    ),
)


@pytest.fixture(scope="module", params=DIALECTS, ids=lambda dialect: dialect.kind)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Every protocol in turn."""
    return request.param


@pytest.fixture
def device(dialect: Dialect, request: pytest.FixtureRequest) -> Device:
    """One server for all tests of a protocol; each leaves it running."""
    return request.getfixturevalue(f"shared_{dialect.kind}")


def connection(dialect: Dialect, address: str, **columns) -> Connection:
    return Connection("device", dialect.kind, address, scan_ms=200, **columns)


async def test_values_come_as_batches_with_quality_and_time(dialect: Dialect, device: Device):
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        await run.until_live()
        await run.until(lambda: len(run.rows(dialect.moving)) >= 4)
        assert all(batch.rows.dtype == ROW for batch in run.batches)
        assert max(len(batch) for batch in run.batches) >= 4  # not one call per value
        row = run.last(dialect.moving)
        assert row["quality"] == q.GOOD
        assert abs(int(row["received"]) - int(row["time"])) < 10_000_000_000
        assert np.isfinite(run.last(dialect.setpoint)["value"])
        assert len(run.text(dialect.text)) >= 4
        assert np.isnan(run.last(dialect.text)["value"])
        health = run.driver.health
        assert health.reason == ""
        assert health.values == sum(len(batch) for batch in run.batches)


async def test_a_missing_tag_is_bad_with_the_reason_and_the_others_live(dialect: Dialect, device: Device):
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        await run.until_live()
        for address in (dialect.missing, dialect.shapeless):
            row = run.last(address)
            assert row["quality"] >= q.BAD
            assert row["flags"] & FLAG_NOT_LIVE
            assert address in run.driver.health.missing[run.tag(address).index]
        assert len(run.driver.health.missing) == 2
        result = await run.driver.write(run.tag(dialect.missing), 1.0)
        assert result.outcome == "refused"
        assert "nothing was sent" in result.text


async def test_a_write_is_confirmed_by_reading_back(dialect: Dialect, device: Device):
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        await run.until_live()
        for value in (33.3, 20.0):
            result = await run.driver.write(run.tag(dialect.setpoint), value)
            assert result.outcome == "confirmed", result
            assert result.read_back == pytest.approx(value, rel=1e-6)
            await run.until(lambda value=value: run.last(dialect.setpoint)["value"] == np.float32(value))


async def test_a_write_in_engineering_units_is_scaled(dialect: Dialect, device: Device):
    tags = [dataclasses.replace(tag, scale=0.1, offset=-5.0) for tag in dialect.tags()]
    async with running(connection(dialect, device.address), tags) as run:
        await run.until_live()
        result = await run.driver.write(run.tag(dialect.setpoint), 7.0)
        assert result.outcome == "confirmed", result
        await run.until(lambda: run.last(dialect.setpoint)["value"] == pytest.approx(7.0))
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        await run.until_live()
        assert run.last(dialect.setpoint)["value"] == pytest.approx(120.0)


async def test_a_refused_write_says_why(dialect: Dialect, device: Device):
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        await run.until_live()
        result = await run.driver.write(run.tag(dialect.refusing), 7.0)
        assert result.outcome == "refused"
        assert "refused by the device" in result.text
        result = await run.driver.write(run.tag(dialect.setpoint), "fast")
        assert result.outcome == "refused"
        assert "nothing was sent" in result.text


async def test_nothing_is_left_running_after_the_end(dialect: Dialect, device: Device):
    before = asyncio.all_tasks()
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        await run.until_live()
    assert asyncio.all_tasks() == before
    count = len(run.batches)
    result = await run.driver.write(run.tag(dialect.setpoint), 1.0)
    assert result.outcome == "refused"
    assert len(run.batches) == count


@pytest.mark.expect_log(LOST)
async def test_a_standby_is_used_when_the_first_address_is_dead(dialect: Dialect, device: Device):
    dead = device.address.replace(str(device.port), str(free_port()))
    async with running(connection(dialect, dead, backup=(device.address,)), dialect.tags()) as run:
        await run.until_live()


@pytest.mark.expect_log(LOST)
async def test_absent_at_start_killed_and_back(dialect: Dialect, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "hmi.drivers")
    device = Device(dialect.kind)
    async with running(connection(dialect, device.address), dialect.tags()) as run:
        health = run.driver.health
        await run.until(lambda: health.reconnects >= 2)
        assert health.state == "down"
        assert f"connection refused by 127.0.0.1:{device.port}" in health.reason
        assert (await run.driver.write(run.tag(dialect.setpoint), 1.0)).outcome == "refused"
        try:
            await asyncio.to_thread(device.start)
            await run.until_live()
            device.kill()
            await run.until(lambda: health.state == "down")
            result = await run.driver.write(run.tag(dialect.setpoint), 55.0)
            assert result.outcome == "refused"
            assert "nothing was sent" in result.text
            await asyncio.to_thread(device.start)
            await run.until_live()
            assert run.last(dialect.setpoint)["value"] == 20.0  # the refused 55 was not sent later
        finally:
            device.kill()
    ours = [record.message for record in caplog.records if record.name == "hmi.drivers"]
    assert [message.startswith("device: live again") for message in ours] == [False, True, False, True]


@pytest.mark.expect_log(LOST)
async def test_a_frozen_device_is_noticed_and_live_again_after(dialect: Dialect):
    device = Device(dialect.kind)
    device.start()
    try:
        async with running(connection(dialect, device.address), dialect.tags()) as run:
            await run.until_live()
            device.freeze()
            result = await run.driver.write(run.tag(dialect.setpoint), 44.0)
            assert result.outcome == "unknown"
            assert "check the plant" in result.text
            await run.until(lambda: run.driver.health.state == "down")
            last_life = run.driver.health.last_life
            device.thaw()
            await run.until_live()
            assert run.driver.health.last_life > last_life
    finally:
        device.kill()
