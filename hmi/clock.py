"""The machine's clocks, and the only file that reads them.

Everything else is handed a `Clock`, so that a test can turn the hands itself.
"""

from __future__ import annotations

import os
import time
from typing import Final, Protocol

# On Linux the monotonic clock stands still while a tablet sleeps: every value would wake up as young as it went to bed.
_AGES: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)

_UNSYNCHRONISED: Final = 0x40  # STA_UNSYNC of <linux/timex.h>


class Clock(Protocol):
    """What the plant's computer knows of the time."""

    def now_ns(self) -> int:
        """Wall clock, ns since 1970 UTC: for records and for people, never for delays."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment, never stepped: for delays, ages and timeouts."""


class MachineClock:
    """The clocks of the computer this process runs on."""

    def now_ns(self) -> int:
        """Wall clock, ns since 1970 UTC."""
        return time.time_ns()

    def monotonic(self) -> float:
        """Monotonic seconds, those in which the computer slept among them."""
        return time.monotonic() if _AGES is None else time.clock_gettime(_AGES)


def follows_server() -> bool | None:
    """Whether the computer's clock is kept right by a time server, as its kernel knows; None where none tells."""
    import ctypes  # asked for by an engineer now and then, and by no window that starts

    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None) if os.name == "posix" else None
    if adjtimex is None:
        return None
    # struct timex of Linux: what is to be set (nothing), four longs, the status; and room for all that follows.
    fields = (ctypes.c_ulong * 64)()
    if adjtimex(ctypes.byref(fields)) < 0:  # a sandbox may forbid even to look
        return None
    return not ctypes.c_int(fields[5] & 0xFFFFFFFF).value & _UNSYNCHRONISED


class HandClock:
    """A clock whose hands a test or a replay turns: both clocks advance together."""

    def __init__(self, now_ns: int = 1_772_000_000_000_000_000, monotonic: float = 1000.0) -> None:
        self._now_ns = now_ns
        self._monotonic = monotonic

    def now_ns(self) -> int:
        """Wall clock, ns since 1970 UTC."""
        return self._now_ns

    def monotonic(self) -> float:
        """Monotonic seconds."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Turn both hands forward."""
        self._now_ns += round(seconds * 1e9)
        self._monotonic += seconds

    def step_wall(self, seconds: float) -> None:
        """Step the wall clock alone, as an operator or NTP would."""
        self._now_ns += round(seconds * 1e9)
