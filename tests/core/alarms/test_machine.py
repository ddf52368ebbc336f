import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.alarms import machine
from hmi.core.alarms.rules import AlarmClass
from hmi.core.batch import FLAG_NOT_LIVE
from tests.core.alarms.stories import NOW_NS, Story, rule


def test_raised_acknowledged_returned():
    story = Story(rule())
    assert story.values(89.9) == []
    assert story.values(90.0) == ["raised"]
    assert story.shown() == "unacknowledged"
    assert story.ack() == "acknowledged"
    assert story.values(89.0) == []  # inside the deadband
    assert story.values(87.9) == ["returned"]
    assert story.shown() == "normal"


def test_returned_before_anybody_saw_it_still_asks_to_be_seen():
    story = Story(rule())
    story.values(95.0)
    story.values(50.0)
    assert story.shown() == "returned-unacknowledged"
    assert story.values(95.0) == ["raised"]
    assert story.shown() == "unacknowledged"
    story.values(50.0)
    assert story.ack() == "normal"


def test_an_acknowledgement_is_about_the_value_that_raised_it():
    story = Story(rule())
    story.values(95.0)
    story.values(97.0)
    event = machine.acknowledge(story.rules, story.alarms, 0, "eve", NOW_NS)
    assert (event.value, event.source_ns) == (95.0, NOW_NS)
    assert story.alarms.raised_value[0] == 95.0


def test_a_pulse_shorter_than_a_tick_raises_its_alarm():
    story = Story(rule())
    assert story.values(50.0, 95.0, 50.0) == ["raised", "returned"]
    assert story.told == [("raised", 95.0), ("returned", 50.0)]
    assert story.shown() == "returned-unacknowledged"


def test_on_delay_outlasts_a_short_excursion():
    story = Story(rule(on=2.0))
    assert story.values(95.0) == []
    assert story.after(1.9) == []
    assert story.values(50.0) == []
    assert story.after(10) == []
    story.values(96.0)
    assert story.after(2.0) == ["raised"]


def test_off_delay_keeps_a_chattering_alarm_standing():
    story = Story(rule(off=5.0))
    story.values(95.0)
    for _ in range(5):
        story.values(50.0)
        assert story.after(1.0) == []
        story.values(95.0)
    assert story.told == [("raised", 95.0)]
    story.values(50.0)
    assert story.after(5.0) == ["returned"]


def test_the_next_wake_up_is_the_first_delay_to_run_out():
    story = Story(rule(0, tag=0, on=5.0), rule(1, tag=1, on=2.0))
    assert machine.wake_at(story.alarms) == math.inf
    story.values(95.0, tag=0)
    story.values(95.0, tag=1)
    assert machine.wake_at(story.alarms) == story.now + 2.0


@pytest.mark.parametrize(
    ("kind", "limit", "normal", "abnormal"),
    [("level_hh", 90, 50, 91), ("level_l", 10, 50, 10), ("level_ll", 10, 50, 9), ("discrete", 1, 0, 1)],
)
def test_every_type_raises_and_returns(kind, limit, normal, abnormal):
    story = Story(rule(kind=kind, limit=limit, deadband=1.0 if kind != "discrete" else 0))
    assert story.values(normal) == []
    assert story.values(abnormal) == ["raised"]
    assert story.values(normal) == ["returned"]


def test_a_bad_value_never_clears_and_never_raises():
    story = Story(rule())
    story.values(95.0)
    assert story.values(0.0, quality=q.BAD_SENSOR_FAILURE) == []
    assert story.shown() == "unacknowledged"
    assert story.alarms.held[0]
    assert story.values(95.0) == []
    assert not story.alarms.held[0]
    quiet = Story(rule())
    assert quiet.values(99.0, quality=q.BAD) == []


def test_nan_and_values_no_longer_updated_hold_the_state():
    story = Story(rule())
    story.values(95.0)
    assert story.values(math.nan) == []
    assert story.values(50.0, flags=FLAG_NOT_LIVE, quality=q.UNCERTAIN_LAST_USABLE) == []
    assert story.shown() == "unacknowledged"


def test_a_value_going_bad_calls_off_a_running_delay():
    story = Story(rule(on=2.0))
    story.values(95.0)
    story.values(95.0, quality=q.BAD)
    assert story.after(5.0) == []
    story.values(95.0)
    assert story.after(2.0) == ["raised"]


def test_bad_quality_can_be_an_alarm_of_its_own():
    story = Story(rule(kind="bad", limit=0))
    assert story.values(1.0, quality=q.BAD_SENSOR_FAILURE) == ["raised"]
    assert story.values(1.0) == ["returned"]


def test_a_silent_controller_neither_raises_nor_clears_a_bad_measurement():
    story = Story(rule(kind="bad", limit=0))
    assert story.values(1.0, quality=q.BAD_NO_COMMUNICATION, flags=FLAG_NOT_LIVE) == []
    story.values(1.0, quality=q.BAD_SENSOR_FAILURE)
    assert story.values(1.0, quality=q.UNCERTAIN_LAST_USABLE, flags=FLAG_NOT_LIVE) == []
    assert story.shown() == "unacknowledged"
    assert story.values(1.0) == ["returned"]


def test_latched_until_acknowledged_and_reset():
    story = Story(rule(latching=True))
    story.values(95.0)
    story.values(50.0)
    assert story.shown() == "latched-unacknowledged"
    assert "only an acknowledged" in machine.reset(story.rules, story.alarms, 0, "eve", NOW_NS)
    assert story.ack() == "latched-acknowledged"
    assert machine.reset(story.rules, story.alarms, 0, "eve", NOW_NS).state == "normal"


def test_there_is_nothing_to_acknowledge_twice():
    story = Story(rule())
    assert "nothing to acknowledge" in story.ack()
    story.values(95.0)
    story.ack()
    assert "nothing to acknowledge" in story.ack()


def test_suppression_hides_it_and_its_end_annunciates_anew():
    story = Story(rule())
    story.values(95.0)
    story.ack()
    assert machine.suppress(story.alarms, 0, True, NOW_NS).kind == "suppressed"
    assert story.shown() == "suppressed-by-design"
    assert machine.suppress(story.alarms, 0, True, NOW_NS) is None
    machine.suppress(story.alarms, 0, False, NOW_NS)
    assert story.shown() == "unacknowledged"
    assert 0 not in story.alarms.acked_by


def test_after_a_restart_the_next_value_decides():
    story = Story(rule())
    machine.restore(story.alarms, 0, "acknowledged", 7, (NOW_NS, 95.0), "eve")
    assert story.values(95.0) == []
    assert story.shown() == "acknowledged"
    assert story.values(50.0) == ["returned"]
    again = Story(rule())
    machine.restore(again.alarms, 0, "normal", 7, (NOW_NS, 95.0), "")
    again.values(95.0)
    assert again.alarms.occurrence[0] == 8


def test_a_reset_is_refused_while_the_condition_is_true_again():
    story = Story(rule(latching=True, on=5.0))
    story.values(95.0)
    story.after(5.0)
    story.values(50.0)
    story.ack()
    story.values(95.0)  # its on-delay runs
    assert "true again" in machine.reset(story.rules, story.alarms, 0, "eve", NOW_NS)
    assert story.after(5.0) == ["raised"]
    assert story.shown() == "unacknowledged"


def test_a_class_may_let_the_return_acknowledge():
    story = Story(rule(), classes={"process": AlarmClass("process", auto_ack=True)})
    story.values(95.0)
    assert story.values(50.0) == ["returned"]
    assert story.shown() == "normal"


def test_an_alarm_left_standing_is_annunciated_anew():
    story = Story(rule(realarm_min=10.0))
    story.values(95.0)
    assert story.after(3600.0) == []  # nobody has acknowledged it: it sounds anyway
    story.ack()
    assert story.after(599.0) == []
    assert story.after(1.0) == ["realarmed"]
    assert (story.shown(), 0 in story.alarms.acked_by) == ("unacknowledged", False)
    story.ack()
    story.values(50.0)
    assert story.after(3600.0) == []


def test_a_shelf_ends_by_its_time_and_an_old_acknowledgement_is_not_carried_over():
    story = Story(rule())
    story.values(95.0)
    story.ack()
    assert story.shelve(hours=1.0).kind == "shelved"
    assert story.shown() == "shelved"
    assert machine.wake_at(story.alarms) == story.now + 3600
    assert story.after(3599.0) == []
    assert story.after(1.0) == ["unshelved"]
    assert story.shown() == "unacknowledged"


def test_a_shelved_alarm_goes_on_beneath_and_a_quiet_end_stays_quiet():
    story = Story(rule())
    story.shelve()
    assert story.values(95.0) == ["raised"]
    story.ack()
    assert story.values(50.0) == ["returned"]
    assert story.shown() == "shelved"
    assert machine.unshelve(story.alarms, 0, NOW_NS, "eve").state == "normal"


def test_a_one_shot_shelf_ends_with_the_return_of_the_alarm():
    story = Story(rule())
    story.values(95.0)
    story.shelve(one_shot=True)
    assert story.values(50.0) == ["returned", "unshelved"]
    assert story.shown() == "returned-unacknowledged"
    assert story.values(95.0) == ["raised"]
    assert story.shown() == "unacknowledged"


def test_out_of_service_comes_before_suppressed_before_shelved():
    story = Story(rule())
    story.values(95.0)
    story.shelve()
    machine.suppress(story.alarms, 0, True, NOW_NS)
    story.take_out()
    assert story.shown() == "out-of-service"
    machine.return_to_service(story.alarms, 0, NOW_NS, "max")
    assert story.shown() == "suppressed-by-design"
    machine.suppress(story.alarms, 0, False, NOW_NS)
    assert story.shown() == "shelved"
    machine.unshelve(story.alarms, 0, NOW_NS)
    assert story.shown() == "unacknowledged"


def test_what_is_kept_quiet_stands_in_the_list_although_it_is_normal():
    story = Story(rule(0), rule(1, tag=1), rule(2, tag=2))
    story.shelve(1)
    story.take_out(2)
    assert story.alarms.standing().tolist() == [1, 2]


value = st.sampled_from([50.0, 87.9, 88.0, 89.0, 90.0, 95.0, math.nan])
moves = st.lists(
    st.tuples(
        st.lists(value, max_size=4),
        st.sampled_from([q.GOOD, q.BAD, q.UNCERTAIN]),
        st.sampled_from([0, 1, 3]),
        st.booleans(),
    ),
    max_size=25,
)


@given(moves, st.sampled_from([0.0, 2.0]), st.sampled_from([0.0, 2.0]), st.booleans())
def test_batches_and_single_values_tell_the_same_story(moves, on, off, latching):
    """However values are cut into batches, the alarm ends in the same state after the same transitions."""
    whole, single = (
        Story(rule(on=on, off=off, latching=latching)),
        Story(rule(on=on, off=off, latching=latching)),
    )
    for values, quality, seconds, ack in moves:
        whole.values(*values, quality=quality)
        for one in values:
            single.values(one, quality=quality)
        for story in (whole, single):
            if ack:
                story.ack()
            story.after(seconds)
    assert [kind for kind, _ in whole.told] == [kind for kind, _ in single.told]
    assert np.array_equal(whole.alarms.state, single.alarms.state)
