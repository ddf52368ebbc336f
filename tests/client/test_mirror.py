"""The mirror: what the engine tells is taken over, and what it no longer tells is marked."""

import math
from dataclasses import replace

import pytest

from hmi.client.mirror import SILENT_AFTER_S, Mirror
from hmi.core import quality as q
from hmi.core.batch import FLAG_NOT_LIVE, Batch
from hmi.link.messages import AlarmRow, Alarms, ConnectionRow, Health, Reply, Values


def values(clock, tags, numbers, snapshot=False, quality=q.GOOD, flags=0):
    now = clock.now_ns()
    return Values.of(Batch.of(tags, numbers, now, now, quality, flags), now, snapshot)


@pytest.fixture
def mirror(engine, clock):
    made = Mirror(engine.plant, clock)
    made.take(values(clock, range(5), [1.0, 2.0, 3.0, 0.0, 1.0], snapshot=True))
    return made


def test_only_a_snapshot_makes_it_live(engine, clock):
    mirror = Mirror(engine.plant, clock)
    mirror.take(values(clock, [0], [5.0]))
    assert mirror.link_down
    mirror.take(values(clock, [0], [5.0], snapshot=True))
    assert not mirror.link_down
    assert mirror.table.value[0] == 5.0


def test_what_devices_say_of_the_tags_replaces_no_value(mirror):
    plant = replace(mirror.plant, tags=tuple(replace(tag, unit="x") for tag in mirror.plant.tags))
    before = mirror.state
    mirror.complete(plant, {4: {1: "Ajar"}})
    assert mirror.state != before  # it is drawn anew
    assert mirror.table.tags[0].unit == "x" and mirror.table.names[4][1] == "Ajar"
    assert mirror.table.value[0] == 1.0


def test_ages_go_on_with_our_own_monotonic_clock(mirror, clock):
    clock.advance(1.5)
    clock.step_wall(-3600)
    assert mirror.age_s(0) == pytest.approx(1.5)
    assert math.isinf(mirror.age_s(5))


def test_what_does_not_change_is_as_old_as_the_last_sign_of_life_of_its_controller(mirror, clock):
    clock.advance(60)
    name = mirror.plant.tags[0].connection
    row = ConnectionRow(name, "opcua", "", "live", "", 1, 0, 0.4, 0.0, 0, 0.0)
    mirror.take(Health(clock.now_ns(), (row,)))
    clock.advance(0.2)
    assert mirror.age_s(0) == pytest.approx(0.6)
    mirror.take(values(clock, [0], [1.0], flags=FLAG_NOT_LIVE))
    mirror.table.received[0] = clock.now_ns() - 5 * 10**9
    assert mirror.age_s(0) == pytest.approx(5.0)


def test_the_age_of_what_the_engine_no_longer_tells_counts_from_when_it_was_last_heard(mirror, clock):
    clock.advance(60)
    mirror.take(Health(clock.now_ns()))
    clock.advance(2.5)
    assert mirror.watch()
    assert mirror.age_s(0) == pytest.approx(2.5)


def test_silence_marks_everything_stale_after_two_seconds_and_not_before(mirror, clock):
    mirror.take(values(clock, [4], [1.0], quality=q.BAD_SENSOR_FAILURE))
    clock.advance(SILENT_AFTER_S - 0.01)
    assert not mirror.watch()
    clock.advance(0.01)
    assert mirror.watch()
    assert mirror.link_down
    assert [q.word(int(code)) for code in mirror.table.quality[:5]] == ["stale"] * 4 + ["bad"]
    assert (mirror.table.flags & FLAG_NOT_LIVE).all()
    assert mirror.table.value[0] == 1.0
    assert not mirror.watch()


def test_marking_keeps_the_source_times(mirror, clock):
    before = mirror.table.time.copy()
    clock.advance(3)
    mirror.watch()
    assert (mirror.table.time == before).all()


def test_an_engine_that_speaks_again_on_the_same_link_is_believed_at_once(mirror, clock):
    clock.advance(5)
    mirror.watch()
    mirror.take(Health(clock.now_ns()))
    assert not mirror.link_down
    assert q.is_good(mirror.table.quality[:5]).all()


def test_after_a_closed_link_only_a_snapshot_will_do(mirror, clock):
    clock.advance(5)
    mirror.watch()
    mirror.lose()
    mirror.take(values(clock, [0], [7.0]))
    assert mirror.link_down
    mirror.take(values(clock, range(5), [7.0] * 5, snapshot=True))
    assert not mirror.link_down


def test_alarms_come_go_and_are_replaced_by_a_snapshot(mirror):
    mirror.take(Alarms((AlarmRow(0, "unacknowledged"), AlarmRow(1, "acknowledged"))))
    mirror.take(Alarms((AlarmRow(0, "normal"),)))
    assert set(mirror.alarms) == {1}
    mirror.take(Alarms((AlarmRow(2, "unacknowledged"),), snapshot=True))
    assert set(mirror.alarms) == {2}


def test_rows_of_tags_and_rules_it_does_not_know_are_left_out(mirror, clock):
    mirror.take(values(clock, [0, 4000], [9.0, 9.0]))
    mirror.take(Alarms((AlarmRow(4000, "unacknowledged"),)))
    assert mirror.table.value[0] == 9.0
    assert not mirror.alarms


def test_state_changes_exactly_when_something_did(mirror, clock):
    before = mirror.state
    mirror.take(Reply(1, True))
    assert mirror.state == before
    mirror.take(Health(clock.now_ns()))
    assert mirror.state != before


def test_a_pending_write_makes_its_tag_be_drawn_anew(mirror):
    counter = mirror.table.counter
    mirror.set_pending(2, True)
    assert mirror.pending == {2}
    assert list(mirror.table.changed_since(counter)) == [2]
    mirror.set_pending(2, False)
    assert not mirror.pending
