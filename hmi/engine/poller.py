"""Keeps every connection's driver alive and judges the age of what it delivers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_NOT_LIVE, Batch
from hmi.core.plant import Connection
from hmi.core.tags import TagTable
from hmi.drivers.driver import Driver, Health

_log = logging.getLogger("hmi.engine.poller")
_RESTART_S = 5.0

LIVE, STALE, BAD = 0, 1, 2


def age_state(health: Health, started: float, now: float) -> int:
    """LIVE, STALE or BAD by the time since anything was heard; never by what the connection claims to be."""
    since = now - (health.last_life or started)
    if since > health.bad_after_s:
        return BAD
    return STALE if health.last_life and since > health.silent_after_s else LIVE


@dataclass
class _Line:
    connection: Connection
    driver: Driver
    tags: NDArray[np.uint32]
    started: float
    state: int = LIVE
    running: asyncio.Task[None] | None = None  # its driver
    leaving: bool = False  # its driver says goodbye, to be run anew: what still lay ready for it is from before
    silent_ns: int = 0  # wall clock of the last that was heard before it fell silent
    before: Batch = field(default_factory=Batch.empty)  # what the tags were before they were marked


class Poller:
    """Every connection of the plant; lives on the engine's loop."""

    def __init__(
        self,
        table: TagTable,
        deliver: Callable[[Batch], None],
        clock: Clock,
        changed: Callable[[str, str, str, int], None],
    ) -> None:
        """`changed` is told (connection, "silent" | "live", reason, ns UTC since when) as trouble starts and ends."""
        self._table = table
        self._deliver = deliver
        self._clock = clock
        self._changed = changed
        self._lines: dict[str, _Line] = {}

    def add(self, connection: Connection, driver: Driver, tags: list[int]) -> None:
        """Take a connection under care."""
        self._lines[connection.id] = _Line(connection, driver, np.array(tags, np.uint32), self._clock.monotonic())

    def take(self, connection: str, batch: Batch) -> None:
        """What a connection's driver delivers; what lay ready while this computer slept is history, never current."""
        line = self._lines.get(connection)
        if line is not None and line.leaving:
            rows = batch.rows.copy()
            rows["flags"][(rows["flags"] & FLAG_NOT_LIVE) == 0] |= FLAG_BACKFILLED
            batch = Batch(rows, batch.texts)
        self._deliver(batch)

    def line(self, connection: str) -> tuple[Connection, Driver] | None:
        """The connection and its driver, by id."""
        line = self._lines.get(connection)
        return (line.connection, line.driver) if line else None

    def lines(self) -> list[tuple[Connection, Driver, NDArray[np.uint32]]]:
        """Every connection with its driver and tags."""
        return [(line.connection, line.driver, line.tags) for line in self._lines.values()]

    async def run(self) -> None:
        """Run every driver for ever; one that fails by our own fault is started again."""
        async with asyncio.TaskGroup() as group:
            for line in self._lines.values():
                group.create_task(self._keep(line), name=f"driver {line.connection.id}")

    async def _keep(self, line: _Line) -> None:
        while True:
            try:
                renewed = await self._run_driver(line)
            except Exception:  # noqa: BLE001 - top of a task: our own bug restarts the part, not the program
                renewed = False
                _log.exception("our fault in the driver of %s: it starts again", line.connection.id)
            if not renewed:
                await asyncio.sleep(_RESTART_S)

    async def _run_driver(self, line: _Line) -> bool:
        """Until it fails, or (True) is ended to be run anew; in a task of its own, so that it alone can be ended."""
        line.leaving = False
        running = line.running = asyncio.get_running_loop().create_task(line.driver.run())
        try:
            await asyncio.wait([running])
        finally:
            running.cancel()  # where this one was cancelled: the driver has its time to say goodbye
            await asyncio.wait([running])
            failed = None if running.cancelled() else running.exception()
        if failed is not None:
            raise failed
        return running.cancelled()

    def renew(self, slept_s: float) -> None:
        """This computer has slept: nothing that is known is current, and every connection is built anew."""
        now = self._clock.monotonic()
        for line in self._lines.values():
            health = line.driver.health
            health.state, health.reason = "connecting", "this computer slept"
            health.last_life = min(health.last_life, now - slept_s)
            if line.running is not None:
                line.leaving = line.running.cancel()

    def judge(self) -> None:
        """Mark the values of connections that have fallen silent, and take the marks away when they are heard again."""
        now = self._clock.monotonic()
        for line in self._lines.values():
            state = age_state(line.driver.health, line.started, now)
            if state == LIVE and line.driver.health.state != "live":
                state = line.state  # heard, but not yet seeded: the marks stay until its values are current
            if state > line.state:
                self._mark(line, state)
            elif state == LIVE and line.state != LIVE:
                self._unmark(line)
            line.state = state

    def _mark(self, line: _Line, state: int) -> None:
        if line.state == LIVE:
            line.before = self._table.rows(line.tags)
            health = line.driver.health
            line.silent_ns = self._clock.now_ns() - round(
                (self._clock.monotonic() - (health.last_life or line.started)) * 1e9
            )
            reason = health.reason or "nothing is heard from it"
            self._changed(line.connection.id, "silent", reason, line.silent_ns)
        usable = line.tags[~self._known_bad(line)]
        quality = q.UNCERTAIN_LAST_USABLE if state == STALE else q.BAD_NO_COMMUNICATION
        marked = self._table.mark(usable, quality, self._clock.now_ns(), FLAG_NOT_LIVE)
        ever = marked.rows["received"] > 0  # what did not change was true until the last sign of life
        marked.rows["received"][ever] = np.maximum(marked.rows["received"][ever], line.silent_ns)
        self._deliver(marked)

    def _known_bad(self, line: _Line) -> NDArray[np.bool_]:
        """Tags that are bad for a reason of their own keep it: it says more than silence does."""
        return np.array([int(tag) in line.driver.health.missing for tag in line.tags], bool)

    def _unmark(self, line: _Line) -> None:
        """Heard again without a new connection: what was not sent anew has not changed (the subscription says so)."""
        marked = (self._table.flags[line.tags] & FLAG_NOT_LIVE) != 0
        back = marked & ~self._known_bad(line)
        batch = Batch(line.before.rows[back].copy(), line.before.texts)
        batch.rows["time"] = batch.rows["received"] = self._clock.now_ns()
        line.before = Batch.empty()
        self._deliver(batch)
        self._changed(line.connection.id, "live", "its values are current again", line.silent_ns)
