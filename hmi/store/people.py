"""people.json in the data folder: the station's accounts, read and written whole, for the engine's own account only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.errors import StoreError
from hmi.core.people import Account, Tries
from hmi.store.backup import sync_folder

FILE: Final = "people.json"
_MOST_BYTES: Final = 16 * 1024 * 1024
_VERSION: Final = 1


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody at this station, and who has guessed wrong."""

    version: int = _VERSION
    key: str = ""  # of this station, for badges: the same badge hashes otherwise elsewhere
    next_number: int = 1
    accounts: tuple[Account, ...] = ()
    tries: dict[str, Tries] = {}


def new_book() -> Book:
    """Of a station where nobody is known."""
    return Book(key=secrets.token_hex(32))


def read_book(folder: Path) -> Book:
    """The station's people; a new book where there is none. Raises StoreError, never lets somebody in for a fault."""
    path = folder / FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise StoreError(f"{path} is too large to be a list of people: {_MEND}")
        book = msgspec.json.decode(path.read_bytes(), type=Book)
    except FileNotFoundError:
        return new_book()
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror}): {_MEND}") from None
    except (ValueError, RecursionError):
        raise StoreError(f"{path} is damaged: {_MEND}") from None
    if book.version > _VERSION:
        raise StoreError(f"{path} was written by a newer program: install that, or put back your backup")
    return book


_MEND: Final = "nobody can sign in, views and alarms go on. Put it back from a backup (hmi restore)"


def write_book(folder: Path, book: Book) -> None:
    """Put the book in the place of the one before, whole or not at all; on return it is on the disk."""
    path = folder / FILE
    draft = folder / f"{FILE}.{os.getpid()}"
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(book), indent=1))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StoreError(
            f"{path} cannot be written ({error.strerror}): nothing was changed. Is the disk full?"
        ) from None
