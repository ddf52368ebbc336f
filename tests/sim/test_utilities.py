from random import Random

import pytest

from hmi.sim.utilities import Utilities

DT = 0.5
MACHINES = {"filler": 9.0, "capper": 8.0}


def run(utilities: Utilities, seconds: float, activity: float = 0.85) -> list[float]:
    pressures = []
    for _ in range(round(seconds / DT)):
        utilities.step(DT, activity, MACHINES)
        pressures.append(utilities.air_bar)
    return pressures


@pytest.mark.parametrize("activity", [0.0, 0.5, 0.9])
def test_the_compressors_hold_the_air_whatever_the_line_does(activity):
    pressures = run(Utilities("line1.utilities", Random(1)), 1800, activity)
    assert min(pressures) > 6.4
    assert max(pressures) <= 7.4


def test_without_compressors_the_air_falls_and_with_them_it_comes_back():
    utilities = Utilities("line1.utilities", Random(1))
    utilities.compressor_tripped = [True, True]
    run(utilities, 45)
    assert utilities.air_bar < 5.0
    for name in ("compressor1.reset", "compressor2.reset"):
        utilities.write(name, True)
    assert utilities.settings["compressor1.reset"] is True
    run(utilities, 300, activity=0.0)
    assert utilities.air_bar > 6.4
    assert utilities.settings["compressor1.reset"] is False


def test_a_tripped_chiller_lets_the_water_warm_until_it_is_reset():
    utilities = Utilities("line1.utilities", Random(1))
    utilities.chiller_tripped = True
    run(utilities, 300)
    assert utilities.chilled > 9.0
    utilities.write("chiller.reset", True)
    run(utilities, 300)
    assert utilities.chilled < 6.0


def test_energy_is_power_over_time():
    utilities = Utilities("line1.utilities", Random(1))
    before = utilities.energy_kwh
    run(utilities, 3600)
    average = utilities.energy_kwh - before
    assert 80.0 < average < 130.0
    out = {}
    utilities.signals(out)
    assert out["line1.utilities.power.total"] == pytest.approx(sum(utilities.power.values()), rel=0.05)


def test_nothing_else_can_be_written():
    utilities = Utilities("line1.utilities", Random(1))
    before = dict(utilities.settings)
    utilities.write("air.pressure", 1.0)
    utilities.write("chiller.reset", False)
    assert utilities.settings == before
