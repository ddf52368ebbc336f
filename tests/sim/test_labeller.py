from random import Random

from hmi.sim import packml
from hmi.sim.belts import Conveyor, Table
from hmi.sim.labeller import REEL_M, Labeller

DT = 0.25


def run(labeller: Labeller, seconds: float, fill: float = 0.35) -> tuple[int, int]:
    source, sink = Table("in", 10**7, round(fill * 10**7)), Conveyor("out", 10**7, 0.1, 0)
    before = source.bottles
    source.in_per_s = 0.0
    labeller.stop_soon(1e9)
    for _ in range(round(seconds / DT)):
        labeller.step(DT, source, sink)
    return before - source.bottles, sink.bottles


def test_every_bottle_is_labelled_or_rejected():
    labeller = Labeller("line1.labeller", Random(1))
    taken, left = run(labeller, 600)
    assert taken == labeller.infeed == labeller.good + labeller.reject
    assert left == labeller.good


def test_it_splices_to_the_other_reel_and_is_reloaded():
    labeller = Labeller("line1.labeller", Random(1))
    labeller.reels = [20.0, 200.0]
    run(labeller, 60)
    assert labeller.active == 1
    assert labeller.unit.executing
    run(labeller, 90)
    assert labeller.reels[0] < REEL_M  # the operator is not there yet
    labeller.reels[1] = 3000.0
    run(labeller, 240)
    assert labeller.reels[0] == REEL_M


def test_without_labels_it_holds_until_someone_brings_reels():
    labeller = Labeller("line1.labeller", Random(1))
    labeller.reels, labeller.magazine_empty = [0.0, 0.0], True
    run(labeller, 600)
    assert (labeller.unit.state, labeller.unit.reason) == (packml.HELD, packml.BY_MATERIAL)
    labeller.write("cmd.reset", True)
    run(labeller, 20)
    assert labeller.unit.executing


def test_a_full_table_makes_it_run_faster():
    speeds = []
    for fill in (0.05, 0.35, 0.9):
        labeller = Labeller("line1.labeller", Random(1))
        run(labeller, 30, fill)
        speeds.append(labeller.speed)
    assert speeds == sorted(speeds)
    assert speeds[0] < 24_000 < speeds[2]
