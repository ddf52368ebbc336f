"""The engine's room for alarms: rules over the values of every tick, what people do about them, all journalled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core import expr
from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms import machine, quiet, sayings
from hmi.core.alarms.machine import Event
from hmi.core.alarms.quiet import Asked, Quiet
from hmi.core.alarms.rules import LEVEL_TYPES, Rule
from hmi.core.alarms.station import is_own
from hmi.core.batch import Batch
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.tags import TagTable

_HOUR_NS: Final = 3_600_000_000_000
_STEP_S: Final = 1.0  # less may be a clock that is slewed
Answer = tuple[bool, str, Any]  # done, in words, and the journal's promise


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind something that is done to an alarm, and the way it came."""

    user: str
    station: str = ""
    way: str = ""
    role: str = "operate"
    second: str = ""  # the account of a second person who agreed and has proven who he is
    second_role: str = ""


class AlarmRoom:
    """Where every alarm stands; lives on the engine's loop, changed by ticks and by people alone."""

    def __init__(self, plant: Plant, table: TagTable, clock: Clock, record: Callable[[Record], Any]) -> None:
        self.plant = plant
        self._rules = plant.all_rules
        self.rules = c.RuleColumns(self._rules, len(plant.tags), plant.alarm_classes)
        self.columns = c.AlarmColumns(len(self._rules))
        self._table = table
        self._clock = clock
        self._record = record
        self._by_id = {rule.id: rule for rule in self._rules}
        self._suppressions = _suppressions(plant)
        self._apart_s = self._clocks_apart_s()

    def judge(self, rows: NDArray[Any], changed: NDArray[Any]) -> None:
        """Every row of a tick is judged, then what suppresses alarms by design; what happens is journalled."""
        now, now_ns = self._clock.monotonic(), self._clock.now_ns()
        for event in machine.step(self.rules, self.columns, rows, now, now_ns):
            self._journal(event)
        moved = set(changed.tolist()) if self._suppressions else set()
        for rule, expression, inputs in self._suppressions:
            if not inputs.isdisjoint(moved):
                value, quality = expression.value(self._table.value, self._table.quality)
                wanted = not q.is_bad(quality) and bool(value)
                change = machine.suppress(self.columns, rule, wanted, now_ns, self.plant.rules[rule].suppress_when)
                if change is not None:
                    self._journal(change)
                    self._weigh(rule)

    def wake(self) -> bool:
        """Whether a delay, re-alarm or shelf has run out, and took effect."""
        self._follow_clock()
        if machine.wake_at(self.columns) > self._clock.monotonic():
            return False
        self.judge(_NO_ROWS, np.empty(0, np.uint32))
        return True

    def acknowledge(self, alarm: str, who: Who, comment: str) -> Answer:
        """A person has seen one alarm."""
        now, now_ns = self._clock.monotonic(), self._clock.now_ns()
        return self._person(
            alarm,
            who,
            comment,
            "acknowledged",
            lambda rule: machine.acknowledge(self.rules, self.columns, rule, who.user, now_ns, now),
        )

    def reset(self, alarm: str, who: Who, comment: str) -> Answer:
        """A person releases a latched alarm."""
        now_ns = self._clock.now_ns()
        return self._person(
            alarm,
            who,
            comment,
            "reset",
            lambda rule: machine.reset(self.rules, self.columns, rule, who.user, now_ns),
        )

    def shelve(self, alarm: str, who: Who, hours: float, why: str, one_shot: bool = False) -> Answer:
        """A person keeps an alarm quiet for so many hours."""
        second = who.second
        now, now_ns = self._clock.monotonic(), self._clock.now_ns()

        def act(rule: int) -> Event | str:
            asked = Asked(who.user, who.role, why, hours, second=second, second_role=who.second_role)
            refused = quiet.may_shelve(self._rules[rule], self.rules.classes[rule], asked, self.columns.shelved)
            if refused:
                return refused
            until_ns = now_ns + round(hours * _HOUR_NS)
            shelf = Quiet(who.user, who.station, why, now_ns, until_ns, now + hours * 3600, one_shot, second=second)
            return machine.shelve(self.columns, rule, shelf, now_ns)

        return self._person(alarm, who, why, f"shelved for {hours:g} h", act)

    def unshelve(self, alarm: str, who: Who, why: str = "") -> Answer:
        """A person takes an alarm off the shelf."""

        def act(rule: int) -> Event | str:
            if rule not in self.columns.shelved:
                return f"{alarm} is not shelved: there is nothing to unshelve"
            return machine.unshelve(self.columns, rule, self._clock.now_ns(), who.user, why)

        return self._person(alarm, who, why, "off the shelf", act)

    def take_out(self, alarm: str, who: Who, permit: str, why: str) -> Answer:
        """Maintenance takes an alarm out of service."""
        now_ns = self._clock.now_ns()

        def act(rule: int) -> Event | str:
            asked = Asked(who.user, who.role, why, permit=permit)
            refused = quiet.may_take_out(self._rules[rule], self.rules.classes[rule], asked)
            if refused:
                return refused
            taken = Quiet(who.user, who.station, why, now_ns, permit=permit)
            return machine.take_out_of_service(self.columns, rule, taken, now_ns)

        return self._person(alarm, who, why, "out of service", act)

    def put_back(self, alarm: str, who: Who, why: str = "") -> Answer:
        """Maintenance returns an alarm to service."""

        def act(rule: int) -> Event | str:
            if rule not in self.columns.out_of_service:
                return f"{alarm} is in service"
            return machine.return_to_service(self.columns, rule, self._clock.now_ns(), who.user, why)

        return self._person(alarm, who, why, "back in service", act)

    def restore(self, last: Mapping[str, Record], kept_quiet: Mapping[str, list[Record]]) -> int:
        """Put every alarm back where the journal last saw it; returns how many stand.

        `last` is the last record of each alarm, `kept_quiet` the last of those that begin or end a shelf or a time out
        of service.
        """
        now = self._clock.monotonic()
        for rule in self._rules:
            record = last.get(rule.id)
            if record is not None:
                acked = record.user if record.event in ("acknowledged", "eased") else ""
                value = record.value if isinstance(record.value, int | float) else math.nan
                again = self.rules.realarm_s[rule.index]
                if isinstance(record.value, str):
                    self.columns.note[rule.index] = record.value
                machine.restore(
                    self.columns,
                    rule.index,
                    record.result,
                    record.occurrence,
                    (record.source_ns, float(value)),
                    acked,
                    now + again if again else math.inf,
                )
            for one in kept_quiet.get(rule.id, []):
                self._keep_quiet(rule, one)
        return len(self.columns.standing())

    def _keep_quiet(self, rule: Rule, record: Record) -> None:
        """A shelf or a time out of service goes on over a restart; a shelf that ended meanwhile ends at the next tick.

        The wall clock may have been stepped while the engine was away: no shelf becomes longer than it was by that.
        """
        kept = quiet.read(str(record.old or ""), record.user, record.station, record.why, record.time_ns)
        if record.event == "out-of-service":
            self.columns.out_of_service[rule.index] = kept
        elif record.event == "shelved":
            left_ns = min(kept.until_ns - self._clock.now_ns(), kept.until_ns - kept.since_ns)
            self.columns.shelved[rule.index] = replace(kept, due=self._clock.monotonic() + left_ns / 1e9)
        self.columns.touch(rule.index)

    def explain(self, alarm: str) -> str | list[str]:
        """Why an alarm is as it is, line by line, with the values of the tags that have a say; or no such alarm."""
        rule = self._by_id.get(alarm)
        if rule is None:
            return _unknown(alarm)
        columns, number = self.columns, rule.index
        lines = [f"{alarm} is {columns.shown(number)}"]
        if columns.held[number]:
            what = "the station cannot tell yet" if is_own(rule) else "the value of its tag is bad or no longer updated"
            lines.append(f"cannot be evaluated: {what}; the state is held")
        lines.append(f"condition: {self._condition(rule)}")
        for kept, word in ((columns.shelved, "shelved"), (columns.out_of_service, "out of service")):
            if number in kept:
                one = kept[number]
                lines.append(f"{word} by {one.user} at {quiet.moment(one.since_ns)}: {one.why} ({one.text})")
        if rule.suppress_when:
            lines += self._suppression(rule)
        return lines

    def _condition(self, rule: Rule) -> str:
        if is_own(rule):
            return self._own_condition(rule)
        tag = self.plant.tags[rule.tag]
        value = float(self._table.value[rule.tag])
        limit = "" if sayings.number(rule) is None else f", limit {rule.limit:g}"
        if rule.other >= 0:
            limit = f", {self.plant.tags[rule.other].name} = {float(self._table.value[rule.other]):g}{limit}"
        truth = "true" if self.columns.raw[rule.index] else "false"
        return f"{rule.type}: {tag.name} = {value:g} {tag.unit}{limit}: {truth}".replace(" ,", ",")

    def _own_condition(self, rule: Rule) -> str:
        note = self.columns.note.get(rule.index, "")
        if self.columns.raw[rule.index]:
            return note or "the station notices it by itself"
        now = "whether it holds is not known" if self.columns.held[rule.index] else "it does not hold now"
        return f"{now}; when it did last: {note}" if note else now

    def _suppression(self, rule: Rule) -> list[str]:
        _, expression, inputs = next(one for one in self._suppressions if one[0] == rule.index)
        value, quality = expression.value(self._table.value, self._table.quality)
        word = "not suppressed" if q.is_bad(quality) or not value else "suppressed"
        lines = [f"{word} because {rule.suppress_when} is {'not known' if q.is_bad(quality) else bool(value)}".lower()]
        for tag in sorted(inputs):
            known = not q.is_bad(int(self._table.quality[tag]))
            lines.append(f"  {self.plant.tags[tag].name} = {self._table.value[tag]:g}" + ("" if known else " (bad)"))
        return lines

    def _limit(self, rule: Rule) -> float | None:
        """What the journal says the limit was: that of the rule, or what its limit's tag said just then."""
        if rule.other >= 0 and rule.type in LEVEL_TYPES:
            now = float(self.columns.other[rule.index])
            return None if math.isnan(now) else now
        return sayings.number(rule)

    def _person(self, alarm: str, who: Who, why: str, done: str, act: Callable[[int], Event | str]) -> Answer:
        rule = self._by_id.get(alarm)
        if rule is None:
            return False, _unknown(alarm), None
        event = act(rule.index)
        if isinstance(event, str):
            return False, event, None
        promise = self._journal(replace(event, why=why), who)
        self._weigh(rule.index)
        return True, f"{alarm} {done}", promise

    def _follow_clock(self) -> None:
        """The wall clock was set: shelves last as long as they were meant to, so they end at another time of day."""
        apart_s = self._clocks_apart_s()
        if abs(apart_s - self._apart_s) < _STEP_S:
            return
        self._apart_s = apart_s
        for rule, shelf in self.columns.shelved.items():
            self.columns.shelved[rule] = replace(shelf, until_ns=round((shelf.due + apart_s) * 1e9))
            self.columns.touch(rule)

    def _clocks_apart_s(self) -> float:
        return self._clock.now_ns() / 1e9 - self._clock.monotonic()

    def _weigh(self, rule: int) -> None:
        """An alarm may have become quiet, or be heard again: of exclusive levels another one is told now."""
        for event in machine.weigh(self.rules, self.columns, rule, self._clock.monotonic(), self._clock.now_ns()):
            self._journal(event)

    def _journal(self, event: Event, who: Who | None = None) -> Any:
        rule, note = self._rules[event.rule], self.columns.note.get(event.rule)
        kept = self.columns.shelved.get(event.rule) if event.kind == "shelved" else None
        if event.kind == "out-of-service":
            kept = self.columns.out_of_service.get(event.rule)
        return self._record(
            Record(
                time_ns=self._clock.now_ns(),
                category="alarm",
                event=event.kind,
                subject=rule.id,
                occurrence=event.occurrence,
                source_ns=event.source_ns,
                value=note or event.value,
                old=kept.text if kept else None,
                limit=self._limit(rule),
                quality=event.quality,
                priority=rule.priority,
                result=event.state,
                why=event.why,
                config=self.plant.digest,
                user=who.user if who else event.user,
                station=who.station if who else "",
                way=who.way if who else "engine",
            )
        )


def _unknown(alarm: str) -> str:
    return f"There is no alarm {alarm!r}: see hmi alarms for the ids"


def _suppressions(plant: Plant) -> list[tuple[int, expr.Expression, frozenset[int]]]:
    found = []
    for rule in plant.rules:
        if rule.suppress_when:
            expression = expr.compile(rule.suppress_when, plant.tag_index)
            found.append((rule.index, expression, frozenset(expression.inputs)))
    return found


_NO_ROWS: Final = Batch.empty().rows
