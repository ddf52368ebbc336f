"""The client's copy of what the engine knows: the same columns, on the Qt thread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from hmi.client.alarms.rows import AlarmRows
from hmi.clock import Clock, MachineClock
from hmi.core import quality as q
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.served import NO_TAG, as_rule, rules_for
from hmi.core.batch import FLAG_NOT_LIVE, Batch
from hmi.core.plant.model import Plant
from hmi.core.tags import TagTable
from hmi.link.messages import Alarms, AnyMessage, ConditionFacts, Health, Values

SILENT_AFTER_S: Final = 2.0  # the engine says something at least twice a second


class Mirror:
    """Newest values, alarms and health of the plant, as the engine told them; lives on the Qt thread.

    It starts with no link. Only a snapshot makes it live, because only a snapshot says how every tag is now. When
    the engine falls silent on an open connection, the marks are taken back as soon as it speaks again: the stream
    has no holes.
    """

    def __init__(self, plant: Plant, clock: Clock | None = None) -> None:
        self.plant = plant
        self.table = TagTable(plant.tags)
        self.alarms = AlarmRows()
        # Those of plant and station, and behind them a place for each condition that a server may keep.
        known = plant.all_rules
        self.rules: list[Rule] = [*known, *rules_for(len(known), plant.condition_places)]
        self.alarms_version = 0
        self.health: Health | None = None
        self.health_version = 0
        self.pending: set[int] = set()
        self._heard_of: dict[str, float] = {}  # connection -> s since the engine heard it, when it last said so
        self.link_down = True
        self._clock = clock or MachineClock()
        self._heard = self._clock.monotonic()
        self._engine_now_ns = 0
        self._before: Batch | None = None  # as it was when the engine fell silent
        self._watched = np.array([rule.tag for rule in plant.rules], np.intp)
        self._of_quality = np.array([rule.type == "bad" for rule in plant.rules], bool)
        self._everything = np.arange(len(plant.tags), dtype=np.uint32)

    @property
    def state(self) -> tuple[int, int, int, bool]:
        """Changes whenever anything in the mirror does: compare before you draw."""
        return self.table.counter, self.alarms_version, self.health_version, self.link_down

    def complete(self, plant: Plant, names: Mapping[int, Mapping[int, str]]) -> None:
        """The devices have said more of the same tags: ranges and units are in the plant, the names of states here."""
        self.plant = plant
        self.table.tags, self.table.names = plant.tags, names
        self.table.counter += 1

    def now_ns(self) -> int:
        """The engine's wall clock now, ns UTC; our own until it has told us."""
        if not self._engine_now_ns:
            return self._clock.now_ns()
        return self._engine_now_ns + round((self._clock.monotonic() - self._heard) * 1e9)

    def age_s(self, tag: int) -> float:
        """Seconds since a tag's value was last known to be true; infinite when it never was.

        The engine tells changes only: while a controller is heard, what it did not change is as old as its last
        sign of life, not as the change.
        """
        received = int(self.table.received[tag])
        if not received:
            return math.inf
        age_s = max(0.0, (self.now_ns() - received) / 1e9)
        if self.link_down or int(self.table.flags[tag]) & FLAG_NOT_LIVE:
            return age_s
        return min(age_s, self._heard_of.get(self.plant.tags[tag].connection, math.inf) + self.silent_s())

    def unjudged(self) -> int:
        """How many alarms cannot be evaluated now, because their tag is bad or its controller is not heard."""
        silent = (self.table.flags[self._watched] & FLAG_NOT_LIVE) != 0
        bad = q.is_bad(self.table.quality[self._watched])
        return int(np.count_nonzero(silent | (bad & ~self._of_quality)))

    def silent_s(self) -> float:
        """Seconds since the engine was last heard."""
        return self._clock.monotonic() - self._heard

    def take(self, message: AnyMessage) -> None:
        """Take in one message of the engine's stream; messages that are not for the mirror change nothing."""
        match message:
            case Values():
                self._hear(message.now_ns)
                self._take_values(message)
            case Alarms():
                self._hear(0)
                self._take_alarms(message)
            case Health():
                self._hear(message.now_ns)
                self.health = message
                self.health_version += 1
                self._heard_of = {row.id: row.age_s for row in message.connections if row.age_s >= 0}

    def watch(self) -> bool:
        """Mark everything stale once the engine has been silent for 2 s; returns whether it happened just now."""
        if self.link_down or self.silent_s() < SILENT_AFTER_S:
            return False
        self._before = self.table.rows(self._everything)
        self._mark_stale()
        return True

    def lose(self) -> None:
        """The connection is closed: everything is stale until the next snapshot."""
        self._before = None
        if not self.link_down:
            self._mark_stale()

    def set_pending(self, tag: int, pending: bool) -> None:
        """A write to a tag is under way, or has ended: what shows the tag is drawn anew."""
        (self.pending.add if pending else self.pending.discard)(tag)
        self.table.counter += 1
        self.table.version[tag] = self.table.counter

    def _hear(self, engine_now_ns: int) -> None:
        if engine_now_ns:
            self._engine_now_ns = engine_now_ns
        elif self._engine_now_ns:
            self._engine_now_ns = self.now_ns()
        self._heard = self._clock.monotonic()
        if self._before is not None:
            self.table.apply(self._before)
            self._before = None
            self.link_down = False

    def _take_values(self, message: Values) -> None:
        batch = message.batch()
        known = batch.rows["tag"] < len(self.table)
        self.table.apply(batch if known.all() else Batch(batch.rows[known], batch.texts))
        if message.snapshot:
            self.link_down = False

    def _take_alarms(self, message: Alarms) -> None:
        if message.snapshot:
            self.alarms = AlarmRows()
        for row in message.rows:
            if row.state == "normal":
                self.alarms.drop(row.rule)
            elif row.rule < len(self.rules):
                self.alarms.put(row)
                if row.condition is not None and row.rule >= len(self.plant.all_rules):
                    self._learn(row.rule, row.condition)
        self.alarms_version += 1

    def _learn(self, place: int, said: ConditionFacts) -> None:
        """A condition of a server takes a place, or says something else of itself."""
        tag = said.tag if 0 <= said.tag < len(self.plant.tags) else NO_TAG
        title = said.message or said.name or said.source or said.id
        self.rules[place] = as_rule(place, said.id, title, said.priority, tag, said.connection)

    def _mark_stale(self) -> None:
        batch = self.table.rows(self._everything)
        rows = batch.rows
        current = ((rows["flags"] & FLAG_NOT_LIVE) == 0) & (rows["received"] > 0)  # true until the engine fell silent
        rows["received"][current] = np.maximum(rows["received"][current], self._engine_now_ns)
        rows["quality"][~q.is_bad(rows["quality"])] = q.UNCERTAIN_LAST_USABLE  # a bad value has no last usable one
        rows["flags"] |= FLAG_NOT_LIVE
        self.table.apply(batch)
        self.link_down = True
