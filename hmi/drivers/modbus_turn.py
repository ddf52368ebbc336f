"""Whose request goes next on a line, and how soon: writes ahead of polling, and never more than a device bears."""

from __future__ import annotations

import asyncio
from collections import deque

from hmi.clock import Clock


class Turn:
    """One request at a time on a line, writes ahead of polling, else first come, first served.

    A write waits for the one request under way, however many units share the line. Belongs to one event loop.
    """

    def __init__(self) -> None:
        self._taken = False
        self._writes: deque[asyncio.Future[None]] = deque()
        self._polls: deque[asyncio.Future[None]] = deque()

    def polling(self) -> Hold:
        """Hold the line for a request that can wait."""
        return Hold(self, self._polls)

    def writing(self) -> Hold:
        """Hold the line for what a person waits for."""
        return Hold(self, self._writes)

    async def take(self, queue: deque[asyncio.Future[None]]) -> None:
        """Wait for one's turn in this queue."""
        if not self._taken:
            self._taken = True
            return
        called = asyncio.get_running_loop().create_future()
        queue.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self.pass_on()  # it was our turn at the very moment
            raise

    def pass_on(self) -> None:
        """Give the line to who is next."""
        for queue in (self._writes, self._polls):
            while queue:
                called = queue.popleft()
                if not called.done():
                    called.set_result(None)
                    return
        self._taken = False


class Hold:
    """The line, held as long as an `async with` block."""

    __slots__ = ("_queue", "_turn")

    def __init__(self, turn: Turn, queue: deque[asyncio.Future[None]]) -> None:
        self._turn = turn
        self._queue = queue

    async def __aenter__(self) -> None:
        await self._turn.take(self._queue)

    async def __aexit__(self, *_: object) -> None:
        self._turn.pass_on()


class Budget:
    """At most so many requests a second to one device, evenly spread: a small PLC has a program to run, too."""

    def __init__(self, per_s: float, clock: Clock) -> None:
        self.interval_s = 1 / per_s if per_s else 0.0
        self._clock = clock
        self._next = 0.0

    async def ready(self) -> None:
        """Wait until the next request may go, without holding the line meanwhile."""
        await asyncio.sleep(max(0.0, self._next - self._clock.monotonic()))

    async def spend(self) -> None:
        """Wait until a request may go, and count it."""
        if self.interval_s:
            await self.ready()
            self._next = self._clock.monotonic() + self.interval_s
