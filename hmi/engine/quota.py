"""How many refusals the journal takes one by one: whoever asks for what he may not must not fill the disk by it."""

from __future__ import annotations

from typing import Final

from hmi.clock import Clock

BURST: Final = 1000  # one after the other: nobody's honest mistakes are as many
PER_S: Final = 5.0  # from then on: 130 MB a day at most


class Quota:
    """A bucket that fills by itself; lives on the engine's loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left = float(BURST)
        self._at = clock.monotonic()
        self._untold = 0

    def words(self, text: str) -> str | None:
        """The text of a record that is to be made, with how many before it were not; None: this one is only counted."""
        now = self._clock.monotonic()
        self._left = min(float(BURST), self._left + (now - self._at) * PER_S)
        self._at = now
        if self._left < 1.0:
            self._untold += 1
            return None
        self._left -= 1.0
        untold, self._untold = self._untold, 0
        return f"{text} ({untold} more before it were refused too fast to be written down)" if untold else text
