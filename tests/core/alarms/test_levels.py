"""Of exclusive levels only the worst stands, and nobody is called twice for what somebody has seen."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.alarms import machine
from tests.core.alarms.stories import NOW_NS, Story, rule

LOW, HIGH, HIGHER = 50.0, 85.0, 95.0


def levels(**more):
    """A high limit at 80 and a very high one at 90, in the order in which files give them."""
    return Story(
        rule(0, kind="level_h", limit=80.0, exclusive=True, **more),
        rule(1, kind="level_hh", limit=90.0, exclusive=True),
    )


def shown(story):
    return story.shown(0), story.shown(1)


def test_the_worse_limit_asks_to_be_seen_although_the_lesser_was_acknowledged():
    story = levels()
    story.values(HIGH)
    story.ack(0)
    assert story.values(HIGHER) == ["raised", "returned"]
    assert shown(story) == ("normal", "unacknowledged")


def test_a_lesser_limit_that_nobody_saw_gives_way_to_the_worse_without_asking_twice():
    story = levels()
    story.values(HIGH)
    assert story.values(HIGHER) == ["raised", "superseded"]
    assert shown(story) == ("normal", "unacknowledged")


def test_coming_back_from_what_was_acknowledged_calls_nobody_anew():
    story = levels()
    story.values(HIGH)
    story.values(HIGHER)
    story.ack(1)
    assert story.values(HIGH) == ["returned", "eased"]
    assert shown(story) == ("acknowledged", "normal")
    assert story.alarms.acked_by[0] == "eve"
    assert story.values(HIGHER) == ["raised", "returned"]  # worse again: that calls
    assert shown(story) == ("normal", "unacknowledged")


def test_coming_back_from_what_nobody_saw_calls_for_both():
    story = levels()
    story.values(HIGHER)
    assert story.values(HIGH) == ["returned", "raised"]
    assert shown(story) == ("unacknowledged", "returned-unacknowledged")


def test_a_value_that_jumps_past_both_limits_calls_once_each_way():
    story = levels()
    assert story.values(HIGHER) == ["raised"]
    story.ack(1)
    assert story.values(LOW) == ["returned"]
    assert shown(story) == ("normal", "normal")


def test_a_value_that_hovers_about_the_worse_limit_calls_once():
    story = levels()
    assert story.values(HIGH, 90.5, 89.5, 90.5, 89.0, 90.5) == ["raised", "raised", "superseded"]
    assert shown(story) == ("normal", "unacknowledged")


def test_the_lesser_limit_stands_until_the_worse_one_has_lasted_through_its_delay():
    story = Story(rule(0, kind="level_h", limit=80.0, exclusive=True), rule(1, kind="level_hh", limit=90.0, on=5.0))
    story.values(HIGH)
    assert story.values(HIGHER) == []
    assert story.shown(0) == "unacknowledged"
    assert story.after(5.0) == ["raised", "superseded"]


def test_the_lesser_limit_comes_forward_once_its_own_delay_is_over():
    story = levels(on=10.0)
    story.values(HIGHER)
    story.ack(1)
    assert story.after(4.0) == []
    assert story.values(HIGH) == ["returned"]
    assert story.after(5.0) == []
    assert story.after(1.0) == ["eased"]
    story.values(LOW)
    assert shown(story) == ("normal", "normal")


def test_what_was_seen_is_forgotten_when_the_value_has_been_well_in_between():
    story = levels(on=10.0)
    story.values(HIGHER)
    story.ack(1)
    story.values(HIGH)
    story.values(LOW)
    story.values(HIGH)
    assert story.after(10.0) == ["raised"]
    assert story.shown(0) == "unacknowledged"


def test_it_goes_the_same_downwards():
    story = Story(
        rule(0, kind="level_l", limit=20.0, exclusive=True), rule(1, kind="level_ll", limit=10.0, exclusive=True)
    )
    assert story.values(5.0) == ["raised"]
    story.ack(1)
    assert story.values(15.0) == ["returned", "eased"]
    assert story.values(21.0) == []  # inside the deadband
    assert story.values(23.0) == ["returned"]


@pytest.mark.parametrize("way", ["shelved", "suppressed", "out of service"])
def test_a_worse_limit_that_nobody_is_told_of_stands_for_no_other(way):
    story = levels()
    story.values(HIGHER)
    if way == "shelved":
        story.shelve(1)
    elif way == "suppressed":
        machine.suppress(story.alarms, 1, True, NOW_NS)
    else:
        story.take_out(1)
    told = machine.weigh(story.rules, story.alarms, 1, story.now, NOW_NS)
    assert [event.kind for event in told] == ["raised"]
    assert story.shown(0) == "unacknowledged"
    if way == "shelved":
        assert story.after(3600.0) == ["unshelved", "superseded"]
        assert shown(story) == ("normal", "unacknowledged")


def test_a_bad_value_moves_neither_and_what_was_seen_is_not_lost_by_it():
    story = levels()
    story.values(HIGHER)
    story.ack(1)
    assert story.values(math.nan, quality=q.BAD) == []
    assert shown(story) == ("normal", "acknowledged")
    assert story.values(HIGH) == ["returned", "eased"]


def test_a_worse_limit_shelved_while_the_value_is_bad_lets_the_next_good_value_decide():
    story = levels()
    story.values(HIGHER)
    story.values(0.0, quality=q.BAD)
    story.shelve(1)
    assert machine.weigh(story.rules, story.alarms, 1, story.now, NOW_NS) == []
    assert story.values(HIGHER) == ["raised"]
    assert story.shown(0) == "unacknowledged"


class Tables:
    """Two exclusive levels without delays, in plain words: what stands, and whether anybody has seen it."""

    def __init__(self):
        self.high = self.higher = False
        self.standing, self.seen, self.calls = "", False, 0

    def value(self, value):
        self.high = value >= 80.0 or (self.high and value >= 78.0)
        self.higher = value >= 90.0 or (self.higher and value >= 88.0)
        before, self.standing = self.standing, "higher" if self.higher else "high" if self.high else ""
        if self.standing == before:
            return
        self.seen = bool(before == "higher" and self.standing == "high" and self.seen)
        self.calls += bool(self.standing and not self.seen)


moves = st.lists(
    st.tuples(st.lists(st.sampled_from([50.0, 79.0, 80.0, 87.0, 89.0, 90.0, 95.0]), max_size=4), st.booleans()),
    max_size=20,
)


@given(moves)
def test_whatever_the_values_do_only_the_worst_stands_and_every_worsening_calls(moves):
    story, tables = levels(), Tables()
    for values, is_acknowledged in moves:
        for value in values:
            tables.value(value)
        story.values(*values)
        if is_acknowledged:
            tables.seen = True
            story.ack(0)
            story.ack(1)
        active = ["high", "higher"]
        assert [active[one] for one in story.alarms.active.nonzero()[0]] == (
            [tables.standing] if tables.standing else []
        )
        if tables.standing:
            state = story.shown(active.index(tables.standing))
            assert (state == "acknowledged") == tables.seen
    assert [kind for kind, _ in story.told].count("raised") == tables.calls
