"""The alarms of a real server in the engine's one list: acknowledged there, journalled once, kept over a restart."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from asyncua import Client

from hmi.clock import MachineClock
from hmi.core.plant import Connection, Plant
from hmi.core.tags import Tag
from hmi.engine import conditions_acts
from hmi.engine.engine import Engine
from hmi.link.local import pair
from hmi.link.messages import Alarms, Hello, Reply
from hmi.store.query import Reader
from tests.drivers.conditions import do_on
from tests.drivers.devices import Device
from tests.engine.toy import RULE as SUPPRESSED_RULE

LEVEL = Tag(0, "a.level", "plc", "ns=2;s=Cell.Level", "float64", unit="%", low=0, high=100)
RULE = replace(SUPPRESSED_RULE, suppress_when="")
FIRST = 1  # the place behind the plant's one rule


@pytest.fixture(scope="module")
def device():
    made = Device("conditions_opcua")
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def server(device):
    """The server without alarms, with a hand on it."""
    client = Client(device.address)
    client.session_timeout = 60_000
    async with client:
        await do_on(client, "mode")
        for name in await do_on(client, "names"):
            await do_on(client, "drop", name=name)
        yield device, client


class Station:
    """An engine at work, and a client of it."""

    def __init__(self, engine, client):
        self.engine, self._client, self.rows, self._replies = engine, client, {}, {}

    def hear(self):
        """Take in what the engine has said since."""
        for message in self._client.receive():
            if isinstance(message, Alarms):
                self.rows = {} if message.snapshot else self.rows
                self.rows |= {row.rule: row for row in message.rows}
            elif isinstance(message, Reply):
                self._replies[message.number] = message
        self.rows = {rule: row for rule, row in self.rows.items() if row.state != "normal"}

    async def until(self, state):
        """Wait for a state of what the client knows."""
        async with asyncio.timeout(30):
            while not (found := state()):
                self.hear()
                await asyncio.sleep(0.02)
        return found

    async def until_row(self, name, state, lost=False):
        """Wait until a condition is shown so."""

        def found():
            rows = [row for row in self.rows.values() if row.condition and row.condition.name == name]
            return next((row for row in rows if (row.state, row.condition.lost) == (state, lost)), None)

        return await self.until(found)

    async def ask(self, verb, **args):
        """The engine's answer."""
        number = self._client.request(verb, **args)
        await self.until(lambda: number in self._replies)
        return self._replies[number]


@asynccontextmanager
async def station(device, folder, backup=(), **more):
    plc = Connection("plc", "opcua", device.address, backup, publish_ms=50, conditions=True)
    plant = Plant("toy", "Toy plant", "UTC", (plc,), (LEVEL,), (RULE,), {}, {}, **more)
    engine = Engine(plant, {}, folder, MachineClock(), ready_s=20)
    said = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(engine.run(said.put_nowait))
        await said.get()
        client = pair(engine, Hello("token", program="test", user="anna", station="desk1"))
        yield Station(engine, client)
        client.close()
        task.cancel()


def story(folder):
    """Who did what to the conditions, by the journal."""
    records = [record for _, record in Reader(folder).journal(newest_first=False) if record.category == "alarm"]
    return [(record.event, record.result, record.user, record.why) for record in records]


async def test_raised_acknowledged_returned_and_confirmed_by_its_server(server, tmp_path):
    device, hand = server
    async with station(device, tmp_path) as here:
        await do_on(hand, "set", name="High", active=True, severity=850, confirms=True, message="Too full")
        row = await here.until_row("High", "unacknowledged")
        assert row.rule == FIRST
        assert (row.condition.message, row.condition.priority, row.condition.source) == ("Too full", 1, "Tank")
        id_ = row.condition.id
        assert "acknowledge it first" in (await here.ask("confirm", alarms=[id_])).text
        reply = await here.ask("ack", alarms=[id_, "a.nothing"], comment="I see it")
        assert reply.body["done"] == [id_] and "no alarm" in reply.text
        row = await here.until_row("High", "acknowledged")
        assert (row.acked_by, row.condition.comment) == ("anna", "I see it (anna)")
        assert "nothing to acknowledge" in (await here.ask("ack", alarms=[id_])).text
        await do_on(hand, "set", name="High", active=False)
        row = await here.until_row("High", "latched-acknowledged")
        assert row.condition.confirm
        assert (await here.ask("confirm", alarms=[id_], comment="valve mended")).ok
        await here.until(lambda: not here.rows)
    assert story(tmp_path) == [
        ("raised", "unacknowledged", "", ""),
        ("acknowledged", "acknowledged", "anna", "I see it"),
        ("returned", "latched-acknowledged", "", ""),
        ("confirmed", "normal", "anna", "valve mended"),
    ]


async def test_shelved_and_unshelved_on_its_server_within_what_the_plant_allows(server, tmp_path):
    device, hand = server
    async with station(device, tmp_path) as here:
        await do_on(hand, "set", name="Shelf", active=True, severity=300)
        id_ = (await here.until_row("Shelf", "unacknowledged")).condition.id
        assert (await here.ask("shelve", alarms=[id_], hours=9, why="test")).text.count(id_) == 1
        assert "say for how long" in (await here.ask("shelve", alarms=[id_], hours=9, why="test")).text
        assert "no end in time" in (await here.ask("shelve", alarms=[id_], hours=1, why="x", one_shot=True)).text
        assert (await here.ask("shelve", alarms=[id_], hours=2, why="chattering")).ok
        row = await here.until_row("Shelf", "shelved")
        assert (row.quiet_by, row.quiet_why) == ("anna", "chattering")
        assert 7100e9 < row.quiet_until_ns - row.changed_ns < 7300e9
        assert "shelf already" in (await here.ask("shelve", alarms=[id_], hours=2, why="again")).text
        assert (await here.ask("unshelve", alarms=[id_])).ok
        await here.until_row("Shelf", "unacknowledged")
        assert (await here.ask("explain", alarm=id_)).body[0].startswith(id_)
        reply = await here.ask("comment", alarms=[id_], comment="watch it")
        assert reply.ok, reply.text
    assert [event for event, *_ in story(tmp_path)] == ["raised", "shelved", "unshelved", "commented"]


@pytest.mark.fault(rows=[36])
async def test_over_a_restart_nothing_is_written_twice_and_nothing_vanishes_before_its_server_says_so(server, tmp_path):
    device, hand = server
    async with station(device, tmp_path) as here:
        for name in ("Stays", "Goes", "Moves"):
            await do_on(hand, "set", name=name, active=True)
            await here.until_row(name, "unacknowledged")
    await do_on(hand, "set", name="Goes", active=False, acked=True)
    await do_on(hand, "set", name="Moves", active=False)
    before = story(tmp_path)
    async with station(device, tmp_path) as here:
        await here.until_row("Moves", "returned-unacknowledged")
        await here.until_row("Stays", "unacknowledged")
        await here.until(lambda: len(here.rows) == 2)
    assert sorted(story(tmp_path)[len(before) :]) == [
        ("returned", "normal", "", "its server did not name it among what stands"),
        ("returned", "returned-unacknowledged", "", ""),
    ]


async def test_whoever_may_only_look_asks_nothing_of_a_server(server, tmp_path):
    device, hand = server
    async with station(device, tmp_path, everyone="view") as here:
        await do_on(hand, "set", name="High", active=True)
        id_ = (await here.until_row("High", "unacknowledged")).condition.id
        assert "needs the role acknowledge, and yours is view" in (await here.ask("ack", alarms=[id_])).text
        assert not (await do_on(hand, "get", name="High"))["acked"]


async def test_an_alarm_of_the_plant_is_not_confirmed(server, tmp_path):
    device, _ = server
    async with station(device, tmp_path) as here:
        reply = await here.ask("confirm", alarms=["a.level.h"])
        assert not reply.ok and "alarm of the plant" in reply.text


async def test_a_server_that_accepts_and_says_nothing_is_asked_and_its_refusals_are_on_record(
    server, tmp_path, monkeypatch
):
    monkeypatch.setattr(conditions_acts, "TOLD_BY_ITSELF_S", 0.1)
    device, hand = server
    async with station(device, tmp_path, everyone="maintain") as here:
        await do_on(hand, "set", name="High", active=True)
        id_ = (await here.until_row("High", "unacknowledged")).condition.id
        await do_on(hand, "mode", silent=True)
        assert (await here.ask("ack", alarms=[id_], comment="seen")).ok  # the refresh says that it is so
        await do_on(hand, "mode")
        refused = await here.ask("put_back", alarms=[id_])
        assert "in service" in refused.text
        refused = await here.ask("take_out", alarms=[id_], permit="W-1", why="test")
        assert "its server does not offer that" in refused.text
    told = story(tmp_path)
    assert told[1] == ("acknowledged", "acknowledged", "anna", "seen")
    assert told[-1][0] == "take out refused"


@pytest.mark.fault(rows=[35])
@pytest.mark.expect_log(r"plc")
async def test_when_the_link_is_lost_what_stood_stays_marked_and_cannot_be_acknowledged(tmp_path):
    device = Device("conditions_opcua")
    device.start()
    client = Client(device.address)
    client.session_timeout = 60_000
    async with station(device, tmp_path) as here:
        async with client as hand:
            await do_on(hand, "set", name="High", active=True)
            id_ = (await here.until_row("High", "unacknowledged")).condition.id
        device.kill()
        row = await here.until_row("High", "unacknowledged", lost=True)
        assert row.cannot_evaluate
        assert "is not heard, so nothing was sent" in (await here.ask("ack", alarms=[id_])).text
        device.start()  # it has forgotten all alarms, and says so
        await here.until(lambda: not here.rows)
    device.kill()
    assert [event for event, *_ in story(tmp_path)] == ["raised", "returned"]


@pytest.mark.expect_log("cannot tell which conditions stand")
async def test_what_a_server_that_cannot_refresh_never_mentions_again_is_removed_by_a_person(server, tmp_path):
    device, hand = server
    async with station(device, tmp_path) as here:
        await do_on(hand, "set", name="High", active=True)
        id_ = (await here.until_row("High", "unacknowledged")).condition.id
    await do_on(hand, "drop", name="High")
    await do_on(hand, "mode", refresh="unknown")
    async with station(device, tmp_path) as here:
        await here.until_row("High", "unacknowledged", lost=True)
        reply = await here.ask("reset", alarms=[id_], comment="looked at it")
        assert reply.ok, reply.text
        await here.until(lambda: not here.rows)
    assert story(tmp_path)[1:] == [("removed", "normal", "anna", "looked at it")]
    async with station(device, tmp_path) as here:
        assert here.rows == {}


@pytest.mark.fault(rows=[36])
@pytest.mark.expect_log(r"plc")
async def test_a_standby_that_takes_over_tells_what_stands_and_a_frozen_server_is_last_known(tmp_path):
    devices = [Device("conditions_opcua"), Device("conditions_opcua")]
    try:
        for device in devices:
            device.start()
        for device, name in zip(devices, ("High", "Low"), strict=True):
            client = Client(device.address)
            client.session_timeout = 60_000
            async with client as hand:  # both keep the one, and the standby knows of another
                await do_on(hand, "set", name="High", active=True)
                await do_on(hand, "set", name=name, active=True)
        async with station(devices[0], tmp_path, (devices[1].address,)) as here:
            await here.until_row("High", "unacknowledged")
            devices[0].freeze()
            await here.until_row("High", "unacknowledged", lost=True)
            await here.until_row("High", "unacknowledged")  # from the standby
            await here.until_row("Low", "unacknowledged")
        assert [event for event, *_ in story(tmp_path)] == ["raised", "raised"]
    finally:
        for device in devices:
            device.kill()
