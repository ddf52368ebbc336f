"""Has the journal signed: soon after the start and every hour, over all that stands in it by then.

Before that its newest records are looked at: what was changed on the disk is told by the station itself, and not only
to whoever asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Final

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store import checkpoints
from hmi.store.chain import verdict
from hmi.store.records import JournalReader

_log = logging.getLogger("hmi.engine.checkpoints")
EVERY_S: Final = 3600.0
_LOOKED_AT: Final = 100_000  # records, about a second of one processor


class Checkpoints:
    """Lives on the engine's loop; what it reads, it reads in `pool`."""

    def __init__(self, folder: Path, clock: Clock, pool: Executor, record: Callable[[Record], Future[int]]) -> None:
        self._folder = folder
        self._clock = clock
        self._pool = pool
        self._record = record
        self._due = clock.monotonic()
        self._asked: Future[list[Record]] | None = None
        self._told = ""  # what was found of the chain
        self.finding: str | None = None  # what is wrong with it now, in words; "" nothing; None: not looked at yet

    def look(self) -> None:
        """Called at every beat."""
        if self._asked is not None and self._asked.done():
            asked, self._asked = self._asked, None
            try:
                made = asked.result()
            except StoreError as error:
                _log.warning("the journal was not signed: %s", error)
                return
            for record in made:
                self._record(record)
        if self._asked is None and self._clock.monotonic() >= self._due:
            self._due = self._clock.monotonic() + EVERY_S
            self._asked = self._pool.submit(self._mark)

    def _mark(self) -> list[Record]:
        last = JournalReader(self._folder).last_link()
        if last is None:
            self.finding = ""
            return []
        mark = checkpoints.mark(checkpoints.key_of(self._folder), *last, self._clock.now_ns(), "")
        return [*self._finding(), mark]

    def _finding(self) -> list[Record]:
        """What is wrong with the chain, once; it is left as it is, for it is evidence."""
        found = verdict(self._folder, _LOOKED_AT)
        self.finding = "" if found.is_whole else found.text
        if found.is_whole or found.finding == self._told:
            return []
        self._told = found.finding
        _log.error("%s", found.text)
        return [
            Record(
                time_ns=self._clock.now_ns(),
                category="system",
                event="damaged",
                subject=checkpoints.SUBJECT,
                way="engine",
                result=found.text,
            )
        ]
