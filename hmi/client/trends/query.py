"""What a trend asks of the engine: never more than one question at a time, and the newest wish when it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from hmi.client.wire import Wire
from hmi.core.history import Window
from hmi.link.messages import Reply

MARGIN: Final = 0.5  # of the width, asked for on either side of what is in view: so far a drag needs no answer
_COARSEST: Final = 1.6  # buckets so many times as wide as a pixel are still good enough to be dragged


class Query:
    """The question of one trend that is under way; on the Qt thread.

    `on_reply` gets every answer. A wish that comes before it is kept, `on_free` says when it can be asked.
    """

    def __init__(self, wire: Wire, on_reply: Callable[[Reply], None], on_free: Callable[[], None]) -> None:
        self._wire, self._on_reply, self._on_free = wire, on_reply, on_free
        self._number = 0
        self.under_way = False
        self._wished = False

    def ask(self, verb: str, args: dict[str, Any]) -> bool:
        """Ask, unless there is no answer yet to the question before; returns whether it was asked."""
        if self.under_way:
            self._wished = True
            return False
        self.under_way = True
        self._number = self._wire.ask(verb, args, self._came)
        return True

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._wire.forget(self._number)
        self.under_way = self._wished = False

    def _came(self, reply: Reply) -> None:
        self.under_way = False
        wished, self._wished = self._wished, False
        self._on_reply(reply)
        if wished:
            self._on_free()


def request_of(span: tuple[int, int], now_ns: int, px: int) -> dict[str, Any] | None:
    """The stretch of time to ask for when `span` is in view: with a margin, a bucket a pixel; None: all to come."""
    start, stop = span
    margin = int((stop - start) * MARGIN)
    columns = max(200, min(2000, px))
    to_ns = min(stop + margin, now_ns)
    from_ns = max(0, start - margin)
    if to_ns <= from_ns or start >= now_ns:
        return None
    points = -(-columns * (to_ns - from_ns) // (stop - start))
    return {"from_ns": from_ns, "to_ns": to_ns, "points": max(50, min(5000, points))}


def is_covered(windows: Sequence[Window | None], span: tuple[int, int], now_ns: int, px: int) -> bool:
    """Whether what is known reaches over all that is in view, in buckets that are fine enough and not too fine."""
    start, stop = span
    wanted = (stop - start) / max(200, min(2000, px))
    for window in windows:
        if window is None or window.from_ns > start or window.to_ns < min(stop, now_ns):
            return False
        if not wanted / 4 <= window.width_ns <= wanted * _COARSEST and window.width_ns > 10**6:
            return False
    return True


def windows_of(reply: Reply) -> dict[str, Window]:
    """The stretches of history in an answer, by tag; raises ValueError for what is none."""
    try:
        return {window.tag: window for window in map(Window.unpack, reply.body)}
    except TypeError as error:
        raise ValueError(str(error)) from error
