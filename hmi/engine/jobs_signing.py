"""Who it is that does a step of a job, and signatures under it: the station's people, as jobs need them."""

from __future__ import annotations

from typing import Protocol

from hmi.clock import Clock
from hmi.core.errors import HmiError
from hmi.core.people import Account
from hmi.core.steps.events import Person, Signature
from hmi.link.street import Session

NOBODY = "Nobody can sign in here yet, so nobody can sign: leave the step out with a reason"


class CannotSign(HmiError):
    """A signature that was not given: why, in words for whoever wanted to give it."""


class Accounts(Protocol):
    """The station's people, as far as jobs ask them; used on the engine's loop."""

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Those that stand."""

    def person(self, session: Session | None) -> Account | None:
        """Who is signed in at a session."""

    def role(self, session: Session | None, tag: str = "") -> str:
        """What may be done at a session to the tags below a name."""

    def role_of(self, name: str, tag: str = "") -> str:
        """What somebody may do to the tags below a name."""

    async def check(self, station: str, name: str, secret: str, kind: str = "password") -> Account:
        """The account of somebody who proves who he is; raises an HmiError in words."""


class Signing:
    """Persons and signatures of jobs; lives on the engine's loop."""

    def __init__(self, people: Accounts, clock: Clock) -> None:
        self._people = people
        self._clock = clock

    def can_sign(self) -> bool:
        """Whether there is anybody who could."""
        return bool(self._people.accounts)

    def who(self, session: Session, area: str = "") -> Person:
        """Who works at a session, and what he may do to the tags below a name (`area`)."""
        account = self._people.person(session)
        role = self._people.role(session, area)
        if account is None:
            return Person(session.hello.user, role)
        return Person(account.name, role, account.skills, signed_in=True)

    async def sign(
        self, session: Session, meaning: str, named: tuple[str, str], digest: str, area: str = ""
    ) -> tuple[Person, Signature]:
        """Who signs, and his signature under what has this hash; `named` are name and password, both each time.

        Raises CannotSign, or what the station's people say to a wrong password.
        """
        if not self.can_sign():
            raise CannotSign(NOBODY)
        name, secret = named
        if not name.strip() or not secret:
            raise CannotSign("Give your name and your password: both are needed for a signature")
        account = await self._people.check(session.hello.station, name, secret)
        role = self._people.role_of(account.name, area)
        if not role:
            raise CannotSign(
                f"{account.name} may do nothing here yet: set a password of your own first, or ask for a role"
            )
        signature = Signature(account.printed, meaning, self._clock.now_ns(), digest, f"account {account.number}")
        return Person(account.name, role, account.skills, signed_in=True), signature
