from random import Random

import pytest

from hmi.sim import packml
from hmi.sim.cip import STEPS, Cip

DT = 0.5


def run(cip: Cip, seconds: float) -> None:
    for _ in range(round(seconds / DT)):
        cip.step(DT)


def test_a_cycle_goes_through_every_step_in_order_and_the_next_one_follows():
    cip, seen = Cip("line1.cip", Random(1)), []
    for _ in range(2 * 2400):
        cip.step(DT)
        if not seen or seen[-1] != cip.step_number:
            seen.append(cip.step_number)
    assert seen[:9] == [2, 3, 4, 5, 6, 7, 0, 1, 2]
    assert cip.cycles == 3


def test_something_changes_within_the_first_half_minute():
    cip = Cip("line1.cip", Random(1))
    run(cip, 30)
    assert STEPS[cip.step_number].name == "Intermediate rinse"


def test_rinsing_takes_the_caustic_out():
    cip = Cip("line1.cip", Random(1))
    assert cip.return_conductivity > 80
    run(cip, 24 + STEPS[3].seconds - 2)
    assert cip.current.name == "Intermediate rinse"
    assert cip.return_conductivity < 2.0


def test_the_tanks_stay_within_their_walls_and_warm():
    cip = Cip("line1.cip", Random(1))
    for _ in range(4 * 60):
        run(cip, 60)
        assert all(20.0 < tank.level < 95.0 for tank in cip.tanks.values())
        assert 74.0 < cip.tanks["caustic"].temperature < 80.0


def test_hold_stops_the_pump_and_the_step_time_and_unhold_goes_on():
    cip = Cip("line1.cip", Random(1))
    run(cip, 5)
    cip.write("command", packml.HOLD)
    run(cip, 10)
    left = cip.left_s
    run(cip, 60)
    assert cip.left_s == left
    assert cip.flow < 1.0
    cip.write("command", packml.UNHOLD)
    run(cip, 15)
    assert cip.left_s < left - 10
    assert cip.flow == pytest.approx(240.0, rel=0.1)


def test_stop_ends_the_cycle_and_start_begins_a_new_one():
    cip = Cip("line1.cip", Random(1))
    cip.write("command", packml.STOP)
    run(cip, 10)
    out = {}
    cip.signals(out)
    assert out["line1.cip.step_name"] == "Idle"
    assert out["line1.cip.command"] == 0
    cip.write("command", packml.START)
    run(cip, 10)
    assert cip.current.name == "Pre-rinse"


def test_the_flow_follows_its_set_point():
    cip = Cip("line1.cip", Random(1))
    cip.write("supply.flow_sp", 180.0)
    cip.write("nonsense", 1.0)
    run(cip, 20)
    assert cip.flow == pytest.approx(180.0, abs=2.0)
