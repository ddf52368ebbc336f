"""What somebody wanted to do from a locked station: refused, and in the journal, for it may be somebody who may not."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.engine.gate import recorded
from hmi.engine.people import People
from hmi.link.messages import Reply, Request
from hmi.link.street import Session

LOCKED: Final = "This station is locked: nothing was done. Sign in to unlock it; screens and alarms go on meanwhile"
QUIET_S: Final = 10.0  # a key that is held down, or a script, is one record in so long
_MOST: Final = 1000  # stations and verbs that are remembered
_LONGEST: Final = 200
# What a locked station goes on being answered: all that only looks, and how to unlock it. What is new is not among it.
WHILE_LOCKED: Final = frozenset(
    (
        *("history", "forget", "samples", "figures", "notes", "journal", "status", "properties", "values", "alarms"),
        *("explain", "jobs", "job", "job_attachment", "procedure", "instructions", "picture", "certificates"),
        *("instruction_revisions", "instruction_now", "instruction_picture", "links", "outages", "inbox", "orders"),
        *("sign_in", "sign_out", "whoami", "people", "lock", "secrets", "update"),
    )
)


class Locked:
    """Holds what locked stations may not ask; lives on the engine's loop."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._told: dict[tuple[str, str], float] = {}  # station and what was wanted -> when the journal was told last
        self._untold: dict[tuple[str, str], int] = {}  # how often since then

    async def refusal(self, session: Session, request: Request) -> Reply | None:
        """Why it is not answered; None where the station is not locked, or it only looks."""
        if request.verb in WHILE_LOCKED or not self._people.is_locked(session):
            return None
        await self._record(session, request)
        return Reply(request.number, False, LOCKED, {"outcome": "refused", "code": "locked"})

    async def _record(self, session: Session, request: Request) -> None:
        is_write = request.verb == "write"
        subject = str(request.args.get("tag", "") if is_write else request.verb)[:_LONGEST]
        key, now = (session.hello.station[:_LONGEST], subject), self._clock.monotonic()
        if now - self._told.get(key, -QUIET_S) < QUIET_S:
            self._untold[key] = self._untold.get(key, 0) + 1
            return
        more = self._untold.pop(key, 0)
        result = f"the station is locked: nothing was {'sent' if is_write else 'done'}"
        result += f"; {more} more times since it was told last" if more else ""
        while len(self._told) >= _MOST:
            self._untold.pop(oldest := next(iter(self._told)), None)
            del self._told[oldest]
        self._told[key] = now
        why = str(request.args.get("why", ""))
        record = self._people.record_of("write" if is_write else "person", "refused", subject, session, result, why)
        if is_write:
            record = replace(record, value=recorded(request.args.get("value", "")))
        try:
            await self._people.write_down(record)
        except StoreError:  # it stays refused, and the window shows that the journal cannot be written
            self._told.pop(key, None)
