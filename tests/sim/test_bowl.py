from random import Random

import pytest

from hmi.sim.bowl import Bowl

DT = 0.25
DRAWN = 24_000 * 0.5 / 3600 * DT  # litres per step in production


def run(bowl: Bowl, seconds: float, drawn: float = DRAWN) -> float:
    total = 0.0
    for _ in range(round(seconds / DT)):
        bowl.step(DT, drawn)
        total += drawn
    return total


@pytest.mark.parametrize("stuck", [None, 100.0])
def test_what_comes_in_is_filled_or_kept_or_runs_over(stuck):
    bowl = Bowl(Random(1))
    bowl.stuck_at = stuck
    before = bowl.litres
    drawn = run(bowl, 600)
    assert bowl.supplied_l == pytest.approx(drawn + bowl.litres - before + bowl.drained_l, abs=1e-6)
    assert (bowl.drained_l > 0) == (stuck is not None)


def test_the_controller_holds_the_set_point_and_finds_a_new_one():
    bowl = Bowl(Random(1))
    run(bowl, 300)
    assert bowl.level == pytest.approx(60.0, abs=1.0)
    bowl.settings["tank.level_sp"] = 70.0
    run(bowl, 300)
    assert bowl.level == pytest.approx(70.0, abs=1.0)


def test_a_short_stop_does_not_bring_the_level_to_its_alarm():
    bowl = Bowl(Random(1))
    run(bowl, 60)
    run(bowl, 25, drawn=0.0)
    assert bowl.level < 75.0


def test_without_the_pump_nothing_comes():
    bowl = Bowl(Random(1))
    bowl.stuck_at = 100.0
    bowl.settings["inlet.pump_on"] = False
    run(bowl, 30)
    assert bowl.in_l_per_s == 0.0
    assert bowl.level < 40.0


def test_the_bowl_warms_when_the_cooler_fails_and_not_at_once():
    bowl = Bowl(Random(1))
    bowl.cooled_to = 22.0
    run(bowl, 20)
    assert bowl.temperature < 13.5
    run(bowl, 900)
    assert bowl.temperature > 17.0


def test_pressure_comes_back_to_its_set_point():
    bowl = Bowl(Random(1))
    bowl.settings["tank.pressure_sp"] = 1.5
    run(bowl, 60)
    assert bowl.pressure == pytest.approx(1.5, abs=0.05)
