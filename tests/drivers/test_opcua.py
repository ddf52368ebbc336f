from __future__ import annotations

import asyncio
import math
import signal

import pytest

from hmi.core import quality as q
from hmi.core.batch import FLAG_TIME_SUSPECT
from hmi.core.plant.model import Connection
from hmi.drivers import supervise
from hmi.drivers.opcua_client import OpcUaSession
from tests.drivers.devices import Device, running, tags_of, until_reset

LEVEL = "ns=2;s=Filler.Level"


def filler(*nodes: tuple[str, str], **columns):
    return tags_of([(f"ns=2;s=Filler.{name}", kind) for name, kind in nodes], **columns)


async def test_every_type_and_quality_comes_from_the_wire(shared_opcua: Device):
    tags = filler(
        ("Running", "bool"),
        ("Total", "int64"),
        ("Huge", "uint64"),
        ("Label", "string"),
        ("NotANumber", "float64"),
        ("Infinite", "float32"),
        ("Unsure", "float64"),
        ("Broken", "float64"),
        ("Array", "float64"),
        ("Old", "float64"),
    )
    async with running(Connection("device", "opcua", shared_opcua.address), tags) as run:
        await run.until(lambda: run.driver.health.state == "live")
        running_, total, huge, label, nan, inf, unsure, broken, array, old = (run.last(tag.address) for tag in tags)
        assert running_["raw"] == 1
        assert total["raw"] == 2**53 + 1
        assert huge["raw"] == -1
        assert run.text(tags[3].address) == "Füller"
        assert label["quality"] == q.GOOD
        assert math.isnan(nan["value"])
        assert inf["value"] == math.inf
        assert (unsure["value"], unsure["quality"]) == (4.5, q.UNCERTAIN_SENSOR)
        assert broken["quality"] == q.BAD_SENSOR_FAILURE
        assert array["quality"] == q.BAD_TYPE_MISMATCH
        assert old["flags"] == FLAG_TIME_SUSPECT
        assert run.driver.health.missing == {
            8: "the device sends an array of Double, the tag list says float64: "
            "for one element write index=0;ns=2;s=Filler.Array"
        }


async def test_no_value_is_told_twice_and_none_is_left_out(shared_opcua: Device):
    tags = filler(("Level", "float64"), ("Total", "int64"))
    async with running(Connection("device", "opcua", shared_opcua.address), tags) as run:
        await run.until(lambda: len(run.rows(LEVEL)) >= 25)
        values = [float(row["value"]) for row in run.rows(LEVEL)]
        assert values == [values[0] + step for step in range(len(values))]
        assert len(run.rows(tags[1].address)) == 1


async def test_values_are_decoded_in_columns_and_only_what_does_not_fit_one_by_one(shared_opcua: Device):
    nodes = ("Level", "float64"), ("Running", "bool"), ("Total", "int64"), ("Recipe", "string"), ("Label", "string")
    async with running(Connection("device", "opcua", shared_opcua.address), filler(*nodes)) as run:
        await run.until(lambda: len(run.rows(LEVEL)) >= 10)
        columns = run.driver.columns
        assert run.driver.undecoded
        assert columns.fast >= 12
        assert columns.slow == 1  # the localized text
        assert columns.unknown == 0
        assert (run.text("ns=2;s=Filler.Recipe"), run.text("ns=2;s=Filler.Label")) == ("Löwenbräu", "Füller")


async def test_each_rate_has_its_own_subscription(shared_opcua: Device):
    fast, slow = filler(("Level", "float64"), period_ms=100), filler(("Total", "int64"), period_ms=5000)
    tags = [fast[0], tags_of([("", ""), (slow[0].address, "int64")], period_ms=5000)[1]]
    async with running(Connection("device", "opcua", shared_opcua.address), tags) as run:
        await run.until_live()
        assert len(run.driver._rates) == 2
        assert run.driver.health.silent_after_s < 2.0  # the slow one gives signs of life all the same


async def test_a_server_whose_nodes_are_all_unknown_still_lives(shared_opcua: Device):
    async with running(Connection("device", "opcua", shared_opcua.address), filler(("Nowhere", "bool"))) as run:
        await run.until(lambda: run.driver.health.state == "live")
        life = run.driver.health.last_life
        await run.until(lambda: run.driver.health.last_life > life)


async def test_a_tag_that_appears_later_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervise, "RETRY_S", (0.3,))
    device = Device("opcua")
    device.start()
    try:
        tags = filler(("Late", "float64"), ("Text", "float64"))
        async with running(Connection("device", "opcua", device.address), tags) as run:
            await run.until(lambda: run.driver.health.state == "live")
            assert sorted(run.driver.health.missing) == [0, 1]
            await run.until(lambda: not run.driver._retry.due())
            device.signal(signal.SIGUSR2)
            await run.until(lambda: not run.driver.health.missing)
            await run.until(lambda: run.last(tags[0].address)["value"] == 8.0)
            await run.until(lambda: run.last(tags[1].address)["value"] == 6.0)
            assert run.driver.health.reconnects == 0
    finally:
        device.kill()


@pytest.mark.expect_log("has been silent for")
async def test_a_mute_subscription_is_noticed_though_reading_works():
    device = Device("opcua")
    device.start()
    try:
        async with running(Connection("device", "opcua", device.address), filler(("Level", "float64"))) as run:
            await run.until_live()
            device.signal(signal.SIGUSR1)
            await run.until(lambda: run.driver.health.state == "silent")
            await run.until(lambda: run.driver.health.reconnects == 1)
            await run.until_live()
    finally:
        device.kill()


@pytest.mark.expect_log("needs a data folder")
async def test_security_that_cannot_be_had_is_refused_not_ignored(shared_opcua: Device):
    connection = Connection("device", "opcua", shared_opcua.address, security="Basic256Sha256:Sign")
    async with running(connection, filler(("Level", "float64"))) as run:
        await run.until(lambda: run.driver.health.state == "down")
        assert run.last(LEVEL)["quality"] == q.BAD_CONFIGURATION
        assert "certificates" in run.driver.health.reason
        assert "certificates" in run.driver.health.missing[0]
        assert (await run.driver.write(run.tags[0], 1.0)).outcome == "refused"


@pytest.mark.expect_log("bug in the driver", "fault in this program")
async def test_a_fault_of_the_receiver_is_not_swallowed(shared_opcua: Device, monkeypatch: pytest.MonkeyPatch):
    async with running(Connection("device", "opcua", shared_opcua.address), filler(("Level", "float64"))) as run:
        await run.until_live()

        def broken(_batch) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(run.driver, "_deliver", broken)
        await run.until(lambda: "ZeroDivisionError" in run.driver.health.reason)


async def test_cancelled_while_connecting_leaves_nothing():
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    before = asyncio.all_tasks()
    async with await asyncio.start_server(until_reset(swallow), "127.0.0.1", 0) as server:
        address = f"opc.tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with running(Connection("device", "opcua", address), filler(("Level", "float64"))) as run:
            await asyncio.sleep(0.1)
            assert run.driver.health.state == "connecting"
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before


async def test_a_first_reading_that_is_overtaken_is_not_shown_over_what_is_newer(
    shared_opcua: Device, monkeypatch: pytest.MonkeyPatch
):
    """The answer to a read may come after what the subscription has sent since: the screen would go back in time."""
    read = OpcUaSession.read

    async def late(self, nodes):
        values = await read(self, nodes)
        await asyncio.sleep(0.5)  # what the subscription sends meanwhile is newer
        return values

    monkeypatch.setattr(OpcUaSession, "read", late)
    plc = Connection("device", "opcua", shared_opcua.address, publish_ms=50)
    async with running(plc, filler(("Level", "float64"), ("Total", "int64"))) as run:
        await run.until(lambda: run.driver.health.state == "live" and len(run.rows(LEVEL)) > 10)
        times = [int(row["time"]) for row in run.rows(LEVEL)]
        assert times == sorted(set(times))
        assert run.last("ns=2;s=Filler.Total")["raw"] == 2**53 + 1
