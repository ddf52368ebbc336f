"""What a trend asks of the engine: never more than one question at a time, and the newest wish when it is answered."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hmi.client.wire import Wire
from hmi.core.history import Window
from hmi.link.messages import Reply

MARGIN: Final = 0.5  # of the width, asked for on either side of what is in view: so far a drag needs no answer
_FAR: Final = 16.0  # buckets so many times as wide or narrow as a pixel are of no use
_APART: Final = 1_000_000  # between the numbers of the questions of two trends
_JOBS: Final = itertools.count(1)
_COARSEST: Final = 1.6  # buckets so many times as wide as a pixel are still good enough to be dragged


class Query:
    """The question of one trend that is under way; on the Qt thread.

    `on_reply` gets every answer. A wish that comes before it is kept, `on_free` says when it can be asked; where the
    question under way is no longer of use it is taken back instead, so that the engine stops reading.
    """

    def __init__(self, wire: Wire, on_reply: Callable[[Reply], None], on_free: Callable[[], None]) -> None:
        self._wire, self._on_reply, self._on_free = wire, on_reply, on_free
        self._number = 0
        self._job = next(_JOBS) * _APART  # the engine knows a question by it
        self.under_way = False
        self._wished = False

    def ask(self, verb: str, args: dict[str, Any], instead: bool = False) -> bool:
        """Ask, unless there is no answer yet to the question before; returns whether it was asked.

        `instead`: the one before is of no use any more, this one takes its place.
        """
        if self.under_way and not instead:
            self._wished = True
            return False
        if self.under_way:
            self._take_back()
        self.under_way = True
        self._job += 1
        named = {"job": self._job} if verb == "history" else {}
        self._number = self._wire.ask(verb, {**args, **named}, self._came)
        return True

    def _take_back(self) -> None:
        self._wire.forget(self._number)
        self.under_way = self._wished = False
        self._wire.ask("forget", {"job": self._job}, _unheard)

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


def _unheard(reply: Reply) -> None:
    """Nobody waits for the engine to say that it has stopped."""


def is_of_use(asked: Mapping[str, Any], span: tuple[int, int], px: int) -> bool:
    """Whether the answer to a question would show something of what is in view now, and about as finely."""
    start, stop = span
    if asked["to_ns"] <= start or asked["from_ns"] >= stop:
        return False
    width = (asked["to_ns"] - asked["from_ns"]) / asked["points"]
    wanted = (stop - start) / max(200, min(2000, px))
    return wanted / _FAR <= width <= wanted * _FAR


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
    """Whether what is known reaches over all that is in view but for a pixel, in buckets that are neither too wide nor
    too fine.
    """
    start, stop = span
    wanted = (stop - start) / max(200, min(2000, px))
    for window in windows:
        if window is None or window.from_ns > start or window.to_ns < min(stop, now_ns) - wanted:
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
