"""Who knocked and was not let in: told for the journal, a few at a time, for whoever knocks must not fill it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

from hmi.clock import Clock
from hmi.link.peer import other_user

QUIET_S: Final = 600.0  # one word in so long, with how many there were


class Strangers:
    """The memory of the engine's door; lives on the engine's loop."""

    def __init__(self, clock: Clock, tell: Callable[[str], None]) -> None:
        """`tell` gets what happened, in words for the journal."""
        self._clock = clock
        self._tell = tell
        self._told_at = -QUIET_S
        self._untold = 0

    def turned_away(self, transport: asyncio.BaseTransport | None, why: str) -> None:
        """Somebody was not let in, and why."""
        now = self._clock.monotonic()
        if now - self._told_at < QUIET_S:
            self._untold += 1
            return
        more = f"; {self._untold} more since it was told last" if self._untold else ""
        self._told_at, self._untold = now, 0
        self._tell(f"{origin(transport)} was not let in: {why}{more}")


def origin(transport: asyncio.BaseTransport | None) -> str:
    """Where somebody came from, in words."""
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is None:
        return "a program"
    if sock.family == getattr(socket, "AF_UNIX", None):
        return f"a program of {other_user(sock) or 'this account'} on this computer"
    peer = transport.get_extra_info("peername") if transport is not None else None
    return f"a program at {peer[0]}" if peer else "a program elsewhere"
