import time

import pytest

from hmi.clock import HandClock, MachineClock


def test_hand_clock_turns_both_hands_together():
    clock = HandClock(now_ns=10_000_000_000, monotonic=5.0)
    clock.advance(1.5)
    assert clock.now_ns() == 11_500_000_000
    assert clock.monotonic() == 6.5


def test_stepping_the_wall_leaves_delays_alone():
    clock = HandClock()
    before = clock.monotonic()
    clock.step_wall(-3600)
    assert clock.monotonic() == before


def test_machine_clock_goes_forward():
    clock = MachineClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now_ns() > 1_700_000_000_000_000_000


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="a clock of Linux")
def test_ages_count_the_time_in_which_the_computer_slept():
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    now = MachineClock().monotonic()
    assert before <= now <= time.clock_gettime(time.CLOCK_BOOTTIME)
