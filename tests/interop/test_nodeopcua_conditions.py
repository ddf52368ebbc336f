"""The alarms that a node-opcua server keeps: raised by its own limits, acknowledged, confirmed and shelved there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager

import pytest

from hmi.core.plant.model import Connection
from hmi.drivers.driver import ConditionAct
from tests.drivers.conditions import Ear
from tests.drivers.devices import running, tags_of
from tests.interop.peers import NodeOpcua

LEVEL = "nsu=urn:interop:cell;s=Cell.Level"


@pytest.fixture
def server(tmp_path) -> Iterator[NodeOpcua]:
    """A server of this test's own: its alarms are changed."""
    server = NodeOpcua(tmp_path, alarms=True)
    server.start()
    yield server
    server.kill()


@asynccontextmanager
async def listening(server: NodeOpcua, **columns):
    """A driver on the server, once it has told all that stands."""
    connection = Connection("device", "opcua", server.address, publish_ms=50, conditions=True, **columns)
    ear = Ear()
    async with running(connection, tags_of([(LEVEL, "float64")])) as at:
        at.driver.conditions_to = ear  # type: ignore[attr-defined]
        await at.until(lambda: bool(ear.refreshes))
        yield at, ear


async def until_stand(at, ear, name: str, **stand):
    """Wait until an alarm was told to stand so."""
    await at.until(
        lambda: (
            (one := ear.last(name)) is not None
            and all(getattr(one.stand, key) == value for key, value in stand.items())
        )
    )
    return ear.last(name)


async def test_its_exclusive_limit_alarm_is_acknowledged_and_confirmed(server: NodeOpcua):
    async with listening(server) as (at, ear):
        assert ear.refreshes == [frozenset()]
        server.ask("set", name="Level", type="Double", value=85.0)
        high = await until_stand(at, ear, "LevelAlarm", active=True)
        assert (high.stand.acked, high.source, high.level) == (False, "Level", "High")
        assert high.tag == 0 and high.severity > 0 and high.message
        server.ask("set", name="Level", type="Double", value=95.0)
        await at.until(lambda: ear.last("LevelAlarm").level == "HighHigh")
        worst = ear.last("LevelAlarm")
        assert worst.id == high.id
        assert (await at.driver.condition_act(ConditionAct("acknowledge", worst, "seen"))).outcome == "confirmed"
        acked = await until_stand(at, ear, "LevelAlarm", acked=True)
        assert acked.comment == "seen"
        server.ask("set", name="Level", type="Double", value=50.0)
        returned = await until_stand(at, ear, "LevelAlarm", active=False)
        assert returned.is_standing  # it wants to be confirmed
        assert (await at.driver.condition_act(ConditionAct("confirm", returned, "ok"))).outcome == "confirmed"
        await at.until(lambda: not ear.last("LevelAlarm").is_standing)


async def test_what_stands_is_told_anew_and_shelves_are_its_own(server: NodeOpcua):
    server.ask("set", name="Heat", type="Double", value=10.0)
    async with listening(server) as (at, ear):
        heat = await until_stand(at, ear, "HeatAlarm", active=True)
        assert ear.refreshes == [frozenset({heat.id})]
        shelved = await at.driver.condition_act(ConditionAct("shelve", heat, hours=1.0))
        assert shelved.outcome == "confirmed", shelved
        at.driver.refresh_conditions(at_once=True)  # it does not tell of it by itself
        shelf = await until_stand(at, ear, "HeatAlarm", shelved=True)
        assert 3500 < shelf.unshelve_s <= 3600
        assert (await at.driver.condition_act(ConditionAct("unshelve", shelf))).outcome == "confirmed"
        at.driver.refresh_conditions(at_once=True)
        await until_stand(at, ear, "HeatAlarm", shelved=False)


@pytest.mark.interop
async def test_of_one_area_alone(server: NodeOpcua):
    async with listening(server, condition_areas=("nsu=urn:interop:cell;s=Cell.Tank",)) as (at, ear):
        server.ask("set", name="Heat", type="Double", value=95.0)
        await until_stand(at, ear, "HeatAlarm", active=True)


@pytest.mark.fault(rows=[36])
@pytest.mark.interop
@pytest.mark.expect_log(r"hmi\.drivers: device: ")
async def test_after_a_kill_it_has_forgotten_them_and_says_so(server: NodeOpcua):
    async with listening(server) as (at, ear):
        server.ask("set", name="Level", type="Double", value=85.0)
        await until_stand(at, ear, "LevelAlarm", active=True)
        server.kill()
        await at.until(lambda: ear.losses == 1)
        server.start()
        await at.until(lambda: len(ear.refreshes) == 2)
        assert ear.refreshes[1] == frozenset()
