"""A connection with two servers: the better one is used, whatever happens to the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from asyncua import Client, ua

from hmi.core.plant.model import Connection
from hmi.drivers import opcua_servers
from tests.drivers.devices import Device, Running, free_port, running, tags_of

LEVEL, SPEED = "ns=2;s=Filler.Level", "ns=2;s=Filler.Speed"
SWITCH_S = 5.0


class Pair:
    """Two servers, and what a driver says of going from one to the other."""

    def __init__(self, first: Device, second: Device) -> None:
        self.first, self.second = first, second
        self.events: list[tuple[str, str]] = []
        self.gaps: list[tuple[int, int, str]] = []

    @property
    def connection(self) -> Connection:
        return Connection("device", "opcua", self.first.address, backup=(self.second.address,), publish_ms=100)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Running]:
        tags = tags_of([(LEVEL, "float64"), (SPEED, "float32")], access="rw")
        async with running(self.connection, tags) as run:
            run.driver.on_event = lambda *event: self.events.append(event)
            run.driver.on_gap = lambda *gap: self.gaps.append(gap)
            yield run

    async def until_on(self, run: Running, device: Device) -> None:
        await run.until(lambda: (run.driver.health.state, run.driver.health.address) == ("live", device.address))
        count = len(run.batches)
        await run.until(lambda: len(run.batches) > count)

    def switches(self) -> list[str]:
        return [text for event, text in self.events if event == "switched"]


@pytest.fixture(scope="module")
def devices() -> Iterator[tuple[Device, Device]]:
    """Both servers, for all tests: they take seconds to start."""
    first, second = Device("opcua"), Device("opcua")
    first.start()
    second.start()
    yield first, second
    first.kill()
    second.kill()


@pytest.fixture
async def pair(devices: tuple[Device, Device]) -> Pair:
    """Both servers, healthy, and the first one a little more so."""
    made = Pair(*devices)
    await say(made.first, 255)
    await say(made.second, 200)
    return made


async def say(device: Device, level: int) -> None:
    """Have a server tell this service level from now on."""
    async with Client(device.address) as client:
        node = client.get_node(ua.ObjectIds.Server_ServiceLevel)
        await node.write_value(ua.Variant(level, ua.VariantType.Byte))


async def written(device: Device) -> int:
    """How often a value was written there."""
    async with Client(device.address) as client:
        return await client.get_node("ns=2;s=Filler.Written").read_value()


def seconds(run: Running, after: int) -> float:
    """The longest time between two values of the level, by when they were received."""
    times = [int(row["received"]) for row in run.rows(LEVEL)[after:]]
    return max(later - earlier for earlier, later in pairwise(times)) / 1e9


async def test_the_better_one_is_used_and_followed_when_levels_change(pair: Pair):
    async with pair.at_work() as run:
        await pair.until_on(run, pair.first)
        assert run.driver.health.service_level == 255
        since = len(run.rows(LEVEL)) - 1
        await say(pair.first, 100)
        await pair.until_on(run, pair.second)
        assert run.driver.health.service_level == 200
        assert seconds(run, since) < SWITCH_S
        (text,) = pair.switches()
        assert text.startswith(f"switched from {pair.first.address} to {pair.second.address}: its service level fell")
        assert text.endswith(" to 100, the other's is 200")
        assert [gap[2] for gap in pair.gaps] == pair.switches()
        assert all(start < end for start, end, _ in pair.gaps)
        assert run.driver.health.reconnects == 0
        await say(pair.first, 255)
        await say(pair.second, 1)
        await pair.until_on(run, pair.first)
        assert len(pair.switches()) == 2


async def test_a_command_reaches_one_of_them_once_or_none(pair: Pair):
    async with pair.at_work() as run:
        await pair.until_on(run, pair.first)
        results = []
        before = await written(pair.first) + await written(pair.second)

        async def operate() -> None:
            while not pair.switches() or results[-1].outcome != "confirmed":
                results.append(await run.driver.write(run.tags[1], float(len(results))))
                await asyncio.sleep(0.02)

        async with asyncio.TaskGroup() as group:
            group.create_task(operate())
            group.create_task(say(pair.first, 0))
        outcomes = [result.outcome for result in results]
        total = await written(pair.first) + await written(pair.second) - before
        assert outcomes.count("confirmed") <= total <= len(outcomes) - outcomes.count("refused")
        assert outcomes.count("confirmed") >= 1


@pytest.mark.expect_log("connection to 127.0.0.1")
async def test_a_dead_one_is_left_within_seconds_and_watched_until_it_returns(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opcua_servers, "PROBE_S", 0.5)
    async with pair.at_work() as run:
        await pair.until_on(run, pair.first)
        since = len(run.rows(LEVEL)) - 1
        pair.first.kill()
        await pair.until_on(run, pair.second)
        assert seconds(run, since) < SWITCH_S
        assert len(pair.switches()) == 1
        assert "connection" in pair.switches()[0]
        await run.until(lambda: "no standby" in run.driver.health.note)
        assert run.driver.health.state == "live"
        pair.first.start()
        await run.until(lambda: "no standby" not in run.driver.health.note)
        await pair.until_on(run, pair.second)  # as good as the other one: it stays
        assert len(pair.switches()) == 1


@pytest.mark.expect_log("has been silent for")
async def test_a_frozen_one_is_left_too(pair: Pair):
    async with pair.at_work() as run:
        await pair.until_on(run, pair.first)
        since = len(run.rows(LEVEL)) - 1
        pair.first.freeze()
        await pair.until_on(run, pair.second)
        assert seconds(run, since) < SWITCH_S + 0.5  # it is silent for 3 s before anybody can know
        assert len(pair.switches()) == 1
        pair.first.thaw()


async def test_the_worse_one_serves_where_the_better_one_is_off(pair: Pair):
    await say(pair.second, 150)
    gone = f"opc.tcp://127.0.0.1:{free_port()}"
    connection = Connection("device", "opcua", gone, backup=(pair.second.address,))
    async with running(connection, tags_of([(LEVEL, "float64")])) as run:
        await run.until_live()
        assert (run.driver.health.address, run.driver.health.service_level) == (pair.second.address, 150)
        assert "connection refused" in run.driver.health.note
        assert run.driver.health.reconnects == 0


async def test_at_the_start_the_healthy_one_is_taken_though_it_stands_second(pair: Pair):
    await say(pair.first, 100)
    async with pair.at_work() as run:
        await pair.until_on(run, pair.second)
        assert pair.switches() == []


async def test_a_server_alone_is_not_left_whatever_it_says(shared_opcua: Device):
    connection = Connection("device", "opcua", shared_opcua.address)
    async with running(connection, tags_of([(LEVEL, "float64")])) as run:
        await run.until_live()
        assert (run.driver.health.address, run.driver.health.service_level) == (shared_opcua.address, 255)
        assert run.driver.health.note == ""
