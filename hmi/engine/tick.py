"""What the engine does with every batch: table, derived tags, alarms, history; all in one go, on the engine's loop."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hmi.clock import Clock
from hmi.core import expr
from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms import machine
from hmi.core.alarms.machine import Event
from hmi.core.batch import FLAG_BACKFILLED, Batch, join
from hmi.core.clamp import Clamp
from hmi.core.derived import Derived
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.tags import TagTable


class Tick:
    """The plant's values, alarms and their road to history, changed only here; lives on the engine's loop."""

    def __init__(
        self, plant: Plant, clock: Clock, append: Callable[[Batch], None], record: Callable[[Record], Any]
    ) -> None:
        self.plant = plant
        self.table = TagTable(plant.tags)
        self.rules = c.RuleColumns(plant.rules, len(plant.tags))
        self.alarms = c.AlarmColumns(len(plant.rules))
        self._clock = clock
        self._append = append
        self._record = record
        self._clamp = Clamp(plant.tags)
        self._derived = Derived(plant)
        self._suppressions = _suppressions(plant)

    def deliver(self, batch: Batch) -> None:
        """Take a driver's batch: every row is judged for alarms, the newest goes to the table, news to history."""
        batch = self._store_backfilled(self._clamp.apply(batch))
        if not len(batch):
            return
        news = self.table.news(batch)
        changed = self.table.apply(news)
        derived = self._derived.step(self.table, changed)
        if len(derived):
            changed = np.concatenate((changed, self.table.apply(self.table.news(derived))))
        self._judge(join((batch, derived)).rows, changed)
        self._append(join((news, derived)))

    def _store_backfilled(self, batch: Batch) -> Batch:
        """What a device recorded in the past goes to history alone: it is no news, and raises no alarm now."""
        late = (batch.rows["flags"] & FLAG_BACKFILLED) != 0
        if not late.any():
            return batch
        self._append(Batch(batch.rows[late], batch.texts))
        return Batch(batch.rows[~late], batch.texts)

    def wake(self) -> None:
        """Let alarm delays that have run out take effect."""
        if machine.wake_at(self.alarms) <= self._clock.monotonic():
            self._judge(Batch.empty().rows, np.empty(0, np.uint32))

    def acknowledge(self, alarm: str, user: str, station: str, way: str, comment: str) -> tuple[bool, str, Any]:
        """A person acknowledges one alarm by its id: (done, text, the journal's promise)."""
        rule = next((rule for rule in self.plant.rules if rule.id == alarm), None)
        if rule is None:
            return False, f"There is no alarm {alarm!r}: see hmi alarms for the ids", None
        event = machine.acknowledge(self.rules, self.alarms, rule.index, user, self._clock.now_ns())
        if isinstance(event, str):
            return False, event, None
        promise = self._journal(event, user=user, station=station, way=way, why=comment)
        return True, f"{alarm} acknowledged", promise

    def restore(self, last: dict[str, Record]) -> int:
        """Put every alarm back where the journal last saw it; returns how many stand."""
        for rule in self.plant.rules:
            record = last.get(rule.id)
            if record is not None:
                acked = record.user if record.event == "acknowledged" else ""
                value = record.value if isinstance(record.value, int | float) else math.nan
                raised = (record.source_ns, float(value))
                machine.restore(self.alarms, rule.index, record.result, record.occurrence, raised, acked)
        return len(self.alarms.standing())

    def _judge(self, rows: Any, changed: Any) -> None:
        now, now_ns = self._clock.monotonic(), self._clock.now_ns()
        for event in machine.step(self.rules, self.alarms, rows, now, now_ns):
            self._journal(event)
        moved = set(changed.tolist()) if self._suppressions else set()
        for rule, expression, inputs in self._suppressions:
            if not inputs.isdisjoint(moved):
                value, quality = expression.value(self.table.value, self.table.quality)
                wanted = not q.is_bad(quality) and bool(value)
                change = machine.suppress(self.alarms, rule, wanted, now_ns)
                if change is not None:
                    self._journal(change)

    def _journal(self, event: Event, **who: str) -> Any:
        rule = self.plant.rules[event.rule]
        return self._record(
            Record(
                time_ns=self._clock.now_ns(),
                category="alarm",
                event=event.kind,
                subject=rule.id,
                occurrence=event.occurrence,
                source_ns=event.source_ns,
                value=event.value,
                limit=rule.limit if rule.type != "bad" else None,
                quality=event.quality,
                priority=rule.priority,
                result=event.state,
                config=self.plant.digest,
                **(who or {"way": "engine"}),
            )
        )


def _suppressions(plant: Plant) -> list[tuple[int, expr.Expression, frozenset[int]]]:
    found = []
    for rule in plant.rules:
        if rule.suppress_when:
            expression = expr.compile(rule.suppress_when, plant.tag_index)
            found.append((rule.index, expression, frozenset(expression.inputs)))
    return found
