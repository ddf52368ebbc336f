"""Every row of the transition table as a story, from each state that it starts from."""

from dataclasses import replace

import pytest

from hmi.core import quality as q
from hmi.core.alarms import machine
from hmi.core.alarms.columns import STATES
from hmi.core.batch import FLAG_NOT_LIVE
from hmi.engine.alarms import Who
from tests.core.alarms.stories import NOW_NS, Story, rule
from tests.engine.toy import RULE, ToyStation

HIGH, NORMAL = 95.0, 50.0
EVE = Who("eve", "desk", "window")
STANDING = ("unacknowledged", "acknowledged")  # their condition is true


def in_state(state, **more):
    """An alarm that has come into this state as alarms do."""
    story = Story(rule(latching=state.startswith("latched"), **more))
    if state != "normal":
        story.values(HIGH)
    if state == "acknowledged":
        story.ack()
    if state.startswith(("returned", "latched")):
        story.values(NORMAL)
    if state == "latched-acknowledged":
        story.ack()
    assert story.shown() == state
    return story


def ends(story, way):
    """What kept the alarm quiet ends."""
    act = {
        "shelved": lambda: machine.unshelve(story.alarms, 0, NOW_NS, "eve"),
        "suppressed-by-design": lambda: machine.suppress(story.alarms, 0, False, NOW_NS),
        "out-of-service": lambda: machine.return_to_service(story.alarms, 0, NOW_NS, "max"),
    }
    return act[way]()


def begins(story, way):
    """Something begins to keep the alarm quiet."""
    act = {
        "shelved": story.shelve,
        "suppressed-by-design": lambda: machine.suppress(story.alarms, 0, True, NOW_NS),
        "out-of-service": story.take_out,
    }
    return act[way]()


WAYS = ("shelved", "suppressed-by-design", "out-of-service")
everywhere = pytest.mark.parametrize("state", STATES)
each_way = pytest.mark.parametrize("way", WAYS)


def test_each_raising_is_an_occurrence_of_its_own_and_the_journal_has_value_limit_and_priority():
    station = ToyStation(replace(RULE, suppress_when=""))
    for value in (95.0, 10.0, 97.0):
        station.values(0, value)
    first, returned, second = station.records
    assert (first.occurrence, returned.occurrence, second.occurrence) == (1, 1, 2)
    assert [(one.event, one.value, one.limit, one.priority) for one in (first, second)] == [
        ("raised", 95.0, 90.0, 3),
        ("raised", 97.0, 90.0, 3),
    ]
    assert (first.result, first.config) == ("unacknowledged", station.plant.digest)


def test_an_acknowledged_latching_alarm_holds_when_its_condition_ends():
    story = Story(rule(latching=True))
    story.values(HIGH)
    story.ack()
    assert story.values(NORMAL) == ["returned"]
    assert story.shown() == "latched-acknowledged"


@pytest.mark.parametrize("state", ["returned-unacknowledged", "latched-unacknowledged", "latched-acknowledged"])
def test_whatever_is_left_of_an_alarm_a_new_occurrence_asks_to_be_seen(state):
    story = in_state(state)
    before = int(story.alarms.occurrence[0])
    assert story.values(HIGH) == ["raised"]
    assert story.shown() == "unacknowledged"
    assert int(story.alarms.occurrence[0]) == before + 1
    assert 0 not in story.alarms.acked_by


@everywhere
@each_way
def test_what_keeps_an_alarm_quiet_lies_over_any_state_and_its_end_carries_no_acknowledgement_over(state, way):
    story = in_state(state)
    event = begins(story, way)
    assert story.shown() == way
    assert event.state == state
    ended = ends(story, way)
    assert story.shown() == ("unacknowledged" if state in STANDING else state)
    assert ended.state == story.shown()
    assert (0 in story.alarms.acked_by) == (state == "latched-acknowledged")


@each_way
def test_the_machine_goes_on_beneath_what_keeps_it_quiet(way):
    story = Story(rule())
    begins(story, way)
    assert story.values(HIGH) == ["raised"]
    assert story.shown() == way
    assert ends(story, way).state == "unacknowledged"


@everywhere
@pytest.mark.parametrize(("quality", "flags"), [(q.BAD_SENSOR_FAILURE, 0), (q.UNCERTAIN_LAST_USABLE, FLAG_NOT_LIVE)])
@pytest.mark.parametrize("value", [HIGH, NORMAL])
def test_a_bad_value_moves_no_alarm_from_any_state(state, quality, flags, value):
    story = in_state(state)
    assert story.values(value, quality=quality, flags=flags) == []
    assert story.shown() == state
    assert story.alarms.held[0]


@everywhere
def test_acknowledging_moves_the_three_states_that_ask_for_it_and_no_other(state):
    after = {
        "unacknowledged": "acknowledged",
        "returned-unacknowledged": "normal",
        "latched-unacknowledged": "latched-acknowledged",
    }
    story = in_state(state)
    told = story.ack()
    assert told == after[state] if state in after else "nothing to acknowledge" in told
    assert story.shown() == after.get(state, state)


@everywhere
def test_a_reset_releases_an_acknowledged_latched_alarm_and_no_other(state):
    story = in_state(state)
    told = machine.reset(story.rules, story.alarms, 0, "eve", NOW_NS)
    assert isinstance(told, str) == (state != "latched-acknowledged")
    assert story.shown() == ("normal" if state == "latched-acknowledged" else state)


def test_a_shelf_always_ends_and_the_engine_refuses_one_that_would_not():
    station = ToyStation(RULE)
    room = station.tick.room
    for hours in (0.0, -1.0, float("nan"), float("inf"), 8.1):
        done, text, _ = room.shelve("a.level.h", EVE, hours, "test")
        assert not done and "up to 8 h" in text
    assert room.shelve("a.level.h", EVE, 8.0, "test")[0]
    station.clock.advance(8 * 3600)
    station.tick.wake()
    assert station.records[-1].event == "unshelved"


def test_an_alarm_that_is_shelved_anew_keeps_the_later_end():
    station = ToyStation(replace(RULE, suppress_when=""))
    room = station.tick.room
    room.shelve("a.level.h", EVE, 1.0, "test")
    station.clock.advance(1800)
    assert room.shelve("a.level.h", EVE, 1.0, "still testing")[0]
    station.clock.advance(1801)
    station.tick.wake()
    assert station.tick.alarms.shown(0) == "shelved"
    station.clock.advance(1800)
    station.tick.wake()
    assert station.tick.alarms.shown(0) == "normal"
