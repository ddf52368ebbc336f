"""The engine's runs and how they ended: three crashes in five minutes, and it only shows the plant until a person says.

A small file in the data folder. A run that has left no word of its end was killed or crashed; one of before the
computer was started anew went down with the computer, which is no crash of ours.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

import msgspec

from hmi.clock import Clock

FILE: Final = "runs.json"
MOST: Final = 3  # crashes ...
WITHIN_S: Final = 300.0  # ... in so long
IN_ORDER: Final = "in order"
SILENT: Final = "it ended without a word: it was killed, it hung and was ended, or it crashed"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_log = logging.getLogger("hmi.engine.runs")


class Run(msgspec.Struct, frozen=True):
    """One run of the engine on this data folder."""

    started_ns: int
    version: str
    pid: int
    boot: str  # which start of the computer
    ended: str = ""  # "in order", or what went wrong; "" it runs, or has left no word


class Crash(msgspec.Struct, frozen=True):
    """An end that nobody wanted."""

    at_s: float  # monotonic, of this start of the computer
    time_ns: int
    boot: str
    what: str


class Safe(msgspec.Struct, frozen=True):
    """Since when the engine only shows the plant, and why."""

    since_ns: int
    why: str


class _Book(msgspec.Struct, frozen=True):
    run: Run | None = None
    crashes: tuple[Crash, ...] = ()
    safe: Safe | None = None


class Runs:
    """How the runs of an engine ended; lives on the engine's loop."""

    def __init__(self, folder: Path, clock: Clock, version: str) -> None:
        self._file = folder / FILE
        self._clock = clock
        self._version = version
        self._boot = boot_of(_BOOT)
        self._book = _Book()

    @property
    def safe(self) -> Safe | None:
        """Why the engine only shows the plant; None when it does everything."""
        return self._book.safe

    @property
    def crashes(self) -> tuple[Crash, ...]:
        """Those of late."""
        return self._book.crashes

    def begin(self) -> Crash | None:
        """A run begins; gives the crash of the one before, if it ended so and nobody has reported it."""
        self._book = self._read()
        before, crash = self._book.run, None
        if before is not None and not before.ended and before.boot == self._boot:
            crash = self._crashed(SILENT)
        run = Run(self._clock.now_ns(), self._version, os.getpid(), self._boot)
        self._keep(run, self._lately(), self._book.safe or self._enough())
        return crash

    def failed(self, what: str) -> None:
        """This run ends by a fault of ours."""
        self._crashed(what)
        self._end(what)

    def end(self) -> None:
        """This run ends as it should."""
        if self._book.run is not None and not self._book.run.ended:
            self._end(IN_ORDER)

    def leave(self) -> None:
        """A person wants everything to be done again; what has crashed before does not count any more."""
        self._keep(self._book.run, (), None)

    def _crashed(self, what: str) -> Crash:
        crash = Crash(self._clock.monotonic(), self._clock.now_ns(), self._boot, what)
        self._book = msgspec.structs.replace(self._book, crashes=(*self._lately(), crash))
        return crash

    def _lately(self) -> tuple[Crash, ...]:
        now = self._clock.monotonic()
        mine = (one for one in self._book.crashes if one.boot == self._boot)
        return tuple(one for one in mine if 0 <= now - one.at_s <= WITHIN_S)

    def _enough(self) -> Safe | None:
        crashes = self._lately()
        if len(crashes) < MOST:
            return None
        why = f"the engine crashed {len(crashes)} times within {WITHIN_S / 60:.0f} minutes ({crashes[-1].what})"
        return Safe(self._clock.now_ns(), why)

    def _end(self, how: str) -> None:
        run = self._book.run
        self._keep(run and msgspec.structs.replace(run, ended=how), self._book.crashes, self._book.safe)

    def _keep(self, run: Run | None, crashes: tuple[Crash, ...], safe: Safe | None) -> None:
        """Whole or not at all; a disk that takes nothing must not keep the plant from being shown."""
        self._book = _Book(run, crashes, safe)
        draft = self._file.with_suffix(".part")
        try:
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(self._book), indent=1))
            draft.replace(self._file)
        except OSError as error:
            _log.warning("%s cannot be written (%s): how this run ends is not remembered", self._file, error.strerror)

    def _read(self) -> _Book:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Book)
        except FileNotFoundError:
            return _Book()
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("%s cannot be read (%s): it begins anew", self._file, error)
            return _Book()


def boot_of(file: Path) -> str:
    """Which start of the computer this is; "" where the system does not say."""
    try:
        return file.read_text("ascii").strip()
    except OSError:
        return ""
