"""A real server's own alarms: told, refreshed, lost, and too many of them."""

import pytest
from asyncua import ua

from hmi.drivers import opcua_condition_refresh, opcua_conditions
from tests.drivers.conditions import LEVEL, empty, listening
from tests.drivers.devices import Device

pytestmark = pytest.mark.usefixtures("soon")


@pytest.fixture
def soon(monkeypatch):
    """Refreshes may follow one another at once."""
    monkeypatch.setattr(opcua_condition_refresh, "EVERY_S", 0.2)
    monkeypatch.setattr(opcua_condition_refresh, "RETRY_S", 0.2)
    monkeypatch.setattr(opcua_conditions, "EVERY_S", 0.2)
    monkeypatch.setattr(opcua_conditions, "RETRY_S", 0.2)


@pytest.fixture(scope="module")
def device():
    made = Device("conditions_opcua")
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def server(device):
    await empty(device)
    return device


async def test_what_stands_is_told_at_the_start_and_every_change_after_it(server):
    async with listening(server) as plant:
        assert plant.ear.refreshes == [frozenset()]
        await plant.do("set", name="High", active=True, severity=700, message="Level\nhigh\u202e!", input="Cell.Level")
        high = await plant.until_told("High", active=True)
        assert (high.stand.acked, high.severity, high.message, high.source) == (False, 700, "Level high!", "Tank")
        assert high.tag == plant.at.tag(LEVEL).index
        assert high.active_ns > 0 and high.time_ns >= high.active_ns
        assert high.id.startswith("device:Tank/High@")
    async with listening(server) as plant:
        assert plant.ear.refreshes == [frozenset({high.id})]
        assert plant.ear.last("High").event_id == high.event_id
        await plant.do("set", name="High", active=False, acked=True)
        gone = await plant.until_told("High", active=False)
        assert not gone.is_standing


async def test_a_branch_is_an_alarm_of_its_own_beside_the_newest_occurrence(server):
    async with listening(server) as plant:
        await plant.do("set", name="High", active=True)
        await plant.do("set", name="High~before", active=True, branch="B1")
        await plant.until(lambda: plant.ear.last("High", branch=True) is not None)
        newest, before = await plant.until_told("High"), plant.ear.last("High", branch=True)
        assert newest.id != before.id and newest.condition == before.condition
        assert (await plant.act("acknowledge", before)).outcome == "confirmed"
        await plant.until(lambda: plant.ear.last("High", branch=True).stand.acked)
        assert not (await plant.do("get", name="High"))["acked"]


@pytest.mark.parametrize("kind", ["RefreshRequiredEventType", "EventQueueOverflowEventType"])
async def test_what_got_lost_is_made_good_by_a_refresh(server, kind):
    async with listening(server) as plant:
        await plant.do("set", name="High", active=True)
        high = await plant.until_told("High", active=True)
        await plant.do("drop", name="High")
        await plant.do("set", name="Low", active=True, tell=False)
        assert plant.ear.last("Low") is None
        await plant.do("special", type=getattr(ua.ObjectIds, kind))
        await plant.until(lambda: len(plant.ear.refreshes) == 2)
        assert plant.ear.refreshes[1] == {plant.ear.last("Low").id}
        assert high.id not in plant.ear.refreshes[1]


async def test_events_that_are_no_conditions_are_passed_over(server):
    async with listening(server) as plant:
        await plant.do("special", type=ua.ObjectIds.BaseEventType)
        await plant.do("set", name="High", active=True)
        await plant.until_told("High")
        assert {one.name for one in plant.ear.heard} == {"High"}


async def test_a_server_that_floods_is_heard_within_limits_and_asked_for_the_rest(server, monkeypatch):
    monkeypatch.setattr(opcua_conditions, "MOST_EVENTS_S", 1.0)
    monkeypatch.setattr(opcua_conditions, "MOST_AT_ONCE", 60.0)
    async with listening(server) as plant:
        await plant.do("many", count=150)
        await plant.until(lambda: plant.driver.conditions.flooded > 0)
        await plant.until(
            lambda: plant.driver.conditions.refresh.broken > 0
        )  # too many to be told at once: none is gone
        assert plant.ear.refreshes == [frozenset()]
        monkeypatch.setattr(opcua_conditions, "MOST_AT_ONCE", 1000.0)
        monkeypatch.setattr(opcua_conditions, "MOST_EVENTS_S", 100_000.0)
        await plant.until(lambda: len(plant.ear.refreshes) > 1)
        assert len(plant.ear.refreshes[1]) == 150


@pytest.mark.expect_log("cannot tell which conditions stand")
async def test_a_server_that_cannot_refresh_is_believed_as_far_as_it_speaks(server):
    await empty(server, refresh="unknown")
    async with listening(server, refreshed=False) as plant:
        await plant.do("set", name="High", active=True)
        await plant.until_told("High", active=True)
        await plant.until(lambda: "cannot tell which conditions stand" in plant.driver.health.note)
        assert plant.ear.refreshes == [] and plant.driver.health.state == "live"


@pytest.mark.parametrize(
    ("mode", "said"), [("endless", "did not end"), ("refused", "BadUserAccessDenied"), ("busy", "")]
)
@pytest.mark.expect_log(r"which conditions stand|busy")
async def test_a_refresh_that_fails_is_asked_for_again(server, mode, said, monkeypatch):
    monkeypatch.setattr(opcua_condition_refresh, "WITHIN_S", 0.5)
    await empty(server, refresh=mode)
    async with listening(server, refreshed=False) as plant:
        await plant.until(lambda: said in plant.driver.health.note)
        assert plant.ear.refreshes == []
        await plant.do("mode")
        await plant.until(lambda: bool(plant.ear.refreshes))


@pytest.mark.expect_log("no conditions can be had of ns=2;s=Nowhere")
async def test_areas_are_asked_for_one_by_one_and_one_that_is_not_there_is_told(server):
    areas = ("i=2253", "ns=2;s=Nowhere")
    async with listening(server, refreshed=False, condition_areas=areas) as plant:
        await plant.do("set", name="High", active=True)
        await plant.until_told("High")


@pytest.mark.expect_log("lost: is the PLC on")
async def test_a_lost_session_is_told_once_and_the_next_one_starts_anew(device):
    own = Device("conditions_opcua")
    own.start()
    try:
        async with listening(own) as plant:
            await plant.do("set", name="High", active=True)
            await plant.until_told("High")
            plant.driver._session._client.uaclient.protocol.transport.abort()
            await plant.until(lambda: plant.ear.losses == 1)
            await plant.until(lambda: len(plant.ear.refreshes) == 2)
            assert plant.ear.refreshes[1] == {plant.ear.last("High").id}
            assert plant.ear.losses == 1
    finally:
        own.kill()
