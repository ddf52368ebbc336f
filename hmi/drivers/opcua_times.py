"""How long an OPC UA server takes to answer: told of every request, through the library's own hook for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from asyncua.observer import Observer

_WAITS: Final = "PublishRequest"  # the server keeps it until it has news: its time says nothing


class RequestTimes(Observer):
    """Tells how many seconds each request of one session took, answered or not; on the session's event loop."""

    def __init__(self, asked: Callable[[float], None]) -> None:
        self._asked = asked

    def on_request(self, request_type: str, duration: float, error: BaseException | None) -> None:
        """Called by the library at the end of every request."""
        if request_type != _WAITS:
            self._asked(duration)
