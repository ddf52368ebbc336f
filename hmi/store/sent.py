"""How far the plant server has what is here, as it was heard last: what it has not got is not dropped for its age.

The truth is the server's own. This is a note beside the data, for when the server is away, and for retention.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.errors import StoreError
from hmi.core.outgoing import NOWHERE, Place
from hmi.store.folder import words
from hmi.store.schema import open_to_read

NOTE: Final = "outbox.json"
UNSENT: Final = "dropped for want of room before the plant server had it"  # reason of a gap
_LATER: Final = "SELECT 1 FROM block WHERE (seq, tag, t0) > (?, ?, ?) AND seq >= ? LIMIT 1"


class Left(msgspec.Struct, frozen=True):
    """A block that the plant server did not take, and what it said."""

    day: int
    place: Place
    words: str


class Sent(msgspec.Struct, frozen=True):
    """What the plant server has of a data folder."""

    days: dict[int, Place] = {}  # day -> how far
    record: int = 0
    gap: int = 0
    left: tuple[Left, ...] = ()  # what it did not take


def read(folder: Path) -> Sent | None:
    """What was noted; None where there is no plant server, or where the note cannot be read."""
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Sent)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return Sent()  # as if nothing had been sent: the server says otherwise as soon as it is heard


def write(folder: Path, sent: Sent) -> None:
    """Note it, whole or not at all. Raises StoreError."""
    path = folder / NOTE
    part = path.with_name(f"{NOTE}.tmp")
    try:
        part.write_bytes(msgspec.json.encode(sent))
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({words(error)}): what was sent is asked of the server") from None


def forget(folder: Path) -> None:
    """There is no plant server any more: nothing waits for one."""
    if (folder / NOTE).exists() and os.access(folder, os.W_OK):
        (folder / NOTE).unlink()


def waits(folder: Path, day: int, path: Path) -> bool:
    """Whether something of a day's file has not been sent to the plant server that this station has."""
    sent = read(folder)
    if sent is None:
        return False
    seq, tag, t0 = sent.days.get(day, NOWHERE)
    try:
        with closing(open_to_read(path)) as file:
            return file.execute(_LATER, (seq, tag, t0, seq)).fetchone() is not None
    except sqlite3.Error:
        return False  # what cannot be read cannot be sent either
