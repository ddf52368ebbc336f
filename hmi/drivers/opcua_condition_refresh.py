"""When an OPC UA server is to tell all conditions that stand (Part 9, 5.5.7), and whether it has told them all.

What it does not tell in a whole refresh is gone. So nothing may count as whole of which something got lost.
"""

from __future__ import annotations

import math
from typing import Final

from hmi.clock import Clock

WITHIN_S: Final = 20.0  # from the request to its end
EVERY_S: Final = 10.0
LONGEST_WAIT_S: Final = 300.0  # for the next one, after several of which something got lost
RETRY_S: Final = 30.0
SETTLED_S: Final = 2.0
UNDER_WAY, WHOLE, BROKEN, FAILED = "under way", "whole", "broken", "failed"


class Refresh:
    """Of one connection, one refresh at a time. Belongs to the driver's event loop."""

    def __init__(self, clock: Clock) -> None:
        self.standing: set[str] = set()  # what was told to stand in the one under way
        self.broken = 0  # how many in a row something got lost of
        self._clock = clock
        self._several = False
        self._due = math.inf
        self._asked = -math.inf
        self._until: float | None = None  # None: none is under way
        self._begun: set[int] = set()  # by the handles of the items that told of it
        self._ended: set[int] = set()
        self._ended_at = math.inf
        self._is_broken = False

    @property
    def is_under_way(self) -> bool:
        """Whether the server was asked and has not ended."""
        return self._until is not None

    @property
    def is_due(self) -> bool:
        """Whether the server is to be asked now."""
        return not self.is_under_way and self._clock.monotonic() >= self._due

    def open(self, several: bool) -> None:
        """A new session: soon. `several` items may tell of it."""
        self.close()
        self._several, self._due = several, 0.0

    def close(self) -> None:
        """The session is over."""
        self._until, self._due, self._asked = None, math.inf, -math.inf

    def ask(self) -> None:
        """The server is asked now."""
        now = self._clock.monotonic()
        self._until, self._due, self._asked = now + WITHIN_S, math.inf, now
        self._begun, self._ended, self._ended_at = set(), set(), math.inf
        self.standing, self._is_broken = set(), False

    def missed(self) -> None:
        """Something of what the server told is lost."""
        self._is_broken = True
        self.again()

    def again(self, at_once: bool = False) -> None:
        """Once more, at once for a person, else not too often."""
        wait_s = min(LONGEST_WAIT_S, EVERY_S * 2 ** min(self.broken, 10))
        self._due = min(self._due, self._clock.monotonic() if at_once else self._asked + wait_s)

    def refused(self, retry_s: float = math.inf) -> None:
        """The server said no: once more after so long, or never by itself."""
        self._until = None
        self._due = self._clock.monotonic() + retry_s

    def begins(self, handle: int) -> None:
        """An item tells that it begins."""
        self._begun.add(handle)

    def ends(self, handle: int) -> None:
        """An item tells that it ends."""
        self._ended.add(handle)
        self._ended_at = self._clock.monotonic()

    def outcome(self) -> str:
        """How the one under way stands; anything but UNDER_WAY ends it.

        Of several items nobody knows how many tell of its end, nor whether all they told stands before that in a
        publish response: it is over when none has begun and nothing has ended for a while.
        """
        now = self._clock.monotonic()
        has_ended = bool(self._ended) and self._ended >= self._begun
        if has_ended and (not self._several or now - self._ended_at >= SETTLED_S):
            self._until = None
            self.broken = self.broken + 1 if self._is_broken else 0
            if self._is_broken:
                self._due = math.inf  # not as soon as it was before this one failed, too
                self.again()
            return BROKEN if self._is_broken else WHOLE
        if self._until is not None and now >= self._until:
            self.refused(RETRY_S)
            return FAILED
        return UNDER_WAY
