"""What operators were told: counted from records as the engine's room for alarms writes them."""

from dataclasses import replace

import numpy as np

from hmi.core.alarms.kpi import DAY, measure, suggest
from hmi.core.alarms.telling import tell
from hmi.core.journal import Record
from hmi.engine.alarms import Who
from tests.engine.toy import RULE, ToyStation

EVE = Who("eve", "desk", "window")
MAX = Who("max", "desk", "window", "maintain")
ID = "a.level.h"
FREE = replace(RULE, suppress_when="")


class Shift:
    """A station with one alarm, and what its operators were told."""

    def __init__(self, rule=FREE):
        self.station = ToyStation(rule)
        self.room = self.station.tick.room

    def level(self, value, after_s=10.0):
        self.station.clock.advance(after_s)
        self.station.values(0, value)

    def wait(self, seconds):
        self.station.clock.advance(seconds)
        self.station.tick.wake()

    def telling(self, known=(ID,)):
        return tell(enumerate(self.station.records, 1), self.station.clock.now_ns(), known)

    def events(self):
        """The kind of each record that told somebody something."""
        return [self.station.records[number - 1].event for number in self.telling().records]


def test_a_raised_alarm_is_told_once_and_its_acknowledgement_and_return_are_not():
    shift = Shift()
    shift.level(95.0)
    shift.room.acknowledge(ID, EVE, "seen")
    shift.level(50.0)
    found = shift.telling()
    assert shift.events() == ["raised"]
    assert (found.told.rule.tolist(), found.told.priority.tolist()) == ([0], [3])
    assert (found.told.gone - found.told.time).tolist() == [10_000_000_000]
    assert (found.records, found.occurrences) == ((1,), (1,))


def test_what_comes_while_it_is_shelved_is_told_when_the_shelf_ends_if_it_stands_then():
    shift = Shift()
    shift.room.shelve(ID, EVE, 1.0, "chattering")
    shift.level(95.0)
    shift.level(50.0)
    shift.level(95.0)
    assert shift.events() == []
    shift.wait(3600.0)
    assert shift.events() == ["unshelved"]


def test_the_end_of_a_shelf_over_a_quiet_alarm_tells_nobody_anything():
    shift = Shift()
    shift.room.shelve(ID, EVE, 1.0, "chattering")
    shift.level(95.0)
    shift.level(50.0)
    shift.wait(3600.0)
    assert shift.station.records[-1].event == "unshelved"
    assert shift.events() == []


def test_an_alarm_that_was_acknowledged_before_its_shelf_is_told_anew_after_it():
    shift = Shift()
    shift.level(95.0)
    shift.room.acknowledge(ID, EVE, "")
    shift.room.shelve(ID, EVE, 1.0, "known cause")
    shift.wait(3600.0)
    assert shift.events() == ["raised", "unshelved"]


def test_of_two_things_that_keep_it_quiet_the_end_of_the_last_tells():
    shift = Shift()
    shift.room.shelve(ID, EVE, 1.0, "test")
    shift.room.take_out(ID, MAX, "W-17", "under repair")
    shift.level(95.0)
    shift.wait(3600.0)
    assert shift.events() == []
    shift.room.put_back(ID, MAX)
    assert shift.events() == ["in-service"]


def test_what_the_design_suppresses_is_not_told():
    shift = Shift(RULE)  # quiet while a.run is 0
    shift.station.values(2, 0)
    shift.level(95.0)
    assert shift.events() == []
    shift.station.values(2, 1)
    assert shift.events() == ["unsuppressed"]


def test_a_re_alarm_is_told_again_of_one_occurrence_and_makes_no_alarm_chatter():
    shift = Shift(replace(FREE, realarm_min=10.0))
    shift.level(95.0)
    shift.room.acknowledge(ID, EVE, "")
    shift.wait(600.0)
    shift.level(50.0)
    found = shift.telling()
    assert shift.events() == ["raised", "realarmed"]
    assert found.occurrences == (1, 1)
    assert np.unique(found.told.gone).size == 1
    assert suggest(found.told.time, found.told.gone) is None


def test_what_still_stands_is_gone_at_the_end_and_counts_once_as_stale():
    shift = Shift(replace(FREE, realarm_min=10.0))
    shift.level(95.0)
    shift.room.acknowledge(ID, EVE, "")
    shift.wait(600.0)
    shift.wait(2 * DAY / 1e9)
    found = shift.telling()
    assert set(found.told.gone.tolist()) == {shift.station.clock.now_ns()}
    kpi = measure(found.told, 0, shift.station.clock.now_ns())
    assert (kpi.count, len(kpi.stale), kpi.most_stale) == (2, 1, 1)


def test_alarms_that_the_plant_no_longer_has_are_counted_after_those_it_has():
    records = [
        Record(time_ns=time, category=category, event="raised", subject=name, result="unacknowledged", priority=2)
        for time, category, name in ((1, "alarm", "gone"), (2, "alarm", ID), (3, "write", "a.speed"))
    ]
    found = tell(enumerate(records, 1), 9, [ID])
    assert found.ids == (ID, "gone")
    assert found.told.rule.tolist() == [1, 0]


def test_a_clock_that_was_put_back_makes_no_time_run_backwards():
    def at(time, event, state):
        return Record(time_ns=time, category="alarm", event=event, subject=ID, result=state)

    found = tell(enumerate([at(9000, "raised", "unacknowledged"), at(5000, "returned", "normal")], 1), 10_000)
    assert (found.told.gone - found.told.time).tolist() == [0]


def test_an_empty_journal_tells_nothing():
    found = tell([], 100, [ID])
    assert (len(found.told), found.ids) == (0, (ID,))
    assert measure(found.told, 0, 100).count == 0


def test_what_was_told_of_some_alarms_alone_keeps_its_records():
    records = [
        Record(time_ns=number, category="alarm", event="raised", subject=f"a{number % 3}", priority=4)
        for number in range(6)
    ]
    whole = tell(enumerate(records, 10), 100, ["a0", "a1", "a2"])
    mine = whole.narrowed(np.array([True, False, True]))
    assert mine.told.rule.tolist() == [0, 2, 0, 2]
    assert mine.records == (10, 12, 13, 15)
    assert mine.ids == whole.ids
    assert len(whole.narrowed(np.zeros(3, bool)).told) == 0
