"""The engine: connections, values, alarms, history and the road down, in one asyncio loop without a window."""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

import hmi
from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.journal import Record
from hmi.core.plant import Connection, Plant
from hmi.drivers.driver import Earlier
from hmi.drivers.registry import create
from hmi.engine.accounts import Accounts
from hmi.engine.checkpoints import Checkpoints
from hmi.engine.clock_steps import ClockSteps
from hmi.engine.conditions_acts import ConditionActs
from hmi.engine.decisions import Decisions
from hmi.engine.gate import Gate
from hmi.engine.jobs import JobRoom
from hmi.engine.jobs_signing import Signing
from hmi.engine.jobs_verbs import JobVerbs
from hmi.engine.notes import Notes
from hmi.engine.people import People
from hmi.engine.people_verbs import PeopleVerbs
from hmi.engine.pictures import PictureVerbs
from hmi.engine.poller import Poller
from hmi.engine.publish import BEAT_S, Publisher
from hmi.engine.reload import Reload
from hmi.engine.report import Reporter
from hmi.engine.requests import Requests
from hmi.engine.tick import Tick
from hmi.engine.welcome import made_ready, welcome_of
from hmi.link.messages import AnyMessage, Health, Request, Welcome
from hmi.link.server import Server
from hmi.link.street import Session
from hmi.store.attachments import Attachments
from hmi.store.jobs import JobReader
from hmi.store.query import Reader
from hmi.store.store import Store

if TYPE_CHECKING:
    from hmi.engine.forward import Forward

_log = logging.getLogger("hmi.engine")
_MAX_OPEN_REQUESTS = 64


class Engine:
    """One plant, run headless: everything that must go on when no window is open."""

    def __init__(
        self,
        plant: Plant,
        library: Mapping[str, str],
        folder: Path,
        clock: Clock,
        *,
        addresses: Mapping[str, str] | None = None,
        listen: tuple[str, int] | None = None,
        ready_s: float = 10.0,
        files: Path | None = None,
    ) -> None:
        """`folder` is where the data lie; `files`, where the plant's files lie, is watched while the engine runs."""
        self.plant = made_ready(plant)  # as clients are shown it; what runs is the same in all that ever stand here
        self._ready_s = ready_s
        self._library = dict(library)
        self._clock = clock
        self._started_ns = clock.now_ns()
        self._unheard: set[str] = set()  # connections that have not been live since the start
        self._under_way_ns = {one.id: one.period_ms * 1_000_000 for one in plant.connections}
        self.store = Store(folder, plant.tags, clock, plant.history)
        self.tick = Tick(plant, clock, self.store.append, self._journal)
        self.tick.gap(range(len(plant.tags)), self._started_ns)
        self._decisions = Decisions(folder, self._journal, clock, plant.digest)
        self._clock_steps = ClockSteps(clock, partial(self._record, "system", "clock set", "engine"))
        self.poller = Poller(self.tick.table, self.tick.deliver, clock, self._connection_changed)
        self._connect(addresses or {})
        self.people = People(folder, plant, clock, self._journal)
        self.gate = Gate(plant, self.tick.table, self.poller, clock, self._journal, self.people.role)
        self._reporter = Reporter(plant, self.tick.table, self.poller, self.store, clock)
        self.publisher = Publisher(self.tick.table, self.tick.alarms, clock, self._welcome, self._health)
        self._history = Reader(folder, self.store.unsealed)
        self.requests = Requests(
            plant,
            self.tick,
            self.gate,
            self.publisher,
            self._history,
            clock,
            Notes(plant, clock, self._journal),
        )
        self.conditions = ConditionActs(plant, clock, self._journal, self.poller.lines)
        self.conditions.attach()
        self.publisher.conditions, self.requests.conditions = self.conditions.room, self.conditions
        self._job_reader = JobReader(folder)
        self.jobs = self._make_jobs(folder)
        self.forward = _forward_of(plant, folder, clock)
        self._furnish_requests(files)
        self._reload = Reload(files, library, plant, clock, self.requests.pool, self._adopt, self._plant_files_event)
        self._server = Server(self, clock, folder, listen=listen)
        self._asked: dict[Session, int] = {}
        self._answers: set[asyncio.Task[None]] = set()

    def _furnish_requests(self, files: Path | None) -> None:
        """What answers to questions beside values and alarms."""
        self._checkpoints = Checkpoints(self.store.folder, self._clock, self.requests.pool, self._journal)
        self.requests.people = self.people
        self.requests.add(PeopleVerbs(self.people, Accounts(self.people, self._clock), self._clock).verbs)
        self.requests.add(PictureVerbs(files, lambda: self.plant, self.requests.pool).verbs)
        self.requests.status = self._status
        self.requests.properties = self._reporter.properties

    async def run(self, announce: Callable[[str], None]) -> None:
        """Run until cancelled; `announce` gets the one line `ready …` once acquisition has started."""
        journal = Reader(self.store.folder)
        last = journal.last_alarm_records()
        standing = self.tick.room.restore(last, journal.alarms_kept_quiet()) + self.conditions.room.restore(last)
        self._restore_jobs()
        self._record("system", "started", "engine", f"version {hmi.__version__}, {standing} alarms from before")
        await self._server.start()
        if self.forward is not None:
            self.forward.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.poller.run(), name="poller")
                group.create_task(self._beat(announce), name="beat")
        finally:
            await self._stop()

    def _make_jobs(self, folder: Path) -> JobRoom:
        room = JobRoom(self.plant, self.tick.table, self._clock, self._journal)
        signing, kept = Signing(self.people, self._clock), Attachments(folder)
        verbs = JobVerbs(room, self._job_reader, self.gate, signing, kept, self._clock, self.requests.pool)
        self.requests.add(verbs.verbs)
        return room

    def _restore_jobs(self) -> None:
        """Jobs that were open when the engine stopped go on where they stood."""
        found = self._job_reader.open_jobs()
        self.jobs.restore(found, {job.procedure: self._job_reader.procedure(job.procedure) for job in found})

    async def _stop(self) -> None:
        for task in self._answers:
            task.cancel()
        await self._server.stop()
        self.requests.pool.shutdown(cancel_futures=True)
        self._history.close()
        self.people.close()
        if self.forward is not None:
            self.forward.stop()
        self._record("system", "stopped", "engine", "stopped in order")
        self.store.close()

    async def _beat(self, announce: Callable[[str], None]) -> None:
        """Ready means: every connection is live, or was given its time to become so."""
        ready_by = self._clock.monotonic() + self._ready_s
        ready = False
        while True:
            try:
                self.poller.judge()
                self._declare_starts()
                self.tick.wake()
                self.conditions.look()
                self.jobs.look()
                self._reporter.look()
                self._decisions.look()
                self._clock_steps.look()
                self._checkpoints.look()
                self._reload.look()
                self.publisher.beat()
            except Exception:  # noqa: BLE001 - top of a task: the alarms must go on
                _log.exception("our fault in a beat of the engine: it goes on")
            if not ready and (self._settled() or self._clock.monotonic() >= ready_by):
                ready = True
                live, missing, up = self._reporter.counts()
                announce(f"ready live={live} missing={missing} connections={up}/{len(self.plant.connections)}")
            await asyncio.sleep(BEAT_S)

    def _settled(self) -> bool:
        waiting = np.count_nonzero(self.tick.table.quality == q.BAD_WAITING)
        return all(driver.health.state == "live" for _, driver, _ in self.poller.lines()) and not waiting

    def _connect(self, addresses: Mapping[str, str]) -> None:
        for connection in self.plant.connections:
            moved: Connection = replace(connection, address=addresses.get(connection.id, connection.address))
            if connection.id in addresses:
                moved = replace(moved, backup=())
            tags = self.plant.tags_of(connection.id)
            declare = partial(self._declare_gap, moved.id)
            tell = partial(self._connection_event, moved.id)
            earlier = self._earlier()
            driver = create(moved, tags, self.tick.deliver, self._clock, self.store.folder, declare, tell, earlier)
            self.poller.add(moved, driver, [tag.index for tag in tags])
            self._unheard.add(moved.id)

    def _earlier(self) -> Earlier | None:
        """Where history stands, so that drivers read back what was made since; no further than it is to be kept."""
        if self.store.run_before is None:
            return None
        ended_ns, newest_ns = self.store.run_before
        kept_ns = self._started_ns - self.plant.history.keep_days * 86_400_000_000_000
        return Earlier(max(ended_ns, kept_ns), newest_ns)

    def _declare_starts(self) -> None:
        """Nothing is recorded between the engine's start and a connection's first values: history says so."""
        for connection, driver, _ in self.poller.lines() if self._unheard else ():
            if connection.id in self._unheard and driver.health.state == "live":
                self._unheard.discard(connection.id)
                reason = "the engine had just started"
                self._declare_gap(connection.id, self._started_ns, self._clock.now_ns(), reason, is_live=True)

    def _declare_gap(self, connection: str, from_ns: int, to_ns: int, reason: str, is_live: bool = False) -> None:
        """`is_live`: its values are known to be current again; else each ends the gap as it is heard again."""
        self.store.declare_gap(from_ns, to_ns, connection, reason)
        self.tick.gap([tag.index for tag in self.plant.tags_of(connection)], to_ns, is_live)

    def _connection_event(self, connection: str, event: str, text: str) -> None:
        self._record("connection", event, connection, text)

    # The street: what the link's server calls, on this loop.

    def opened(self, session: Session) -> None:
        """A client came."""
        self._asked[session] = 0
        self.publisher.opened(session)

    def received(self, session: Session, message: AnyMessage) -> None:
        """A client asks something; answers go out as they are ready."""
        if not isinstance(message, Request):
            return
        if self._asked.get(session, 0) >= _MAX_OPEN_REQUESTS:
            session.close("Too many requests at once")
            return
        self._asked[session] = self._asked.get(session, 0) + 1
        task = asyncio.get_running_loop().create_task(self._answer(session, message))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def closed(self, session: Session) -> None:
        """A client left."""
        self._asked.pop(session, None)
        self.people.closed(session)
        self.publisher.closed(session)

    async def _answer(self, session: Session, request: Request) -> None:
        reply = await self.requests.answer(session, request)
        if session in self._asked:
            self._asked[session] -= 1
            self.publisher.beat()  # what the request changed is told before its reply
            session.send(reply)

    def _welcome(self) -> Welcome:
        return welcome_of(self.plant, self._library, self._clock.now_ns(), self._reporter.told)

    def _health(self) -> Health:
        told = self._reporter.health(len(self.publisher))
        server = _server_status(self.forward)["words"]
        return msgspec.structs.replace(told, plant_files=self._reload.told, jobs=self.jobs.changed, server=server)

    def _status(self) -> dict[str, Any]:
        told = self._reporter.status(len(self.publisher))
        told["server"] = _server_status(self.forward)
        return told | {"digest": self.plant.digest, "plant_files": self._reload.status()}

    def _adopt(self, plant: Plant) -> None:
        """The plant's files show something else now, and nothing in them that runs has changed: so do all clients."""
        self.plant = plant
        self.jobs.adopted(plant)
        self.publisher.renew()

    def _plant_files_event(self, event: str, text: str) -> None:
        self._record("system", event, "engine", text)

    def _connection_changed(self, connection: str, event: str, reason: str, since_ns: int) -> None:
        self._record("connection", event, connection, reason)
        if event == "live":
            self._unheard.discard(connection)
            begin = since_ns - self._under_way_ns.get(connection, 0)  # what was told last may not have been the last
            self._declare_gap(connection, begin, self._clock.now_ns(), "the connection was silent", is_live=True)

    def _journal(self, record: Record) -> Future[int]:
        """Every record tells the configuration that is in force now, whoever made it with which."""
        return self.store.record(msgspec.structs.replace(record, config=self.plant.digest))

    def _record(self, category: str, event: str, subject: str, result: str) -> None:
        self.store.record(
            Record(
                time_ns=self._clock.now_ns(),
                category=category,
                event=event,
                subject=subject,
                way="engine",
                result=result,
                config=self.plant.digest,
            )
        )


def _forward_of(plant: Plant, folder: Path, clock: Clock) -> Forward | None:
    """The way to the plant server; what talks to it is only loaded where there is one."""
    if not plant.server_url:
        return None
    from hmi.engine.forward import Forward, secret_of

    facts = (platform.node(), plant.name, hmi.__version__)
    return Forward(folder, plant.server_url, *facts, clock, secret_of(folder))


def _server_status(forward: Forward | None) -> dict[str, Any]:
    """How the plant server stands, as `hmi status --json` prints it."""
    if forward is None:
        return {"state": "off", "words": ""}
    from hmi.engine.forward import words_of

    told = forward.told
    return {**asdict(told), "backlog": told.backlog._asdict(), "words": words_of(told)}
