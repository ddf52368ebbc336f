"""What clients ask of jobs: lists, starts, acts, attachments. One verb, one method; each act is on the disk first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.core.steps.answers import Refused
from hmi.core.steps.events import Event, Person, digest_of
from hmi.core.steps.judge import Act, Facts, judge, started, wanted
from hmi.core.steps.kept import row_of
from hmi.core.steps.model import Photo, Sign
from hmi.core.steps.procedure import key_of, procedure_of
from hmi.engine.gate import Gate, Wish
from hmi.engine.jobs import MOST_OPEN, Going, JobRoom
from hmi.engine.jobs_due import dues
from hmi.engine.jobs_pictures import Pictures
from hmi.engine.jobs_signing import Signing
from hmi.link.messages import Reply
from hmi.link.street import Session
from hmi.store.attachments import Attachments
from hmi.store.jobs import JobReader

_LATER: Final = "; but the journal cannot be written now ({}): it is kept in memory until it can"
_MOST_ROWS: Final = 1000
_LATE_NS: Final = 15_000_000_000  # what was done longer ago than this is said to be
Verb = Callable[[Session, dict[str, Any]], Awaitable[Reply]]


class JobVerbs:
    """The verbs of the link that are about jobs; lives on the engine's loop, reads the journal in `pool`."""

    def __init__(
        self,
        room: JobRoom,
        reader: JobReader,
        gate: Gate,
        signing: Signing,
        attachments: Attachments,
        clock: Clock,
        pool: Executor,
        pictures: Pictures | None = None,
    ) -> None:
        self._pictures = pictures or Pictures(None, attachments)
        self._room = room
        self._reader = reader
        self._gate = gate
        self._signing = signing
        self._attachments = attachments
        self._clock = clock
        self._pool = pool
        self.verbs: Mapping[str, Verb] = {
            "instructions": self._instructions,
            "jobs": self._jobs,
            "job": self._job,
            "procedure": self._procedure,
            "job_start": self._start,
            "job_act": self._act,
            "job_attach": self._attach,
            "job_attachment": self._attachment,
        }

    # ------------------------------------------------------------------------------------------------ asking

    async def _instructions(self, session: Session, args: dict[str, Any]) -> Reply:
        last = await self._read(self._reader.last_finished)
        return Reply(0, True, "", dues(self._room.plant, last, self._room.reading, self._clock.now_ns()))

    async def _jobs(self, session: Session, args: dict[str, Any]) -> Reply:
        wanted_ = {str(key): str(value) for key, value in dict(args.get("wanted", {})).items()}
        state, limit = str(args.get("state", "")), max(1, min(int(args.get("limit", 200)), _MOST_ROWS))
        if state == "open" and not wanted_:
            rows = [row_of(one.job, one.procedure) for one in reversed(self._room.going.values())][:limit]
        else:
            rows = await self._read(lambda: self._reader.find(wanted_, state=state, limit=limit))
        return Reply(0, True, "", msgspec.to_builtins(rows))

    async def _job(self, session: Session, args: dict[str, Any]) -> Reply:
        name, start = str(args["id"]), max(0, int(args.get("from", 0)))
        going = self._room.find(name)
        if going is not None:
            return Reply(0, True, "", self._body(going, start))
        job = await self._read(self._reader.job, name)
        if job is None:
            return Reply(0, False, f"There is no job {name[:40]!r} at this station: see hmi jobs for their numbers")
        procedure = await self._read(self._reader.procedure, job.procedure)
        row = msgspec.to_builtins(row_of(job, procedure))
        return Reply(0, True, "", {"job": row, "procedure": job.procedure, "events": _packed(job.events[start:])})

    async def _procedure(self, session: Session, args: dict[str, Any]) -> Reply:
        found = await self._read(self._reader.procedure, str(args["key"]))
        if found is None:
            return Reply(0, False, "What the job carries out is not in the journal of this station")
        return Reply(0, True, "", msgspec.to_builtins(found))

    # ------------------------------------------------------------------------------------------------ acting

    async def _start(self, session: Session, args: dict[str, Any]) -> Reply:
        name, key = str(args["instruction"]), str(args.get("key", ""))[:100]
        before = self._room.of_key(key)
        if before is not None:
            return await self._again(before, key)
        ended = await self._read(self._reader.started_by, key) if args.get("again") else ""
        if ended:  # it was begun before the engine was restarted, and has come to its end
            return await self._job(session, {"id": ended})
        plant = self._room.plant
        instruction = plant.instructions.get(name)
        if instruction is None or not instruction.steps:
            text = f"The instruction {name[:60]!r} is not in the plant's files: nothing was started"
            if instruction is not None:
                text = f"The instruction {name[:60]!r} can only be read: nothing was started"
            return Reply(0, False, text)
        if len(self._room.going) >= MOST_OPEN:
            return Reply(0, False, f"{MOST_OPEN} jobs are open: end some of them first")
        context = {str(name): str(text) for name, text in dict(args.get("context", {})).items()}
        codes = {one.id: one.code for one in plant.equipment.values()}
        procedure = procedure_of(instruction, plant.instructions, codes)
        if any(one.pictures for one in (instruction, *procedure.steps)):
            procedure = await self._read(self._pictures.pictured, procedure, plant)
        act = Act("start", key=key)
        area = self._area(context.get("equipment", ""), instruction.equipment)
        try:
            event = started(procedure, key_of(procedure), context, act, self._plain_facts(session, area))
            event = _told_late(event, args, self._clock.now_ns())
        except Refused as refused:
            return _no(refused)
        number = await self._number()
        meanwhile = self._room.of_key(key)
        if meanwhile is not None:
            return await self._again(meanwhile, key)
        self._room.keep(event.procedure, procedure)
        going, promise = self._room.begin(number(), procedure, event)
        return await self._answer(going, event, promise)

    async def _act(self, session: Session, args: dict[str, Any]) -> Reply:
        name = str(args["job"])
        going = self._room.find(name)
        if going is None:
            job = await self._read(self._reader.job, name)
            state = "is over" if job is not None else "is not known at this station"
            return Reply(0, False, f"The job {name[:40]} {state}: nothing was added", {"code": "over", "needs": []})
        act = Act(
            kind=str(args["act"]),
            step=str(args.get("step", "")),
            turn=int(args.get("turn", 0)),
            value=args.get("value"),
            why=str(args.get("why", "")),
            key=str(args.get("key", ""))[:100],
        )
        if going.job.done(act.key) is not None:
            return await self._again(going, act.key)
        try:
            event = _told_late(await self._judged(session, going, act, args), args, self._clock.now_ns())
        except Refused as refused:
            return _no(refused, self._body(going, int(args.get("from", 0))))
        promise = self._room.take(going, event)
        return await self._answer(going, event, promise, int(args.get("from", 0)))

    async def _judged(self, session: Session, going: Going, act: Act, args: dict[str, Any]) -> Event:
        """The event that an act makes, once what it needs beside the person's word has been done."""
        facts = self._facts(session, going)
        step = going.procedure.step(going.job.at)
        if act.kind == "sign" and isinstance(step, Sign):
            digest = digest_of(going.job.procedure, going.job.events)
            named = (str(args.get("name", "")), str(args.get("secret", "")))
            seen = going.job
            who, signature = await self._signing.sign(session, step.meaning, named, digest, self._area_of(going))
            if going.job is not seen:
                raise Refused("past", "The job has gone on while you signed: look at it again, and sign anew")
            return judge(going.procedure, going.job, replace(act, signature=signature), replace(facts, who=who))
        if act.kind == "do" and isinstance(step, Photo):
            known = isinstance(act.value, str) and await self._read(self._attachments.has, act.value)
            act = act if known else replace(act, value=None)
        sends = wanted(going.procedure, going.job, act, facts)
        if sends is not None:
            act = await self._sent(session, going, act, sends, args)
            facts = self._facts(session, going)  # the plant went on meanwhile
        return judge(going.procedure, going.job, act, facts)

    async def _sent(
        self, session: Session, going: Going, act: Act, sends: tuple[str, Any], args: dict[str, Any]
    ) -> Act:
        """Send a value to the machine, through the gate like every other."""
        if going.sending:
            raise Refused("busy", "The value is on its way to the machine: wait for the answer")
        going.sending = True
        try:
            outcome = await self._gate.write(self._wish(session, going, sends, args))
        finally:
            going.sending = False
        if outcome.code == "confirmation":
            raise Refused("policy", outcome.confirm, ("confirm",))
        return replace(act, outcome=outcome.outcome, outcome_text=outcome.text, read_back=outcome.read_back)

    def _wish(self, session: Session, going: Going, sends: tuple[str, Any], args: dict[str, Any]) -> Wish:
        hello = session.hello
        step = going.procedure.step(going.job.at)
        return Wish(
            tag=sends[0],
            value=sends[1],
            why=f"job {going.job.id}, {going.job.title}: {step.title if step else ''}"[:400],
            user=self._signing.who(session).name,
            station=hello.station,
            way=hello.program,
            confirmed=args.get("confirmed", False),
            session=session,
        )

    async def _attach(self, session: Session, args: dict[str, Any]) -> Reply:
        name = await self._read(self._attachments.keep, str(args["name"]), bytes(args["data"]))
        return Reply(0, True, "The picture is kept with the job", {"attachment": name})

    async def _attachment(self, session: Session, args: dict[str, Any]) -> Reply:
        data = await self._read(self._attachments.read, str(args["attachment"]))
        return Reply(0, True, "", {"data": data})

    # ------------------------------------------------------------------------------------------------ answers

    async def _again(self, going: Going, key: str) -> Reply:
        """The answer to an act that was taken before: it may still be on its way to the disk."""
        event = going.job.done(key) or going.job.events[0]
        return await self._answer(going, event, going.promises.get(key))

    async def _answer(self, going: Going, event: Event, promise: Future[int] | None, start: int = 0) -> Reply:
        """Where the job stands, once what was done is on the disk."""
        text = ""
        if promise is not None:
            try:
                await asyncio.wrap_future(promise)
            except StoreError as error:
                text = _LATER.format(error)
        if event.kind == "failed":
            body = self._body(going, start) | {"code": "failed", "needs": []}
            return Reply(0, False, event.why[:1].upper() + event.why[1:] + text, body)
        return Reply(0, True, f"Done{text}" if text else "", self._body(going, start))

    def _body(self, going: Going, start: int) -> dict[str, Any]:
        """A job as clients get it: its events from a number on, and what only the engine knows of its step."""
        facts = self._room.facts(going, Person(""), "", "")
        return {
            "job": msgspec.to_builtins(row_of(going.job, going.procedure)),
            "procedure": going.job.procedure,
            "events": _packed(going.job.events[max(0, start) :]),
            "running_s": facts.running_s,
            "held_s": facts.held_s,
            "waited_s": facts.waited_s,
            "can_sign": self._signing.can_sign(),
        }

    def _facts(self, session: Session, going: Going) -> Facts:
        hello = session.hello
        who = self._signing.who(session, self._area_of(going))
        facts = self._room.facts(going, who, hello.station, hello.program)
        return replace(facts, can_sign=self._signing.can_sign())

    def _plain_facts(self, session: Session, area: str) -> Facts:
        hello = session.hello
        who = self._signing.who(session, area)
        return Facts(self._clock.now_ns(), who, hello.station, hello.program, can_sign=self._signing.can_sign())

    def _area_of(self, going: Going) -> str:
        return self._area(going.job.context.get("equipment", ""), going.procedure.equipment)

    def _area(self, machine: str, machines: tuple[str, ...]) -> str:
        """The beginning of the tags that a job is about: roles are given by area."""
        found = self._room.plant.equipment.get(machine or (machines[0] if machines else ""))
        return found.path if found is not None else ""

    async def _number(self) -> Callable[[], str]:
        """What gives a job its number: the day (UTC) and a count that begins anew with it; none is given twice."""
        day = f"{datetime.fromtimestamp(self._clock.now_ns() / 1e9, UTC):%y%m%d}-"
        known = await self._read(self._reader.names, day)

        def next_number() -> str:
            taken = [*known, *(name for name in (*self._room.going, *self._room.closed) if name.startswith(day))]
            counts = [int(name[len(day) :]) for name in taken if name[len(day) :].isdecimal()]
            return f"{day}{max(counts, default=0) + 1}"

        return next_number

    async def _read(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.wrap_future(self._pool.submit(what, *args))


def _told_late(event: Event, args: dict[str, Any], now_ns: int) -> Event:
    """An event that the engine heard of late, with the time at which the person says it was done."""
    acted_ns = int(args.get("acted_ns", 0))
    late = 0 < acted_ns < now_ns - _LATE_NS
    return msgspec.structs.replace(event, acted_ns=acted_ns) if late else event


def _packed(events: tuple[Event, ...]) -> list[Any]:
    return [msgspec.to_builtins(event) for event in events]


def _no(refused: Refused, body: dict[str, Any] | None = None) -> Reply:
    told: dict[str, Any] = {"code": refused.code, "needs": list(refused.needs)}
    if refused.code == "policy":
        told["confirm"] = refused.text
    return Reply(0, False, str(refused), (body or {}) | told)
