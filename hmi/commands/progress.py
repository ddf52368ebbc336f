"""How far a long command is: one line that writes over itself, for a person at a terminal; nothing for a script."""

from __future__ import annotations

import sys
from typing import Final, TextIO

from hmi.clock import MachineClock

_EVERY_S: Final = 0.2
_WIDTH: Final = 78


class ProgressLine:
    """A line on stderr, given up by `end`; says nothing where stderr is no terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._shown = self._out.isatty()
        self._clock = MachineClock()
        self._due = 0.0
        self._there = False

    def tell(self, what: str, done: int, whole: int) -> None:
        """Show what is under way, and how much of the whole is done."""
        now = self._clock.monotonic()
        if not self._shown or now < self._due:
            return
        self._due = now + _EVERY_S
        share = f"{min(100, 100 * done // whole):3d} %  " if whole else ""
        self._out.write(f"\r{share + what:<{_WIDTH}.{_WIDTH}}")
        self._out.flush()
        self._there = True

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._there:
            self._out.write(f"\r{'':{_WIDTH}}\r")
            self._out.flush()
