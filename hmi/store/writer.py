"""Everything that is written to a data folder, by one thread: journal, gaps, samples, retention."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from hmi.clock import Clock
from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.core.tags import Tag
from hmi.store.day import known_tags, last_state
from hmi.store.days import last_of
from hmi.store.folder import BUSY, HOT, JOURNAL, hot_files, is_damage, next_hot_file, set_aside, words
from hmi.store.hot import HotFile, TagRow, last_beat
from hmi.store.hotfiles import HotFiles, Replayed
from hmi.store.hotsalvage import UNDER_WAY_NS, Salvaged, Span, salvage
from hmi.store.intake import Intake, RunBefore
from hmi.store.journal import SILENT, JournalFile, journal_anew
from hmi.store.sealed import Sealed
from hmi.store.sealer import SEAL_ROWS, Sealer
from hmi.store.slab import Slab, join
from hmi.store.unsealed import Mark, Second, Unsealed

log = logging.getLogger(__name__)

ENCODED: Final = 200_000  # values that may wait as slabs; the rest waits as batches
_QUIET_BEAT_NS: Final = 5_000_000_000
STOPPED: Final = "the engine was not running (it was stopped)"
_DAMAGED: Final = "the file of the last hour is damaged: what could not be saved is missing"
KILLED: Final = "the engine was not running (it failed or the computer went down)"


class Writer:
    """The files of one data folder, open for writing; every method on the writer thread, raising StoreError."""

    def __init__(
        self,
        folder: Path,
        tags: Sequence[Tag],
        history: History,
        reserve_mb: float,
        clock: Clock,
        *,
        seal_rows: int = SEAL_ROWS,
    ) -> None:
        self.stored = 0
        self.run_before: RunBefore | None = None
        self.unsealed = Unsealed()
        self._folder = folder
        self._reserve_mb = reserve_mb
        self._tags = tags
        self._journal: JournalFile | None = None
        self._hot: HotFiles | None = None
        self._intake: Intake | None = None
        self._pending: deque[tuple[int, Slab]] = deque()
        self._sealed = Sealed(folder)
        self.sealer = Sealer(
            folder,
            self.unsealed,
            clock,
            history,
            self._sealed.add,
            recall=self._sealed.recall,
            seal_rows=seal_rows,
            reserve_mb=reserve_mb,
        )
        self.lost = self.sealer.lost  # times of which values were in damaged files, to be declared
        self._damaged: set[str] = set()  # files that turned out to be while they were open
        self._began_ns = 0  # the run before this one; 0: this one is not noted yet
        self._ended_ns = 0  # and when it ended; 0: there was none
        self._beat_ns = 0
        self._noted = False  # that this run has begun
        self._now_ns = 0

    @property
    def pending(self) -> int:
        """Values taken over and not yet on the disk."""
        return sum(len(slab) for _, slab in self._pending)

    @property
    def journal_held(self) -> int:
        """Bytes of the journal's log that another program keeps from being cut back, once they are many."""
        return self._journal.held_bytes if self._journal is not None else 0

    def open(self, now_ns: int) -> None:
        """Open the files, those that are not open yet; declares the gap since the run before."""
        self._now_ns = now_ns
        try:
            if self._journal is None:
                self._open_journal(now_ns)
            if self._hot is None:
                self._open_hot(now_ns)
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

    def take(self, batch: Batch, now_ns: int) -> None:
        """Take values over; they are on the disk after the next `write_samples` that does not raise."""
        self._pending += _ready(self._intake).slabs(batch, now_ns, self.sealer.sealed_until_ns)

    def write_samples(self, now_ns: int) -> None:
        """Put all that was taken over on the disk, or at least a sign of life."""
        hot = _ready(self._hot)
        try:
            while self._sealed.fresh:
                hot.forget(self._sealed.fresh.popleft())
            if self._pending or abs(now_ns - self._beat_ns) > _QUIET_BEAT_NS:
                self._keep_reserve()
                self._commit(hot, now_ns)
        except (sqlite3.Error, OSError) as error:
            self._give_up_hot(error)
            raise StoreError(words(error)) from error

    def checkpoint(self) -> None:
        """Bring the samples' log into their file."""
        try:
            _ready(self._hot).checkpoint()
        except (sqlite3.Error, OSError) as error:
            self._give_up_hot(error)
            raise StoreError(words(error)) from error

    def close(self, now_ns: int, timeout_s: float) -> None:
        """Close the files; notes that the engine was stopped in good order, if it can."""
        self.sealer.close(timeout_s)
        try:
            if self._hot is not None:
                self._hot.close(None if self._pending else now_ns)
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
        begun = partial(self._begun_journal, path, now_ns)
        journal = None if JOURNAL in self._damaged else _unless_damaged(begun)
        if journal is None:
            journal_anew(path, now_ns)
            self._damaged.discard(JOURNAL)
            self._noted = False
            journal = begun()
        self._journal = journal

    def _begun_journal(self, path: Path, now_ns: int) -> JournalFile:
        journal = JournalFile(path)
        try:
            if not self._noted:
                self._begin_run(journal, now_ns)
        except sqlite3.Error:
            journal.close()
            raise
        return journal

    def _begin_run(self, journal: JournalFile, now_ns: int) -> None:
        run, beat = journal.last_run(), last_beat(self._folder) or 0
        started, ended = run or (beat, None)  # a journal that is new in an old folder knows of no run
        if started and not self._began_ns:
            since = max(started, beat - UNDER_WAY_NS)
            if ended and (not beat or beat >= ended):  # else commits are missing that there were before it ended
                since = ended
            for connection, silent_ns in journal.silent():  # it would have been declared when it was heard again
                journal.declare_gap(min(silent_ns, since), since, connection, SILENT)
            journal.declare_gap(since, max(since, now_ns), "", STOPPED if ended else KILLED)
            self._ended_ns = since
        self._began_ns = self._began_ns or started or now_ns
        journal.begin_run(now_ns, os.getpid())
        self._noted = True

    def _give_up_journal(self, error: sqlite3.Error | OSError) -> None:
        """Close it, to be opened anew: a disk that comes back may want that, a damaged file must be set aside."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if isinstance(error, sqlite3.Error) and is_damage(error):
            self._damaged.add(JOURNAL)

    def _commit(self, hot: HotFiles, now_ns: int) -> None:
        slabs = list(self._pending)
        seconds = hot.write(slabs, now_ns)
        self._pending.clear()
        self.unsealed.add(seconds)
        self.stored += sum(len(second.slab) for second in seconds)
        self._beat_ns = now_ns

    def _open_hot(self, now_ns: int) -> None:
        marks, mirror = self._marks(), self.unsealed.all()
        numbers = [mark.seq for mark in marks] + [second.seq for second in mirror]
        known = self.sealer.tags or known_tags(self._folder)
        since = max((mark.hour for mark in marks), default=self._began_ns or now_ns)
        span = None if self._sealed.unread else (since, now_ns)  # then it is not known yet what is missing
        opened = partial(_replayed, self._folder, self._tags, known, max(numbers, default=0), marks, span)
        found = None if HOT in self._damaged else _unless_damaged(opened)
        if found is not None and self._intake is not None and found.replayed.lost:
            found.files.close()  # in memory it is whole
            found = None
        if found is None:
            self._salvage(marks, known, mirror, (since, now_ns))
            found = opened()
        files, (seconds, lost, damaged) = found
        try:
            if lost and self._intake is None:
                self._declare_lost(lost)
                files.told(damaged)
            there = {second.seq for second in seconds}
            if missing := [second for second in mirror if second.seq not in there]:
                files.restore(missing, now_ns)
        except (sqlite3.Error, StoreError):
            files.close()
            raise
        self._hot = files
        self._damaged.discard(HOT)
        self._start(seconds)

    def _marks(self) -> Sequence[Mark]:
        """What is sealed; raises sqlite3.Error where that is not known and numbers might be given twice."""
        marks = self._sealed.look()
        if self._sealed.unread and not hot_files(self._folder):
            raise self._sealed.unread
        return marks

    def _salvage(self, marks: Sequence[Mark], known: Sequence[TagRow], mirror: Sequence[Second], span: Span) -> None:
        """Go on in a new file with all that is in memory or can be read of those that are damaged, and put them aside.

        Whenever this is broken off, the next start finds all of it again: what was saved counts once, under its number.
        """
        if self._sealed.unread and self._intake is None:
            raise self._sealed.unread  # what is sealed would count as missing
        paths, following = hot_files(self._folder), next_hot_file(self._folder)
        saved = Salvaged([*known], [*mirror], []) if self._intake is not None else salvage(paths, marks, known, *span)
        fresh = following.with_name(following.name + ".salvaged")
        fresh.unlink(missing_ok=True)
        last = max((second.seq for second in saved.seconds), default=0)
        with closing(HotFile(fresh, self._tags, saved.tags, max([last, *(mark.seq for mark in marks)]))) as file:
            file.restore(saved.seconds, self._now_ns)
            file.told(())
        self._declare_lost(saved.lost)
        fresh.replace(following)
        for path in paths:
            told = "%s is damaged and was set aside as %s: recording goes on in %s, with %d seconds that were saved"
            log.error(told, path, set_aside(path, self._now_ns), following.name, len(saved.seconds))

    def _declare_lost(self, spans: Sequence[Span]) -> None:
        """Before the damaged files are touched: a gap too many is honest, one too few is not."""
        for span in spans:
            self.declare_gap(*span, "", _DAMAGED)

    def _start(self, seconds: Sequence[Second]) -> None:
        """Know what is there: for the sealer, for readers, and so that nothing is taken for news that is none."""
        hot = _ready(self._hot)
        last = last_state(self._folder)
        self.sealer.tags = hot.tags()
        self.unsealed.tags = {name: (number, connection) for number, name, connection, *_ in hot.tags()}
        self.sealer.scaling = dict(
            zip(hot.numbers.tolist(), [(tag.scale, tag.offset) for tag in self._tags], strict=True)
        )
        if self._intake is None:
            self._intake = Intake(self._tags, hot.numbers)
            self.unsealed.add(seconds)
            stored = [last_of(second.slab) for second in self.unsealed.all() if len(second.slab)]
            if newest := [*([last] if last is not None else []), *stored]:
                self._intake.seed(last_of(join(newest)))
            self.run_before = RunBefore(self._ended_ns, self._intake.newest_ns) if self._ended_ns else None
            self.sealer.start(last)

    def _give_up_hot(self, error: sqlite3.Error | OSError) -> None:
        """Close it, to be opened anew: a disk that comes back may want that, a damaged file must be set aside."""
        if self._hot is None or not isinstance(error, sqlite3.Error) or words(error) == BUSY:
            return
        if is_damage(error):
            self._damaged.add(HOT)
        with suppress(sqlite3.Error):
            self._hot.close()
        self._hot = None


class _Found(NamedTuple):
    files: HotFiles
    replayed: Replayed


def _replayed(
    folder: Path, tags: Sequence[Tag], known: Sequence[TagRow], after: int, marks: Sequence[Mark], span: Span | None
) -> _Found:
    files = HotFiles(folder, tags, known, after)
    try:
        return _Found(files, files.replay(marks, span))
    except sqlite3.Error:
        files.close()
        raise


_T = TypeVar("_T")


def _unless_damaged(do: Callable[[], _T]) -> _T | None:
    try:
        return do()
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return None


def _ready(part: _T | None) -> _T:
    if part is None:
        raise StoreError("the files of the data folder could not be opened yet")
    return part
