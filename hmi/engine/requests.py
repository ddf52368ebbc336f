"""Answers what clients ask: writes, acknowledgements, history, journal, status. One verb, one method."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.errors import HmiError
from hmi.core.plant import Plant
from hmi.engine.alarms import Answer, Who
from hmi.engine.gate import Gate, Wish
from hmi.engine.publish import Publisher
from hmi.engine.tick import Tick
from hmi.link.messages import PropertyRow, Reply, Request, Values
from hmi.link.street import Session
from hmi.store.query import Reader

_log = logging.getLogger("hmi.engine.requests")
_MAX_POINTS = 20_000
_MAX_TAGS = 64
_ALARM_ACTS: Final = {  # what a person may do to alarms beside acknowledging them, and the word for it done
    "reset": "reset",
    "shelve": "shelved",
    "unshelve": "unshelved",
    "take_out": "taken out of service",
    "put_back": "returned to service",
}


class Requests:
    """The verbs of the link; lives on the engine's loop, reads history in the pool of two."""

    def __init__(
        self, plant: Plant, tick: Tick, gate: Gate, publisher: Publisher, reader: Reader, clock: Clock
    ) -> None:
        self._plant = plant
        self._tick = tick
        self._room = tick.room
        self._gate = gate
        self._publisher = publisher
        self._reader = reader
        self._clock = clock
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="hmi-history")
        self.status: Callable[[], dict[str, Any]] = dict
        self.properties: Callable[[], list[PropertyRow]] = list
        self._verbs: dict[str, Callable[[Session, dict[str, Any]], Awaitable[Reply]]] = {
            "write": self._write,
            "ack": self._ack,
            **{verb: partial(self._alarm_act, verb) for verb in _ALARM_ACTS},
            "explain": self._explain,
            "history": self._history,
            "journal": self._journal,
            "status": self._status,
            "values": self._values,
            "alarms": self._alarms,
            "properties": self._properties,
        }

    async def answer(self, session: Session, request: Request) -> Reply:
        """The reply to one request; wrong arguments and faults of the world become its text."""
        verb = self._verbs.get(request.verb)
        if verb is None:
            return Reply(request.number, False, f"The engine does not know {request.verb!r}: is the client newer?")
        try:
            reply = await verb(session, request.args)
        except HmiError as error:
            reply = Reply(0, False, str(error))
        except (KeyError, TypeError, ValueError) as error:
            reply = Reply(0, False, f"The arguments of {request.verb} are wrong: {error!r}")
        except Exception:  # noqa: BLE001 - top of a task: our own bug restarts the part, not the program
            _log.exception("our fault in the answer to %s", request.verb)
            reply = Reply(0, False, f"A fault in the program while answering {request.verb}: see the engine's log")
        return msgspec.structs.replace(reply, number=request.number)

    async def _write(self, session: Session, args: dict[str, Any]) -> Reply:
        hello = session.hello
        wish = Wish(
            tag=str(args["tag"]),
            value=args["value"],
            why=str(args.get("why", "")),
            user=hello.user,
            station=hello.station,
            way=hello.program,
            confirmed=args.get("confirmed", False),
            session=session,
        )
        result = await self._gate.write(wish)
        body: dict[str, Any] = {"outcome": result.outcome, "read_back": result.read_back}
        if result.code:
            body |= {"code": result.code, "needs": list(result.needs), "confirm": result.confirm}
        return Reply(0, result.outcome == "confirmed", result.text, body)

    async def _ack(self, session: Session, args: dict[str, Any]) -> Reply:
        who, comment = self._who(session), str(args.get("comment", ""))
        return await self._each_alarm(args, "acknowledged", lambda alarm: self._room.acknowledge(alarm, who, comment))

    async def _alarm_act(self, verb: str, session: Session, args: dict[str, Any]) -> Reply:
        """What a person does to alarms beside acknowledging them; each stands in the journal before the answer."""
        room, who, why = self._room, self._who(session), str(args.get("why") or args.get("comment") or "")
        acts: dict[str, Callable[[str], Answer]] = {
            "reset": lambda alarm: room.reset(alarm, who, why),
            "shelve": lambda alarm: room.shelve(
                alarm, who, float(args["hours"]), why, bool(args.get("one_shot", False)), str(args.get("second", ""))
            ),
            "unshelve": lambda alarm: room.unshelve(alarm, who, why),
            "take_out": lambda alarm: room.take_out(alarm, who, str(args.get("permit", "")), why),
            "put_back": lambda alarm: room.put_back(alarm, who, why),
        }
        return await self._each_alarm(args, _ALARM_ACTS[verb], acts[verb])

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
        lines = self._room.explain(str(args["alarm"]))
        return Reply(0, False, lines) if isinstance(lines, str) else Reply(0, True, lines[0], lines)

    def _who(self, session: Session) -> Who:
        hello = session.hello
        return Who(hello.user, hello.station, hello.program, self._plant.role_at(hello.station))

    async def _history(self, session: Session, args: dict[str, Any]) -> Reply:
        tags = list(args["tags"])
        unknown = [name for name in tags if self._plant.tag(name) is None]
        if unknown or len(tags) > _MAX_TAGS:
            why = f"There is no tag {unknown[0]!r}" if unknown else f"At most {_MAX_TAGS} tags at once"
            return Reply(0, False, f"{why}: see hmi get for the names")
        start, stop = int(args["from_ns"]), int(args["to_ns"])
        if args.get("raw"):
            found: Any = await self._read(self._reader.samples, tags, start, stop)
        else:
            points = max(1, min(int(args.get("points", 1000)), _MAX_POINTS))
            found = await self._read(self._reader.window, tags, start, stop, points)
        return Reply(0, True, "", [one.pack() for one in found])

    async def _journal(self, session: Session, args: dict[str, Any]) -> Reply:
        records = await self._read(
            lambda: self._reader.journal(
                from_ns=args.get("from_ns"),
                to_ns=args.get("to_ns"),
                limit=min(int(args.get("limit", 500)), 10_000),
                category=args.get("category"),
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
        rows = self._publisher.alarm_rows(self._tick.alarms.standing())
        return Reply(0, True, "", msgspec.to_builtins(rows))

    async def _read(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, what, *args)
