"""What an engine runs beside what the files say."""

from dataclasses import replace

from hmi.core.alarms import station
from hmi.core.alarms.differing import Difference, differences
from hmi.core.alarms.rules import AlarmClass, Matrix
from tests.engine.toy import RULE, plant

OTHER = replace(RULE, index=1, id="a.level.hh", limit=95.0, other=1)


def test_the_same_files_differ_in_nothing():
    assert differences(plant(RULE, OTHER), plant(RULE, OTHER)) == []


def test_a_moved_limit_and_another_tag_are_told_with_both_sides():
    found = differences(plant(RULE, OTHER), plant(replace(RULE, limit=85.5, class_="quality"), replace(OTHER, other=4)))
    assert found == [
        Difference("a.level.h", "limit", "90", "85.5"),
        Difference("a.level.h", "class", "process", "quality"),
        Difference("a.level.hh", "other", "a.speed", "a.count"),
    ]


def test_alarms_on_one_side_alone_are_told_and_their_order_is_not():
    swapped = (replace(OTHER, index=0), replace(RULE, index=1))
    assert differences(plant(RULE, OTHER), plant(*swapped)) == []
    assert differences(plant(RULE), plant(OTHER)) == [
        Difference("a.level.h", "", "there", "not there"),
        Difference("a.level.hh", "", "not there", "there"),
    ]


def test_classes_and_the_matrix_are_compared_too():
    running = replace(plant(), alarm_classes={"quality": AlarmClass("quality", 2.0)})
    files = replace(plant(), alarm_classes={"quality": AlarmClass("quality", 4.0)}, matrix=Matrix(respond_min=(5.0,)))
    found = {(one.subject, one.key, one.running, one.files) for one in differences(running, files)}
    assert ("class quality", "shelve_max_h", "2", "4") in found
    assert ("priority matrix", "respond_min", "3 10 30", "5") in found


def test_what_is_said_of_the_stations_own_is_compared_too():
    running = replace(plant(RULE), station_rules=station.rules_of(Matrix(), {}))
    changed = station.rules_of(Matrix(), {station.JOURNAL: {"action": "Call 4711"}})
    [found] = differences(running, replace(running, station_rules=changed))
    assert (found.subject, found.key, found.files) == (station.JOURNAL, "action", "Call 4711")
