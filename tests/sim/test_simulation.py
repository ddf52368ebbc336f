from dataclasses import replace
from math import nan

import pytest

from hmi.core.tags import Tag
from hmi.sim.simulation import Simulation
from tests.sim.stage import plant, run_watched


def test_an_hour_without_faults_raises_no_alarm():
    assert run_watched(Simulation(plant()), 3600, 2.0).raised == {}


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_nor_does_half_an_hour_of_another_day(seed):
    assert run_watched(Simulation(plant(), seed=seed), 1800, 2.0).raised == {}


def test_every_tag_has_a_value_of_its_kind():
    the_plant = plant()
    values = Simulation(the_plant).read()
    for tag in the_plant.tags:
        if tag.connection:
            kind = {"string": str, "bool": bool}.get(tag.type, (int, float))
            assert isinstance(values[tag.name], kind), tag.name
            assert tag.type == "bool" or not isinstance(values[tag.name], bool), tag.name


@pytest.mark.parametrize(("written", "taken"), [(95.0, 80.0), (0.0, 30.0), (55.0, 55.0), (nan, 30.0)])
def test_a_set_point_is_limited_to_its_range(written, taken):
    simulation = Simulation(plant())
    simulation.write("line1.filler.tank.level_sp", written)
    assert simulation.read()["line1.filler.tank.level_sp"] == taken


def test_what_is_not_to_be_written_stays():
    simulation = Simulation(plant())
    before = simulation.read()["line1.order.number"]
    simulation.write("line1.order.number", "PO-1")
    simulation.write("line1.no.such.tag", 1.0)
    assert simulation.read()["line1.order.number"] == before


def test_a_long_pause_is_lived_through_in_short_steps():
    simulation = Simulation(plant())
    simulation.advance(10.1)
    assert simulation.line.elapsed_s == pytest.approx(10.1)


def test_a_plant_it_does_not_know_lives_all_the_same():
    own = Tag(0, "mill.drum.speed", "line", "ns=2;s=Drum", "float64", low=0.0, high=50.0)
    simulation = Simulation(replace(plant(), tags=(own,)))
    first = simulation.read()
    simulation.advance(5)
    assert first.keys() == {"mill.drum.speed"}
    assert simulation.read() != first
