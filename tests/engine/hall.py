"""The people of a toy station, on a clock that a test turns, and who sits at it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.engine.accounts import Accounts
from hmi.engine.people import People
from hmi.engine.people_verbs import PeopleVerbs
from hmi.link.messages import Hello
from tests.engine.toy import plant

GOOD = "three grey herons"
OTHER = "seven wet otters"


@dataclass(eq=False)
class Sitting:
    """A client at a station."""

    hello: Hello
    backlog: int = 0

    def send(self, message: Any) -> None: ...

    def close(self, why: str = "") -> None: ...


def at(station: str = "desk 1") -> Sitting:
    return Sitting(Hello("token", program="window", user="root", station=station))


class Hall:
    """The people of a toy station, on a clock that the test turns."""

    def __init__(self, folder: Path, clock: HandClock | None = None) -> None:
        self.clock = clock or HandClock()
        self.folder = folder
        self.records: list[Record] = []
        self.disk_full = False
        self.people = People(folder, replace(plant(), everyone="view"), self.clock, self.record)
        self.accounts = Accounts(self.people, self.clock)
        self.verbs = PeopleVerbs(self.people, self.accounts, self.clock)

    def record(self, record: Record) -> Future[int]:
        promise: Future[int] = Future()
        if self.disk_full:
            promise.set_exception(StoreError("the journal cannot be written"))
        else:
            self.records.append(record)
            promise.set_result(len(self.records))
        return promise

    def again(self) -> Hall:
        """After a restart."""
        self.people.close()
        return Hall(self.folder, self.clock)

    async def act(self, session: Sitting, what: str, name: str, **args: Any) -> str:
        return await self.accounts.act(session, {"act": what, "name": name, **args})

    async def ask(self, session: Sitting, verb: str, **args: Any) -> Any:
        return await self.verbs.verbs[verb](session, args)

    async def staffed(self) -> Sitting:
        """With ada, who administers and is signed in, and kim, who has changed the password given to her."""
        desk = at("office")
        await self.act(desk, "add", "ada", password=GOOD, roles={"": "administer"}, full_name="Ada Lund")
        await self.people.sign_in(desk, "ada", GOOD)
        await self.act(desk, "add", "kim", password=OTHER, roles={"a": "operate", "a.speed": "maintain"})
        await self.act(at(), "password", "kim", old=OTHER, new=GOOD + "!")
        return desk

    def events(self, category: str = "person") -> list[tuple[str, str, str]]:
        return [(one.event, one.subject, one.user) for one in self.records if one.category == category]
