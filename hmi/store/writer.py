"""Everything that is written to a data folder, by one thread: journal, gaps, samples, retention."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.core.tags import Tag
from hmi.store.folder import JOURNAL, is_damage, set_aside, words
from hmi.store.intake import Intake
from hmi.store.journal import JournalFile
from hmi.store.rows import Row
from hmi.store.samples import SampleFiles, last_beat

log = logging.getLogger(__name__)

ENCODED: Final = 50_000  # rows that may wait as table rows; the rest waits as batches, which are smaller
_ROWS_AT_ONCE: Final = 20_000  # of one transaction
_QUIET_BEAT_NS: Final = 5_000_000_000
STOPPED: Final = "the engine was not running (it was stopped)"
KILLED: Final = "the engine was not running (it failed or the computer went down)"


class Writer:
    """The files of one data folder, open for writing; every method on the writer thread, raising StoreError."""

    def __init__(self, folder: Path, tags: Sequence[Tag], history: History, reserve_mb: float) -> None:
        self.stored = 0
        self._folder = folder
        self._history = history
        self._reserve_mb = reserve_mb
        self._tags = tags
        self._journal: JournalFile | None = None
        self._samples: SampleFiles | None = None
        self._intake: Intake | None = None
        self._pending: deque[list[Row]] = deque()  # each list is one transaction
        self._beat_ns = 0
        self._begun = False
        self._now_ns = 0

    @property
    def pending(self) -> int:
        """Rows taken over and not yet on the disk."""
        return sum(len(rows) for rows in self._pending)

    def open(self, now_ns: int) -> None:
        """Open the files, those that are not open yet; declares the gap since the run before."""
        self._now_ns = now_ns
        try:
            if self._journal is None:
                self._open_journal(now_ns)
            if self._samples is None:
                self._open_samples(now_ns)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(words(error)) from error

    def write_records(self, records: Sequence[Record]) -> list[int]:
        """Put records on the disk and give their numbers."""
        try:
            return _ready(self._journal).write(records)
        except (sqlite3.Error, OSError) as error:
            self._give_up_journal(error)
            raise StoreError(words(error)) from error

    def declare_gap(self, from_ns: int, to_ns: int, connection: str, reason: str) -> None:
        """Say that nothing was recorded in a stretch of time."""
        try:
            _ready(self._journal).declare_gap(from_ns, to_ns, connection, reason)
        except (sqlite3.Error, OSError) as error:
            self._give_up_journal(error)
            raise StoreError(words(error)) from error

    def take(self, batch: Batch) -> None:
        """Take a batch over; it is on the disk after the next `write_samples` that does not raise."""
        rows = _ready(self._intake).rows(batch)
        if self._pending and len(self._pending[-1]) + len(rows) <= _ROWS_AT_ONCE:
            self._pending[-1].extend(rows)
        elif rows:
            self._pending.append(rows)

    def write_samples(self, now_ns: int) -> None:
        """Put all that was taken over on the disk, or at least a sign of life."""
        files = _ready(self._samples)
        try:
            self._keep_reserve()
            while self._pending:
                files.write(self._pending[0], now_ns)
                self.stored += len(self._pending.popleft())
                self._beat_ns = now_ns
            if abs(now_ns - self._beat_ns) > _QUIET_BEAT_NS:
                files.write((), now_ns)
                self._beat_ns = now_ns
        except (sqlite3.Error, OSError) as error:
            raise StoreError(words(error)) from error

    def checkpoint(self) -> None:
        """Bring the samples' log into their file."""
        try:
            _ready(self._samples).checkpoint()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(words(error)) from error

    def retain(self, now_ns: int) -> list[Path]:
        """Drop the days that are too old or too much; gives the files dropped."""
        try:
            files = _ready(self._samples)
            return files.retain(now_ns, self._history.keep_days, self._history.max_gb * 1e9)
        except OSError as error:
            raise StoreError(words(error)) from error

    def close(self, now_ns: int) -> None:
        """Close the files; notes that the engine was stopped in good order, if it can."""
        try:
            if self._samples is not None:
                self._samples.close()
            if self._journal is not None:
                self._journal.end_run(now_ns)
        except (sqlite3.Error, OSError) as error:
            log.warning("the end of this run could not be noted: %s", words(error))
        finally:
            if self._journal is not None:
                self._journal.close()

    def disk_free_mb(self) -> float:
        """Room on the disk of the data folder."""
        try:
            return shutil.disk_usage(self._folder).free / 1e6
        except OSError:
            return 0.0

    def _keep_reserve(self) -> None:
        free = self.disk_free_mb()
        if free < self._reserve_mb:
            raise StoreError(f"the disk is nearly full ({free:.0f} MB free, kept for the journal)")

    def _open_journal(self, now_ns: int) -> None:
        path = self._folder / JOURNAL
        try:
            journal = JournalFile(path)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            log.warning("the journal is damaged and was set aside as %s", set_aside(path, now_ns))
            journal = JournalFile(path)
        if not self._begun:
            self._begin_run(journal, now_ns)
        self._journal = journal

    def _begin_run(self, journal: JournalFile, now_ns: int) -> None:
        run = journal.last_run()
        if run is not None:
            started, ended = run
            since = ended or max(started, last_beat(self._folder) or 0)
            journal.declare_gap(since, max(since, now_ns), "", STOPPED if ended else KILLED)
        journal.begin_run(now_ns, os.getpid())
        self._begun = True

    def _give_up_journal(self, error: sqlite3.Error | OSError) -> None:
        """Close it, to be opened anew: a disk that comes back may want that, a damaged file must be set aside."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if isinstance(error, sqlite3.Error) and is_damage(error):
            away = set_aside(self._folder / JOURNAL, self._now_ns)
            log.warning("the journal is damaged and was set aside as %s", away)

    def _open_samples(self, now_ns: int) -> None:
        samples = SampleFiles(self._folder, self._tags)
        samples.open(now_ns)
        self._intake = Intake(self._tags, now_ns)
        self._intake.seed(samples.last_rows)
        self._samples = samples


_T = TypeVar("_T")


def _ready(part: _T | None) -> _T:
    if part is None:
        raise StoreError("the files of the data folder could not be opened yet")
    return part
