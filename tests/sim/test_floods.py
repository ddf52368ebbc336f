"""The demo plant's own alarms over its simulator: silence when all is well, floods that tell where they come from."""

from functools import cache

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.alarms.kpi import measure
from hmi.core.alarms.telling import tell
from hmi.core.batch import Batch
from hmi.engine.tick import Tick
from hmi.plantfiles.folder import check_folder, find_plant
from hmi.sim.simulation import Simulation


@cache
def the_plant():
    found, mistakes = check_folder(find_plant("bottling"))
    assert mistakes == []
    return found


class Shift:
    """Operators in front of the simulated line, for so many seconds."""

    def __init__(self, seconds, *faults):
        self.plant, self.clock, self.records = the_plant(), HandClock(), []
        self.begin_ns = self.clock.now_ns()
        tick = Tick(self.plant, self.clock, lambda batch: None, self.records.append)
        simulation = Simulation(self.plant, faults)
        for _ in range(seconds):
            self.clock.advance(1.0)
            simulation.advance(1.0)
            tick.deliver(self._batch(simulation))
            tick.wake()

    def _batch(self, simulation):
        read, bad, now = simulation.read(), simulation.bad(), self.clock.now_ns()
        tags = [tag for tag in self.plant.tags if tag.name in read and not tag.is_text]
        quality = np.array([bad.get(tag.name, 0) for tag in tags], np.uint32)
        return Batch.of([tag.index for tag in tags], [float(read[tag.name]) for tag in tags], now, now, quality)

    def told(self):
        """The ids of the alarms that operators were told, in order."""
        telling = tell(enumerate(self.records, 1), self.clock.now_ns())
        return [telling.ids[number] for number in telling.told.rule]

    def kpi(self):
        telling = tell(enumerate(self.records, 1), self.clock.now_ns())
        return measure(telling.told, self.begin_ns, self.clock.now_ns())


def test_nothing_is_told_while_all_is_well():
    assert Shift(300).told() == []


def test_lost_air_floods_and_the_compressors_come_first():
    shift = Shift(150, "air-low@20")
    told = shift.told()
    assert {one.rpartition(".")[0] for one in told[:2]} == {
        "line1.utilities.compressor1",
        "line1.utilities.compressor2",
    }
    assert told[2] == "line1.utilities.air.pressure.fall"
    assert {"line1.utilities.air.pressure.ll", "line1.filler.air.pressure.l", "line1.cip.state.held"} <= set(told)
    (flood,) = shift.kpi().floods
    assert len(flood.places) > 10


@pytest.mark.parametrize(
    ("fault", "first", "then"),
    [
        ("inlet-stuck", "line1.filler.inlet.valve.dev", "line1.filler.tank.level.hh"),
        ("sensor-bad", "line1.filler.tank.level.bad", ""),
    ],
)
def test_a_fault_tells_its_cause_before_what_follows(fault, first, then):
    told = Shift(90, f"{fault}@20").told()
    assert told[0] == first
    assert then in (*told, "")


def test_the_plant_has_alarms_of_every_type_all_approved_and_complete():
    rules = the_plant().rules
    assert len(rules) >= 80
    assert {rule.type for rule in rules} >= {"deviation", "mismatch", "rate", "level_hh", "discrete", "bad"}
    assert any(rule.exclusive for rule in rules) and any(rule.group for rule in rules)
    assert [rule.id for rule in rules if rule.status != "approved"] == []
    of_a_limit = [rule for rule in rules if rule.type not in ("discrete", "bad")]
    assert [rule.id for rule in of_a_limit if not rule.basis] == []


def test_its_priorities_are_few_urgent_and_many_low():
    rules = the_plant().rules
    shares = [sum(rule.priority == number for rule in rules) / len(rules) for number in (1, 2, 3, 4)]
    assert shares[0] <= 0.05 and shares[0] <= shares[1] <= shares[2] <= shares[3]


def test_its_classes_are_those_it_declares():
    plant = the_plant()
    assert {rule.class_ for rule in plant.rules} == set(plant.alarm_classes)
    assert plant.alarm_classes["machine-safety"].second_person
