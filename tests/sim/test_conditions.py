"""The alarms that the simulated gateway keeps itself, as the station's own driver hears of them."""

from datetime import UTC, datetime

import pytest
from asyncua import Server, ua

from hmi.core.plant.model import Connection
from hmi.drivers.driver import ConditionAct
from hmi.sim.cabinet import FAN_FAILED, TEMPERATURE
from hmi.sim.conditions import GatewayAlarms
from tests.drivers.conditions import Ear
from tests.drivers.devices import running, tags_of
from tests.sim.stage import served

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def look(alarms, celsius, fan=False):
    await alarms.look({TEMPERATURE: celsius, FAN_FAILED: fan}, NOW)
    return alarms._heat.active, alarms._heat.level, alarms._heat.severity


async def test_it_rises_through_its_limits_and_falls_beneath_them_by_two_degrees():
    alarms = GatewayAlarms(Server(), 2)
    assert await look(alarms, 44.9) == (False, "", 650)
    assert await look(alarms, 45.0) == (True, "High", 650)
    alarms._heat.acked = True
    assert await look(alarms, 55.0) == (True, "HighHigh", 850)
    assert not alarms._heat.acked  # worse than what was acknowledged
    alarms._heat.acked = True
    assert await look(alarms, 53.1) == (True, "HighHigh", 850)
    assert await look(alarms, 52.9) == (True, "High", 650)
    assert alarms._heat.acked
    assert await look(alarms, 43.1) == (True, "High", 650)
    assert (await look(alarms, 42.9))[:2] == (False, "")
    assert alarms._heat.retain  # until it is confirmed


async def test_values_of_another_plant_raise_none():
    alarms = GatewayAlarms(Server(), 2)
    await alarms.look({"a.level": 99.0}, NOW)
    assert not any(one.retain for one in alarms._kept)


@pytest.fixture(scope="module")
def faulty():
    with served("cabinet-fan") as child:
        yield child


async def test_the_station_hears_of_it_acknowledges_it_and_is_refused_a_second_time(faulty):
    ear = Ear()
    connection = Connection("device", "opcua", f"opc.tcp://127.0.0.1:{faulty.port}", conditions=True)
    async with running(connection, tags_of([("ns=2;s=Filler.Tank.Level", "float64")])) as at:
        at.driver.conditions_to = ear
        await at.until(lambda: bool(ear.refreshes))
        fan = ear.last("FanFailure")
        assert (fan.source, fan.severity, fan.stand.acked) == ("Gateway cabinet", 500, False)
        assert fan.id in ear.refreshes[0]
        done = await at.driver.condition_act(ConditionAct("acknowledge", fan, "fan ordered (anna)"))
        assert done.outcome == "confirmed", done
        await at.until(lambda: ear.last("FanFailure").stand.acked)
        acked = ear.last("FanFailure")
        assert acked.comment == "fan ordered (anna)" and acked.is_standing
        again = await at.driver.condition_act(ConditionAct("acknowledge", acked))
        assert "acknowledged it already" in again.text
        late = await at.driver.condition_act(ConditionAct("acknowledge", fan))
        assert "has changed in the meantime" in late.text
        assert (await at.driver.condition_act(ConditionAct("comment", acked, "here at ten"))).outcome == "confirmed"
        await at.until(lambda: ear.last("FanFailure").comment == "here at ten")
        assert (await at.driver.condition_act(ConditionAct("confirm", ear.last("FanFailure")))).outcome == "confirmed"
        await at.until(lambda: ear.last("FanFailure").stand.confirmed)


def test_a_condition_that_is_not_there_is_told_so():
    alarms = GatewayAlarms(Server(), 2)
    assert alarms._of(ua.NodeId("Gateway.Cabinet.FanFailure", 2), ua.Variant(b"x")) is None
