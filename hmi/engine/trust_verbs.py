"""What clients ask about certificates over the link: the station's own, and whom it believes to be a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.core.policy import ROLES
from hmi.drivers.certificates import fingerprint, name_of
from hmi.drivers.pki import Entry, Pki
from hmi.drivers.trusted import ends_soon, own_facts, server_facts
from hmi.engine.people import Denied, People
from hmi.engine.people_verbs import Verb
from hmi.link.messages import Reply
from hmi.link.street import Session

LEAST_ROLE: Final = "administer"
_WHOLE: Final = 64  # digits of a fingerprint
_LONGEST: Final = 200


class TrustVerbs:
    """The verbs `certificates` and `certificate`; lives on the engine's loop, reads and writes files in `pool`.

    Deciding takes a role and a reason, and is in the journal before it is done.
    """

    def __init__(self, folder: Path, people: People, clock: Clock, pool: Executor) -> None:
        self._folder = folder
        self._people = people
        self._clock = clock
        self._pool = pool
        self.verbs: Mapping[str, Verb] = {"certificates": self._list, "certificate": self._act}
        self._acts: Mapping[str, tuple[Callable[[Entry], object], str, tuple[str, ...], str]] = {
            "accept": (Pki(folder).accept, "accepted", ("rejected", "refused", "issuers"), "is trusted from now on"),
            "refuse": (Pki(folder).refuse, "refused", ("rejected", "trusted"), "is refused from now on"),
            "remove": (Pki(folder).forget, "removed", ("trusted", "issuers", "rejected", "refused"), "is forgotten"),
        }

    async def _list(self, session: Session, args: dict[str, Any]) -> Reply:
        now_ns = self._clock.now_ns()
        body = await self._work(own_facts, Pki(self._folder), now_ns)
        body["servers"] = await self._work(server_facts, self._folder, now_ns)
        body["ends"] = await self._work(ends_soon, self._folder, now_ns)
        body |= {"may": self._may(session), "role": LEAST_ROLE}
        return Reply(0, True, "", body)

    async def _act(self, session: Session, args: dict[str, Any]) -> Reply:
        """Decide on a server's certificate (accept, refuse, remove), or renew the station's (renew, use)."""
        act, why = str(args["act"]), str(args.get("why", "")).strip()[:_LONGEST]
        if not self._may(session):
            raise Denied(f"That takes the role {LEAST_ROLE}: nothing was changed. Sign in as an administrator")
        if not why:
            raise Denied("Say why: the journal keeps it with your name. Nothing was changed")
        try:
            if act in self._acts:
                return await self._decide(session, act, str(args["fingerprint"]), why)
            if act in ("renew", "use"):
                return await self._renew(session, act, why)
        except OSError as error:
            raise DeviceError(f"{error.filename}: {error.strerror}: nothing was changed") from None
        raise Denied(f"There is no act {act[:40]!r} on certificates")

    async def _decide(self, session: Session, act: str, mark: str, why: str) -> Reply:
        do, event, kinds, text = self._acts[act]
        if len(mark) != _WHOLE:
            raise Denied(f"That takes the whole fingerprint, all {_WHOLE} digits: a part of one can be forged")
        found: list[Entry] = await self._work(Pki(self._folder).find, mark, kinds)
        if not found:
            raise Denied("That certificate is not there any more, or has been decided on: look again")
        told = f"the certificate of {name_of(found[0].certificate)!r}, {fingerprint(found[0].certificate)}, {text}"
        await self._write_down(session, event, why, told)
        await self._work(do, found[0])
        return Reply(0, True, f"{told}. Engines look at the next connect, within seconds")

    async def _renew(self, session: Session, act: str, why: str) -> Reply:
        """First made, for the servers to trust it beside the present one; then put into use, without a restart."""
        pki = Pki(self._folder)
        if act == "renew":
            own = await self._work(pki.renewed, self._clock.now_ns())
            text = f"a new certificate of the station, not in use: {fingerprint(own.certificate)}"
            await self._write_down(session, "renewal made", why, text)
            return Reply(0, True, f"{text}. Have every server trust it beside the present one, then put it into use")
        own = await self._work(pki.use_renewed)
        text = f"the station's certificate is {fingerprint(own.certificate)} from the next connect on"
        await self._write_down(session, "renewed", why, text)
        return Reply(0, True, text)

    def _may(self, session: Session) -> bool:
        """Only somebody who is signed in: what everybody may is never that."""
        account = self._people.person(session)
        return account is not None and ROLES.index(LEAST_ROLE) <= _rank(self._people.role_of(account.name))

    async def _write_down(self, session: Session, event: str, why: str, text: str) -> None:
        await self._people.write_down(self._people.record_of("system", event, "certificates", session, text, why))

    async def _work(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.wrap_future(self._pool.submit(what, *args))


def _rank(role: str) -> int:
    return ROLES.index(role) if role in ROLES else -1
