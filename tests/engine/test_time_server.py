"""A clock that is no longer kept right is told once, and again when it is."""

from __future__ import annotations

import pytest

from hmi.clock import HandClock
from hmi.engine.time_server import FOUND, LOOK_S, LOST, TimeServer


@pytest.mark.cr("2.11")
def test_losing_the_time_server_is_told_once_and_so_is_finding_it():
    clock, told, states = HandClock(), list[str](), [True]
    room = TimeServer(clock, told.append, lambda: states[0])
    for state in (True, False, False, None, True, False, True, True):
        states[0] = state
        room.look()
        clock.advance(LOOK_S)
        room.look()
    assert told == [LOST, LOST, FOUND]


def test_who_never_followed_one_and_where_nobody_tells_it_is_no_news():
    for state in (False, None):
        clock, told = HandClock(), list[str]()
        room = TimeServer(clock, told.append, lambda state=state: state)
        for _ in range(3):
            clock.advance(LOOK_S)
            room.look()
        assert told == []


def test_the_kernel_is_asked_once_a_minute():
    clock, asked = HandClock(), list[None]()
    room = TimeServer(clock, print, lambda: asked.append(None))
    for _ in range(600):
        clock.advance(1.0)
        room.look()
    assert len(asked) == 11
