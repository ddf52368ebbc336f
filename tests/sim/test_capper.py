from random import Random

import pytest

from hmi.sim.belts import Conveyor
from hmi.sim.capper import HEADS, Capper

DT = 0.25


def run(capper: Capper, seconds: float) -> tuple[int, int]:
    source, sink = Conveyor("in", 10**7, 0.1, 10**6), Conveyor("out", 10**7, 0.1, 0)
    source.in_per_s = 0.0
    capper.stop_soon(1e9)
    for _ in range(round(seconds / DT)):
        capper.step(DT, source, sink)
    return 10**6 - source.bottles, sink.bottles


def test_every_bottle_is_capped_or_rejected():
    capper = Capper("line1.capper", Random(1))
    taken, left = run(capper, 1200)
    assert taken == capper.infeed == capper.good + capper.reject
    assert left == capper.good
    assert capper.no_cap == capper.reject > 0  # a torque ten deviations off does not happen by chance


def test_the_torque_follows_its_set_point():
    capper = Capper("line1.capper", Random(1))
    capper.write("torque.setpoint", 2.1)
    run(capper, 20)
    assert sum(capper.torques) / HEADS == pytest.approx(2.1, abs=0.06)


def test_the_hopper_is_refilled_in_time():
    capper = Capper("line1.capper", Random(1))
    levels = []
    for _ in range(60):
        run(capper, 60)
        levels.append(capper.hopper)
    assert min(levels) > 40.0
    assert max(levels) < 80.0


def test_a_jam_holds_every_bottle():
    capper = Capper("line1.capper", Random(1))
    capper.jam = True
    run(capper, 10)
    assert run(capper, 60) == (0, 0)
