from dataclasses import replace
from pathlib import Path

from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_CLAMPED, Batch, join
from hmi.core.clamp import ABOVE
from tests.engine.toy import RULE, TAGS, ToyStation


def test_a_value_and_the_alarm_it_causes_come_in_one_go():
    station = ToyStation(RULE)
    station.values(2, 1.0)
    station.values(0, 95.0)
    assert station.tick.alarms.shown(0) == "unacknowledged"
    record = station.records[-1]
    assert (record.event, record.subject, record.value, record.limit) == ("raised", "a.level.h", 95.0, 90.0)
    assert record.priority == 3


def test_derived_tags_follow_their_inputs_to_table_and_history():
    station = ToyStation()
    station.values(0, 21.0)
    assert station.tick.table.value[5] == 42.0
    stored = join(station.stored).rows
    assert stored["tag"].tolist() == [0, 5]


def test_suppression_by_design_follows_its_expression():
    station = ToyStation(RULE)
    station.values(2, 1.0)
    station.values(0, 95.0)
    station.values(2, 0.0)
    assert station.tick.alarms.shown(0) == "suppressed-by-design"
    station.values(2, 1.0)
    assert station.tick.alarms.shown(0) == "unacknowledged"
    assert [record.event for record in station.records] == ["raised", "suppressed", "unsuppressed"]


def test_the_deadband_is_one_rule_for_screen_history_alarms_and_derived_tags():
    tags = (replace(TAGS[0], deadband=1.0), *TAGS[1:])
    station = ToyStation(replace(RULE, limit=50.9, deadband=0.0), tags=tags)
    table = station.tick.table
    station.values(2, 1.0)
    for value in (50.0, 50.5, 50.9, 50.5):
        station.clock.advance(1.0)
        station.values(0, value)
    assert (table.value[0], table.value[5]) == (50.0, 100.0)
    assert table.received[0] == station.clock.now_ns()  # alive all the while
    assert [record.event for record in station.records] == ["raised", "returned"]  # alarms saw 50.9
    station.values(0, 51.0)  # as large as the deadband, from the last news
    assert (table.value[0], table.value[5]) == (51.0, 102.0)
    stored = join(station.stored).rows
    assert stored["value"][stored["tag"] == 0].tolist() == [50.0, 51.0]
    assert stored["value"][stored["tag"] == 5].tolist() == [100.0, 102.0]


def test_no_driver_filters_by_the_deadband():
    """Alarms must see every value: what is news is decided in one place."""
    drivers = Path(__file__).parents[2] / "hmi" / "drivers"
    assert not [path.name for path in drivers.glob("*.py") if ".deadband" in path.read_text("utf-8")]


def test_a_clamped_value_is_so_for_table_alarms_derived_tags_and_history():
    tags = (replace(TAGS[0], clamp="both"), *TAGS[1:])
    station = ToyStation(replace(RULE, limit=100.0), tags=tags)
    station.values(2, 1.0)
    station.values(0, 120.0)
    table = station.tick.table
    assert (table.value[0], table.quality[0], table.value[5]) == (100.0, ABOVE, 200.0)
    assert q.word(int(table.quality[5])) == "uncertain"
    assert table.flags[0] & FLAG_CLAMPED
    assert station.records[-1].value == 100.0
    assert [row["flags"] & FLAG_CLAMPED for row in join(station.stored).rows if row["tag"] == 0] == [FLAG_CLAMPED]
    station.values(0, 100.0)
    assert table.quality[0] == q.GOOD and not table.flags[0] & FLAG_CLAMPED


def test_backfilled_values_go_to_history_alone():
    station = ToyStation(RULE)
    station.values(2, 1.0)
    station.values(0, 50.0)
    now = station.clock.now_ns()
    station.tick.deliver(Batch.of([0, 0, 0], [95.0, 96.0, 51.0], now, now, flags=[FLAG_BACKFILLED] * 2 + [0]))
    assert station.tick.table.value[0] == 51.0
    assert station.tick.alarms.shown(0) == "normal"
    stored = join(station.stored).rows
    assert stored["value"][stored["tag"] == 0].tolist() == [50.0, 95.0, 96.0, 51.0]
