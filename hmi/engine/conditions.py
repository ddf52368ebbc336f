"""The engine's room for conditions that servers keep: one list with the plant's own alarms, journalled like them.

Their state is the server's. What it last told stays on the list when it is not heard, marked as last known, until it
is connected to anew and tells all that stands. Each one has a place behind the plant's rules for as long as it stands.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final

import numpy as np

from hmi.clock import Clock
from hmi.core.alarms.served import (
    MOST_SHOWN,
    NORMAL,
    PLACES,
    ServerCondition,
    Stand,
    after,
    happened,
    priority_of,
    stand_of,
)
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.engine.alarms import Who
from hmi.engine.conditions_held import Held, from_journal, record_of, row_of
from hmi.link.messages import AlarmRow

_NOT_SHOWN_ANY_MORE: Final = "its server does not show it any more"
_NOT_TOLD: Final = "its server did not name it among what stands"
_BEGIN_AGAIN: Final = ("raised", "stands", "realarmed")


class ConditionRoom:
    """Where every condition stands; lives on the engine's loop. A driver's `ConditionSink`."""

    def __init__(
        self, plant: Plant, clock: Clock, record: Callable[[Record], Future[int]], again: Callable[[str], None]
    ) -> None:
        """`again` asks a connection's server to tell all that stands."""
        self.held: dict[str, Held] = {}
        self.counter = 0
        self.left_out: dict[str, int] = {}  # connection -> conditions that stand and had no room
        self.expected: dict[
            tuple[str, str], tuple[Who, str, asyncio.Future[Any]]
        ] = {}  # what people do, until it is told
        self._plant = plant
        self._clock = clock
        self._record = record
        self._again = again
        self._first = len(plant.all_rules)
        self._free: dict[str, deque[int]] = {}
        for number, one in enumerate(one for one in plant.connections if one.conditions):
            begin = self._first + number * PLACES
            self._free[one.id] = deque(range(begin, begin + PLACES))
        self._shown: dict[str, int] = dict.fromkeys(self._free, 0)
        self._live: dict[str, bool] = dict.fromkeys(self._free, False)
        self._at: dict[int, Held] = {}
        self._version = np.zeros(plant.condition_places, np.uint64)
        self._numbers = itertools.count(1)
        self._times: dict[str, int] = {}  # id -> how often it was raised
        self._unseen: dict[str, Stand] = {}  # of those that had to give their place to more severe ones

    # What drivers tell.

    def told(self, connection: str, conditions: Sequence[ServerCondition]) -> None:
        """Some conditions, as they are now."""
        for one in conditions:
            self._take(connection, one)

    def refreshed(self, connection: str, standing: frozenset[str]) -> None:
        """The server has told all that stand; what it did not tell is gone."""
        gone = [one for one in self.held.values() if one.connection == connection and one.condition.id not in standing]
        for one in gone:
            self._end(one, _NOT_TOLD)
        self.left_out[connection] = sum(1 for id_ in standing if id_ not in self.held)
        self._unseen = {id_: stand for id_, stand in self._unseen.items() if id_ in standing}

    def lost(self, connection: str) -> None:
        """The session with its server is over: what is known of them is the last that is known."""
        for one in self.held.values():
            if one.connection == connection:
                one.is_heard = False
                self._touch(one.place)

    def look(self, live: Mapping[str, bool]) -> None:
        """Which connections are live now, at every beat: conditions of others are marked."""
        for connection, is_live in live.items():
            if self._live.get(connection, is_live) != is_live:
                self._live[connection] = is_live
                for one in self.held.values():
                    if one.connection == connection:
                        self._touch(one.place)

    def restore(self, last: Mapping[str, Record]) -> int:
        """Put every condition back where the journal last saw it, to be told anew by its server; returns how many."""
        for subject, record in last.items():
            connection = subject.partition(":")[0]
            if connection not in self._free or ":" not in subject:
                continue
            self._times[subject] = record.occurrence
            stand = stand_of(str(record.old or ""))
            if stand != NORMAL and (held := self._place(connection, from_journal(subject, record, stand))):
                held.stand, held.priority, held.is_heard = stand, record.priority or 4, False
                held.raised_ns = held.changed_ns = record.source_ns
                held.acked_by = record.user if stand.acked else ""
                self._touch(held.place)
        return len(self.held)

    # What clients are shown.

    def rows(self) -> tuple[AlarmRow, ...]:
        """Every condition that stands."""
        return tuple(row_of(one, self.is_lost(one)) for one in self.held.values())

    def changed_since(self, counter: int) -> tuple[AlarmRow, ...]:
        """What has changed since the counter stood so; of a place that was left, that nothing is there."""
        places = np.flatnonzero(self._version > counter) + self._first
        return tuple(self._row_at(int(place)) for place in places)

    def is_live(self, connection: str) -> bool:
        """Whether a connection is heard now."""
        return self._live.get(connection, False)

    def forget(self, held: Held, who: Who, why: str) -> Future[int]:
        """A person takes off the list what its server, which is heard, has not told of since it is."""
        held.stand = NORMAL
        promise = self.journal(held, "removed", who, why)
        self._touch(held.place)
        self._leave(held)
        return promise

    def is_lost(self, held: Held) -> bool:
        """Whether no more than the last known state of a condition is known."""
        return not held.is_heard or not self.is_live(held.connection)

    def journal(self, held: Held, event: str, who: Who | None = None, why: str = "") -> Future[int]:
        """One thing that happened to a condition."""
        return self._record(record_of(held, event, who, why, self._clock.now_ns(), self._plant.digest))

    def _take(self, connection: str, one: ServerCondition) -> None:
        held = self.held.get(one.id)
        is_new = held is None
        one = after(held.condition if held else None, one)
        if held is None:
            held = self._place(connection, one) if one.is_standing else None
        if held is None:
            return
        before, was = held.stand, held.condition
        if not one.is_standing and one.stand != NORMAL:  # not because it is normal
            held.condition = one
            self._end(held, _NOT_SHOWN_ANY_MORE)
            return
        held.condition, held.stand = one, one.stand
        events = happened(before, held.stand)
        priority = priority_of(one.severity, self._plant.severities)
        if priority != held.priority and not is_new:
            events += [] if "raised" in events else ["priority changed"]
        held.priority = priority
        is_news = not is_new and held.is_heard and one.comment and one.comment != was.comment
        if is_news and not {"acknowledged", "confirmed"} & set(events):
            events.append("commented")
        held.is_heard = True
        self._note(held, events)
        self._tell(held, events)
        self._touch(held.place)
        if held.stand == NORMAL:
            self._leave(held)
            self._make_use_of_room(connection)

    def _note(self, held: Held, events: Sequence[str]) -> None:
        one = held.condition
        if any(event in _BEGIN_AGAIN for event in events):
            held.told = next(self._numbers)
            held.raised_ns = one.active_ns or one.time_ns or self._clock.now_ns()
            held.acked_by = ""
        if "raised" in events:
            held.occurrence = self._times[one.id] = self._times.get(one.id, 0) + 1
        if "acknowledged" in events:
            expected = self.expected.get((one.id, "acknowledged"))
            held.acked_by = expected[0].user if expected else one.user
        if held.stand.shelved:
            who, why, _ = held.quiet
            expected = self.expected.get((one.id, "shelved"))
            who, why = (expected[0].user, expected[1]) if expected else (who or one.user, why)
            until_ns = one.time_ns + round(one.unshelve_s * 1e9) if one.unshelve_s else 0
            held.quiet = who, why, until_ns
        else:
            held.quiet = "", "", 0
        held.changed_ns = one.time_ns

    def _tell(self, held: Held, events: Sequence[str], why: str = "") -> None:
        """Each event stands in the journal once, with the person of ours who brought it about."""
        for event in events:
            expected = self.expected.pop((held.condition.id, event), None)
            who, said = (expected[0], expected[1]) if expected else (None, why)
            if not expected and not said and event in ("acknowledged", "confirmed", "commented"):
                said = held.condition.comment
            promise = self.journal(held, event, who, said)
            if expected and not expected[2].done():
                expected[2].set_result(promise)

    def _end(self, held: Held, why: str) -> None:
        """A condition leaves the list although nobody said that it is normal."""
        event = "returned" if held.stand.active else "gone"
        held.stand = NORMAL
        self._tell(held, [event], why)
        self._touch(held.place)
        self._leave(held)
        self._make_use_of_room(held.connection)

    def _place(self, connection: str, one: ServerCondition) -> Held | None:
        """A place in the list; a full list gives one to what is more severe than the least severe in it."""
        if self._shown[connection] >= MOST_SHOWN:
            own = [held for held in self.held.values() if held.connection == connection]
            least = min(own, key=lambda held: held.condition.severity)
            self._leave_out(connection)
            if least.condition.severity >= one.severity:
                return None
            self._unseen[least.condition.id] = least.stand
            self._touch(least.place)
            self._leave(least)
        self._shown[connection] += 1
        place = self._free[connection].popleft()
        held = Held(place, connection, one, occurrence=self._times.get(one.id, 0), told=next(self._numbers))
        held.stand = self._unseen.pop(one.id, NORMAL)
        self.held[one.id] = self._at[place] = held
        return held

    def _leave(self, held: Held) -> None:
        del self.held[held.condition.id], self._at[held.place]
        self._shown[held.connection] -= 1
        self._free[held.connection].append(held.place)

    def _leave_out(self, connection: str) -> None:
        """There are more than the list has room for: said once, as long as it is so."""
        if not self.left_out.get(connection):
            text = (
                f"more than {MOST_SHOWN} stand in its server: the least severe are not shown. See them at the machine"
            )
            self._record(
                Record(
                    time_ns=self._clock.now_ns(),
                    category="connection",
                    event="conditions left out",
                    subject=connection,
                    way="engine",
                    result=text,
                    config=self._plant.digest,
                )
            )
        self.left_out[connection] = self.left_out.get(connection, 0) + 1

    def _make_use_of_room(self, connection: str) -> None:
        if self.left_out.get(connection):
            self._again(connection)

    def _touch(self, place: int) -> None:
        self.counter += 1
        self._version[place - self._first] = self.counter

    def _row_at(self, place: int) -> AlarmRow:
        held = self._at.get(place)
        return AlarmRow(place, NORMAL.state) if held is None else row_of(held, self.is_lost(held))
