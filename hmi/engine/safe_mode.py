"""Safe mode: after crash upon crash the engine shows the plant and sends it nothing, until a person says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.core.policy import LONGEST_REASON, ROLES
from hmi.engine.people import People
from hmi.engine.people_verbs import Verb
from hmi.engine.runs import Runs
from hmi.link.messages import Reply
from hmi.link.street import Session

MAY_LEAVE: Final = "operate"  # who may send something to the plant may say that it is to be sent again
REFUSED: Final = "Safe mode, view only ({why}): nothing was sent. Look into it, then leave it on the Outages page"


class SafeMode:
    """Whether anything may be sent to the plant; lives on the engine's loop."""

    def __init__(self, runs: Runs, clock: Clock, record: Callable[[Record], Future[int]], people: People) -> None:
        self._runs = runs
        self._clock = clock
        self._record = record
        self._people = people
        self.verbs: Mapping[str, Verb] = {"leave_safe_mode": self._leave}

    @property
    def why(self) -> str:
        """Why the plant is only shown, in words; "" when everything is done."""
        return self._runs.safe.why if self._runs.safe else ""

    def bar(self) -> str:
        """Why a write is refused; "" it is not for this reason."""
        return REFUSED.format(why=self.why) if self.why else ""

    async def _leave(self, session: Session, args: dict[str, Any]) -> Reply:
        why, role = str(args.get("why", "")).strip()[:LONGEST_REASON], self._people.role(session)
        if not self.why:
            return Reply(0, False, "The engine is not in safe mode: nothing was changed")
        if role not in ROLES or ROLES.index(role) < ROLES.index(MAY_LEAVE):
            text = f"To leave safe mode needs the role {MAY_LEAVE}, yours is {role or 'none'}. Ask somebody who has it"
            return Reply(0, False, text)
        if not why:
            return Reply(0, False, "Say why safe mode can be left: it is kept in the journal")
        was, hello = self.why, session.hello
        self._runs.leave()
        self._record(
            Record(
                time_ns=self._clock.now_ns(),
                category="system",
                event="safe mode left",
                subject="engine",
                user=self._people.name(session),
                station=hello.station,
                way=hello.program,
                why=why,
                result=was,
            )
        )
        return Reply(0, True, "Safe mode is left: commands are sent to the plant again")
