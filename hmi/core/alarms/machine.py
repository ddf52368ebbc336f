"""The alarm state machine of ISA-18.2 over columns: a step takes values and the time, and gives what happened.

Every row of a batch counts, so a pulse shorter than a tick raises its alarm. Only rules whose condition changes cost
Python; the rest is one comparison in numpy. The columns are changed in place; nothing else is. What keeps an alarm
quiet (shelves, design, service) lies over the machine, which goes on beneath it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.core.alarms import columns as c
from hmi.core.alarms.columns import AlarmColumns, RuleColumns
from hmi.core.alarms.conditions import FALSE, TRUE, UNKNOWN, Seen, look
from hmi.core.alarms.levels import come_forward, gives_way, seen_by
from hmi.core.alarms.quiet import Quiet

Told = tuple[float, int, int]  # a value, its source time and its quality


@dataclass(frozen=True, slots=True)
class Event:
    """One transition of one alarm."""

    rule: int
    kind: str  # raised | eased | returned | superseded | acknowledged | reset | realarmed; or quiet begins or ends
    state: str  # the state beneath whatever keeps it quiet
    occurrence: int
    source_ns: int
    value: float
    quality: int
    user: str = ""
    why: str = ""


def step(rules: RuleColumns, alarms: AlarmColumns, rows: NDArray[Any], now: float, now_ns: int) -> list[Event]:
    """Evaluate every row, then every delay, re-alarm and shelf that has run out by `now` (monotonic seconds)."""
    events: list[Event] = []
    if len(rows):
        _evaluate(rules, alarms, rows, now, now_ns, events)
    for rule in np.flatnonzero(alarms.due <= now):
        _settle(rules, alarms, int(rule), now, now_ns, events)
    again = np.flatnonzero(alarms.realarm <= now)
    events += [_annunciate(alarms, int(rule), "realarmed", now_ns) for rule in again]
    over = [number for number, shelf in alarms.shelved.items() if shelf.due <= now]
    for number in over:
        events.append(unshelve(alarms, number, now_ns, why="its time is up"))
        events += weigh(rules, alarms, number, now, now_ns)
    return events


def weigh(rules: RuleColumns, alarms: AlarmColumns, rule: int, now: float, now_ns: int) -> list[Event]:
    """What keeps an alarm quiet began or ended: a lesser limit of its tag comes forward, or gives way again.

    An alarm that nobody is told of stands for no other.
    """
    events: list[Event] = []
    _tell_lesser(rules, alarms, rule, now, now_ns, events)
    return events


def wake_at(alarms: AlarmColumns) -> float:
    """Monotonic seconds of the next delay, re-alarm or shelf that runs out; infinity when none runs."""
    shelves = min((shelf.due for shelf in alarms.shelved.values()), default=float("inf"))
    if not len(alarms.due):
        return shelves
    return min(float(alarms.due.min()), float(alarms.realarm.min()), shelves)


def acknowledge(
    rules: RuleColumns, alarms: AlarmColumns, rule: int, user: str, now_ns: int, now: float = 0.0
) -> Event | str:
    """A person has seen the alarm; gives the event, or why there is nothing to acknowledge."""
    state = int(alarms.state[rule])
    if state not in c.NEEDS_ACK:
        return f"{rules.rules[rule].id} is {alarms.shown(rule)}: there is nothing to acknowledge"
    after = {c.UNACKNOWLEDGED: c.ACKNOWLEDGED, c.RETURNED: c.NORMAL, c.LATCHED_UNACKNOWLEDGED: c.LATCHED}[state]
    alarms.acked_by[rule] = user
    if after == c.ACKNOWLEDGED and rules.realarm_s[rule]:
        alarms.realarm[rule] = now + rules.realarm_s[rule]
    return move(alarms, rule, after, "acknowledged", now_ns, user)


def reset(rules: RuleColumns, alarms: AlarmColumns, rule: int, user: str, now_ns: int) -> Event | str:
    """A person releases a latched alarm; refused while its condition is true or it was not acknowledged."""
    if int(alarms.state[rule]) != c.LATCHED:
        return f"{rules.rules[rule].id} is {alarms.shown(rule)}: only an acknowledged latched alarm can be reset"
    if alarms.raw[rule]:  # true again, though not yet for the length of its delay
        return f"{rules.rules[rule].id} cannot be reset: its condition is true again"
    return move(alarms, rule, c.NORMAL, "reset", now_ns, user)


def suppress(alarms: AlarmColumns, rule: int, wanted: bool, now_ns: int, why: str = "") -> Event | None:
    """The design logic of a rule turned true or false; an alarm that is active afterwards is annunciated anew."""
    if bool(alarms.suppressed[rule]) == wanted:
        return None
    alarms.suppressed[rule] = wanted
    if wanted:
        return move(alarms, rule, int(alarms.state[rule]), "suppressed", now_ns, why=why)
    return _heard_again(alarms, rule, "unsuppressed", now_ns, "", why)


def shelve(alarms: AlarmColumns, rule: int, shelf: Quiet, now_ns: int) -> Event:
    """A person keeps an alarm quiet for a time; whoever calls has seen to it that the person may."""
    alarms.shelved[rule] = shelf
    return move(alarms, rule, int(alarms.state[rule]), "shelved", now_ns, shelf.user, shelf.why)


def unshelve(alarms: AlarmColumns, rule: int, now_ns: int, user: str = "", why: str = "") -> Event:
    """The shelf ends: by a person, by its time, or with the return of the alarm it was for."""
    alarms.shelved.pop(rule, None)
    return _heard_again(alarms, rule, "unshelved", now_ns, user, why)


def take_out_of_service(alarms: AlarmColumns, rule: int, quiet: Quiet, now_ns: int) -> Event:
    """Maintenance takes an alarm out of service, under a permit."""
    alarms.out_of_service[rule] = quiet
    return move(alarms, rule, int(alarms.state[rule]), "out-of-service", now_ns, quiet.user, quiet.why)


def return_to_service(alarms: AlarmColumns, rule: int, now_ns: int, user: str, why: str = "") -> Event:
    """Maintenance is done."""
    alarms.out_of_service.pop(rule, None)
    return _heard_again(alarms, rule, "in-service", now_ns, user, why)


def restore(
    alarms: AlarmColumns,
    rule: int,
    state: str,
    occurrence: int,
    raised: tuple[int, float],
    acked_by: str,
    realarm: float = float("inf"),
) -> None:
    """Put an alarm back where the journal last saw it; the next value of its tag decides how it goes on.

    `raised` is the source time and the value that raised it; `realarm` when it is annunciated anew if it is
    acknowledged (monotonic seconds).
    """
    alarms.occurrence[rule] = occurrence
    code = c.STATES.index(state) if state in c.STATES else c.NORMAL
    if code == c.NORMAL:
        return
    alarms.state[rule] = code
    alarms.active[rule] = alarms.raw[rule] = code in (c.UNACKNOWLEDGED, c.ACKNOWLEDGED)
    alarms.raised_ns[rule], alarms.raised_value[rule] = raised
    alarms.changed_ns[rule] = raised[0]
    if code == c.ACKNOWLEDGED:
        alarms.realarm[rule] = realarm
    if acked_by:
        alarms.acked_by[rule] = acked_by
    alarms.touch(rule)


def _evaluate(
    rules: RuleColumns, alarms: AlarmColumns, rows: NDArray[Any], now: float, now_ns: int, events: list[Event]
) -> None:
    seen, wish = look(rules, alarms, rows)
    rule = seen.rule
    if not len(rule):
        return
    raw, held = alarms.raw[rule], alarms.held[rule]
    differs = (wish == TRUE) & ~raw | (wish == FALSE) & raw | ((wish == UNKNOWN) != held)
    if not differs.any():
        return
    concerned = np.zeros(len(rules), bool)
    concerned[rule[differs]] = True
    for position in np.flatnonzero(concerned[rule]):
        number, wanted = int(rule[position]), int(wish[position])
        _hold(alarms, number, wanted == UNKNOWN)
        if wanted in (TRUE, FALSE) and bool(alarms.raw[number]) != (wanted == TRUE):
            alarms.raw[number] = wanted == TRUE
            _start_delay(rules, alarms, number, now)
            if alarms.due[number] <= now:
                _settle(rules, alarms, number, now, now_ns, events, _told(seen, int(position)))


def _hold(alarms: AlarmColumns, rule: int, cannot: bool) -> None:
    """A rule that cannot be evaluated keeps its state; a running delay is called off (ISA-18.2)."""
    if cannot:
        if alarms.due[rule] != np.inf:
            alarms.raw[rule] = alarms.active[rule]
        alarms.due[rule] = np.inf
        alarms.eased.pop(rule, None)
    if bool(alarms.held[rule]) != cannot:
        alarms.held[rule] = cannot
        if alarms.state[rule] != c.NORMAL:
            alarms.touch(rule)


def _start_delay(rules: RuleColumns, alarms: AlarmColumns, rule: int, now: float) -> None:
    if rules.worse[rule] >= 0:
        alarms.true_since[rule] = now
    if alarms.raw[rule] == alarms.active[rule] or gives_way(rules, alarms, rule):
        alarms.due[rule] = np.inf
        alarms.eased.pop(rule, None)
        return
    of = rules.rules[rule]
    alarms.due[rule] = now + (of.on_delay_s if alarms.raw[rule] else of.off_delay_s)


def _settle(
    rules: RuleColumns,
    alarms: AlarmColumns,
    rule: int,
    now: float,
    now_ns: int,
    events: list[Event],
    told: Told | None = None,
) -> None:
    """The condition has lasted through its delay: raise the alarm or let it return."""
    alarms.due[rule] = np.inf
    alarms.active[rule] = alarms.raw[rule]
    told = told or _newest(alarms, rule)
    seen = seen_by(alarms, rule)
    if alarms.active[rule]:
        alarms.occurrence[rule] += 1
        alarms.raised_ns[rule], alarms.raised_value[rule] = told[1], told[0]
        events.append(_begin(rules, alarms, rule, now, now_ns, told))
    else:
        events.append(_return(rules, alarms, rule, now_ns, told))
        shelf = alarms.shelved.get(rule)
        if shelf is not None and shelf.one_shot:
            events.append(unshelve(alarms, rule, now_ns, why="the alarm it was for has returned"))
    _tell_lesser(rules, alarms, rule, now, now_ns, events, (told, seen))


def _begin(rules: RuleColumns, alarms: AlarmColumns, rule: int, now: float, now_ns: int, told: Told) -> Event:
    """An alarm is raised; silently where somebody has seen the worse limit that the value has come back from."""
    seen = alarms.eased.pop(rule, "")
    if not seen:
        return _annunciate(alarms, rule, "raised", now_ns, told)
    alarms.acked_by[rule] = seen
    alarms.realarm[rule] = now + rules.realarm_s[rule] if rules.realarm_s[rule] else np.inf
    worse = rules.rules[rules.worse[rule]].id
    return move(alarms, rule, c.ACKNOWLEDGED, "eased", now_ns, seen, f"{worse} was acknowledged", told)


def _return(rules: RuleColumns, alarms: AlarmColumns, rule: int, now_ns: int, told: Told) -> Event:
    acked = int(alarms.state[rule]) == c.ACKNOWLEDGED
    alarms.realarm[rule] = np.inf
    kind = "returned"
    if rules.rules[rule].latching:
        after = c.LATCHED if acked else c.LATCHED_UNACKNOWLEDGED
    elif acked or rules.auto_ack[rule]:
        after = c.NORMAL
    elif gives_way(rules, alarms, rule):
        after, kind = c.NORMAL, "superseded"  # the worse limit of the same tag stands for it, and asks to be seen
    else:
        after = c.RETURNED
    return move(alarms, rule, after, kind, now_ns, told=told)


def _newest(alarms: AlarmColumns, rule: int) -> Told:
    return float(alarms.value[rule]), int(alarms.value_ns[rule]), int(alarms.quality[rule])


def _told(seen: Seen, place: int) -> Told:
    return float(seen.value[place]), int(seen.time[place]), int(seen.quality[place])


def _tell_lesser(
    rules: RuleColumns,
    alarms: AlarmColumns,
    rule: int,
    now: float,
    now_ns: int,
    events: list[Event],
    at: tuple[Told, str] | None = None,
) -> None:
    """Of exclusive levels only the worst stands: the lesser one gives way to it, and comes forward when it has gone.

    `at`: the value, source time and quality that moved the worse one, and who had acknowledged that.
    """
    for lesser in rules.lesser.get(rule, ()):
        told = at[0] if at else _newest(alarms, lesser)
        if gives_way(rules, alarms, lesser):
            alarms.due[lesser] = np.inf
            alarms.eased.pop(lesser, None)
            if alarms.active[lesser]:
                alarms.active[lesser] = False
                events.append(_return(rules, alarms, lesser, now_ns, told))
        elif at is None and alarms.held[lesser]:
            alarms.raw[lesser] = alarms.active[lesser]  # its next good value decides
        elif come_forward(rules, alarms, lesser, told[0], at[1] if at else seen_by(alarms, rule), now):
            _settle(rules, alarms, lesser, now, now_ns, events, told)


def _annunciate(alarms: AlarmColumns, rule: int, kind: str, now_ns: int, told: Told | None = None) -> Event:
    """An active alarm asks to be seen: whatever acknowledgement there was is not carried over."""
    alarms.acked_by.pop(rule, None)
    alarms.realarm[rule] = np.inf
    return move(alarms, rule, c.UNACKNOWLEDGED, kind, now_ns, told=told)


def _heard_again(alarms: AlarmColumns, rule: int, kind: str, now_ns: int, user: str, why: str) -> Event:
    """One of the three ways to keep it quiet has ended."""
    state = int(alarms.state[rule])
    if alarms.active[rule]:
        state = c.UNACKNOWLEDGED
        alarms.acked_by.pop(rule, None)
        alarms.realarm[rule] = np.inf
    return move(alarms, rule, state, kind, now_ns, user, why)


def move(
    alarms: AlarmColumns,
    rule: int,
    state: int,
    kind: str,
    now_ns: int,
    user: str = "",
    why: str = "",
    told: Told | None = None,
) -> Event:
    """A transition: `told` is the value, source time and quality that did it, else those that had raised the alarm."""
    alarms.state[rule] = state
    alarms.changed_ns[rule] = now_ns
    alarms.touch(rule)
    value, source_ns, quality = told or (
        float(alarms.raised_value[rule]),
        int(alarms.raised_ns[rule]),
        int(alarms.quality[rule]),
    )
    return Event(rule, kind, c.STATES[state], int(alarms.occurrence[rule]), source_ns, value, quality, user, why)
