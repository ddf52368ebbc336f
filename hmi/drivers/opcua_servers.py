"""The servers of one OPC UA connection: opens a session with the best one, and looks for a better one meanwhile.

A better server is connected to before the worse one is left, so a standby that cannot be had costs nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable
from typing import Final

from asyncua import ua

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection
from hmi.drivers.opcua_client import OnPublish, OpcUaSession, check_address, reason_of
from hmi.drivers.opcua_redundancy import ServerSet, ask_level, follow_level, level_of
from hmi.drivers.opcua_security import Protection
from hmi.drivers.supervise import Refused

PROBE_S: Final = 30.0  # small controllers have few sessions to give away
URGENT_PROBE_S: Final = 1.0  # while the server in use is not healthy


class Switch(Exception):
    """A session ends because one with a better server is open already."""


class Servers:
    """Whom to talk to, best first. Belongs to the driver's event loop."""

    def __init__(
        self, connection: Connection, protection: Protection, clock: Clock, changed: Callable[[], None]
    ) -> None:
        """`changed` is called when `words` would say something else."""
        self.standings = ServerSet((connection.address, *connection.backup), clock)
        self._protection = protection
        self._clock = clock
        self._changed = changed
        self._probed = -math.inf
        self._wake = asyncio.Event()
        self._better: OpcUaSession | None = None
        self.why = ""  # the last switch was made

    def check(self) -> None:
        """Raise Misconfigured where no attempt can or may be made."""
        self._protection.check()
        for address in self.standings.order():
            check_address(address)

    async def open(self) -> OpcUaSession:
        """A session with the first server that is healthy, else with the best of those that answer; raises Refused."""
        reasons, least_s = [], 0.0
        best: OpcUaSession | None = None
        try:
            for address in self.standings.order():
                try:
                    session = await self._open_one(address)
                except DeviceError as error:
                    reasons.append(str(error))
                    least_s = max(least_s, error.retry_s if isinstance(error, Refused) else 0.0)
                    continue
                if best is None or self.standings.is_better(session.address, best.address):
                    best, session = session, best
                if session is not None:
                    await session.close()
                if best is not None and self.standings.is_healthy(best.address):
                    break
        except BaseException:
            if best is not None:
                await best.close()
            raise
        if best is None:
            raise Refused("; ".join(reasons), least_s)
        return best

    async def _open_one(self, address: str) -> OpcUaSession:
        """A session with one server, which has told its service level; raises DeviceError."""
        session = OpcUaSession(address, self._protection)
        try:
            await session.open()
            self.standings.told(address, await ask_level(session))
        except (OSError, ua.UaError, DeviceError) as error:
            await session.close()
            known = error if isinstance(error, DeviceError) else DeviceError(reason_of(error, session.where))
            self.standings.failed(address, str(known))
            raise known from error
        except BaseException:
            await session.close()
            raise
        return session

    def lost(self, session: OpcUaSession, error: DeviceError) -> DeviceError:
        """A session failed: another server comes first now; gives the error back."""
        self.standings.failed(session.address, str(error))
        return error

    def use(self, session: OpcUaSession, why: str) -> str:
        """This session is the one from now on; in words, if it is with another server than before."""
        before = self.standings.in_use
        self.standings.use(session.address)
        return f"switched from {before} to {session.address}: {why}" if before not in ("", session.address) else ""

    async def follow(self, session: OpcUaSession, on_publish: OnPublish) -> None:
        """Have the level of the server in use come as it changes, where that matters; raises OSError and UaError."""
        if len(self.standings) > 1 and self.standings.level(session.address) is not None:
            await follow_level(session, on_publish)

    def told(self, session: OpcUaSession, data: ua.DataValue) -> int | None:
        """The server in use says how well it serves: whether another is better is asked at once."""
        level = level_of(data)
        self.standings.told(session.address, level)
        self._wake.set()
        return level

    async def look_for_better(self) -> None:
        """Until a session with a better server is open, which `take` gives; for ever where there is only one."""
        while True:
            await self._until_due()
            self._probed = self._clock.monotonic()
            for address in self.standings.others():
                session = await self._probe(address)
                better = self.standings.best()
                if session is not None and better is not None and better[0] == address:
                    self._better, self.why = session, better[1]
                    return
                if session is not None:
                    await session.close()

    async def _until_due(self) -> None:
        if len(self.standings) < 2:
            await asyncio.Event().wait()
        while (left_s := self._probed + self._pause_s() - self._clock.monotonic()) > 0:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._wake.wait()

    def _pause_s(self) -> float:
        return PROBE_S if self.standings.is_healthy(self.standings.in_use) else URGENT_PROBE_S

    async def _probe(self, address: str) -> OpcUaSession | None:
        before = self.standings.words()
        try:
            return await self._open_one(address)
        except DeviceError:
            return None
        finally:
            if self.standings.words() != before:
                self._changed()

    def take(self) -> OpcUaSession | None:
        """The session with the better server; it belongs to the caller from now on."""
        session, self._better = self._better, None
        return session
