"""The engine: connections, values, alarms, history and the road down, in one asyncio loop without a window."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

import hmi
from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.journal import Record
from hmi.core.plant import Connection, Plant
from hmi.drivers.driver import ROAD_NS, Earlier
from hmi.drivers.registry import create
from hmi.engine.accounts import Accounts
from hmi.engine.checkpoints import Checkpoints
from hmi.engine.clock_steps import ClockSteps
from hmi.engine.conditions_acts import ConditionActs
from hmi.engine.decisions import Decisions
from hmi.engine.gate import Gate
from hmi.engine.jobs_made import Jobs
from hmi.engine.links import Links
from hmi.engine.notes import Notes
from hmi.engine.people import People
from hmi.engine.people_verbs import PeopleVerbs
from hmi.engine.pictures import PictureVerbs
from hmi.engine.poller import Poller
from hmi.engine.publish import BEAT_S, Publisher
from hmi.engine.reload import Reload
from hmi.engine.report import Reporter
from hmi.engine.requests import Requests
from hmi.engine.secret_verbs import SecretVerbs
from hmi.engine.station_facts import watched
from hmi.engine.survival import Survival
from hmi.engine.tick import Tick
from hmi.engine.time_server import TimeServer
from hmi.engine.trust_verbs import TrustVerbs
from hmi.engine.update_verbs import UpdateVerbs
from hmi.engine.uplink import Uplink
from hmi.engine.welcome import made_ready, welcome_of
from hmi.link.messages import AnyMessage, Health, Request, Welcome
from hmi.link.server import Server
from hmi.link.street import Session
from hmi.plantfiles.standing import NOBODY_ASKED, Standing
from hmi.store.journal import SILENT
from hmi.store.query import Reader
from hmi.store.store import Store

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
        self.standing: Standing = NOBODY_ASKED  # of the plant's files to the keys that the station trusts
        self._library = dict(library)
        self._clock = clock
        self._started_ns = clock.now_ns()
        self._unheard: set[str] = set()  # connections that have not been live since the start
        self._under_way_ns = {one.id: one.period_ms * 1_000_000 + ROAD_NS for one in plant.connections}
        self.store = Store(folder, plant.tags, clock, plant.history)
        self.tick = Tick(plant, clock, self.store.append, self._journal)
        self.tick.gap(range(len(plant.tags)), self._started_ns)
        self._decisions = Decisions(folder, self._journal, clock, plant.digest)
        self._clocks = (
            ClockSteps(clock, self._clock_was_set),
            TimeServer(clock, partial(self._system_event, "time server")),
        )
        self.poller = Poller(self.tick.table, self.tick.deliver, clock, self._connection_changed)
        self._connect(addresses or {})
        self.people = People(folder, plant, clock, self._journal)
        self.gate = Gate(plant, self.tick.table, self.poller, clock, self._journal, self.people.role)
        self.survival = Survival(folder, clock, self._system_event, self._journal, self.people)
        self._reporter = Reporter(plant, self.tick.table, self.poller, self.store, clock)
        self.publisher = Publisher(self.tick.table, self.tick.alarms, clock, self._welcome, self._health)
        self._history = Reader(folder, self.store.unsealed)
        self.requests = Requests(
            plant, self.tick, self.gate, self.publisher, self._history, clock, Notes(plant, clock, self._journal)
        )
        self.conditions = ConditionActs(plant, clock, self._journal, self.poller.lines)
        self.conditions.attach()
        self.publisher.conditions, self.requests.conditions = self.conditions.room, self.conditions
        self._jobs = self._make_jobs(folder, files)
        self.jobs = self._jobs.room
        self.uplink = Uplink(lambda: self.plant, self.store, clock, self._journal)
        self._furnish_requests(files)
        room = (self.requests.pool, self._adopt, self._system_event, self._sealed)
        self._reload = Reload(files, library, plant, clock, *room)
        self._server = Server(self, clock, folder, listen=listen, tell=partial(self._system_event, "turned away"))
        self._asked: dict[Session, int] = {}
        self._answers: set[asyncio.Task[None]] = set()

    def _furnish_requests(self, files: Path | None) -> None:
        """What answers to questions beside values and alarms."""
        self._checkpoints = Checkpoints(self.store.folder, self._clock, self.requests.pool, self._journal)
        signs = (self.store, self.uplink.status, self.poller.lines, self._checkpoints)
        self._station = watched(self.tick.room, self._clock, *signs)
        self.requests.people = self.people
        self.requests.add(PeopleVerbs(self.people, Accounts(self.people, self._clock), self._clock).verbs)
        self.requests.add(TrustVerbs(self.store.folder, self.people, self._clock, self.requests.pool).verbs)
        around = (self.store.folder, lambda: self.plant, self.people)
        self.requests.add(UpdateVerbs(*around, self._clock, self.requests.pool).verbs)
        self.requests.add(SecretVerbs(*around, self.requests.pool).verbs)
        self.requests.add(PictureVerbs(files, lambda: self.plant, self.requests.pool, self._sealed).verbs)
        server, pool = self.uplink.status, self.requests.pool
        self.requests.add(self.uplink.verbs(files, self.people, pool))
        self.links = Links(self._health, server, self.survival.runs, self._clock, self._history, pool)
        self.requests.add({**self.links.verbs, **self.survival.safe_mode.verbs})
        self.gate.bar = self.survival.safe_mode.bar
        self.requests.status = self._status
        self.requests.properties = self._reporter.properties

    async def run(self, announce: Callable[[str], None]) -> None:
        """Run until cancelled; `announce` gets the one line `ready …` once acquisition has started."""
        journal = Reader(self.store.folder)
        last = journal.last_alarm_records()
        standing = self.tick.room.restore(last, journal.alarms_kept_quiet()) + self.conditions.room.restore(last)
        self._jobs.restore()
        text = f"version {hmi.__version__}, {standing} alarms from before; plant files: {self.standing.words}"
        self._record("system", "started", "engine", text)
        await self._server.start()
        self.uplink.start()
        self.survival.begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.poller.run(), name="poller")
                group.create_task(self._beat(announce), name="beat")
        except Exception as error:
            self.survival.failed(error)
            raise
        finally:
            await self._stop()

    def _make_jobs(self, folder: Path, files: Path | None) -> Jobs:
        room = (self.people, self.gate, self.requests.pool, (folder, files))
        made = Jobs(self.plant, self.tick.table, self._clock, self._journal, *room)
        self.requests.add(made.verbs)
        return made

    async def _stop(self) -> None:
        for task in self._answers:
            task.cancel()
        await self._server.stop()
        self.requests.pool.shutdown(cancel_futures=True)
        self._history.close()
        self.people.close()
        self.uplink.stop()
        self.survival.ended()
        self._record("system", "stopped", "engine", "stopped in order")
        self.store.close()

    async def _beat(self, announce: Callable[[str], None]) -> None:
        """Ready means: every connection is live, or was given its time to become so."""
        ready_by = self._clock.monotonic() + self._ready_s
        ready = False
        while True:
            try:
                self._judge()
                self._declare_starts()
                self.tick.wake()
                self._look_around()
                self.publisher.beat()
                self.survival.look()
            except Exception:  # noqa: BLE001 - top of a task: the alarms must go on
                _log.exception("our fault in a beat of the engine: it goes on")
            if not ready and (self._settled() or self._clock.monotonic() >= ready_by):
                ready = True
                live, missing, up = self._reporter.counts()
                line = f"ready live={live} missing={missing} connections={up}/{len(self.plant.connections)}"
                self.survival.ready(line)
                announce(line)
            await asyncio.sleep(BEAT_S)

    def _judge(self) -> None:
        """What is current, before anything is told: a window that wakes up with us is here before our next beat."""
        if slept_s := self.survival.slept_s():
            self.poller.renew(slept_s)
        self.poller.judge()

    def _look_around(self) -> None:
        acting = (self.conditions, self.jobs, self._reporter, self._decisions, *self._clocks)
        for room in (*acting, self._checkpoints, self._reload, self.links, self._station):
            room.look()

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
            deliver = partial(self.poller.take, moved.id)
            driver = create(moved, tags, deliver, self._clock, self.store.folder, declare, tell, self._earlier())
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
        self._judge()
        self._asked[session] = 0
        self.publisher.opened(session)

    def received(self, session: Session, message: AnyMessage) -> None:
        """A client asks something; answers go out as they are ready."""
        if not isinstance(message, Request):
            return
        self._judge()
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
        server = self.uplink.status()
        return msgspec.structs.replace(
            told,
            plant_files=self._reload.told,
            jobs=self.jobs.changed,
            server=server["words"],
            server_note=server["note"],
            arrived=server["inbox"],
            safe_mode=self.survival.safe_mode.why,
            mode=self.standing.mode,
        )

    def _status(self) -> dict[str, Any]:
        told = self._reporter.status(len(self.publisher))
        told |= {"server": self.uplink.status(), "safe_mode": self.survival.safe_mode.why}
        told |= {"plant_version": self.plant.version, "mode": self.standing.mode, "mode_words": self.standing.words}
        return told | {"digest": self.plant.digest, "plant_files": self._reload.status(), "links": self.links.rows()}

    def _sealed(self, folder: Path) -> Mapping[str, str] | None:
        return self.standing.seal(folder) if self.standing.seal else None

    def _adopt(self, plant: Plant) -> None:
        """The plant's files show something else now, and nothing in them that runs has changed: so do all clients."""
        self.plant = plant
        self.jobs.adopted(plant)
        self.publisher.renew()

    def _clock_was_set(self, text: str) -> None:
        self.links.clock_set(text)
        self._system_event("clock set", text)

    def _system_event(self, event: str, text: str) -> None:
        self._record("system", event, "engine", text)

    def _connection_changed(self, connection: str, event: str, reason: str, since_ns: int) -> None:
        begin_ns = since_ns - self._under_way_ns.get(connection, 0)  # what was told last may not have been the last
        if event == "live":
            self._unheard.discard(connection)
            self._declare_gap(connection, begin_ns, self._clock.now_ns(), SILENT, is_live=True)
        self._record("connection", event, connection, reason, begin_ns)

    def _journal(self, record: Record) -> Future[int]:
        """Every record tells the configuration that is in force now, whoever made it with which."""
        return self.store.record(msgspec.structs.replace(record, config=self.plant.digest))

    def _record(self, category: str, event: str, subject: str, result: str, source_ns: int = 0) -> None:
        self.store.record(
            Record(
                time_ns=self._clock.now_ns(),
                category=category,
                event=event,
                subject=subject,
                source_ns=source_ns,
                way="engine",
                result=result,
                config=self.plant.digest,
            )
        )
