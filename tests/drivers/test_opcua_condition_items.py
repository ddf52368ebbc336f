"""Servers that refuse a filter get a simpler one."""

import pytest

from hmi.drivers.opcua_condition_fields import FILTERS
from tests.drivers.conditions import empty, listening
from tests.drivers.devices import Device


@pytest.fixture(scope="module")
def server():
    made = Device("conditions_opcua")
    made.start()
    yield made
    made.kill()


async def test_one_that_knows_the_base_type_only_gets_the_same_fields_of_that(server):
    await empty(server, filter="plain")
    async with listening(server) as plant:
        await plant.do("set", name="High", active=True, severity=700)
        high = await plant.until_told("High", active=True)
        assert (high.severity, high.stand.acked) == (700, False)
        assert plant.driver.conditions._fields == FILTERS[1]


async def test_one_that_says_which_fields_it_does_not_know_is_asked_for_the_others(server):
    await empty(server, filter="picky")
    async with listening(server) as plant:
        await plant.do("set", name="High", active=True)
        high = await plant.until_told("High", active=True)
        assert high.stand.shelved is False
        assert {one.name for one in FILTERS[0]} - {one.name for one in plant.driver.conditions._fields} == {
            "InputNode",
            "ShelvingState/UnshelveTime",
        }


@pytest.mark.expect_log("no conditions can be had of the server")
async def test_one_that_takes_no_filter_gives_values_all_the_same(server):
    await empty(server, filter="never")
    async with listening(server, refreshed=False) as plant:
        await plant.until(lambda: "BadEventFilterInvalid" in plant.driver.health.note)
        assert plant.driver.health.state == "live" and plant.at.batches
    await empty(server)
