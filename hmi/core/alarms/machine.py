"""The alarm state machine of ISA-18.2 over columns: a step takes values and the time, and gives what happened.

Every row of a batch counts, so a pulse shorter than a tick raises its alarm. Only rules whose condition changes cost
Python; the rest is one comparison in numpy. The columns are changed in place; nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms.columns import AlarmColumns, RuleColumns
from hmi.core.batch import FLAG_NOT_LIVE

_SILENT: Final = np.array([q.UNCERTAIN_LAST_USABLE, q.BAD_NO_COMMUNICATION], np.uint32)


@dataclass(frozen=True, slots=True)
class Event:
    """One transition of one alarm."""

    rule: int
    kind: str  # raised | returned | acknowledged | reset | suppressed | unsuppressed
    state: str  # the state it is now shown in
    occurrence: int
    source_ns: int
    value: float
    quality: int
    user: str = ""


def step(rules: RuleColumns, alarms: AlarmColumns, rows: NDArray[Any], now: float, now_ns: int) -> list[Event]:
    """Evaluate every row, then every delay that has run out by `now` (monotonic seconds)."""
    events: list[Event] = []
    if len(rows):
        _evaluate(rules, alarms, rows, now, now_ns, events)
    for rule in np.flatnonzero(alarms.due <= now):
        _settle(rules, alarms, int(rule), now_ns, events)
    return events


def wake_at(alarms: AlarmColumns) -> float:
    """Monotonic seconds of the next delay that runs out; infinity when none runs."""
    return float(alarms.due.min()) if len(alarms.due) else float("inf")


def acknowledge(rules: RuleColumns, alarms: AlarmColumns, rule: int, user: str, now_ns: int) -> Event | str:
    """A person has seen the alarm; gives the event, or why there is nothing to acknowledge."""
    state = int(alarms.state[rule])
    if state not in c.NEEDS_ACK:
        return f"{rules.rules[rule].id} is {alarms.shown(rule)}: there is nothing to acknowledge"
    after = {c.UNACKNOWLEDGED: c.ACKNOWLEDGED, c.RETURNED: c.NORMAL, c.LATCHED_UNACKNOWLEDGED: c.LATCHED}[state]
    alarms.acked_by[rule] = user
    return _move(alarms, rule, after, "acknowledged", now_ns, user)


def reset(rules: RuleColumns, alarms: AlarmColumns, rule: int, user: str, now_ns: int) -> Event | str:
    """A person releases a latched alarm; refused while its condition is true or it was not acknowledged."""
    if int(alarms.state[rule]) != c.LATCHED:
        return f"{rules.rules[rule].id} is {alarms.shown(rule)}: only an acknowledged latched alarm can be reset"
    return _move(alarms, rule, c.NORMAL, "reset", now_ns, user)


def suppress(alarms: AlarmColumns, rule: int, wanted: bool, now_ns: int) -> Event | None:
    """The design logic of a rule turned true or false; an alarm that is active afterwards is annunciated anew."""
    if bool(alarms.suppressed[rule]) == wanted:
        return None
    alarms.suppressed[rule] = wanted
    state = int(alarms.state[rule])
    if not wanted and alarms.active[rule]:
        state = c.UNACKNOWLEDGED
        alarms.acked_by.pop(rule, None)
    return _move(alarms, rule, state, "suppressed" if wanted else "unsuppressed", now_ns)


def restore(
    alarms: AlarmColumns, rule: int, state: str, occurrence: int, raised: tuple[int, float], acked_by: str
) -> None:
    """Put an alarm back where the journal last saw it; the next value of its tag decides how it goes on.

    `raised` is the source time and the value that raised it.
    """
    alarms.occurrence[rule] = occurrence
    code = c.STATES.index(state) if state in c.STATES else c.NORMAL
    if code == c.NORMAL:
        return
    alarms.state[rule] = code
    alarms.active[rule] = alarms.raw[rule] = code in (c.UNACKNOWLEDGED, c.ACKNOWLEDGED)
    alarms.raised_ns[rule], alarms.raised_value[rule] = raised
    alarms.changed_ns[rule] = raised[0]
    if acked_by:
        alarms.acked_by[rule] = acked_by
    alarms.touch(rule)


def _evaluate(
    rules: RuleColumns, alarms: AlarmColumns, rows: NDArray[Any], now: float, now_ns: int, events: list[Event]
) -> None:
    row, rule = rules.pairs(rows["tag"])
    if not len(rule):
        return
    # Column by column: gathering whole rows costs ten times as much.
    seen = {column: rows[column][row] for column in ("value", "time", "quality", "flags")}
    alarms.value[rule] = seen["value"]  # the last row of a tag wins
    alarms.value_ns[rule] = seen["time"]
    alarms.quality[rule] = seen["quality"]
    wish = _wishes(rules, rule, seen)
    raw, held = alarms.raw[rule], alarms.held[rule]
    differs = (wish == 1) & ~raw | (wish == -1) & raw | ((wish == 2) != held)
    if not differs.any():
        return
    concerned = np.zeros(len(rules), bool)
    concerned[rule[differs]] = True
    for position in np.flatnonzero(concerned[rule]):
        number, wanted = int(rule[position]), int(wish[position])
        _hold(alarms, number, wanted == 2)
        if wanted in (1, -1) and bool(alarms.raw[number]) != (wanted == 1):
            alarms.raw[number] = wanted == 1
            _start_delay(rules, alarms, number, now)
            if alarms.due[number] <= now:
                at = (float(seen["value"][position]), int(seen["time"][position]), int(seen["quality"][position]))
                _settle(rules, alarms, number, now_ns, events, at)


def _wishes(rules: RuleColumns, rule: NDArray[np.intp], seen: Mapping[str, NDArray[Any]]) -> NDArray[np.int8]:
    """Per (row, rule): 1 the condition is true, -1 it is false, 0 inside the deadband, 2 it cannot be told."""
    value, kind = seen["value"], rules.kind[rule]
    limit, band = rules.limit[rule], rules.deadband[rule]
    on = np.select(
        [kind == c.HIGH, kind == c.LOW, kind == c.DISCRETE],
        [value >= limit, value <= limit, value == limit],
        False,
    )
    off = np.select(
        [kind == c.HIGH, kind == c.LOW, kind == c.DISCRETE],
        [value < limit - band, value > limit + band, value != limit],
        False,
    )
    wish: NDArray[np.int8] = on.astype(np.int8) - off.astype(np.int8)
    unknown = q.is_bad(seen["quality"]) | ((seen["flags"] & FLAG_NOT_LIVE) != 0) | np.isnan(value)
    wish[unknown] = 2
    of_quality = kind == c.BAD_QUALITY
    wish[of_quality] = np.where(q.is_bad(seen["quality"][of_quality]), 1, -1)
    wish[of_quality & np.isin(seen["quality"], _SILENT)] = 2  # a silent controller says nothing about its sensors
    return wish


def _hold(alarms: AlarmColumns, rule: int, cannot: bool) -> None:
    """A rule that cannot be evaluated keeps its state; a running delay is called off (ISA-18.2)."""
    if cannot:
        alarms.raw[rule] = alarms.active[rule]
        alarms.due[rule] = np.inf
    if bool(alarms.held[rule]) != cannot:
        alarms.held[rule] = cannot
        if alarms.state[rule] != c.NORMAL:
            alarms.touch(rule)


def _start_delay(rules: RuleColumns, alarms: AlarmColumns, rule: int, now: float) -> None:
    if alarms.raw[rule] == alarms.active[rule]:
        alarms.due[rule] = np.inf
        return
    of = rules.rules[rule]
    alarms.due[rule] = now + (of.on_delay_s if alarms.raw[rule] else of.off_delay_s)


def _settle(
    rules: RuleColumns,
    alarms: AlarmColumns,
    rule: int,
    now_ns: int,
    events: list[Event],
    at: tuple[float, int, int] | None = None,
) -> None:
    """The condition has lasted through its delay: raise the alarm or let it return. `at`: the value that did it."""
    alarms.due[rule] = np.inf
    alarms.active[rule] = alarms.raw[rule]
    if at:
        alarms.value[rule], alarms.value_ns[rule], alarms.quality[rule] = at
    if alarms.active[rule]:
        alarms.occurrence[rule] += 1
        alarms.raised_ns[rule] = alarms.value_ns[rule]
        alarms.raised_value[rule] = alarms.value[rule]
        alarms.acked_by.pop(rule, None)
        events.append(_move(alarms, rule, c.UNACKNOWLEDGED, "raised", now_ns))
        return
    acked = int(alarms.state[rule]) == c.ACKNOWLEDGED
    if rules.rules[rule].latching:
        after = c.LATCHED if acked else c.LATCHED_UNACKNOWLEDGED
    else:
        after = c.NORMAL if acked else c.RETURNED
    events.append(_move(alarms, rule, after, "returned", now_ns))


def _move(alarms: AlarmColumns, rule: int, state: int, kind: str, now_ns: int, user: str = "") -> Event:
    """A transition: raised and returned carry the value that did it, all others the value that had raised it."""
    alarms.state[rule] = state
    alarms.changed_ns[rule] = now_ns
    alarms.touch(rule)
    by_value = kind in ("raised", "returned")
    return Event(
        rule,
        kind,
        c.STATES[state],
        int(alarms.occurrence[rule]),
        int((alarms.value_ns if by_value else alarms.raised_ns)[rule]),
        float((alarms.value if by_value else alarms.raised_value)[rule]),
        int(alarms.quality[rule]),
        user,
    )


def display_order(rules: RuleColumns, alarms: AlarmColumns, which: Iterable[int]) -> list[int]:
    """Alarms as a list shows them: those that need an acknowledgement first, then by priority, then newest first."""
    return sorted(
        which,
        key=lambda rule: (
            bool(alarms.suppressed[rule]),
            int(alarms.state[rule]) not in c.NEEDS_ACK,
            rules.rules[rule].priority,
            -int(alarms.raised_ns[rule]),
        ),
    )
