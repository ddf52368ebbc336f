"""When a server is asked for all that stands, and when what it did not tell may be taken for gone."""

import pytest

from hmi.clock import HandClock
from hmi.drivers.opcua_condition_refresh import (
    BROKEN,
    EVERY_S,
    FAILED,
    LONGEST_WAIT_S,
    RETRY_S,
    SETTLED_S,
    UNDER_WAY,
    WHOLE,
    WITHIN_S,
    Refresh,
)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def refresh(clock):
    made = Refresh(clock)
    made.open(several=False)
    return made


def test_it_is_due_once_the_session_is_there_and_no_sooner(clock):
    refresh = Refresh(clock)
    assert not refresh.is_due
    refresh.open(several=False)
    assert refresh.is_due
    refresh.ask()
    assert refresh.is_under_way and not refresh.is_due
    refresh.close()
    assert not refresh.is_under_way and not refresh.is_due


def test_it_is_whole_when_its_end_was_told(refresh):
    refresh.ask()
    refresh.begins(1)
    assert refresh.outcome() == UNDER_WAY
    refresh.ends(1)
    assert refresh.outcome() == WHOLE
    assert not refresh.is_due


def test_of_several_items_it_is_whole_when_nothing_more_comes_for_a_while(clock):
    refresh = Refresh(clock)
    refresh.open(several=True)
    refresh.ask()
    refresh.begins(1)
    refresh.begins(2)
    refresh.ends(1)
    clock.advance(SETTLED_S)
    assert refresh.outcome() == UNDER_WAY
    refresh.ends(2)
    assert refresh.outcome() == UNDER_WAY
    clock.advance(SETTLED_S)
    assert refresh.outcome() == WHOLE


def test_one_that_does_not_end_has_failed_and_is_asked_for_again(refresh, clock):
    refresh.ask()
    clock.advance(WITHIN_S)
    assert refresh.outcome() == FAILED
    clock.advance(RETRY_S - 1)
    assert not refresh.is_due
    clock.advance(1)
    assert refresh.is_due


def test_one_of_which_something_got_lost_says_nothing_of_what_is_gone_and_waits_longer_each_time(refresh, clock):
    for times in range(12):
        refresh.ask()
        refresh.missed()
        refresh.ends(1)
        assert refresh.outcome() == BROKEN
        wait_s = min(LONGEST_WAIT_S, EVERY_S * 2 ** (times + 1))
        clock.advance(wait_s - 1)
        assert not refresh.is_due
        clock.advance(1)
        assert refresh.is_due
    refresh.ask()
    refresh.ends(1)
    assert (refresh.outcome(), refresh.broken) == (WHOLE, 0)


def test_what_got_lost_before_it_was_asked_for_does_not_break_it(refresh):
    refresh.ask()
    refresh.ends(1)
    refresh.outcome()
    refresh.missed()
    refresh.ask()
    refresh.ends(1)
    assert refresh.outcome() == WHOLE


def test_it_is_asked_for_not_too_often_but_for_a_person_at_once(refresh, clock):
    refresh.ask()
    refresh.ends(1)
    refresh.outcome()
    refresh.again()
    assert not refresh.is_due
    refresh.again(at_once=True)
    assert refresh.is_due
    refresh.ask()
    refresh.refused()  # it cannot
    clock.advance(10 * LONGEST_WAIT_S)
    assert not refresh.is_due
