"""One question to a file of the data folder: opened for it, closed after it, and what cannot be read said in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hmi.core.errors import StoreError
from hmi.store.folder import JOURNAL, words
from hmi.store.schema import open_to_read


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A file of the data folder, open for one question; raises StoreError in words."""
    try:
        with closing(open_to_read(path)) as file:
            yield file
    except sqlite3.Error as error:
        raise unreadable(path, error) from error


@contextmanager
def journal_read(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """The journal of a data folder for one question; None where there is none yet. Raises StoreError in words."""
    path = folder / JOURNAL
    if not path.exists():
        yield None
        return
    with reading(path) as file:
        yield file


def rows_of(file: sqlite3.Connection, query: str, values: Sequence[Any] = ()) -> list[Any]:
    """All rows of a question, also where a bit that turned over has left a text that is none. Raises sqlite3.Error."""
    try:
        return file.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode" not in str(error).lower():
            raise
    strict, file.text_factory = file.text_factory, _lenient
    try:
        return file.execute(query, values).fetchall()
    finally:
        file.text_factory = strict


def unreadable(path: Path, error: sqlite3.Error) -> StoreError:
    """A file that SQLite cannot read."""
    return StoreError(
        f"{path} cannot be read ({words(error)}). "
        "Move it away and put a backup in its place; other files are not affected"
    )


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "replace")
