"""Notices that this window was not running: the tablet slept, or something stopped or held it."""

from __future__ import annotations

from typing import Final

from hmi.clock import Clock

ASLEEP_S: Final = 5.0  # the window looks twenty times a second: so long it never takes by itself


class Asleep:
    """Asked before anything is heard: what lies ready on the link may be as old as the sleep. Qt thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked = -1.0  # not yet: until then the window is being made

    def look(self) -> bool:
        """Whether it was so since the last look."""
        now = self._clock.monotonic()
        before, self._looked = self._looked, now
        return before >= 0 and now - before > ASLEEP_S
