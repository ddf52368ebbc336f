"""The small plant that the checks work on."""

import pytest

from hmi.core.errors import HmiError
from hmi.plantfiles.folder import load_folder
from hmi.selftest.checks import Failed
from hmi.selftest.station import ALARM, BARE, LEVEL, WRITTEN, Station, write_plant
from tests.selftest.test_checks import ground


@pytest.mark.parametrize(("driver", "scheme"), [("modbus", "tcp"), ("opcua", "opc.tcp")])
def test_its_files_have_no_mistake(tmp_path, driver, scheme):
    plant = load_folder(write_plant(tmp_path, driver, f"{scheme}://127.0.0.1:5020"))
    assert (len(plant.tags), plant.tag(LEVEL).access) == (3, "rw")
    assert [rule.id for rule in plant.rules] == [ALARM]
    assert {BARE, *WRITTEN} < plant.screens.keys()


def test_a_simulator_that_does_not_start_is_told(tmp_path):
    def start(name, *words):
        raise HmiError(f"The {name} did not start")

    place = ground(tmp_path)
    with pytest.raises(HmiError, match="simulator did not start"):
        Station(place.__class__(place.folder, place.clock, start, place.free_ports), "modbus")


def test_an_engine_that_nobody_can_reach_is_told(tmp_path):
    with pytest.raises(Failed, match="no window could reach the engine"):
        Station(ground(tmp_path), "modbus")
