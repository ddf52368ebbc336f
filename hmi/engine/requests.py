"""Answers what clients ask: writes, acknowledgements, history, journal, status. One verb, one method."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, Final

import msgspec
import numpy as np

from hmi.clock import Clock
from hmi.core.aggregate import kinds_of
from hmi.core.errors import HmiError, StoreError
from hmi.core.plant import Plant
from hmi.engine.alarms import Answer, Who
from hmi.engine.conditions_acts import ConditionActs, may_not
from hmi.engine.gate import Gate, Wish
from hmi.engine.locked import Locked
from hmi.engine.notes import Notes
from hmi.engine.notes import found as found_notes
from hmi.engine.people import People
from hmi.engine.publish import Publisher
from hmi.engine.tick import Tick
from hmi.link.messages import Hello, PropertyRow, Reply, Request, Values
from hmi.link.street import Session
from hmi.store.paging import PAGE, page
from hmi.store.query import Reader
from hmi.store.report import Wanted

_log = logging.getLogger("hmi.engine.requests")
_MAX_POINTS = 20_000
_MAX_TAGS = 64
_MAX_FIGURES = 1_000_000  # what one message carries, and more than anybody reads
_ALARM_ACTS: Final = {  # what a person may do to alarms beside acknowledging them, and the word for it done
    "reset": "reset",
    "shelve": "shelved",
    "unshelve": "unshelved",
    "take_out": "taken out of service",
    "put_back": "returned to service",
    "confirm": "confirmed",
    "comment": "commented",
}


class Requests:
    """The verbs of the link; lives on the engine's loop, reads history in the pool of two."""

    def __init__(
        self,
        plant: Plant,
        tick: Tick,
        gate: Gate,
        publisher: Publisher,
        reader: Reader,
        clock: Clock,
        notes: Notes,
    ) -> None:
        self._plant = plant
        self._tick = tick
        self._room = tick.room
        self._gate = gate
        self._publisher = publisher
        self._reader = reader
        self._clock = clock
        self._notes = notes
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="hmi-history")
        self._jobs: dict[tuple[int, int], bool] = {}  # windows being read, by session and its number: still wanted?
        self.status: Callable[[], dict[str, Any]] = dict
        self.properties: Callable[[], list[PropertyRow]] = list
        self.conditions: ConditionActs | None = None  # the way to conditions that servers keep
        self._people: People | None = None
        self._locked: Locked | None = None  # what stations may not ask while they are locked
        self._verbs: dict[str, Callable[[Session, dict[str, Any]], Awaitable[Reply]]] = {
            "write": self._write,
            "ack": self._ack,
            **{verb: partial(self._alarm_act, verb) for verb in _ALARM_ACTS},
            "explain": self._explain,
            "history": self._history,
            "forget": self._forget,
            "samples": self._samples,
            "figures": self._figures,
            "note": self._note,
            "notes": self._found_notes,
            "exported": self._exported,
            "journal": self._journal,
            "status": self._status,
            "values": self._values,
            "alarms": self._alarms,
            "properties": self._properties,
        }

    @property
    def people(self) -> People | None:
        """Who is signed in where."""
        return self._people

    @people.setter
    def people(self, people: People) -> None:
        self._people, self._locked = people, Locked(people, self._clock)

    def add(self, verbs: Mapping[str, Callable[[Session, dict[str, Any]], Awaitable[Reply]]]) -> None:
        """More verbs, of another room of the engine."""
        self._verbs.update(verbs)

    async def answer(self, session: Session, request: Request) -> Reply:
        """The reply to one request; wrong arguments and faults of the world become its text."""
        verb = self._verbs.get(request.verb)
        if verb is None:
            return Reply(request.number, False, f"The engine does not know {request.verb!r}: is the client newer?")
        try:
            if self._locked is not None and (refusal := await self._locked.refusal(session, request)) is not None:
                return refusal
            reply = await verb(session, request.args)
        except HmiError as error:
            reply = Reply(0, False, str(error))
        except (KeyError, TypeError, ValueError, OverflowError) as error:  # a number may be too large for a file
            reply = Reply(0, False, f"The arguments of {request.verb} are wrong: {error!r}")
        except Exception:  # noqa: BLE001 - top of a task: our own bug restarts the part, not the program
            _log.exception("our fault in the answer to %s", request.verb)
            reply = Reply(0, False, f"A fault in the program while answering {request.verb}: see the engine's log")
        return msgspec.structs.replace(reply, number=request.number)

    async def _write(self, session: Session, args: dict[str, Any]) -> Reply:
        hello, person = self._hello(session), self.people.person(session) if self.people else None
        second, second_role = await self._second(session, args, str(args["tag"]))
        wish = Wish(
            tag=str(args["tag"]),
            value=args["value"],
            why=str(args.get("why", "")),
            user=hello.user,
            station=hello.station,
            way=hello.program,
            confirmed=args.get("confirmed", False),
            session=session,
            signed=person.name if person else "",
            second=second,
            second_role=second_role,
        )
        result = await self._gate.write(wish)
        body: dict[str, Any] = {"outcome": result.outcome, "read_back": result.read_back}
        if result.code:
            body |= {"code": result.code, "needs": list(result.needs), "confirm": result.confirm}
        return Reply(0, result.outcome == "confirmed", result.text, body)

    async def _second(self, session: Session, args: dict[str, Any], tag: str = "") -> tuple[str, str]:
        """A second person who proves that he agrees, and what he may do to a tag, or ("") the plant; raises Denied."""
        given = args.get("second")
        if not given or self.people is None:
            return "", ""
        account = await self.people.check(session.hello.station, str(given["name"]), str(given["secret"]))
        return account.name, self.people.role_of(account.name, tag)

    def _hello(self, session: Session) -> Hello:
        """Who speaks: an account where somebody is signed in, else the user as the client's computer knows him."""
        hello = session.hello
        return msgspec.structs.replace(hello, user=self.people.name(session)) if self.people else hello

    async def _ack(self, session: Session, args: dict[str, Any]) -> Reply:
        who, comment = self._who(session), str(args.get("comment", ""))
        if complaint := may_not(who.role):
            return Reply(0, False, f"Nothing was acknowledged: {complaint}")
        served = await self._served("ack", args, who)
        return await self._each_alarm(
            args, "acknowledged", lambda alarm: served.get(alarm) or self._room.acknowledge(alarm, who, comment)
        )

    async def _served(self, verb: str, args: dict[str, Any], who: Who) -> dict[str, Answer]:
        """How it ended for those of the alarms that are conditions of servers; their servers are asked first."""
        alarms = [str(alarm) for alarm in args["alarms"]]
        return await self.conditions.act(verb, alarms, who, args) if self.conditions else {}

    async def _alarm_act(self, verb: str, session: Session, args: dict[str, Any]) -> Reply:
        """What a person does to alarms beside acknowledging them; each stands in the journal before the answer."""
        room, why = self._room, str(args.get("why") or args.get("comment") or "")
        if args.get("second") and self.people is not None and self.people.person(session) is None:
            return Reply(0, False, "This takes two people, and both must be known: nothing was done. Sign in first")
        if complaint := may_not(self._who(session).role):
            return Reply(0, False, f"Nothing was {_ALARM_ACTS[verb]}: {complaint}")
        second, second_role = await self._second(session, args)
        who = replace(self._who(session), second=second, second_role=second_role)
        acts: dict[str, Callable[[str], Answer]] = {
            "reset": lambda alarm: room.reset(alarm, who, why),
            "shelve": lambda alarm: room.shelve(
                alarm, who, float(args["hours"]), why, bool(args.get("one_shot", False))
            ),
            "unshelve": lambda alarm: room.unshelve(alarm, who, why),
            "take_out": lambda alarm: room.take_out(alarm, who, str(args.get("permit", "")), why),
            "put_back": lambda alarm: room.put_back(alarm, who, why),
        }
        act, served = acts.get(verb, _only_of_servers), await self._served(verb, args, who)
        return await self._each_alarm(args, _ALARM_ACTS[verb], lambda alarm: served.get(alarm) or act(alarm))

    async def _each_alarm(self, args: dict[str, Any], word: str, act: Callable[[str], Answer]) -> Reply:
        done: list[str] = []
        refused: list[str] = []
        promises: list[Future[int]] = []
        for alarm in list(args["alarms"]):
            well, text, promise = act(str(alarm))
            (done if well else refused).append(str(alarm) if well else text)
            promises.extend([promise] if promise else [])
        for promise in promises:
            await asyncio.wrap_future(promise)
        text = f"{len(done)} {word}" + "".join(f"; {line}" for line in refused)
        return Reply(0, not refused and bool(done), text, {"done": done, word: done, "refused": refused})

    async def _explain(self, session: Session, args: dict[str, Any]) -> Reply:
        served = self.conditions.explain(str(args["alarm"])) if self.conditions else None
        lines = served or self._room.explain(str(args["alarm"]))
        return Reply(0, False, lines) if isinstance(lines, str) else Reply(0, True, lines[0], lines)

    def _who(self, session: Session) -> Who:
        hello = self._hello(session)
        role = self.people.role(session) if self.people else self._plant.role_at(hello.station)
        return Who(hello.user, hello.station, hello.program, role)

    async def _history(self, session: Session, args: dict[str, Any]) -> Reply:
        tags = self._known(args["tags"])
        start, stop = int(args["from_ns"]), int(args["to_ns"])
        if args.get("raw"):
            found: Any = await self._read(self._reader.samples, tags, start, stop)
        else:
            points = max(1, min(int(args.get("points", 1000)), _MAX_POINTS))
            found = await self._window(session, args.get("job"), tags, start, stop, points)
        return Reply(0, True, "", [one.pack() for one in found])

    async def _window(self, session: Session, job: Any, *asked: Any) -> Any:
        """What a trend shows; it may name its question (`job`), and take it back when its view has moved on."""
        if job is None:
            return await self._read(self._reader.window, *asked)
        key = (id(session), int(job))
        self._jobs[key] = True
        try:
            return await self._read(self._reader.window, *asked, partial(self._jobs.get, key))
        finally:
            self._jobs.pop(key, None)

    async def _forget(self, session: Session, args: dict[str, Any]) -> Reply:
        """A question is taken back: it ends where it is, with an answer that nobody waits for."""
        key = (id(session), int(args["job"]))
        if key in self._jobs:
            self._jobs[key] = False
        return Reply(0, True, "")

    def _known(self, names: Any) -> list[str]:
        tags = [str(name) for name in names]
        unknown = [name for name in tags if self._plant.tag(name) is None]
        if unknown or len(tags) > _MAX_TAGS:
            why = f"There is no tag {unknown[0]!r}" if unknown else f"At most {_MAX_TAGS} tags at once"
            raise StoreError(f"{why}: see hmi get for the names")
        return tags

    async def _samples(self, session: Session, args: dict[str, Any]) -> Reply:
        """A page of one tag's values, and where the next one begins: exports go through history in such steps."""
        [tag] = self._known([args["tag"]])
        most = max(1, min(int(args.get("most", PAGE)), PAGE))
        found, after = await self._read(page, self._reader, tag, int(args["from_ns"]), int(args["to_ns"]), most)
        return Reply(0, True, "", {"samples": found.pack(), "next_ns": after})

    async def _figures(self, session: Session, args: dict[str, Any]) -> Reply:
        """Figures for reports, a row for each step between two edges."""
        tags, edges = self._known(args["tags"]), np.array([int(edge) for edge in args["edges"]], np.int64)
        kinds = kinds_of([str(kind) for kind in args["kinds"]])
        if len(edges) < 2 or (len(edges) - 1) * len(tags) * len(kinds) > _MAX_FIGURES:
            return Reply(0, False, f"That makes none, or more than {_MAX_FIGURES} figures: ask for longer steps")
        wanted = Wanted(kinds, edges, min(int(edges[-1]), self._clock.now_ns()))
        if any(self._plant.tags[self._plant.tag_index[tag]].is_text for tag in tags):
            return Reply(0, False, "There are no figures of text: leave those tags out")
        return Reply(0, True, "", [one.pack() for one in await self._read(self._reader.aggregate, tags, wanted)])

    async def _note(self, session: Session, args: dict[str, Any]) -> Reply:
        return await self._notes.keep(self._hello(session), args)

    async def _exported(self, session: Session, args: dict[str, Any]) -> Reply:
        return await self._notes.exported(self._hello(session), args)

    async def _found_notes(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, "", await self._read(found_notes, self._reader, args))

    async def _journal(self, session: Session, args: dict[str, Any]) -> Reply:
        records = await self._read(
            lambda: self._reader.journal(
                from_ns=args.get("from_ns"),
                to_ns=args.get("to_ns"),
                limit=max(1, min(int(args.get("limit", 500)), 10_000)),
                category=args.get("category"),
                text=str(args.get("text") or "") or None,
                newest_first=not args.get("oldest"),
            )
        )
        return Reply(0, True, "", [{"id": number, **msgspec.to_builtins(record)} for number, record in records])

    async def _status(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, "", self.status())

    async def _properties(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, "", msgspec.to_builtins(self.properties()))

    async def _values(self, session: Session, args: dict[str, Any]) -> Reply:
        unknown = [name for name in args["tags"] if self._plant.tag(name) is None]
        if unknown:
            return Reply(0, False, f"There is no tag {unknown[0]!r}: hmi get without a name lists all")
        names = args["tags"] or [tag.name for tag in self._plant.tags]
        index = [self._plant.tag_index[name] for name in names]
        values = Values.of(self._tick.table.rows(index), self._clock.now_ns())
        return Reply(0, True, "", msgspec.to_builtins(values, builtin_types=(bytes,)))

    async def _alarms(self, session: Session, args: dict[str, Any]) -> Reply:
        rows = self._publisher.standing()
        return Reply(0, True, "", msgspec.to_builtins(rows))

    async def _read(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, what, *args)


def _only_of_servers(alarm: str) -> Answer:
    return False, f"{alarm} is an alarm of the plant: only a server's own can be confirmed, and get comments so", None
