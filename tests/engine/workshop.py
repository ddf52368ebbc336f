"""A toy station at which jobs are carried out: a journal on the disk, people with accounts, a clock that is turned."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from hmi.clock import HandClock
from hmi.core.plant.equipment import Equipment
from hmi.core.steps.model import Instruction, Release
from hmi.engine.accounts import Accounts
from hmi.engine.gate import Gate
from hmi.engine.jobs_made import Jobs
from hmi.engine.people import People
from hmi.link.messages import Hello, Reply
from hmi.store.attachments import Attachments
from hmi.store.jobs import JobReader
from hmi.store.store import Store
from tests.engine.hall import GOOD, OTHER, Sitting
from tests.engine.toy import TAGS, ToyStation

MACHINE = Equipment("a", "Machine A", path="a", code="A-1")


def instruction(*steps: Any, **more: Any) -> Instruction:
    """A released instruction of these steps."""
    told = {"id": "i", "title": "Change over", "revision": "1", "digest": "d1", "release": Release("released")} | more
    return Instruction(**told, steps=steps)


class Workshop:
    """Everything that jobs need of an engine; `again` is what a restart after a crash finds."""

    def __init__(
        self,
        folder: Path,
        *instructions: Instruction,
        clock: HandClock | None = None,
        files: Path | None = None,
        **more: Any,
    ) -> None:
        known = {one.id: one for one in instructions}
        self.folder, self.files = folder, files
        self.station = ToyStation(instructions=known, equipment={"a": MACHINE}, **more)
        self.clock = clock or self.station.clock
        self.station.clock = self.clock
        self.store = Store(folder, TAGS, self.clock)
        self.people = People(folder, self.station.plant, self.clock, self.store.record)
        tick = self.station.tick
        self.gate = Gate(self.station.plant, tick.table, self.station.poller, self.clock, self.store.record)
        self.reader = JobReader(folder)
        self.pool = ThreadPoolExecutor(2)
        self.attachments = Attachments(folder)
        plant, table, record = self.station.plant, tick.table, self.store.record
        jobs = Jobs(plant, table, self.clock, record, self.people, self.gate, self.pool, (folder, files))
        self.room, self.verbs = jobs.room, jobs.verbs
        jobs.restore()

    def close(self) -> None:
        self.pool.shutdown()
        self.people.close()
        self.store.close()

    def again(self, *instructions: Instruction, **more: Any) -> Workshop:
        """After a restart; with other plant files, if any are given."""
        self.close()
        return Workshop(self.folder, *instructions, clock=self.clock, **{"files": self.files} | more)

    async def staff(self, *names: str) -> None:
        """Accounts for some people; the first one administers."""
        desk = at("office")
        for name in names:
            roles = {"": "administer"} if name == names[0] else {"a": "maintain"}
            await self._account(desk, "add", name, password=OTHER, roles=roles, full_name=f"{name.title()} Lund")
            if name == names[0]:
                await self.people.sign_in(desk, name, OTHER)
            else:
                await self._account(at(), "password", name, old=OTHER, new=GOOD)

    async def _account(self, session: Sitting, act: str, name: str, **args: Any) -> None:
        await Accounts(self.people, self.clock).act(session, {"act": act, "name": name, **args})

    async def ask(self, verb: str, session: Sitting | None = None, **args: Any) -> Reply:
        return await self.verbs[verb](session or at(), args)

    async def start(self, name: str = "i", **more: Any) -> str:
        """A job; its number."""
        reply = await self.ask("job_start", instruction=name, **more)
        assert reply.ok, reply.text
        return str(reply.body["job"]["id"])

    async def act(self, job: str, act: str = "do", session: Sitting | None = None, **args: Any) -> Reply:
        """An act on the step that the job is at."""
        going = self.room.find(job)
        assert going is not None
        told = {"step": going.job.at, "turn": going.job.turn} | args
        return await self.ask("job_act", session, job=job, act=act, **told)

    def turn(self, seconds: float) -> None:
        """Time passes, and the engine has its beat."""
        self.clock.advance(seconds)
        self.room.look()

    def replaced(self, *instructions: Instruction) -> None:
        """Other instructions in the plant's files."""
        plant = replace(self.room.filed, instructions={one.id: one for one in instructions})
        self.room.adopted(plant)


def at(station: str = "desk 1", user: str = "root") -> Sitting:
    return Sitting(Hello("token", program="window", user=user, station=station))
