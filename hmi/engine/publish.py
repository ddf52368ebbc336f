"""Tells every client what changed: once a beat, the newest value of each changed tag, never more than it can take.

There is no queue of values per client. Each one has a mark, the table's counter when it was last told; a client that
reads slowly is told less often, and then gets the newest values, not the missed ones. History keeps every one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from hmi.clock import Clock
from hmi.core.alarms.columns import NORMAL, AlarmColumns
from hmi.core.tags import TagTable
from hmi.engine.conditions import ConditionRoom
from hmi.link.messages import AlarmRow, Alarms, Health, Values, Welcome
from hmi.link.street import Session

BEAT_S: Final = 0.05
HEALTH_S: Final = 0.5
_SLOW_BYTES: Final = 256 * 1024


@dataclass(eq=False)
class _Told:
    session: Session
    plant: int = 0  # how often the plant had been renewed
    values: int = 0  # the table's counter when it was last told
    alarms: int = 0
    conditions: int = 0
    health_at: float = 0.0


class Publisher:
    """What each client has been told; lives on the engine's loop."""

    def __init__(
        self,
        table: TagTable,
        alarms: AlarmColumns,
        clock: Clock,
        welcome: Callable[[], Welcome],
        health: Callable[[], Health],
    ) -> None:
        self._table = table
        self._alarms = alarms
        self._clock = clock
        self._welcome = welcome
        self._health = health
        self.conditions: ConditionRoom | None = None  # of servers
        self._told: dict[Session, _Told] = {}
        self._renewed = 0

    def __len__(self) -> int:
        return len(self._told)

    def opened(self, session: Session) -> None:
        """A client came: the plant and everything that is known now, first of all."""
        if session.hello.stream:
            self._told[session] = _Told(session)
            self._tell_everything(self._told[session])
        else:
            session.send(self._welcome())

    def closed(self, session: Session) -> None:
        """A client left."""
        self._told.pop(session, None)

    def renew(self) -> None:
        """The plant is shown otherwise from now on: each client is told everything anew, as soon as it keeps up."""
        self._renewed += 1

    def beat(self) -> None:
        """Tell every client that keeps up what changed since it was last told."""
        packed: dict[int, Values] = {}
        now = self._clock.monotonic()
        for told in list(self._told.values()):
            if told.session.backlog > _SLOW_BYTES:
                continue
            if told.plant != self._renewed:
                self._tell_everything(told)
            self._tell_values(told, packed)
            self._tell_alarms(told)
            if now - told.health_at >= HEALTH_S:
                told.health_at = now
                told.session.send(self._health())

    def _tell_everything(self, told: _Told) -> None:
        told.session.send(self._welcome())
        everything = self._table.rows(np.arange(len(self._table)))
        told.session.send(Values.of(everything, self._clock.now_ns(), snapshot=True))
        told.session.send(Alarms(self.standing(), snapshot=True))
        told.plant, told.values, told.alarms = self._renewed, self._table.counter, self._alarms.counter
        told.conditions = self.conditions.counter if self.conditions else 0

    def _tell_values(self, told: _Told, packed: dict[int, Values]) -> None:
        if told.values == self._table.counter:
            return
        if told.values not in packed:  # clients that keep up share one message
            changed = self._table.changed_since(told.values)
            packed[told.values] = Values.of(self._table.rows(changed), self._clock.now_ns())
        told.session.send(packed[told.values])
        told.values = self._table.counter

    def _tell_alarms(self, told: _Told) -> None:
        rows: tuple[AlarmRow, ...] = ()
        if told.alarms != self._alarms.counter:
            rows = self.alarm_rows(np.flatnonzero(self._alarms.version > told.alarms))
            told.alarms = self._alarms.counter
        if self.conditions is not None and told.conditions != self.conditions.counter:
            rows += self.conditions.changed_since(told.conditions)
            told.conditions = self.conditions.counter
        if rows:
            told.session.send(Alarms(rows))

    def standing(self) -> tuple[AlarmRow, ...]:
        """Every alarm that is not normal, and every condition of a server that stands."""
        own = self.alarm_rows(self._alarms.standing())
        return own + self.conditions.rows() if self.conditions is not None else own

    def alarm_rows(self, which: np.ndarray) -> tuple[AlarmRow, ...]:
        """Alarms as the link carries them."""
        return tuple(self._alarm_row(int(rule)) for rule in which)

    def _alarm_row(self, rule: int) -> AlarmRow:
        alarms = self._alarms
        kept = alarms.out_of_service.get(rule) or alarms.shelved.get(rule)
        return AlarmRow(
            rule=rule,
            state=alarms.shown(rule),
            occurrence=int(alarms.occurrence[rule]),
            raised_ns=int(alarms.raised_ns[rule]),
            changed_ns=int(alarms.changed_ns[rule]),
            value=float(alarms.raised_value[rule]),
            acked_by=alarms.acked_by.get(rule, ""),
            cannot_evaluate=bool(alarms.held[rule] and alarms.state[rule] != NORMAL),
            quiet_by=kept.user if kept else "",
            quiet_why=kept.why if kept else "",
            quiet_until_ns=kept.until_ns if kept else 0,
            permit=kept.permit if kept else "",
            note=alarms.note.get(rule, ""),
        )
