"""Tells when this computer's clock is no longer kept right by a time server: it then drifts, and nobody sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hmi.clock import Clock, follows_server

LOOK_S: Final = 60.0
LOST: Final = (
    "the clock of this computer is no longer kept right by a time server: times of records drift by seconds a day. "
    "Look at the network, and at the time service of the operating system"
)
FOUND: Final = "the clock of this computer is kept right by a time server again"


class TimeServer:
    """Asks the kernel once a minute; lives on the engine's loop. A computer that never followed one is no news."""

    def __init__(
        self, clock: Clock, tell: Callable[[str], None], follows: Callable[[], bool | None] = follows_server
    ) -> None:
        """`tell` gets what happened, in words for the journal."""
        self._clock = clock
        self._tell = tell
        self._ask = follows
        self._follows = follows()
        self._due = clock.monotonic() + LOOK_S

    def look(self) -> None:
        """Tell of a change since the last look."""
        if self._clock.monotonic() < self._due:
            return
        self._due = self._clock.monotonic() + LOOK_S
        before, self._follows = self._follows, self._ask()
        if None not in (before, self._follows) and before != self._follows:
            self._tell(FOUND if self._follows else LOST)
