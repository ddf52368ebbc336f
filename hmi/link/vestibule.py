"""Where other computers wait until TLS is spoken: a few at a time, and each for seconds only.

Before the handshake nobody is known, and each who waits costs the engine an open file. Without a bound, whoever
reaches the port could take all of them, and the engine could open neither its own files nor a way to a controller.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

from hmi.link.strangers import Strangers


class Vestibule:
    """Those who have not spoken TLS yet; `arrive` makes the protocol of one more. Lives on the engine's loop."""

    def __init__(
        self, context: ssl.SSLContext, session: Callable[[], Any], most: int, within_s: float, strangers: Strangers
    ) -> None:
        """`session` makes the protocol of who was let through; `most` wait at once, each for `within_s`."""
        self._strangers = strangers
        self._context = context
        self._session = session
        self._most = most
        self._within_s = within_s
        self._waiting: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def arrive(self) -> asyncio.Protocol:
        """For `create_server`."""
        return _Caller(self)

    async def close(self) -> None:
        """Send away who still waits."""
        waiting = list(self._waiting)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def take(self, transport: asyncio.Transport) -> None:
        """Let one in who may speak TLS, or send him away at once where too many do."""
        if len(self._waiting) >= self._most:
            self._strangers.turned_away(transport, "too many are waiting to be let in")
            transport.abort()
            return
        transport.pause_reading()  # what he says first is for TLS
        task = asyncio.get_running_loop().create_task(self._secure(transport))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _secure(self, transport: asyncio.Transport) -> None:
        session, loop = self._session(), asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._within_s):
                secured = await loop.start_tls(transport, session, self._context, server_side=True)
        except OSError:  # no TLS, no answer in time, gone: whatever a stranger does instead
            self._strangers.turned_away(transport, "it did not speak TLS")
            transport.abort()
            return
        if secured is None or secured.is_closing():
            return
        session.connection_made(secured)
        session.data_received(b"")  # what came right behind the handshake has waited for this


class _Caller(asyncio.Protocol):
    def __init__(self, vestibule: Vestibule) -> None:
        self._vestibule = vestibule

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._vestibule.take(transport)
