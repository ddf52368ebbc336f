"""What an update does, step by step: in ROOT/update.log before anything else, and in the plant's journal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from hmi.clock import Clock
from hmi.core.errors import HmiError
from hmi.core.listing import iso
from hmi.drivers.decisions import Decision, lay_down
from hmi.plantfiles.bundle_pack import sync
from hmi.update.ownership import as_owner

LOG: Final = "update.log"
_UNDER_WAY: Final = "update.json"
SUBJECT: Final = "program"


class UnderWay(msgspec.Struct, frozen=True):
    """An update that has stopped the engine: whoever finds it after a power cut knows what was meant."""

    to: str
    was_running: bool


class Steps:
    """The record of one update; every step is on the disk before the next one begins."""

    def __init__(
        self, root: Path, data: Path, clock: Clock, who: tuple[str, str], say: Callable[[str], None] = print
    ) -> None:
        self._root = root
        self._data = data
        self._clock = clock
        self._who = who
        self._say = say

    def tell(self, event: str, text: str) -> None:
        """One step: to whoever watches, into the log, and to the engine for its journal."""
        now_ns = self._clock.now_ns()
        self._say(f"{event}: {text}")
        line = f"{iso(now_ns)[:19]}Z {event}: {text}\n".encode()
        try:
            handle = os.open(self._root / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            with os.fdopen(handle, "wb") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            self._journal(Decision(now_ns, event, text, *self._who, subject=SUBJECT))
        except OSError as error:
            raise HmiError(f"{error.filename or self._root}: {error.strerror}: the update ends here") from None

    def begin(self, to: str, was_running: bool) -> None:
        """From now on the engine may be away because of us."""
        draft = self._root / f"{_UNDER_WAY}.new"
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(UnderWay(to, was_running)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._root / _UNDER_WAY)
        sync(self._root)

    def end(self) -> None:
        """The engine is what it is to be."""
        (self._root / _UNDER_WAY).unlink(missing_ok=True)

    def cut_short(self) -> UnderWay | None:
        """The update before this one, if it did not come to its end."""
        try:
            return msgspec.json.decode((self._root / _UNDER_WAY).read_bytes(), type=UnderWay)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            return UnderWay("an unknown version", was_running=True)

    def _journal(self, decision: Decision) -> None:
        """Lay it down for whichever engine runs next, as a file that this engine's user may take away."""
        if not (self._data / "journal.db").exists():
            return
        with as_owner(self._data):
            lay_down(self._data, decision)
