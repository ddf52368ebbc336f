"""A file that is asked something with every question: each thread keeps it open while it is the same one."""

from __future__ import annotations

import sqlite3
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hmi.store.schema import open_to_keep

_KEEPS: Final = sys.platform != "win32"  # there nobody could move a file away that somebody has open


class Opened:
    """One file, open for reading; between questions nobody is kept from writing to it. Any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: set[sqlite3.Connection] = set()
        weakref.finalize(self, close_all, self._all)  # a connection is in a cycle: it would wait for the collector

    @contextmanager
    def asked(self) -> Iterator[sqlite3.Connection | None]:
        """For one question, all rows of which are fetched in it; None when there is no file. Raises sqlite3.Error."""
        try:
            state = self.path.stat()
        except OSError:
            self._drop()
            yield None
            return
        try:
            yield self._connection((state.st_dev, state.st_ino))
        except BaseException:
            self._drop()  # a disk that comes back may want it opened anew
            raise
        if not _KEEPS:
            self._drop()

    def close(self) -> None:
        """Close what all threads have open; none of them may be asking just now."""
        close_all(self._all)

    def _drop(self) -> None:
        """Close what this thread has open."""
        known: tuple[tuple[int, int], sqlite3.Connection] | None = self._local.__dict__.pop("known", None)
        if known is not None:
            self._all.discard(known[1])
            known[1].close()

    def _connection(self, identity: tuple[int, int]) -> sqlite3.Connection:
        known: tuple[tuple[int, int], sqlite3.Connection] | None = self._local.__dict__.get("known")
        if known is None or known[0] != identity or known[1] not in self._all:
            self._drop()
            connection, lasts = open_to_keep(self.path)
            known = self._local.known = (identity if lasts else (-1, -1)), connection
            self._all.add(connection)
        return known[1]


def close_all(opened: set[Any]) -> None:
    """Close what is in a set, and empty it."""
    while opened:
        opened.pop().close()
