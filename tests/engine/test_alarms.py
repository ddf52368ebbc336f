"""What happens to alarms in the engine: journalled, brought back after a restart, kept quiet by people who may."""

import math
from dataclasses import replace

import pytest

from hmi.core import quality as q
from hmi.core.alarms.rules import AlarmClass
from hmi.core.journal import Record
from hmi.engine.alarms import Who
from tests.engine.toy import RULE, ToyStation

EVE = Who("eve", "station 1", "window")
MAX = Who("max", "station 1", "window", "maintain")


def restarted(before, away_s=0.0, **more):
    """Another engine on what the first left in its journal."""
    after = ToyStation(RULE, **more)
    after.clock.advance(away_s)
    last = {record.subject: record for record in before.records}
    kept = {}
    for begin, end in (("shelved", "unshelved"), ("out-of-service", "in-service")):
        of_two = [record for record in before.records if record.event in (begin, end)]
        if of_two and of_two[-1].event == begin:
            kept.setdefault(of_two[-1].subject, []).append(of_two[-1])
    return after, after.tick.room.restore(last, kept)


def test_acknowledging_is_journalled_with_the_person():
    station = ToyStation(RULE)
    station.values(0, 95.0)
    done, _, promise = station.tick.room.acknowledge("a.level.h", EVE, "seen")
    assert done and promise.result() == 2
    record = station.records[-1]
    assert (record.event, record.user, record.station, record.why) == ("acknowledged", "eve", "station 1", "seen")
    assert not station.tick.room.acknowledge("a.level.h", EVE, "")[0]
    assert "no alarm" in station.tick.room.acknowledge("nothing", EVE, "")[1]


def test_alarms_come_back_from_the_journal_after_a_restart():
    before = ToyStation(RULE)
    before.values(0, 95.0)
    before.tick.room.acknowledge("a.level.h", EVE, "")
    after, standing = restarted(before)
    assert standing == 1
    assert after.tick.alarms.shown(0) == "acknowledged"
    assert after.tick.alarms.acked_by[0] == "eve"
    after.values(0, 10.0)
    assert after.records[-1].event == "returned"


def test_a_rule_that_the_plant_no_longer_has_is_forgotten():
    station = ToyStation(RULE)
    gone = Record(time_ns=1, category="alarm", event="raised", subject="gone", result="unacknowledged")
    assert station.tick.room.restore({"gone": gone}, {}) == 0


def test_a_shelf_is_journalled_with_who_why_and_until_and_ends_by_itself():
    station = ToyStation(RULE)
    station.values(0, 95.0)
    done, text, _ = station.tick.room.shelve("a.level.h", EVE, 0.5, "chattering: valve is known")
    assert (done, text) == (True, "a.level.h shelved for 0.5 h")
    assert station.tick.alarms.shown(0) == "shelved"
    record = station.records[-1]
    assert (record.event, record.user, record.why) == ("shelved", "eve", "chattering: valve is known")
    assert str(record.old).startswith("until 20")
    station.clock.advance(1800.0)
    station.tick.wake()
    assert (station.records[-1].event, station.records[-1].way) == ("unshelved", "engine")
    assert station.tick.alarms.shown(0) == "unacknowledged"


@pytest.mark.fault(rows=[34])
def test_a_shelf_survives_a_restart_and_is_not_longer_for_it():
    before = ToyStation(RULE)
    before.tick.room.shelve("a.level.h", EVE, 1.0, "test")
    after, _ = restarted(before, away_s=1800.0)
    assert after.tick.alarms.shown(0) == "shelved"
    after.values(0, 95.0)
    after.clock.advance(1799.0)
    after.tick.wake()
    assert after.tick.alarms.shown(0) == "shelved"
    after.clock.advance(2.0)
    after.tick.wake()
    assert after.tick.alarms.shown(0) == "unacknowledged"


def test_a_shelf_that_ended_while_the_engine_was_away_is_over():
    before = ToyStation(RULE)
    before.tick.room.shelve("a.level.h", EVE, 1.0, "test")
    after, _ = restarted(before, away_s=7200.0)
    after.tick.wake()
    assert after.tick.alarms.shown(0) == "normal"


def test_a_clock_stepped_back_while_the_engine_was_away_makes_no_shelf_longer():
    before = ToyStation(RULE)
    before.tick.room.shelve("a.level.h", EVE, 1.0, "test")
    after = ToyStation(RULE)
    after.clock.step_wall(-3600.0)
    after.tick.room.restore({}, {"a.level.h": [before.records[-1]]})
    after.clock.advance(3601.0)
    after.tick.wake()
    assert after.tick.alarms.shown(0) == "normal"


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
def test_a_clock_that_is_set_moves_the_end_of_a_shelf_and_not_its_length(step_s):
    station = ToyStation(RULE)
    station.tick.room.shelve("a.level.h", EVE, 1.0, "test")
    until_ns, version = station.tick.alarms.shelved[0].until_ns, int(station.tick.alarms.version[0])
    station.clock.advance(600.0)
    station.clock.step_wall(step_s)
    station.tick.wake()
    assert station.tick.alarms.shelved[0].until_ns == pytest.approx(until_ns + step_s * 1e9, abs=1e4)
    assert int(station.tick.alarms.version[0]) > version  # windows are told
    station.clock.advance(2999.0)
    station.tick.wake()
    assert station.tick.alarms.shown(0) == "shelved"
    station.clock.advance(1.0)
    station.tick.wake()
    assert station.tick.alarms.shown(0) == "normal"


def test_of_exclusive_levels_a_shelved_one_stands_for_no_other_and_the_journal_says_who_had_seen_it():
    high = replace(RULE, suppress_when="", exclusive=True)
    higher = replace(high, index=1, id="a.level.hh", type="level_hh", limit=95.0, exclusive=False)
    station = ToyStation(high, higher)
    station.values(0, 97.0)
    station.tick.room.acknowledge("a.level.hh", EVE, "")
    station.values(0, 91.0)
    eased = station.records[-1]
    assert (eased.event, eased.subject, eased.result) == ("eased", "a.level.h", "acknowledged")
    assert (eased.user, eased.why) == ("eve", "a.level.hh was acknowledged")
    station.values(0, 97.0)
    assert station.tick.alarms.shown(0) == "normal"
    station.tick.room.shelve("a.level.hh", EVE, 1.0, "test")
    assert (station.records[-1].event, station.records[-1].subject) == ("raised", "a.level.h")
    station.tick.room.unshelve("a.level.hh", EVE)
    assert (station.records[-1].event, station.records[-1].subject) == ("superseded", "a.level.h")


def test_what_was_seen_of_exclusive_levels_is_known_after_a_restart():
    high = replace(RULE, suppress_when="", exclusive=True)
    higher = replace(high, index=1, id="a.level.hh", type="level_hh", limit=95.0, exclusive=False)
    before = ToyStation(high, higher)
    before.values(0, 91.0)
    before.values(0, 97.0)
    before.tick.room.acknowledge("a.level.hh", EVE, "")
    after = ToyStation(high, higher)
    after.tick.room.restore({record.subject: record for record in before.records}, {})
    after.values(0, 97.0)
    assert [after.tick.alarms.shown(rule) for rule in (0, 1)] == ["normal", "acknowledged"]
    after.values(0, 91.0)
    assert [(one.event, one.subject) for one in after.records] == [("returned", "a.level.hh"), ("eased", "a.level.h")]
    again = ToyStation(high, higher)
    again.tick.room.restore({record.subject: record for record in after.records}, {})
    assert (again.tick.alarms.shown(0), again.tick.alarms.acked_by[0]) == ("acknowledged", "eve")


@pytest.mark.parametrize(
    ("who", "hours", "why", "says"),
    [
        (EVE, 0.0, "test", "say for how long: up to 8 h"),
        (EVE, 9.0, "test", "say for how long: up to 8 h"),
        (EVE, 1.0, " ", "say why"),
        (Who("ann", role="view"), 1.0, "test", "needs the role operate"),
    ],
)
def test_who_may_not_shelve_is_told_what_to_do(who, hours, why, says):
    station = ToyStation(RULE)
    done, text, _ = station.tick.room.shelve("a.level.h", who, hours, why)
    assert not done and says in text
    assert station.records == []


def test_an_urgent_alarm_is_shelved_by_maintenance_alone():
    station = ToyStation(replace(RULE, priority=1))
    assert "needs the role maintain" in station.tick.room.shelve("a.level.h", EVE, 1.0, "test")[1]
    assert station.tick.room.shelve("a.level.h", MAX, 1.0, "test")[0]


def test_out_of_service_needs_a_permit_and_survives_a_restart():
    station = ToyStation(RULE)
    assert "permit" in station.tick.room.take_out("a.level.h", MAX, "", "new sensor")[1]
    assert "role maintain" in station.tick.room.take_out("a.level.h", EVE, "W-17", "new sensor")[1]
    assert station.tick.room.take_out("a.level.h", MAX, "W-17", "new sensor")[0]
    after, _ = restarted(station)
    assert after.tick.alarms.shown(0) == "out-of-service"
    assert after.tick.alarms.out_of_service[0].permit == "W-17"
    after.values(0, 95.0)
    assert after.tick.room.put_back("a.level.h", MAX)[0]
    assert after.tick.alarms.shown(0) == "unacknowledged"
    assert "in service" in after.tick.room.put_back("a.level.h", MAX)[1]


def test_why_an_alarm_is_suppressed_is_explained_with_the_values():
    station = ToyStation(RULE)
    station.values(0, 95.0)
    station.values(2, 0.0)
    lines = station.tick.room.explain("a.level.h")
    assert lines[0] == "a.level.h is suppressed-by-design"
    assert any(line.startswith("suppressed because") for line in lines)
    assert any("= 0" in line for line in lines[2:])
    assert "no alarm" in station.tick.room.explain("nothing")


def test_an_alarm_that_cannot_be_evaluated_says_so():
    station = ToyStation(RULE)
    station.values(0, 95.0)
    station.values(0, 95.0, quality=q.BAD)
    assert any("cannot be evaluated" in line for line in station.tick.room.explain("a.level.h"))


def test_the_class_of_an_alarm_is_the_plants():
    managed = AlarmClass("process", 1.0, second_person=True, realarm_min=10.0)
    station = ToyStation(replace(RULE, suppress_when=""), alarm_classes={"process": managed})
    room = station.tick.room
    assert "up to 1 h" in room.shelve("a.level.h", EVE, 2.0, "test")[1]
    assert "second person" in room.shelve("a.level.h", EVE, 1.0, "test")[1]
    assert "may not do that" in room.shelve("a.level.h", replace(EVE, second="max"), 1.0, "test")[1]
    assert room.shelve("a.level.h", replace(EVE, second="max", second_role="operate"), 1.0, "test")[0]
    room.unshelve("a.level.h", EVE)
    station.values(0, 95.0)
    room.acknowledge("a.level.h", EVE, "")
    station.clock.advance(600)
    station.tick.wake()
    assert station.records[-1].event == "realarmed"


def test_a_limit_that_is_a_tag_is_journalled_and_explained_as_it_was_then():
    station = ToyStation(replace(RULE, suppress_when="", limit=math.nan, other=1))
    station.values(1, 40.0)
    station.values(0, 45.0)
    assert (station.records[-1].event, station.records[-1].limit) == ("raised", 40.0)
    assert "a.level = 45 %, a.speed = 40: true" in station.tick.room.explain("a.level.h")[1]


def test_a_mismatch_has_no_limit_to_speak_of():
    rule = replace(RULE, suppress_when="", type="mismatch", tag=2, limit=0.0, other=4)
    station = ToyStation(rule)
    station.values(2, 1)
    station.values(4, 0)
    assert (station.records[-1].event, station.records[-1].limit) == ("raised", None)
    assert "limit" not in station.tick.room.explain("a.level.h")[1]
