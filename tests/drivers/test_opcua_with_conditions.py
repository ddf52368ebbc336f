"""Only a connection that is to have conditions asks for them."""

from hmi.clock import MachineClock
from hmi.core.plant.model import Connection
from hmi.drivers import create
from hmi.drivers.driver import ConditionSource
from tests.drivers.conditions import Ear, listening
from tests.drivers.devices import Device

ADDRESS = "opc.tcp://127.0.0.1:1"


def test_a_connection_without_conditions_has_no_part_in_it():
    plain = create(Connection("device", "opcua", ADDRESS), [], print, MachineClock())
    wanted = create(Connection("device", "opcua", ADDRESS, conditions=True), [], print, MachineClock())
    assert not isinstance(plain, ConditionSource)
    assert isinstance(wanted, ConditionSource)
    ear = Ear()
    wanted.conditions_to = ear
    assert wanted.conditions_to is ear


async def test_values_come_as_ever_and_what_was_lost_is_asked_for_anew():
    device = Device("conditions_opcua")
    device.start()
    try:
        async with listening(device) as plant:
            assert plant.at.batches[-1].rows["value"].tolist() == [1.5]
            await plant.do("set", name="High", active=True, tell=False)
            await plant.driver._read_anew(plant.driver._session)  # as after a loss of notifications
            plant.driver.refresh_conditions(at_once=True)
            await plant.until_told("High", active=True)
    finally:
        device.kill()
