"""Proves to whoever supervises the engine that its loop is alive: to systemd, or to the window that started it.

Both listen for the few words of systemd's sd_notify(3) on a socket that they name in the engine's environment.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from hmi.clock import Clock

SOCKET: Final = "NOTIFY_SOCKET"
LIMIT_US: Final = "WATCHDOG_USEC"
_SHARE: Final = 3  # signs of life in the time after which the supervisor takes us for hung


class Watchdog:
    """Signs of life for a supervisor, where there is one; lives on the engine's loop and never waits."""

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        address = environment.get(SOCKET, "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        limit = environment.get(LIMIT_US, "")
        self._every_s = int(limit) / 1e6 / _SHARE if limit.isdigit() else float("inf")
        self._clock = clock
        self._told = clock.monotonic()

    def ready(self, words: str) -> None:
        """Acquisition has started."""
        self._send(f"READY=1\nSTATUS={words}")

    def look(self) -> None:
        """The loop has come round; called at the end of every beat in which nothing went wrong."""
        if self._clock.monotonic() - self._told >= self._every_s:
            self._told = self._clock.monotonic()
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The engine was told to end, and does."""
        self._send("STOPPING=1")

    def _send(self, words: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:  # it may have gone
            told.setblocking(False)
            told.sendto(words.encode(), self._address)
