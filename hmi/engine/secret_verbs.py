"""What clients ask about the station's secrets: which are wanted, and to keep one; none is ever told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from hmi.core.plant import Plant
from hmi.core.policy import ROLES
from hmi.drivers.keystore import Secrets
from hmi.engine.people import Denied, People
from hmi.engine.people_verbs import Verb
from hmi.link.messages import Reply
from hmi.link.street import Session

SERVER = "server"  # the secret that is the password for the plant server


def wanted(plant: Plant) -> list[str]:
    """The secrets that the plant's connections and its plant server ask for."""
    names = [one.secret or one.id for one in plant.connections if one.user]
    return [*dict.fromkeys(names), *([SERVER] if plant.server.url else [])]


class SecretVerbs:
    """The verbs `secrets` and `secret`; lives on the engine's loop, keeps them in `pool`: a key store may take long."""

    def __init__(self, folder: Path, plant: Callable[[], Plant], people: People, pool: Executor) -> None:
        self._folder = folder
        self._plant = plant
        self._people = people
        self._pool = pool
        self.verbs: Mapping[str, Verb] = {"secrets": self._list, "secret": self._keep}

    async def _list(self, session: Session, args: dict[str, Any]) -> Reply:
        kept = await self._work(Secrets(self._folder).kept)
        names = {one.name: one.place for one in kept}
        body = {"folder": str(self._folder.resolve()), "wanted": wanted(self._plant()), "kept": names}
        return Reply(0, True, "", body)

    async def _keep(self, session: Session, args: dict[str, Any]) -> Reply:
        """Only what the plant asks for; in the journal before it is done."""
        name, secret = str(args["name"]), str(args["secret"])
        account = self._people.person(session)
        if account is None or self._people.role_of(account.name) != ROLES[-1]:
            raise Denied(f"That takes the role {ROLES[-1]}: nothing was kept. Sign in as an administrator")
        if name not in wanted(self._plant()):
            raise Denied(f"Nothing in this plant asks for a secret {name[:64]!r}: nothing was kept")
        await self._people.write_down(self._people.record_of("system", "set", "secrets", session, f"{name} is given"))
        kept = await self._work(Secrets(self._folder).put, name, secret)
        return Reply(0, True, f"{name} is kept in the {kept.place}", {"name": name, "place": kept.place})

    async def _work(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.wrap_future(self._pool.submit(what, *args))
