"""What the banner and the navigation make of the alarms."""

import pytest

from hmi.client.alarms.summary import Rollup, calls, stands, urgency, waits
from hmi.link.messages import AlarmRow


@pytest.mark.parametrize(
    ("state", "waiting", "calling", "standing"),
    [
        ("unacknowledged", True, True, True),
        ("acknowledged", False, False, True),
        ("returned-unacknowledged", True, False, False),
        ("latched-unacknowledged", True, True, True),
        ("latched-acknowledged", False, False, True),
        ("shelved", False, False, True),
    ],
)
def test_what_a_state_asks_of_the_operator(state, waiting, calling, standing):
    row = AlarmRow(0, state)
    assert (waits(row), calls(row), stands(row)) == (waiting, calling, standing)


def ordered(engine, rows):
    return sorted(rows, key=lambda row: urgency(engine.plant.rules[row.rule], row))


def test_unacknowledged_first_then_priority_then_newest(engine):
    rows = [
        AlarmRow(0, "acknowledged", raised_ns=9),
        AlarmRow(3, "unacknowledged", raised_ns=8),
        AlarmRow(1, "unacknowledged", raised_ns=1),
        AlarmRow(2, "returned-unacknowledged", raised_ns=7),
    ]
    assert [engine.plant.rules[0].priority, engine.plant.rules[1].priority] == [1, 2]
    assert [row.rule for row in ordered(engine, rows)] == [1, 2, 3, 0]


def test_newer_first_within_a_priority(engine):
    rows = [AlarmRow(0, "unacknowledged", raised_ns=1), AlarmRow(0, "unacknowledged", raised_ns=5)]
    assert [row.raised_ns for row in ordered(engine, rows)] == [5, 1]


def test_counts_by_priority_and_the_top_one(engine):
    rows = [AlarmRow(0, "acknowledged"), AlarmRow(1, "unacknowledged"), AlarmRow(2, "unacknowledged")]
    summary = Rollup(engine.plant).summary({row.rule: row for row in rows})
    assert {priority: tally.count for priority, tally in summary.by_priority.items()} == {1: 1, 2: 1, 3: 1}
    assert summary.top.rule == 1
    assert (summary.total.count, summary.total.waiting, summary.total.priority) == (3, 2, 1)
    assert not summary.total.calling  # the highest one was answered: its symbol is steady


def test_alarms_belong_to_their_screen_and_those_above_it(engine):
    rollup = Rollup(engine.plant)
    assert rollup.home[:4] == ["tank", "tank", "tank", "overview"]
    assert set(rollup.home[4:]) == {""}  # the station's own
    summary = rollup.summary({0: AlarmRow(0, "returned-unacknowledged")})
    assert {screen: tally.count for screen, tally in summary.by_screen.items()} == {"tank": 1, "overview": 1}
    assert not summary.by_screen["tank"].standing


def test_nothing_stands(engine):
    summary = Rollup(engine.plant).summary({})
    assert summary.top is None
    assert summary.total.count == 0


def test_the_top_alarm_is_the_newest_of_the_most_urgent_that_wait(engine):
    rows = {
        0: AlarmRow(0, "acknowledged", raised_ns=9),
        2: AlarmRow(2, "unacknowledged", raised_ns=1),
        1: AlarmRow(1, "returned-unacknowledged", raised_ns=5),
    }
    rollup = Rollup(engine.plant)
    assert rollup.summary(rows).top == rows[1]
    rules = [rows[one] for one in (2, 1)]
    assert min(rules, key=lambda row: urgency(engine.plant.rules[row.rule], row)) == rows[1]


def test_what_is_kept_quiet_is_not_counted(engine):
    rows = {0: AlarmRow(0, "shelved"), 1: AlarmRow(1, "out-of-service"), 2: AlarmRow(2, "suppressed-by-design")}
    summary = Rollup(engine.plant).summary(rows)
    assert (summary.total.count, summary.top, dict(summary.by_screen)) == (0, None, {})


def test_what_is_kept_quiet_is_counted_apart(engine):
    rows = [AlarmRow(0, "shelved"), AlarmRow(1, "out-of-service"), AlarmRow(2, "shelved")]
    rollup = Rollup(engine.plant)
    assert rollup.summary({row.rule: row for row in rows}).kept == (2, 0, 1)
    assert rollup.summary({0: rows[0], 3: AlarmRow(3, "unacknowledged")}).kept == (1, 0, 0)
