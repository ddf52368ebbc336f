import pytest

from hmi.core import quality as q
from hmi.core.errors import HmiError
from hmi.sim import packml
from hmi.sim.faults import FAULTS, FaultPlan, parse
from hmi.sim.line import Line
from hmi.sim.simulation import Simulation
from tests.sim.stage import plant, run_watched

# What each fault is to bring about, and within how many seconds after it began.
EFFECTS = {
    "inlet-stuck": (60, {"line1.filler.tank.level.h", "line1.filler.tank.level.hh"}),
    "capper-jam": (200, {"line1.capper.jam", "line1.filler.blocked"}),
    "head17-drift": (120, {"line1.filler.fill.spread.h"}),
    "air-low": (
        90,
        {"line1.utilities.air.pressure.l", "line1.utilities.air.pressure.ll", "line1.filler.air.pressure.l"},
    ),
    "palletiser-door": (30, {"line1.palletiser.door1.open", "line1.palletiser.state.aborted"}),
    "sensor-bad": (10, {"line1.filler.tank.level.bad"}),
    "label-out": (10, {"line1.labeller.label_out"}),
    "cabinet-fan": (0, set()),  # no alarm of the plant: the gateway's own tell of it, see test_conditions.py
    "chiller-trip": (400, {"line1.utilities.chiller.tripped", "line1.utilities.chilled.supply_temperature.h"}),
}


def test_every_fault_has_its_effect_here():
    assert EFFECTS.keys() == FAULTS.keys()


@pytest.mark.parametrize("name", [name for name, (_, expected) in EFFECTS.items() if expected])
def test_a_fault_raises_its_alarms_in_time_and_not_before(name):
    within, expected = EFFECTS[name]
    watch = run_watched(Simulation(plant(), [f"{name}@20"]), 20 + within)
    assert expected <= watch.raised.keys()
    assert min(watch.raised.values()) > 20


def test_low_air_floods_the_operator():
    watch = run_watched(Simulation(plant(), ["air-low"]), 420)
    assert len(watch.raised) > 10


def test_the_bad_transmitter_is_marked_and_the_others_are_not():
    simulation = Simulation(plant(), ["sensor-bad"])
    simulation.advance(1.0)
    assert simulation.bad() == {"line1.filler.tank.level": q.BAD_SENSOR_FAILURE}


def test_the_door_is_shut_after_a_minute_and_the_palletiser_waits_for_people():
    simulation = Simulation(plant(), ["palletiser-door"])
    simulation.advance(90)
    values = simulation.read()
    assert values["line1.palletiser.door1.open"] is False
    assert values["line1.palletiser.state"] == packml.ABORTED


def test_operators_can_get_the_line_out_of_a_jam_and_of_low_air():
    simulation = Simulation(plant(), ["capper-jam", "air-low@60"])
    simulation.advance(120)
    for tag in ("capper.cmd.reset", "utilities.compressor1.reset", "utilities.compressor2.reset"):
        simulation.write(f"line1.{tag}", True)
    simulation.advance(240)
    assert simulation.line.capper.unit.executing
    assert simulation.line.utilities.air_bar > 6.0


def test_several_faults_come_in_their_order():
    line = Line()
    plan = FaultPlan(["capper-jam@2", "label-out"])
    plan.apply(line)
    assert (line.labeller.magazine_empty, line.capper.jam) == (True, False)
    line.step(0.25)
    plan.apply(line)
    assert not line.capper.jam
    for _ in range(8):
        line.step(0.25)
    plan.apply(line)
    assert line.capper.jam


def test_a_fault_begins_at_once_or_when_it_says():
    assert parse("inlet-stuck")[1] == 0.0
    assert parse("inlet-stuck@12.5")[1] == 12.5


def test_an_unknown_fault_names_the_known_ones():
    with pytest.raises(HmiError) as caught:
        FaultPlan(["inlet-stuk"])
    assert all(name in str(caught.value) for name in FAULTS)


@pytest.mark.parametrize("text", ["air-low@", "air-low@soon", "air-low@-1", "air-low@inf", "air-low@nan"])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(HmiError, match="air-low@30"):
        parse(text)
