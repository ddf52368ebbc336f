"""What people do to conditions of servers: asked of the server that keeps them, journalled with its answer.

Nothing is changed here. What was done is a fact when the server tells of the new state; until then it is a wish.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.alarms import quiet
from hmi.core.alarms.quiet import Asked
from hmi.core.alarms.rules import AlarmClass
from hmi.core.alarms.served import CLASS, Stand, as_rule
from hmi.core.journal import Record
from hmi.core.plant import Connection, Plant
from hmi.core.policy import ROLES
from hmi.drivers.driver import ConditionAct, ConditionSource, Driver
from hmi.engine.alarms import Answer, Who
from hmi.engine.conditions import ConditionRoom
from hmi.engine.conditions_held import Held

TOLD_BY_ITSELF_S: Final = 1.0  # the server's new state, after it has said yes; some never do
TOLD_WITHIN_S: Final = 3.0  # when it is asked for
LONGEST_COMMENT: Final = 200
LEAST_ROLE: Final = "acknowledge"
_VERBS: Final = {  # of the link -> what is asked of the server, and the event that says it is done
    "ack": ("acknowledge", "acknowledged"),
    "confirm": ("confirm", "confirmed"),
    "reset": ("confirm", "confirmed"),
    "comment": ("comment", "commented"),
    "shelve": ("shelve", "shelved"),
    "unshelve": ("unshelve", "unshelved"),
    "take_out": ("take_out", "out-of-service"),
    "put_back": ("put_back", "in-service"),
}
VERBS: Final = frozenset(_VERBS)
Line = tuple[Connection, Driver, Any]


class ConditionActs:
    """The way down to the servers' conditions; lives on the engine's loop."""

    def __init__(
        self, plant: Plant, clock: Clock, record: Callable[[Record], Future[int]], lines: Callable[[], Sequence[Line]]
    ) -> None:
        """`lines` are the connections with their drivers."""
        self.room = ConditionRoom(plant, clock, record, self._refresh)
        self._lines = lines
        self._class = plant.alarm_classes.get(CLASS) or AlarmClass(CLASS)
        self._wanted = frozenset(one.id for one in plant.connections if one.conditions)

    def attach(self) -> None:
        """From now on drivers tell of their servers' conditions."""
        for connection in self._wanted:
            if (source := self._source_of(connection)) is not None:
                source.conditions_to = self.room

    def look(self) -> None:
        """Conditions of connections that are not live are marked; called every beat."""
        if self._wanted:
            self.room.look({one.id: driver.health.state == "live" for one, driver, _ in self._lines()})

    def _source_of(self, connection: str) -> ConditionSource | None:
        found = (driver for one, driver, _ in self._lines() if one.id == connection and connection in self._wanted)
        return next((driver for driver in found if isinstance(driver, ConditionSource)), None)

    def _refresh(self, connection: str) -> None:
        if (source := self._source_of(connection)) is not None:
            source.refresh_conditions()

    async def act(self, verb: str, alarms: list[str], who: Who, args: Mapping[str, Any]) -> dict[str, Answer]:
        """Do something to those of the alarms that are conditions of servers, all at once; how each one ended."""
        own = [one for one in dict.fromkeys(alarms) if one in self.room.held and verb in _VERBS]
        ended = await asyncio.gather(*(self._one(verb, self.room.held[id_], who, args) for id_ in own))
        return dict(zip(own, ended, strict=True))

    def explain(self, alarm: str) -> list[str] | None:
        """How a condition stands and what its server says of it, line by line; None for none of a server."""
        held = self.room.held.get(alarm)
        if held is None:
            return None
        one, place = held.condition, f"kept by the server of {held.connection}"
        lines = [f"{alarm} is {held.stand.shown}, {place}", f"its server says: {held.stand.text}"]
        if self.room.is_lost(held):
            lines.append("that is the last known: its server is not heard, or has not told of it since it is")
        lines += [f"severity {one.severity}: priority {held.priority}"]
        lines += [f"limit: {one.level}"] if one.level else []
        lines += [f"condition id: {one.condition}"] if one.condition else []
        return lines

    async def _one(self, verb: str, held: Held, who: Who, args: Mapping[str, Any]) -> Answer:
        asked, event = _VERBS[verb]
        word = asked.replace("_", " ")
        id_, why = held.condition.id, str(args.get("why") or args.get("comment") or "")[:LONGEST_COMMENT]
        source = self._source_of(held.connection)
        if verb == "reset" and not held.is_heard and self.room.is_live(held.connection) and not may_not(who.role):
            return True, f"{id_} removed", self.room.forget(held, who, why)
        complaint = self._complaint(verb, held, who, why, args)
        if not complaint and (id_, event) in self.room.expected:
            complaint = "somebody is doing that just now"
        if not complaint and (source is None or self.room.is_lost(held)):
            complaint = f"{held.connection} is not heard, so nothing was sent. Try again when it is live"
        if complaint or source is None:
            return False, complaint if complaint.startswith(id_) else f"{id_}: {complaint}", None
        expected: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.room.expected[id_, event] = (who, why, expected)
        try:
            hours = float(args.get("hours", 0.0)) if verb == "shelve" else 0.0
            act = ConditionAct(asked, held.condition, _signed(why, who), hours)
            result = await source.condition_act(act)
            if result.outcome != "confirmed":
                text = f"{id_} is not {event}: {result.text}"
                return False, text, self.room.journal(held, f"{word} {result.outcome}", who, result.text)
            return await self._until_told(source, held, word, event, who, why, expected)
        finally:
            self.room.expected.pop((id_, event), None)

    async def _until_told(
        self,
        source: ConditionSource,
        held: Held,
        word: str,
        event: str,
        who: Who,
        why: str,
        expected: asyncio.Future[Any],
    ) -> Answer:
        """The server has said yes: it is done when the server tells of the new state, be it that it is asked for it."""
        await asyncio.wait([expected], timeout=TOLD_BY_ITSELF_S)
        if not expected.done():
            source.refresh_conditions(at_once=True)
        try:
            async with asyncio.timeout(TOLD_WITHIN_S):
                return True, f"{held.condition.id} {event}", await expected
        except TimeoutError:
            promise = self.room.journal(held, f"{word} accepted", who, why)
            return True, f"{held.condition.id}: its server accepted it and has not yet told of a change", promise

    def _complaint(self, verb: str, held: Held, who: Who, why: str, args: Mapping[str, Any]) -> str:
        """Why it cannot be asked of the server; "" when it can."""
        complaint = may_not(who.role) or _nothing_to_do(verb, held.stand)
        if complaint or verb not in ("shelve", "take_out", "comment"):
            return complaint
        if verb == "comment":
            return "" if why.strip() else "write the comment"
        rule = as_rule(held.place, held.condition.id, priority=held.priority)
        if verb == "take_out":
            return quiet.may_take_out(rule, self._class, Asked(who.user, who.role, why, permit=str(args.get("permit"))))
        if args.get("one_shot"):
            return "a server's shelf until the next return has no end in time: shelve it for a time"
        asked = Asked(who.user, who.role, why, float(args["hours"]), second=who.second, second_role=who.second_role)
        return quiet.may_shelve(rule, self._class, asked, {})


def may_not(role: str) -> str:
    """Why whoever may only look does nothing to an alarm; "" whoever may more."""
    if role in ROLES and ROLES.index(role) >= ROLES.index(LEAST_ROLE):
        return ""
    return f"it needs the role {LEAST_ROLE}, and yours is {role or 'none'}. Ask somebody who has it"


def _nothing_to_do(verb: str, stand: Stand) -> str:
    nothing = {
        "ack": (stand.acked, "there is nothing to acknowledge"),
        "confirm": (stand.confirmed, "there is nothing to confirm"),
        "reset": (stand.confirmed, "there is nothing to reset: its server does that by itself"),
        "shelve": (stand.shelved, "it is on its server's shelf already"),
        "unshelve": (not stand.shelved, "it is not on its server's shelf"),
        "put_back": (not stand.out_of_service, "it is in service"),
        "take_out": (stand.out_of_service, "it is out of service already"),
    }
    is_nothing, text = nothing.get(verb, (False, ""))
    if verb in ("confirm", "reset") and not stand.acked:
        return "acknowledge it first"
    return text if is_nothing else ""


def _signed(comment: str, who: Who) -> str:
    """The comment as the server is given it: the station's session is one user for all, so it says who."""
    name = who.user or who.station
    return " ".join(part for part in (comment, f"({name})" if name else "") if part)
