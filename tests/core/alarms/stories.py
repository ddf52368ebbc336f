"""Alarms told as stories: values come, time passes, people act; the story says what the list shows."""

import numpy as np

from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms import machine
from hmi.core.alarms.quiet import Quiet
from hmi.core.alarms.rules import Rule
from hmi.core.batch import Batch

NOW_NS = 1_772_000_000_000_000_000


def rule(index=0, tag=0, kind="level_h", limit=90.0, deadband=2.0, on=0.0, off=0.0, latching=False, **more):
    """A rule with everything the machine looks at."""
    return Rule(
        index,
        f"alarm{index}",
        tag,
        kind,
        limit,
        deadband,
        on,
        off,
        latching,
        "process",
        "minor",
        10,
        4,
        "c",
        "e",
        "a",
        **more,
    )


class Story:
    """One plant with a few rules; time stands still unless the story says otherwise."""

    def __init__(self, *rules, classes=None):
        self.rules = c.RuleColumns(rules, tag_count=8, classes=classes)
        self.alarms = c.AlarmColumns(len(rules))
        self.now = 100.0
        self.told = []

    def values(self, *values, tag=0, quality=q.GOOD, flags=0):
        """Several values of one tag, in one batch."""
        batch = Batch.of([tag] * len(values), values, NOW_NS, NOW_NS, quality, flags)
        return self._step(batch.rows)

    def after(self, seconds):
        """Time passes."""
        self.now += seconds
        return self._step(Batch.empty().rows)

    def ack(self, rule=0):
        """The operator acknowledges."""
        event = machine.acknowledge(self.rules, self.alarms, rule, "eve", NOW_NS, self.now)
        return event if isinstance(event, str) else event.state

    def rows(self, *rows, flags=0):
        """One batch of (tag, value) or (tag, value, source seconds), in this order."""
        tags, values, times = zip(*((row[0], row[1], row[2] if len(row) > 2 else 0) for row in rows), strict=True)
        stamps = np.array([NOW_NS + round(at * 1e9) for at in times])
        return self._step(Batch.of(tags, values, stamps, NOW_NS, q.GOOD, flags).rows)

    def shelve(self, rule=0, hours=1.0, one_shot=False):
        """The operator shelves it."""
        due = self.now + hours * 3600
        shelf = Quiet("eve", "desk", "chatters", NOW_NS, NOW_NS + round(hours * 3.6e12), due, one_shot)
        return machine.shelve(self.alarms, rule, shelf, NOW_NS)

    def take_out(self, rule=0):
        """Maintenance takes it out of service."""
        return machine.take_out_of_service(self.alarms, rule, Quiet("max", "desk", "", NOW_NS, permit="W-1"), NOW_NS)

    def shown(self, rule=0):
        """What the list shows."""
        return self.alarms.shown(rule)

    def _step(self, rows):
        events = machine.step(self.rules, self.alarms, rows, self.now, NOW_NS)
        self.told += [(event.kind, event.value) for event in events]
        return [event.kind for event in events]
