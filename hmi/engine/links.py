"""Answers how every link of the station stands, since when, and which outages there were; for window and status."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from hmi.clock import Clock
from hmi.core import links
from hmi.core.links import Link
from hmi.engine.people_verbs import Verb
from hmi.engine.runs import Crash, Runs
from hmi.link.messages import Health, Reply
from hmi.link.street import Session
from hmi.store.query import Reader

LOOK_S: Final = 1.0
DAY_NS: Final = 86_400 * 10**9
LONGEST_DAYS: Final = 400
MOST: Final = 1000  # outages in one answer, the newest
_STARTED: Final = "just started"  # of the moment between an engine's start and its first values: no outage


class Outage(NamedTuple):
    """A time in which something was away, as history has it."""

    of: str  # connection; "" all of them: the engine did not run; or "tag:" and a tag
    from_ns: int
    to_ns: int
    reason: str


class Links:
    """Lives on the engine's loop; history is read in the pool."""

    def __init__(
        self,
        health: Callable[[], Health],
        server: Callable[[], Mapping[str, Any]],
        runs: Runs,
        clock: Clock,
        reader: Reader,
        pool: Executor,
    ) -> None:
        self._health = health
        self._server = server
        self._runs = runs
        self._clock = clock
        self._reader = reader
        self._pool = pool
        self._since: dict[str, tuple[str, int]] = {}  # link -> how it stands, and since when
        self._clock_set = ""
        self._looked = clock.monotonic() - LOOK_S
        self.verbs: Mapping[str, Verb] = {"links": self._links, "outages": self._outages}

    def clock_set(self, text: str) -> None:
        """Somebody has set the computer's clock."""
        when = datetime.fromtimestamp(self._clock.now_ns() / 1e9, UTC)
        self._clock_set = f"{text} ({when:%Y-%m-%d %H:%M} UTC)"

    def look(self) -> None:
        """Notice what has changed, so that it can be said since when; called every beat."""
        now = self._clock.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self.now()

    def now(self) -> list[Link]:
        """Every link as it stands."""
        told = self._health()
        rows = [links.connection(row.id, row.state, row.reason, row.missing) for row in told.connections]
        ending = [f"{row.id}: {row.note}" for row in told.connections if "certificate" in row.note]
        server, last = self._server(), self._runs.crashes[-1] if self._runs.crashes else None
        rows += [
            links.engine(told.safe_mode, _crashed(last)),
            links.history(told.store_fault, told.samples_lost, told.store_note),
            links.journal(told.store_fault),
            links.plant_server(str(server["state"]), str(server["words"])),
            links.certificates(ending),
            links.clock(self._clock_set),
            links.windows(told.clients),
        ]
        return [self._dated(row) for row in rows]

    def _dated(self, row: Link) -> Link:
        how = f"{row.state} {row.word}"
        known = self._since.get(row.id)
        if known is None or known[0] != how:
            self._since[row.id] = known = how, self._clock.now_ns()
        return msgspec.structs.replace(row, since_ns=known[1])

    def rows(self) -> list[dict[str, Any]]:
        """The same, as the link and `hmi status --json` carry it."""
        rows: list[dict[str, Any]] = msgspec.to_builtins(self.now())
        return rows

    async def _links(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, "", self.rows())

    async def _outages(self, session: Session, args: dict[str, Any]) -> Reply:
        days = min(max(1.0, float(args.get("days", 30))), LONGEST_DAYS)
        now_ns = self._clock.now_ns()
        reading = self._pool.submit(outages, self._reader, now_ns - round(days * DAY_NS), now_ns)
        found = await asyncio.wrap_future(reading)
        return Reply(0, True, "", [one._asdict() for one in found])


def outages(reader: Reader, from_ns: int, to_ns: int) -> list[Outage]:
    """Every time in which nothing was recorded, newest first; raises StoreError. Any thread."""
    found = [
        Outage(of, gap.from_ns, gap.to_ns, gap.reason)
        for gap, of in reader.declared(from_ns, to_ns)
        if _STARTED not in gap.reason
    ]
    return sorted(found, key=lambda one: -one.from_ns)[:MOST]


def _crashed(last: Crash | None) -> str:
    if last is None:
        return ""
    return f"{datetime.fromtimestamp(last.time_ns / 1e9, UTC):%Y-%m-%d %H:%M:%S} UTC: {last.what}"
