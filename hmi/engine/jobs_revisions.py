"""What clients ask of the texts of instructions: to sign one, which revisions were kept, what one shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.steps.answers import Refused
from hmi.core.steps.model import Instruction, Procedure
from hmi.core.steps.procedure import key_of, procedure_of
from hmi.core.steps.releases import MEANINGS, Deed, done, record_of, to_be_signed
from hmi.engine.jobs import JobRoom
from hmi.engine.jobs_pictures import Pictures
from hmi.engine.jobs_releases import Releases
from hmi.engine.jobs_signing import Signing
from hmi.link.messages import Reply
from hmi.link.street import Session
from hmi.store.jobs_releases import ReleaseReader

_MOST_KEPT: Final = 20  # revisions in an answer
Verb = Callable[[Session, dict[str, Any]], Awaitable[Reply]]


class RevisionVerbs:
    """The verbs of the link that are about texts of instructions; lives on the engine's loop, reads in `pool`."""

    def __init__(
        self,
        room: JobRoom,
        releases: Releases,
        reader: ReleaseReader,
        signing: Signing,
        pictures: Pictures,
        clock: Clock,
        pool: Executor,
        record: Callable[[Record], Future[int]],
    ) -> None:
        self._room = room
        self._releases = releases
        self._reader = reader
        self._signing = signing
        self._pictures = pictures
        self._clock = clock
        self._pool = pool
        self._record = record
        self._signing_now: set[str] = set()  # instructions that somebody is signing
        self.verbs: Mapping[str, Verb] = {
            "instruction_sign": self._sign,
            "instruction_revisions": self._revisions,
            "instruction_now": self._now,
            "instruction_picture": self._picture,
        }

    async def _sign(self, session: Session, args: dict[str, Any]) -> Reply:
        """Review, release or withdraw the text that the person has seen: `digest` says which that was."""
        name, act = str(args["instruction"]), str(args["act"])
        instruction = self._filed(name)
        if instruction is None:
            return Reply(0, False, f"The instruction {name[:60]!r} is not in the plant's files: nothing was signed")
        if str(args["digest"]) != instruction.digest:
            return Reply(0, False, "The text has changed since you read it: look at it again, and sign anew")
        if not self._signing.can_sign():
            return Reply(0, False, "Nobody has an account here yet, so nobody can sign: see hmi user for adding people")
        if name in self._signing_now:
            return Reply(0, False, "Somebody else signs it at this moment: look how that ends first")
        self._signing_now.add(name)
        try:
            deed = await self._signed(session, instruction, act, args)
        except Refused as refused:
            return Reply(0, False, str(refused), {"code": refused.code, "needs": list(refused.needs)})
        finally:
            self._signing_now.discard(name)
        return Reply(0, True, f"{deed.title}, revision {deed.revision}: {deed.state} by {deed.signature.name}")

    async def _signed(self, session: Session, instruction: Instruction, act: str, args: dict[str, Any]) -> Deed:
        """A signature that is on the disk; what runs follows it."""
        deeds = self._releases.of(instruction.id)
        digest = to_be_signed(instruction, deeds)
        named = (str(args.get("name", "")), str(args.get("secret", "")))
        area = self._area(instruction)
        who, signature = await self._signing.sign(session, MEANINGS.get(act, act)[:20], named, digest, area)
        deed = done(act, instruction, deeds, who, signature, str(args.get("why", "")))
        procedure = await self._made(instruction)
        self._room.keep(key_of(procedure), procedure)
        await asyncio.wrap_future(self._record(record_of(deed, session.hello.station, session.hello.program)))
        self._releases.add(deed)
        self._room.adopted(self._room.filed)
        self._room.changed += 1
        return deed

    async def _revisions(self, session: Session, args: dict[str, Any]) -> Reply:
        """The texts of an instruction that this station has kept, the newest first, and who signed which."""
        name = str(args["instruction"])
        kept = await self._read(self._reader.revisions, name, _MOST_KEPT)
        deeds = self._releases.of(name)
        body = [
            {
                "key": one.key,
                "revision": one.procedure.revision,
                "time_ns": one.time_ns,
                "digest": one.procedure.sources.get(name, ""),
                "signed": [_told(deed) for deed in deeds if deed.digest == one.procedure.sources.get(name)],
            }
            for one in kept
        ]
        return Reply(0, True, "", body)

    async def _now(self, session: Session, args: dict[str, Any]) -> Reply:
        """What a job of the instruction would carry out now, with its pictures kept so that they can be shown."""
        name = str(args["instruction"])
        instruction = self._filed(name)
        if instruction is None:
            return Reply(0, False, f"The instruction {name[:60]!r} is not in the plant's files")
        return Reply(0, True, "", msgspec.to_builtins(await self._made(instruction)))

    async def _picture(self, session: Session, args: dict[str, Any]) -> Reply:
        file = str(args["file"])
        data = await self._read(self._pictures.read, self._plant, file)
        return Reply(0, True, "", {"data": data})

    @property
    def _plant(self) -> Plant:
        return self._room.filed

    def _filed(self, name: str) -> Instruction | None:
        """An instruction as the plant's files say it, without what was signed here."""
        return self._plant.instructions.get(name)

    async def _made(self, instruction: Instruction) -> Procedure:
        plant = self._room.plant
        codes = {one.id: one.code for one in plant.equipment.values()}
        procedure = procedure_of(plant.instructions[instruction.id], plant.instructions, codes)
        pictured: Procedure = await self._read(self._pictures.pictured, procedure, plant)
        return pictured

    def _area(self, instruction: Instruction) -> str:
        """The beginning of the tags that it is about: roles are given by area."""
        machines = self._plant.equipment
        return next((machines[one].path for one in instruction.equipment if one in machines), "")

    async def _read(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.wrap_future(self._pool.submit(what, *args))


def _told(deed: Deed) -> dict[str, Any]:
    return {"state": deed.state, "name": deed.signature.name, "time_ns": deed.time_ns, "why": deed.why}
