"""What clients ask about people over the link: sign in and out, who it is, accounts, signatures. A verb, a method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.people import Account
from hmi.engine.accounts import Accounts, facts_of
from hmi.engine.people import Denied, People
from hmi.link.messages import Reply
from hmi.link.street import Session

_LONGEST: Final = 200
_DIGEST: Final = 128  # characters of what a signature is bound to

Verb = Callable[[Session, dict[str, Any]], Awaitable[Reply]]


class PeopleVerbs:
    """The verbs about people; lives on the engine's loop."""

    def __init__(self, people: People, accounts: Accounts, clock: Clock) -> None:
        self._people = people
        self._accounts = accounts
        self._clock = clock
        self._judged: set[Session] = set()  # at which a password is being judged
        self.verbs: Mapping[str, Verb] = {
            "sign_in": self._one_at_a_time(self._sign_in),
            "sign_out": self._sign_out,
            "lock": self._lock,
            "whoami": self._whoami,
            "people": self._list,
            "person": self._one_at_a_time(self._act),
            "sign": self._one_at_a_time(self._sign),
        }

    def _one_at_a_time(self, verb: Verb) -> Verb:
        """Judging a password takes its time: a client that asks for many at once keeps nobody else from signing in."""

        async def judged(session: Session, args: dict[str, Any]) -> Reply:
            if session in self._judged:
                raise Denied("One password of yours is being judged: wait for that answer first")
            self._judged.add(session)
            try:
                return await verb(session, args)
            finally:
                self._judged.discard(session)

        return judged

    async def _sign_in(self, session: Session, args: dict[str, Any]) -> Reply:
        name, kind = str(args.get("name", "")), str(args.get("kind", "password"))
        account = await self._people.sign_in(session, name, str(args["secret"]), kind)
        words = f"{account.printed} is signed in"
        if account.must_change:
            words += ": change the password that somebody else gave you before anything else"
        return Reply(0, True, words, self._facts(session))

    async def _sign_out(self, session: Session, args: dict[str, Any]) -> Reply:
        account = self._people.person(session)
        await self._people.sign_out(session, str(args.get("why", "")))
        return Reply(0, True, f"{account.printed} is signed out" if account else "Nobody was signed in")

    async def _lock(self, session: Session, args: dict[str, Any]) -> Reply:
        await self._people.lock(session, str(args.get("why", "")))
        return Reply(0, True, "This station is locked: screens and alarms go on", self._facts(session))

    async def _whoami(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, "", self._facts(session))

    def _facts(self, session: Session) -> dict[str, Any]:
        """Who it is, what he may do, and whether anybody could sign in here at all."""
        account = self._people.person(session)
        facts = facts_of(account, self._clock.now_ns(), whole=True) if account else None
        return {
            "person": facts,
            "role": self._people.role(session),
            "accounts": len(self._people.accounts),
            "locked": self._people.is_locked(session),
            "fault": self._people.fault,
            "notice": self._people.rules.notice,
        }

    async def _list(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, self._people.fault, self._accounts.listed(session))

    async def _act(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, await self._accounts.act(session, args))

    async def _sign(self, session: Session, args: dict[str, Any]) -> Reply:
        """Somebody puts his name under something: who is signed in, or another person who names himself."""
        meaning, subject, digest = str(args["meaning"]), str(args["subject"]), str(args["digest"])
        if not meaning or not subject or not 16 <= len(digest) <= _DIGEST:
            raise Denied("A signature takes a meaning, a subject and what it is bound to")
        signer = await self.signer(session, str(args.get("name", "")), str(args["secret"]))
        number = await self.sign(session, signer, meaning, subject, digest)
        return Reply(0, True, f"{meaning} by {signer.printed}", {"record": number, "name": signer.name})

    async def signer(self, session: Session, name: str, secret: str) -> Account:
        """Who proves with his password that he means it; "" is who is signed in. Raises Denied."""
        present = self._people.person(session)
        if not name and present is None:
            raise Denied("Nobody is signed in here: sign in, or sign with your name")
        return await self._people.check(session.hello.station, name or present.name if present else name, secret)

    async def sign(self, session: Session, signer: Account, meaning: str, subject: str, digest: str) -> int:
        """Write the signature down; the journal's chain binds it to the moment, the digest to what was signed."""
        words = f"{meaning[:_LONGEST]} by {signer.printed}"
        made = self._people.record_of("signature", meaning[:_LONGEST], subject[:_LONGEST], session, words)
        record = msgspec.structs.replace(made, user=signer.name, value=digest)
        return await self._people.write_down(record)
