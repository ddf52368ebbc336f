"""What is known at a station of an update that is prepared: written by `hmi update`, told by the engine, agreed to.

Files in the data folder: update-ready.json says which version waits and for what, update-agreed.json who has agreed.
While somebody waits for an agreement, update-waiting.lock is held; with its process it is free again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

import msgspec

READY: Final = "update-ready.json"
AGREED: Final = "update-agreed.json"
LOCK: Final = "update-waiting.lock"
_BIGGEST: Final = 65_536
_OURS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # nothing laid in our way is followed


class Ready(msgspec.Struct, frozen=True):
    """A version that is prepared beside the one in use."""

    to: str  # 0.2.0+3
    over: str  # the version in use when it was prepared: of another one nothing is told
    tested_ns: int = 0  # when its self-test passed on a copy of the records; 0: only its signature was proven
    window: str = ""  # the maintenance window in words; "" there is none
    held: str = ""  # what must not be disturbed just now, in words


class Agreed(msgspec.Struct, frozen=True):
    """Who has agreed to put a version into use."""

    to: str
    user: str
    station: str
    at_ns: int


T = TypeVar("T", Ready, Agreed)


def keep(data: Path, what: Ready | Agreed) -> Path:
    """Lay it down in a data folder; raises OSError."""
    path = data / (READY if isinstance(what, Ready) else AGREED)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OURS, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(what))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def ready(data: Path) -> Ready | None:
    """The version that is prepared; None where none is."""
    return _read(data / READY, Ready)


def agreed(data: Path) -> Agreed | None:
    """Who has agreed; None while nobody has."""
    return _read(data / AGREED, Agreed)


def clear(data: Path) -> None:
    """Nothing is prepared any more."""
    for name in (READY, AGREED):
        (data / name).unlink(missing_ok=True)


def _read(path: Path, kind: type[T]) -> T | None:
    with suppress(OSError, ValueError, RecursionError):
        handle = os.open(path, os.O_RDONLY | _OURS)
        with os.fdopen(handle, "rb") as file:
            return msgspec.json.decode(file.read(_BIGGEST), type=kind)
    return None


@contextmanager
def waited_for(data: Path) -> Iterator[None]:
    """Let the engine see that somebody waits for an agreement, until left; raises OSError."""
    import fcntl

    handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | _OURS, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def is_waited_for(data: Path) -> bool:
    """Whether somebody waits for an agreement, and will act on it."""
    if sys.platform == "win32":  # no hmi update there
        return False
    import fcntl

    try:
        handle = os.open(data / LOCK, os.O_RDONLY | _OURS)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
