"""What is known to be sealed: read from the days when a run begins, and from then on told by the sealer."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from hmi.store.day import newest_marks
from hmi.store.unsealed import Mark


class Sealed:
    """The marks of a data folder. The writer looks once, the sealer adds to it, each on its own thread.

    A day may be unreadable for a while (its disk is full, another program holds it): until it can be read it is not
    known what of hot.db is sealed already, and nothing may be said to be missing.
    """

    def __init__(self, folder: Path) -> None:
        self.fresh: deque[Mark] = deque()  # what need not be kept in hot.db any more, for the writer to take
        self.unread: sqlite3.Error | None = None  # why a day could not be read so far
        self._folder = folder
        self._lock = threading.Lock()
        self._looked = False
        self._marks: tuple[Mark, ...] = ()

    def look(self) -> Sequence[Mark]:
        """The marks there are, at first out of the days; `unread` says whether that is all."""
        if not self._looked:
            try:
                self._keep(newest_marks(self._folder))
                self.unread, self._looked = None, True
            except sqlite3.Error as error:
                self.unread = error
        return self._marks

    def recall(self) -> Sequence[Mark]:
        """Marks that could not be read before; before anything is sealed. Raises sqlite3.Error while they cannot be."""
        if self.unread is None:
            return ()
        found = newest_marks(self._folder)
        self.unread = None
        return found

    def add(self, mark: Mark) -> None:
        """This is sealed now."""
        self._keep([mark])
        self.fresh.append(mark)

    def _keep(self, marks: Sequence[Mark]) -> None:
        """Those that say more than others do."""
        with self._lock:
            for mark in marks:
                rest = [one for one in self._marks if one.hour > mark.hour or one.seq > mark.seq]
                self._marks = (*rest, mark)
