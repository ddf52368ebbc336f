from random import Random

import pytest

from hmi.sim.belts import Table
from hmi.sim.palletiser import Palletiser, sscc

DT = 0.25


def run(palletiser: Palletiser, seconds: float, source: Table) -> None:
    palletiser.stop_soon(1e9)
    for _ in range(round(seconds / DT)):
        palletiser.step(DT, source)


def table() -> Table:
    made = Table("t", 10**6, 10**6 // 3)
    made.in_per_s = 0.0
    return made


def test_every_bottle_taken_is_somewhere():
    palletiser, source = Palletiser("line1.palletiser", Random(1)), table()
    before = source.bottles
    there = palletiser.forming + palletiser.on_pallet
    on_pallets = 0
    for _ in range(1800):
        pallets, standing = palletiser.pallets, palletiser.on_pallet
        run(palletiser, 1, source)
        if palletiser.pallets > pallets:
            on_pallets += standing
        now = palletiser.forming + palletiser.carried + palletiser.on_pallet + on_pallets
        assert there + (before - source.bottles) == now
        assert palletiser.infeed == before - source.bottles
    assert palletiser.pallets >= 6


def test_a_pallet_has_the_layers_that_are_set():
    palletiser, source = Palletiser("line1.palletiser", Random(1)), table()
    palletiser.write("layers_sp", 4)
    palletiser.write("bottles_per_layer", 120)
    run(palletiser, 600, source)
    assert palletiser.pallets > 0
    assert palletiser.layer <= 4
    assert palletiser.on_pallet <= 4 * 240


def test_discharge_sends_the_pallet_in_work_out_and_springs_back():
    palletiser, source = Palletiser("line1.palletiser", Random(1)), table()
    palletiser.write("cmd.discharge", True)
    run(palletiser, 20, source)
    assert palletiser.pallets == 1
    assert palletiser.settings["cmd.discharge"] is False


def test_an_open_door_stops_robot_and_infeed():
    palletiser, source = Palletiser("line1.palletiser", Random(1)), table()
    palletiser.forming = 240
    run(palletiser, 3, source)
    palletiser.doors[0] = True
    run(palletiser, 10, source)
    axes, taken = list(palletiser.robot.axes), palletiser.infeed
    run(palletiser, 60, source)
    assert palletiser.robot.busy
    assert (palletiser.robot.axes, palletiser.infeed) == (axes, taken)


def test_each_pallet_has_an_sscc_of_its_own_with_a_right_check_digit():
    assert sscc(10614141123456789) == "106141411234567897"  # GS1's own example
    palletiser = Palletiser("line1.palletiser", Random(1))
    first = {}
    palletiser.signals(first)
    palletiser.serial += 1
    second = {}
    palletiser.signals(second)
    assert first["line1.palletiser.order.sscc"] != second["line1.palletiser.order.sscc"]
    assert len(str(first["line1.palletiser.order.sscc"])) == 18


@pytest.mark.parametrize("lamp", [True, False])
def test_coils_stay_as_written(lamp):
    palletiser = Palletiser("line1.palletiser", Random(1))
    palletiser.write("lamp_test", lamp)
    out = {}
    palletiser.signals(out)
    assert out["line1.palletiser.lamp_test"] is lamp
