"""When instructions are due: by hours, by counters, and those that never were carried out."""

from __future__ import annotations

import pytest

from hmi.core.steps.conditions import Reading
from hmi.core.steps.events import Event
from hmi.core.steps.kept import record_of
from hmi.core.steps.model import Read, Schedule
from hmi.engine.jobs_due import dues
from tests.engine.toy import plant
from tests.engine.workshop import MACHINE, instruction

HOUR = 3_600_000_000_000
NOW = 1000 * HOUR


def row(schedule, last_ns=None, then=None, now=None):
    """The row of an instruction that was last finished then."""
    one = instruction(Read(id="a", title="A"), schedule=schedule)
    made = plant()
    object.__setattr__(made, "instructions", {"i": one})
    object.__setattr__(made, "equipment", {})
    tags = {} if then is None else {"a.count": Reading(then)}
    last = {}
    if last_ns is not None:
        last = {"i": (last_ns, record_of("j", Event(kind="finished", time_ns=last_ns, tags=tags)))}
    return dues(made, last, lambda name: Reading(now, 0 if now is not None else 0x8000_0000), NOW)[0]


@pytest.mark.parametrize(
    ("schedule", "last_ns", "due_ns", "due"),
    [
        (Schedule(), None, 0, False),
        (Schedule(hours=8), None, NOW + 8 * HOUR, True),  # never done: now
        (Schedule(hours=8), NOW - 7 * HOUR, NOW + HOUR, False),
        (Schedule(hours=8), NOW - 8 * HOUR, NOW, True),
    ],
)
def test_by_hours(schedule, last_ns, due_ns, due):
    found = row(schedule, last_ns)
    assert (found["due_ns"], found["due"], found["last_ns"]) == (due_ns, due, last_ns or 0)


@pytest.mark.parametrize(
    ("then", "now", "left", "due"),
    [
        (100.0, 150.0, 50.0, False),
        (100.0, 200.0, 0.0, True),
        (100.0, 30.0, 70.0, False),  # the counter was set back
        (None, 40.0, 100.0, False),  # done before it had a counter
        (100.0, None, None, False),  # not known now
    ],
)
def test_by_a_counter(then, now, left, due):
    found = row(Schedule(counter="a.count", by=100), NOW - HOUR, then, now)
    assert (found["left"], found["due"]) == (left, due)


def test_one_that_was_never_done_counts_from_nothing():
    assert row(Schedule(counter="a.count", by=100), None, None, 120.0)["left"] == -20.0


def test_those_that_are_due_come_first_and_machines_are_named():
    made = plant()
    some = {
        name: instruction(Read(id="a", title="A"), id=name, title=title, schedule=Schedule(hours=hours))
        for name, title, hours in (("x", "B", 0), ("y", "A", 0), ("z", "C", 1))
    }
    machine = {"a": type(MACHINE)("a", "Machine A", instructions=("x",))}
    object.__setattr__(made, "instructions", some)
    object.__setattr__(made, "equipment", machine)
    rows = dues(made, {}, lambda name: Reading(None), NOW)
    assert [(one["id"], one["equipment"]) for one in rows] == [("z", ()), ("y", ()), ("x", ("a",))]
