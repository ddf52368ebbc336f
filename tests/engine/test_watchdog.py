"""Signs of life for a supervisor: the words of sd_notify(3), on a real socket."""

import socket
from contextlib import closing

import pytest

from hmi.clock import HandClock
from hmi.engine.watchdog import Watchdog


@pytest.fixture
def ear(tmp_path):
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as made:
        made.bind(str(tmp_path / "notify"))
        made.settimeout(10)
        yield made


def heard(ear):
    """Everything that has been said by now."""
    ear.setblocking(False)
    said = []
    while True:
        try:
            said.append(ear.recv(1000).decode())
        except BlockingIOError:
            return said


def test_a_supervisor_hears_that_it_is_ready_lives_and_stops(ear, tmp_path):
    clock = HandClock()
    watchdog = Watchdog({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "9000000"}, clock)
    watchdog.ready("ready live=3")
    for _ in range(100):
        clock.advance(0.07)
        watchdog.look()
    watchdog.stopping()
    assert heard(ear) == ["READY=1\nSTATUS=ready live=3", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_a_loop_that_does_not_come_round_says_nothing(ear, tmp_path):
    clock = HandClock()
    Watchdog({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "9000000"}, clock)
    clock.advance(60)
    assert heard(ear) == []


def test_an_abstract_address_is_understood():
    name = f"\0hmi-watchdog-{id(object())}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as ear:
        ear.bind(name)
        Watchdog({"NOTIFY_SOCKET": "@" + name[1:]}, HandClock()).ready("x")
        assert heard(ear) == ["READY=1\nSTATUS=x"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "1"}])
def test_without_a_supervisor_or_when_it_has_gone_nothing_happens(environment):
    clock = HandClock()
    watchdog = Watchdog(environment, clock)
    watchdog.ready("ready")
    clock.advance(100)
    watchdog.look()
    watchdog.stopping()
