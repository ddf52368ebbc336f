"""A program that dies or hangs is started again, with growing pauses; one that was stopped is left alone."""

import os
import signal
import sys
import time

import pytest

from hmi.clock import HandClock, MachineClock
from hmi.commands.keep import BACK_OFF_S, HUNG_S, SETTLED_S, Keeper
from hmi.core.errors import HmiError

SAY = """
import os, socket, sys, time
def say(words):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.sendto(words.encode(), os.environ["NOTIFY_SOCKET"])
"""
LIVES = SAY + "print('ready', flush=True); say('READY=1')\nwhile True: time.sleep(0.05); say('WATCHDOG=1')"
HANGS = SAY + "say('READY=1'); print('ready', flush=True); time.sleep(600)"  # its one word is there when it is ready
PATIENCE_S = 30.0


@pytest.fixture
def keeping(tmp_path):
    made = []

    def keep(code, clock=None):
        made.append(Keeper([sys.executable, "-c", code], tmp_path / "engine.log", clock or MachineClock()))
        return made[-1]

    yield keep
    for keeper in made:
        keeper.stop()


def until(wanted, keeper):
    deadline = time.monotonic() + PATIENCE_S
    while not wanted():
        assert time.monotonic() < deadline, keeper.says
        keeper.look()
        time.sleep(0.02)


def test_what_dies_is_started_again_and_says_so_meanwhile(keeping):
    keeper = keeping(LIVES)
    assert keeper.start() == "ready"
    keeper.child.process.kill()
    until(lambda: keeper.says, keeper)
    assert "was ended by the system (SIGKILL): it is started again by itself in 1 s" in keeper.says
    until(lambda: keeper.starts == 2 and not keeper.says, keeper)
    assert keeper.child.process.poll() is None


def test_what_hangs_is_ended_and_started_again(keeping):
    clock = HandClock()
    keeper = keeping(HANGS, clock)
    keeper.start()
    keeper.look()
    pid = keeper.child.process.pid
    for _ in range(int(HUNG_S / 0.5) + 1):
        clock.advance(0.5)
        keeper.look()
    assert "hung and was ended" in keeper.says
    assert keeper.child is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_window_that_slept_judges_nobody(keeping):
    clock = HandClock()
    keeper = keeping(HANGS, clock)
    keeper.start()
    clock.advance(3600)
    keeper.look()
    assert keeper.child is not None
    clock.advance(HUNG_S / 4)
    keeper.look()
    assert keeper.child is not None


def test_what_was_stopped_by_somebody_is_left_alone(keeping):
    clock = HandClock()
    keeper = keeping(
        SAY
        + "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('ready', flush=True)\n"
        + "signal.pause()",
        clock,
    )
    keeper.start()
    process = keeper.child.process
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    keeper.look()
    clock.advance(3600)
    keeper.look()
    assert (keeper.starts, keeper.says, keeper.child) == (1, "", None)


def test_pauses_grow_and_a_long_life_earns_a_fresh_one(keeping):
    clock = HandClock()
    keeper = keeping("import sys; print('ready', flush=True); sys.exit(3)", clock)
    keeper.start()
    pauses = []
    for _ in range(len(BACK_OFF_S) + 1):
        keeper.child.process.wait(PATIENCE_S)
        keeper.look()
        assert "ended with a fault (code 3)" in keeper.says
        pauses.append(keeper._due - clock.monotonic())
        clock.advance(pauses[-1])
        keeper.look()
    assert pauses == [*BACK_OFF_S, BACK_OFF_S[-1]]
    keeper.child.process.wait(PATIENCE_S)
    clock.advance(SETTLED_S + 1)
    keeper.look()
    assert keeper._due - clock.monotonic() == BACK_OFF_S[0]


def test_what_does_not_start_at_all_is_told_at_once(keeping):
    with pytest.raises(HmiError, match="did not start: port 4840 is taken"):
        keeping("import sys; sys.exit('port 4840 is taken')").start()


def test_what_is_stopping_has_its_time(keeping):
    clock = HandClock()
    keeper = keeping(SAY + "print('ready', flush=True); say('READY=1'); say('STOPPING=1'); time.sleep(600)", clock)
    keeper.start()
    deadline = time.monotonic() + PATIENCE_S
    while keeper._is_ready:
        assert time.monotonic() < deadline
        keeper.look()
    for _ in range(int(HUNG_S / 0.5) * 2):
        clock.advance(0.5)
        keeper.look()
    assert keeper.child is not None and keeper.says == ""
