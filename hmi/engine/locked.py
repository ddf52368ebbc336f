"""What somebody wanted to do from a locked station: refused, and in the journal, for it may be somebody who may not."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.engine.gate import recorded
from hmi.engine.people import People
from hmi.engine.quota import Quota
from hmi.link.messages import Reply, Request
from hmi.link.street import Session

LOCKED: Final = "This station is locked: nothing was done. Sign in to unlock it; screens and alarms go on meanwhile"
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
        self._quota = Quota(clock)

    async def refusal(self, session: Session, request: Request) -> Reply | None:
        """Why it is not answered; None where the station is not locked, or it only looks."""
        if request.verb in WHILE_LOCKED or not self._people.is_locked(session):
            return None
        await self._record(session, request)
        return Reply(request.number, False, LOCKED, {"outcome": "refused", "code": "locked"})

    async def _record(self, session: Session, request: Request) -> None:
        is_write = request.verb == "write"
        subject = str(request.args.get("tag", "") if is_write else request.verb)[:_LONGEST]
        words = self._quota.words(f"the station is locked: nothing was {'sent' if is_write else 'done'}")
        if words is None:
            return
        why = str(request.args.get("why", ""))
        record = self._people.record_of("write" if is_write else "person", "refused", subject, session, words, why)
        if is_write:
            record = replace(record, value=recorded(request.args.get("value", "")))
        with suppress(StoreError):  # it stays refused, and the window shows that the journal cannot be written
            await self._people.write_down(record)
