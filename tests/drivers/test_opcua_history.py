"""Backfilling from a real server's own history."""

import asyncio
import time

import numpy as np
import pytest
from asyncua import Client, ua

from hmi.clock import MachineClock
from hmi.core.batch import FLAG_BACKFILLED, join
from hmi.core.plant import Connection
from hmi.core.tags import Tag
from hmi.drivers import create, opcua_history
from hmi.drivers.opcua_history import Missed, backfill
from tests.drivers.devices import Device
from tests.drivers.proxy import Cable

EVER = 2**62
COUNTER = Missed(Tag(0, "a.counter", "plc", "ns=2;s=Counter", "int64"), ua.NodeId("Counter", 2), 0, EVER)
PLAIN = Missed(Tag(1, "a.plain", "plc", "ns=2;s=Plain", "float64"), ua.NodeId("Plain", 2), 0, EVER)
ABSENT = Missed(Tag(2, "a.absent", "plc", "ns=2;s=Absent", "float64"), ua.NodeId("Absent", 2), 0, EVER)


@pytest.fixture(scope="module")
def recorder():
    device = Device("history_opcua")
    device.start()
    yield device
    device.kill()


async def filled_from(recorder, *nodes, seconds=2.0):
    """What can be had of the seconds that have just passed."""
    batches = []
    client = Client(recorder.address)
    client.session_timeout = 60_000
    async with client:
        await asyncio.sleep(seconds)
        now = time.time_ns()
        span = (now - round(seconds * 1e9), now)
        found = await backfill(client.uaclient.session, nodes, span, batches.append, time.time_ns)
    return found, join(batches), span


async def test_every_value_of_the_gap_comes_once_in_order_and_marked(recorder):
    found, batch, span = await filled_from(recorder, COUNTER, PLAIN, ABSENT)
    rows = batch.rows
    assert (found.values, found.tags, found.refused) == (len(rows), 1, 0)
    assert len(rows) > 10
    assert set(np.diff(rows["raw"])) == {1}  # nothing missing, nothing twice
    assert (rows["flags"] & FLAG_BACKFILLED).all()
    assert ((rows["time"] > span[0]) & (rows["time"] < span[1])).all()
    assert set(rows["tag"]) == {0}


async def test_a_long_gap_is_read_page_by_page(recorder, monkeypatch):
    monkeypatch.setattr(opcua_history, "PAGE", 7)
    found, batch, _ = await filled_from(recorder, COUNTER)
    assert found.values > 14
    assert set(np.diff(batch.rows["raw"])) == {1}


async def test_a_server_that_never_ends_is_left(recorder, monkeypatch):
    monkeypatch.setattr(opcua_history, "PAGE", 3)
    monkeypatch.setattr(opcua_history, "PAGES", 2)
    found, batch, _ = await filled_from(recorder, COUNTER)
    assert (found.tags, found.refused) == (0, 1)
    assert len(batch) == 5  # the second page begins with the last value of the first


@pytest.mark.expect_log("hmi.drivers")
async def test_a_cable_that_was_pulled_costs_no_value(recorder):
    cable = Cable(recorder.port)
    await cable.plug()
    batches = []
    connection = Connection("plc", "opcua", f"opc.tcp://127.0.0.1:{cable.port}")
    driver = create(connection, [COUNTER.tag], batches.append, MachineClock())
    task = asyncio.get_running_loop().create_task(driver.run())
    try:
        await until(lambda: len(batches) > 5)
        await cable.pull()
        await asyncio.sleep(2)
        await cable.plug()
        await until(lambda: any((batch.rows["flags"] & FLAG_BACKFILLED).any() for batch in batches))
        await until(lambda: not (batches[-1].rows["flags"] & FLAG_BACKFILLED).any())
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await cable.pull()
    numbers = join(batches).rows["raw"]
    assert set(np.diff(np.sort(numbers))) == {1}  # nothing is missing, nothing twice


async def until(wanted):
    """Wait for a state."""
    async with asyncio.timeout(20):
        while not wanted():
            await asyncio.sleep(0.05)
