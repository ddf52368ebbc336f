from hmi.core.batch import FLAG_BACKFILLED, Batch, join
from hmi.core.journal import Record
from tests.engine.toy import RULE, ToyStation


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


def test_acknowledging_is_journalled_with_the_person():
    station = ToyStation(RULE)
    station.values(0, 95.0)
    done, _, promise = station.tick.acknowledge("a.level.h", "eve", "station 1", "window", "seen")
    assert done and promise.result() == 2
    assert (station.records[-1].event, station.records[-1].user, station.records[-1].why) == (
        "acknowledged",
        "eve",
        "seen",
    )
    assert not station.tick.acknowledge("a.level.h", "eve", "", "", "")[0]
    assert "no alarm" in station.tick.acknowledge("nothing", "eve", "", "", "")[1]


def test_alarms_come_back_from_the_journal_after_a_restart():
    before = ToyStation(RULE)
    before.values(0, 95.0)
    before.tick.acknowledge("a.level.h", "eve", "", "window", "")
    after = ToyStation(RULE)
    assert after.tick.restore({record.subject: record for record in before.records}) == 1
    assert after.tick.alarms.shown(0) == "acknowledged"
    assert after.tick.alarms.acked_by[0] == "eve"
    after.values(0, 10.0)
    assert after.records[-1].event == "returned"


def test_a_rule_that_the_plant_no_longer_has_is_forgotten():
    station = ToyStation(RULE)
    gone = Record(time_ns=1, category="alarm", event="raised", subject="gone", result="unacknowledged")
    assert station.tick.restore({"gone": gone}) == 0


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
