"""Keeps the engine that a window has started: starts it again when it dies or hangs, with growing pauses."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from hmi.clock import Clock
from hmi.commands.children import Child

LOG: Final = "engine.log"  # in the data folder, where a crash report looks for the last lines
HUNG_S: Final = 10.0  # an engine whose loop has given no sign of life for so long hangs
START_S: Final = 120.0  # it may look through much history before it is ready
BACK_OFF_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
SETTLED_S: Final = 60.0  # an engine that lived shorter has not earned a fresh pause
_ASLEEP_S: Final = 3.0  # we are asked twice a second: after such a pause it was us who did not look


class Keeper:
    """One engine and the pauses between its starts; `look` is called twice a second, on one thread, and never waits."""

    def __init__(self, command: list[str], log: Path, clock: Clock) -> None:
        self.says = ""  # why the engine is away and what is done about it, in words; "" it is not, or not by our doing
        self.starts = 0
        self.child: Child | None = None
        self._command, self._log, self._clock = command, log, clock
        self._ear = _Ear()
        self._failures = 0
        self._due = float("inf")  # when it is started again
        self._looked = self._heard = self._begun = clock.monotonic()
        self._is_ready = False

    def start(self) -> str:
        """Start it for the first time and wait for its `ready` line; HmiError with its last words if none comes."""
        self._begin()
        assert self.child is not None
        line = self.child.ready(START_S)
        self._is_ready, self._heard = True, self._clock.monotonic()
        return line

    def look(self) -> None:
        """See how it does, and act on it."""
        now = self._clock.monotonic()
        slept, self._looked = now - self._looked > _ASLEEP_S, now
        words = self._ear.hear()
        if words or slept:
            self._heard = now
        if "READY=1" in words:
            self._is_ready, self.says = True, ""
        if "STOPPING=1" in words:
            self._is_ready = False  # it puts away what it has in memory, which may take a while
        if self.child is None:
            if now >= self._due:
                self._begin()
        elif (code := self.child.process.poll()) is not None:
            self._ended(code, now)
        elif self._ear.is_open and now - self._heard > (HUNG_S if self._is_ready else START_S):
            self.child.process.kill()
            self.child.process.wait()
            self._ended(None, now)

    def stop(self) -> None:
        """End it in order, and keep it no longer."""
        self._due = float("inf")
        if self.child is not None:
            self.child.stop()
            self.child = None
        self.release()

    def release(self) -> None:
        """Let it go on without us."""
        self._ear.close()

    def _begin(self) -> None:
        self.starts += 1
        self._due, self._is_ready = float("inf"), False
        self._begun = self._heard = self._clock.monotonic()
        watched = {"NOTIFY_SOCKET": self._ear.path, "WATCHDOG_USEC": str(round(HUNG_S * 1e6))}
        self.child = Child("engine", self._command, self._log, watched if self._ear.path else None)

    def _ended(self, code: int | None, now: float) -> None:
        """`code` as the system tells it; None: it hung, and was ended by us."""
        if self.child is not None and self.child.process.stdout:
            self.child.process.stdout.close()
        self.child = None
        if code == 0:
            self.says = ""  # somebody has stopped it, and meant it
            return
        self._failures = 1 if now - self._begun > SETTLED_S else self._failures + 1
        pause_s = BACK_OFF_S[min(self._failures, len(BACK_OFF_S)) - 1]
        self._due = now + pause_s
        again = f"it is started again by itself in {pause_s:.0f} s"
        self.says = f"the engine {_how(code)}: {again}. See {self._log.parent / 'crashes'}"


def _how(code: int | None) -> str:
    if code is None:
        return "hung and was ended"
    if code < 0:
        with suppress(ValueError):
            return f"was ended by the system ({signal.Signals(-code).name})"
    return f"ended with a fault (code {abs(code)})"


class _Ear:
    """Hears what the engine says of itself in the words of sd_notify(3); deaf where the system has no such socket."""

    def __init__(self) -> None:
        self.path = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._socket: socket.socket | None = None
        if not hasattr(socket, "AF_UNIX") or os.name != "posix":
            return
        self._folder = tempfile.TemporaryDirectory(prefix="hmi-keep-")
        self.path = str(Path(self._folder.name) / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self.path)

    @property
    def is_open(self) -> bool:
        """Whether silence means anything."""
        return self._socket is not None

    def hear(self) -> str:
        """Everything that was said since, not waiting."""
        said = b""
        while self._socket is not None:
            try:
                said += self._socket.recv(4096) + b"\n"
            except (BlockingIOError, InterruptedError):
                break
        return said.decode("utf-8", "replace")

    def close(self) -> None:
        """Hear no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
