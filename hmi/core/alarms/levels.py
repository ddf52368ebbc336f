"""Exclusive levels (OPC UA Part 9, 5.8.19): of the limits of one tag only the worst that is passed stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from hmi.core.alarms import columns as c
from hmi.core.alarms.columns import AlarmColumns, RuleColumns


def gives_way(rules: RuleColumns, alarms: AlarmColumns, rule: int) -> bool:
    """Whether the worse limit of the same tag stands, and nothing keeps that quiet: nobody is told of what is quiet."""
    worse = int(rules.worse[rule])
    return worse >= 0 and bool(alarms.active[worse]) and not alarms.is_quiet(worse)


def seen_by(alarms: AlarmColumns, rule: int) -> str:
    """Who has acknowledged an alarm that stands; "" where nobody has."""
    return alarms.acked_by.get(rule, "") if int(alarms.state[rule]) == c.ACKNOWLEDGED else ""


def come_forward(rules: RuleColumns, alarms: AlarmColumns, rule: int, value: Any, seen: str, now: float) -> bool:
    """The worse limit stands no more: a lesser one whose condition is true may be raised; whether its delay is over.

    `value` is what the tag has come back to, `seen` who had acknowledged the worse one: then nobody is called anew.
    """
    alarms.raw[rule] &= _holds(rules, alarms, rule, float(value))
    if not alarms.raw[rule] or alarms.active[rule] or alarms.due[rule] != np.inf:
        return False
    alarms.due[rule] = alarms.true_since.get(rule, now) + rules.rules[rule].on_delay_s
    if seen:
        alarms.eased[rule] = seen
    return bool(alarms.due[rule] <= now)


def _holds(rules: RuleColumns, alarms: AlarmColumns, rule: int, value: float) -> bool:
    """Whether a level's condition, once true, goes on with a value: the same row may not have been looked at yet."""
    limit = float(alarms.other[rule] if rules.other[rule] >= 0 else rules.limit[rule])
    band = float(rules.deadband[rule])
    return value <= limit + band if rules.kind[rule] == c.LOW else value >= limit - band
