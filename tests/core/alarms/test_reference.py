"""Whatever happens in whatever order, an alarm agrees with a small model written from the standard's tables alone."""

import math

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as action

from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms import machine
from tests.core.alarms.stories import NOW_NS, Story, rule

LIMIT, BAND = 90.0, 2.0
SEEN = {
    "unacknowledged": "acknowledged",
    "returned-unacknowledged": "normal",
    "latched-unacknowledged": "latched-acknowledged",
}


class Reference:
    """One level-high alarm, as the tables have it: plain words, no columns."""

    def __init__(self, on, off, latching, realarm):
        self.on, self.off, self.latching, self.realarm = on, off, latching, realarm
        self.state, self.annunciations = "normal", 0
        self.condition = False  # after delays
        self.since = None  # when the condition began to differ
        self.acked_at = None
        self.shelf = None  # (ends at, one-shot)
        self.suppressed = self.out = False

    def shown(self):
        if self.out:
            return "out-of-service"
        if self.suppressed:
            return "suppressed-by-design"
        return "shelved" if self.shelf else self.state

    def value(self, value, now):
        if math.isnan(value):
            self.since = None
            return
        wants = True if value >= LIMIT else False if value < LIMIT - BAND else self.wish()
        if wants == self.condition:
            self.since = None
        elif self.since is None:
            self.since = now
        self.time(now, only_condition=True)

    def wish(self):
        return self.condition if self.since is None else not self.condition

    def time(self, now, only_condition=False):
        delay = self.off if self.condition else self.on
        if self.since is not None and now - self.since >= delay:
            self.since, self.condition = None, not self.condition
            self.begin() if self.condition else self.end()
        if only_condition:
            return
        if self.state == "acknowledged" and self.realarm and now - self.acked_at >= self.realarm:
            self.state = "unacknowledged"
        if self.shelf and now >= self.shelf[0]:
            self.unshelve()

    def begin(self):
        self.state = "unacknowledged"
        self.annunciations += 1

    def end(self):
        acked = self.state == "acknowledged"
        if self.latching:
            self.state = "latched-acknowledged" if acked else "latched-unacknowledged"
        else:
            self.state = "normal" if acked else "returned-unacknowledged"
        if self.shelf and self.shelf[1]:
            self.unshelve()

    def acknowledge(self, now):
        if self.state in SEEN:
            self.state, self.acked_at = SEEN[self.state], now

    def reset(self):
        if self.state == "latched-acknowledged" and self.since is None:
            self.state = "normal"

    def heard_again(self):
        if self.condition:
            self.state = "unacknowledged"

    def unshelve(self):
        self.shelf = None
        self.heard_again()

    def restart(self, now):
        self.condition = self.state in ("unacknowledged", "acknowledged")
        self.since, self.acked_at = None, now


class Agreement(RuleBasedStateMachine):
    """The columns and the model, told the same."""

    @initialize(
        on=st.sampled_from([0.0, 2.0]),
        off=st.sampled_from([0.0, 3.0]),
        latching=st.booleans(),
        realarm=st.sampled_from([0.0, 1.0]),
    )
    def begin(self, on, off, latching, realarm):
        self.rule = rule(limit=LIMIT, deadband=BAND, on=on, off=off, latching=latching, realarm_min=realarm)
        self.story = Story(self.rule)
        self.model = Reference(on, off, latching, realarm * 60)
        self.unseen = False

    @action(value=st.sampled_from([50.0, 87.9, 88.0, 89.0, 90.0, 95.0, math.nan]))
    def a_value(self, value):
        self.model.value(value, self.story.now)
        self.story.values(value, quality=q.GOOD)
        self.model.time(self.story.now)

    @action(seconds=st.sampled_from([0.5, 1.0, 2.0, 3.0, 45.0, 60.0, 3600.0]))
    def time_passes(self, seconds):
        self.story.after(seconds)
        self.model.time(self.story.now)

    @action()
    def somebody_acknowledges(self):
        self.story.ack()
        self.model.acknowledge(self.story.now)

    @action()
    def somebody_resets(self):
        machine.reset(self.story.rules, self.story.alarms, 0, "eve", NOW_NS)
        self.model.reset()

    @action(hours=st.sampled_from([0.01, 0.5, 1.0]), one_shot=st.booleans())
    def somebody_shelves(self, hours, one_shot):
        self.story.shelve(0, hours, one_shot)
        self.model.shelf = (self.story.now + hours * 3600, one_shot)

    @precondition(lambda self: self.model.shelf)
    @action()
    def somebody_unshelves(self):
        machine.unshelve(self.story.alarms, 0, NOW_NS, "eve")
        self.model.unshelve()

    @action(wanted=st.booleans())
    def the_design_logic_turns(self, wanted):
        machine.suppress(self.story.alarms, 0, wanted, NOW_NS)
        if self.model.suppressed and not wanted:
            self.model.heard_again()
        self.model.suppressed = wanted

    @precondition(lambda self: not self.model.out)
    @action()
    def maintenance_begins(self):
        self.story.take_out()
        self.model.out = True

    @precondition(lambda self: self.model.out)
    @action()
    def maintenance_ends(self):
        machine.return_to_service(self.story.alarms, 0, NOW_NS, "max")
        self.model.out = False
        self.model.heard_again()

    @action()
    def the_engine_restarts(self):
        before, rules = self.story.alarms, self.story.rules
        after = c.AlarmColumns(1)
        raised = (int(before.raised_ns[0]), float(before.raised_value[0]))
        state, again = c.STATES[int(before.state[0])], self.story.now + rules.realarm_s[0]
        realarm = again if rules.realarm_s[0] else math.inf
        machine.restore(after, 0, state, int(before.occurrence[0]), raised, before.acked_by.get(0, ""), realarm)
        after.shelved, after.out_of_service = before.shelved, before.out_of_service
        after.suppressed = before.suppressed
        self.story.alarms = after
        self.model.restart(self.story.now)

    @invariant()
    def both_say_the_same(self):
        if not hasattr(self, "story"):
            return
        alarms = self.story.alarms
        assert c.STATES[int(alarms.state[0])] == self.model.state
        assert self.story.shown() == self.model.shown()
        assert int(alarms.occurrence[0]) == self.model.annunciations

    @invariant()
    def an_active_alarm_is_never_normal(self):
        if hasattr(self, "story"):
            assert not np.any(self.story.alarms.active & (self.story.alarms.state == c.NORMAL))


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAgreement.pytestmark = [pytest.mark.fault(rows=[34])]
