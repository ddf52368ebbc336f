from random import Random

import pytest

from hmi.sim.belts import Conveyor
from hmi.sim.filler import HEADS, Filler

DT = 0.25


def run(filler: Filler, seconds: float) -> tuple[int, int]:
    """Bottles taken from an endless source, and bottles that left."""
    source, sink = Conveyor("in", 10**7, 0.1, 10**6), Conveyor("out", 10**7, 0.1, 0)
    source.in_per_s = 0.0
    filler.stop_soon(1e9)
    for _ in range(round(seconds / DT)):
        filler.step(DT, source, sink)
    return 10**6 - source.bottles, sink.bottles


def test_every_bottle_is_good_or_rejected():
    filler = Filler("line1.filler", Random(1))
    taken, left = run(filler, 600)
    assert taken == filler.infeed == filler.good + filler.reject == pytest.approx(4000, abs=5)
    assert left == filler.good
    assert sum(filler.rejects) == filler.reject == filler.underfilled + filler.overfilled


def test_what_the_bowl_gave_is_in_the_bottles():
    filler = Filler("line1.filler", Random(1))
    before = filler.bowl.litres
    run(filler, 300)
    bowl = filler.bowl
    assert bowl.supplied_l == pytest.approx(filler.filled_ml / 1000 + bowl.litres - before + bowl.drained_l, abs=1e-6)


def test_a_worn_head_is_the_one_that_rejects():
    filler = Filler("line1.filler", Random(1))
    filler.drift_ml_per_s, filler.drift_end_ml = -0.5, -9.0
    run(filler, 300)
    assert filler.rejects[16] > 20
    assert max(filler.rejects[:16] + filler.rejects[17:]) <= 2
    assert filler.fill_spread() > 1.2


def test_an_empty_bowl_holds_the_filler():
    filler = Filler("line1.filler", Random(1))
    filler.write("inlet.pump_on", False)
    run(filler, 120)
    assert not filler.unit.executing
    assert filler.bowl.level == pytest.approx(12.0, abs=3.0)


def test_set_points_reach_bowl_and_heads():
    filler = Filler("line1.filler", Random(1))
    filler.write("tank.level_sp", 55.0)
    filler.write("fill.volume_sp", 505.0)
    run(filler, 120)
    out = {}
    filler.signals(out)
    assert out["line1.filler.tank.level_sp"] == 55.0
    assert out["line1.filler.fill.average"] == pytest.approx(505.0, abs=0.5)
    assert len([name for name in out if name.endswith(".fill_time")]) == HEADS
