import pytest

from hmi.clock import HandClock
from hmi.engine.clock_steps import STEP_S, ClockSteps


@pytest.mark.cr("2.11")
def test_a_clock_that_is_set_is_told_once_with_how_far_and_which_way():
    clock, told = HandClock(), []
    steps = ClockSteps(clock, told.append)
    clock.advance(86_400)
    steps.look()
    assert told == []
    clock.step_wall(3600)
    steps.look()
    steps.look()
    clock.step_wall(-7200)
    clock.advance(0.05)
    steps.look()
    assert [text.split(":")[0] for text in told] == [
        "the clock of this computer was set forward by 3600.0 s",
        "the clock of this computer was set back by 7200.0 s",
    ]


def test_a_clock_that_is_slewed_is_no_news():
    clock, told = HandClock(), []
    steps = ClockSteps(clock, told.append)
    for _ in range(100):
        clock.advance(1.0)
        clock.step_wall(STEP_S / 10)
        steps.look()
    assert told == []
