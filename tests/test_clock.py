import time
from functools import partial
from pathlib import Path

import pytest

from hmi.clock import HandClock, MachineClock, follows_server


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


@pytest.mark.cr("2.11")
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux tells")
def test_whether_a_time_server_keeps_the_clock_right_is_as_the_kernel_says(monkeypatch):
    assert follows_server() in (True, False)

    class Kernel:
        def __init__(self, status, answer=0):
            self.status, self.answer = status, answer

        def adjtimex(self, place):
            place._obj[5] = self.status | 0xABCD << 32  # what stands beside it in memory is not its business
            return self.answer

    for status, answer, told in ((0x40, 5, False), (0x41, 5, False), (0x2001, 0, True), (0, -1, None)):
        monkeypatch.setattr("ctypes.CDLL", partial(lambda kernel, _: kernel, Kernel(status, answer)))
        assert follows_server() is told
