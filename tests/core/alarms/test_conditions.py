"""What makes an alarm's condition true: levels, deviations, mismatches, rates, limits that are tags themselves."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from tests.core.alarms.stories import Story, rule


def test_a_deviation_is_from_the_set_point_either_way():
    story = Story(rule(kind="deviation", limit=5.0, deadband=1.0, other=1))
    assert story.rows((0, 50.0)) == []  # the set-point is not known yet
    assert story.alarms.held[0]
    assert story.rows((1, 52.0)) == []
    assert story.rows((0, 47.0)) == ["raised"]
    assert story.rows((0, 47.5)) == []  # inside the deadband
    assert story.rows((1, 48.0)) == ["returned"]  # the set-point moved
    assert story.rows((1, 40.0)) == ["raised"]


def test_each_row_is_judged_with_what_the_other_tag_was_at_that_row():
    story = Story(rule(kind="deviation", limit=5.0, deadband=0.0, other=1))
    assert story.rows((0, 10.0), (1, 10.0), (0, 20.0), (1, 20.0), (0, 21.0)) == ["raised", "returned"]


def test_a_bad_set_point_holds_and_a_good_one_lets_go():
    story = Story(rule(kind="deviation", limit=5.0, deadband=0.0, other=1))
    story.rows((0, 10.0), (1, 10.0))
    story.values(99.0, tag=1, quality=q.BAD)
    assert story.alarms.held[0]
    assert story.shown() == "normal"
    assert story.values(12.0, tag=1) == []
    assert not story.alarms.held[0]
    assert story.values(16.0, tag=1) == ["raised"]


def test_a_mismatch_is_a_feedback_that_does_not_follow_its_command():
    story = Story(rule(kind="mismatch", limit=0.0, deadband=0.0, on=3.0, other=1))
    story.rows((0, 0.0), (1, 0.0))
    assert story.rows((1, 1.0)) == []  # commanded: it has three seconds
    story.after(2.0)
    assert story.rows((0, 1.0)) == []
    assert story.after(5.0) == []
    story.rows((1, 0.0))
    assert story.after(3.0) == ["raised"]


def test_a_limit_may_be_a_tag():
    story = Story(rule(kind="level_h", limit=math.nan, deadband=2.0, other=1))
    story.rows((0, 80.0))
    assert story.shown() == "normal"
    assert story.rows((1, 75.0)) == ["raised"]
    assert story.rows((1, 81.0)) == []
    assert story.rows((1, 83.0)) == ["returned"]


def test_a_rate_is_taken_over_its_span_of_source_time():
    story = Story(rule(kind="rate", limit=2.0, deadband=0.5, over_s=10.0))
    assert story.rows((0, 0.0, 0), (0, 90.0, 5)) == []  # the span is not over
    assert story.rows((0, 21.0, 10)) == ["raised"]
    assert story.rows((0, 30.0, 20)) == ["returned"]
    assert story.rows((0, 0.0, 30)) == ["raised"]  # falling counts too


@pytest.mark.parametrize(("direction", "told"), [("up", []), ("down", ["raised"])])
def test_a_rate_may_count_one_direction_only(direction, told):
    story = Story(rule(kind="rate", limit=2.0, deadband=0.5, over_s=10.0, direction=direction))
    assert story.rows((0, 50.0, 0), (0, 20.0, 10)) == told


def test_a_rate_begins_anew_after_a_bad_value():
    story = Story(rule(kind="rate", limit=2.0, deadband=0.5, over_s=10.0))
    story.rows((0, 0.0, 0))
    story.values(math.nan)
    assert story.rows((0, 90.0, 12)) == []
    assert story.rows((0, 91.0, 22)) == []


def test_of_exclusive_levels_only_the_worst_stands():
    story = Story(
        rule(0, kind="level_h", limit=80.0, deadband=1.0, exclusive=True),
        rule(1, kind="level_hh", limit=90.0, deadband=1.0, exclusive=True),
    )
    assert story.values(85.0) == ["raised"]
    assert story.values(95.0) == ["raised", "superseded"]
    assert (story.shown(0), story.shown(1)) == ("normal", "unacknowledged")


def test_levels_that_are_not_exclusive_stand_together():
    story = Story(rule(0, limit=80.0, deadband=1.0), rule(1, kind="level_hh", limit=90.0, deadband=1.0))
    story.values(95.0)
    assert (story.shown(0), story.shown(1)) == ("unacknowledged", "unacknowledged")


pairs = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.sampled_from([0.0, 4.0, 6.0, 11.0, math.nan])), max_size=12)


@given(st.lists(pairs, max_size=6))
def test_however_rows_are_cut_into_batches_rules_over_two_tags_tell_the_same(batches):
    rules = (
        rule(0, kind="deviation", limit=5.0, deadband=1.0, other=1),
        rule(1, tag=1, kind="mismatch", limit=0.0, deadband=0.0, other=2),
        rule(2, tag=2, kind="level_h", limit=math.nan, deadband=1.0, other=0),
    )
    whole, single = Story(*rules), Story(*rules)
    for rows in batches:
        if rows:
            whole.rows(*rows)
        for row in rows:
            single.rows(row)
    assert np.array_equal(whole.alarms.state, single.alarms.state)
    assert np.array_equal(whole.alarms.occurrence, single.alarms.occurrence)
    assert np.array_equal(whole.alarms.held, single.alarms.held)
