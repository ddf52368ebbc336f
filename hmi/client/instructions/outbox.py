"""What people did in jobs and the engine has not got yet, on the disk of the window: a crash of it loses nothing.

Never in it: signatures, because a password is not kept, and values for the machine, because nobody wants one that was
meant for yesterday to be sent today.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any, Final

import msgspec
from PySide6.QtCore import QLockFile

log = logging.getLogger(__name__)
_MOST_WINDOWS: Final = 8  # of one station that keep deeds at the same time
_LARGEST_BYTES: Final = 5_000_000


class KeptDeed(msgspec.Struct, frozen=True):
    """One thing that somebody did, with all that the engine has to be told."""

    verb: str
    args: dict[str, Any]
    who: str  # under whose name it counts


class Outbox:
    """The file of one window; on the Qt thread. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None, plant: str, station: str) -> None:
        self.fault = ""  # why it cannot be written now, in the system's words
        self._folder = folder
        self._name = f"deeds-{_safe(plant)}-{_safe(station)}"
        self._lock: QLockFile | None = None
        self._path: Path | None = None
        self._written: list[KeptDeed] = []

    def read(self) -> list[KeptDeed]:
        """What was left by windows of this station that are no more, the oldest first; from now on it is this one's."""
        found: list[KeptDeed] = []
        for number in range(_MOST_WINDOWS if self._folder is not None else 0):
            assert self._folder is not None
            path = self._folder / f"{self._name}-{number}.json"
            if self._path is not None and not path.exists():
                continue
            lock = self._locked(path)
            if lock is None:
                continue
            found += _read(path)
            if self._path is None:
                self._path, self._lock = path, lock
            else:  # of a window that ended with something left
                path.unlink(missing_ok=True)
                lock.unlock()
        if found:
            self.write(found)
        return found

    def write(self, deeds: list[KeptDeed]) -> None:
        """Keep these, whole and on the disk; a disk that does not take them is said once in the log."""
        if self._path is None or deeds == self._written:
            return
        self._written = list(deeds)
        try:
            _write(self._path, deeds)
        except OSError as error:
            if not self.fault:
                log.warning("%s cannot be written (%s): what is not sent is lost with the window", self._path, error)
            self.fault = error.strerror or str(error)
        else:
            self.fault = ""

    def close(self) -> None:
        """Another window may take over what is left."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _locked(self, path: Path) -> QLockFile | None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.fault = error.strerror or str(error)
            return None
        lock = QLockFile(f"{path}.lock")
        lock.setStaleLockTime(0)  # only that of a process that is no more
        return lock if lock.tryLock(0) else None


def _read(path: Path) -> list[KeptDeed]:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST_BYTES), type=list[KeptDeed])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read (%s): what was not sent before is lost, see the steps of open jobs", path, error)
        return []


def _write(path: Path, deeds: list[KeptDeed]) -> None:
    if not deeds:
        path.unlink(missing_ok=True)
        return
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(deeds))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)[:60] or "station"
