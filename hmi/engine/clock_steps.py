"""Tells when somebody set this computer's clock: what was recorded before and after cannot be compared by its times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hmi.clock import Clock

STEP_S: Final = 2.0  # a clock that is slewed by a time server goes slower than that, and is no news


class ClockSteps:
    """Compares the wall clock with the monotonic one, every beat; lives on the engine's loop."""

    def __init__(self, clock: Clock, tell: Callable[[str], None]) -> None:
        """`tell` gets what happened, in words for the journal."""
        self._clock = clock
        self._tell = tell
        self._apart_s = self._difference_s()

    def look(self) -> None:
        """Tell of a step since the last look."""
        apart_s = self._difference_s()
        step_s, self._apart_s = apart_s - self._apart_s, apart_s
        if abs(step_s) >= STEP_S:
            way = "forward" if step_s > 0 else "back"
            self._tell(
                f"the clock of this computer was set {way} by {abs(step_s):.1f} s: times before and after differ by "
                "that. If nobody meant it, look at its time server"
            )

    def _difference_s(self) -> float:
        return self._clock.now_ns() / 1e9 - self._clock.monotonic()
