"""How the engine outlives its own faults: it proves that it is alive, reports its crashes and notices that it slept."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

import hmi
from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.engine.crash_report import LastLines, report, tail_of
from hmi.engine.people import People
from hmi.engine.runs import Runs
from hmi.engine.safe_mode import SafeMode
from hmi.engine.watchdog import Watchdog

ASLEEP_S: Final = 5.0  # a loop that comes round twenty times a second has not come round for so long
LOG: Final = "engine.log"  # where the window that starts the engine has it log to
_log = logging.getLogger("hmi.engine")


class Survival:
    """Begin, beats and end of one run of the engine; lives on its loop."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        tell: Callable[[str, str], None],
        record: Callable[[Record], Future[int]],
        people: People,
    ) -> None:
        """`tell` writes an event of the engine into the journal: one word, and what happened."""
        self.runs = Runs(folder, clock, hmi.__version__)
        self.safe_mode = SafeMode(self.runs, clock, record, people)
        self._folder = folder
        self._clock = clock
        self._tell = tell
        self._watchdog = Watchdog(os.environ, clock)
        self._lines = LastLines()
        self._came_round = clock.monotonic()

    def begin(self) -> None:
        """The run begins: how the one before ended is looked up, and told where that was a crash."""
        safe_before = self.runs.safe is not None
        crash = self.runs.begin()
        logging.getLogger().addHandler(self._lines)
        self._came_round = self._clock.monotonic()
        if crash is not None:
            file = report(self._folder, crash.time_ns, crash.what, tail_of(self._folder / LOG))
            self._tell("crashed", f"the engine before this one: {crash.what}. {_where(file)}")
        if self.runs.safe is not None and not safe_before:
            words = f"view only: {self.safe_mode.why}; nothing is sent to the plant until a person leaves it"
            _log.warning("safe mode, %s", words)
            self._tell("safe mode", words)

    def ready(self, words: str) -> None:
        """Acquisition has started."""
        self._watchdog.ready(words)

    def slept_s(self) -> float:
        """Called as each beat begins: for how long the computer slept, or something stopped us; 0 usually."""
        now = self._clock.monotonic()
        away_s, self._came_round = now - self._came_round, now
        if away_s < ASLEEP_S:
            return 0.0
        _log.info("this computer slept, or something stopped the engine, for %.0f s: it connects anew", away_s)
        self._tell("asleep", f"this computer slept, or something stopped the engine, for {away_s:.0f} s")
        return away_s

    def look(self) -> None:
        """Called as each beat ends in which nothing went wrong."""
        self._watchdog.look()

    def failed(self, error: BaseException) -> None:
        """The run ends by a fault of ours: an engineer finds a report, and the next run knows."""
        inner = _first(error)
        what = f"a fault in the program ({type(inner).__name__}: {inner})"
        self.runs.failed(what)
        file = report(self._folder, self._clock.now_ns(), what, list(self._lines.lines), error)
        _log.critical("%s: the engine ends. %s", what, _where(file))
        self._tell("crashed", f"{what}. {_where(file)}")

    def ended(self) -> None:
        """The run is over."""
        self._watchdog.stopping()
        self.runs.end()
        logging.getLogger().removeHandler(self._lines)


def _where(file: Path | None) -> str:
    return f"See {file}" if file else "No report could be written"


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
