"""What clients ask about an update that is prepared at this station: what waits, and to agree to it. A verb each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

import msgspec

import hmi
from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.core.plant import Plant
from hmi.core.policy import ROLES
from hmi.engine.people import Denied, People
from hmi.engine.people_verbs import Verb
from hmi.link.messages import Reply
from hmi.link.street import Session
from hmi.plantfiles import staged
from hmi.plantfiles.staged import Agreed, Ready

LEAST_ROLE: Final = "administer"


class UpdateVerbs:
    """The verbs `update` and `update_agree`; lives on the engine's loop, reads and writes files in `pool`.

    The engine changes no program: it writes down who has agreed, and the `hmi update` that waits acts on it.
    """

    def __init__(self, folder: Path, plant: Callable[[], Plant], people: People, clock: Clock, pool: Executor) -> None:
        self._folder, self._plant = folder, plant
        self._people, self._clock, self._pool = people, clock, pool
        self.verbs: Mapping[str, Verb] = {"update": self._tell, "update_agree": self._agree}

    async def _tell(self, session: Session, args: dict[str, Any]) -> Reply:
        """What is prepared, and whether it may be agreed to from there; an empty body where nothing is."""
        ready, waits = await self._work(self._ready), await self._work(staged.is_waited_for, self._folder)
        if ready is None:
            return Reply(0, True, "", {})
        who = await self._work(staged.agreed, self._folder)
        body = msgspec.to_builtins(ready) | {"waits": waits, "may": self._may(session), "role": LEAST_ROLE}
        return Reply(0, True, "", body | {"agreed": who.user if who is not None and who.to == ready.to else ""})

    async def _agree(self, session: Session, args: dict[str, Any]) -> Reply:
        version = str(args["to"])
        if not self._may(session):
            raise Denied(f"That takes the role {LEAST_ROLE}: nothing was changed. Sign in as an administrator")
        ready = await self._work(self._ready)
        if ready is None or ready.to != version:
            raise Denied(f"{version[:40]} is not prepared here any more: look again")
        if not await self._work(staged.is_waited_for, self._folder):
            raise Denied(f"Nobody waits to put {version} into use: hmi update --wait prepares it again, and waits")
        text = f"{version} is put into use in place of {ready.over} as soon as nothing is disturbed by it"
        await self._people.write_down(
            self._people.record_of("system", "update agreed", "program", session, text, str(args.get("why", "")))
        )
        who = Agreed(version, self._people.name(session), session.hello.station, self._clock.now_ns())
        try:
            await self._work(staged.keep, self._folder, who)
        except OSError as error:
            raise StoreError(f"{error.filename}: {error.strerror}: nothing was changed") from None
        return Reply(0, True, text)

    def _ready(self) -> Ready | None:
        found = staged.ready(self._folder)
        runs = f"{hmi.__version__}+{self._plant().version}"
        return found if found is not None and found.over == runs else None

    def _may(self, session: Session) -> bool:
        """Only somebody who is signed in: what everybody may is never that."""
        signed_in = self._people.person(session) is not None
        return signed_in and ROLES.index(self._people.role(session)) >= ROLES.index(LEAST_ROLE)

    async def _work(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.wrap_future(self._pool.submit(what, *args))
