"""The store as the engine sees it: hand over and go on; one thread of its own does the writing."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.batch import Batch, join
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.core.tags import Tag
from hmi.store.folder import BUSY, JOURNAL, cannot_use, taken
from hmi.store.intake import span_of
from hmi.store.keeping import Room, RoomWatch
from hmi.store.sealer import SEAL_ROWS
from hmi.store.slab import Slab
from hmi.store.unsealed import Unsealed
from hmi.store.writer import ENCODED, Writer

log = logging.getLogger(__name__)

BUFFER_ROWS: Final = 1_000_000  # values kept in memory while the disk takes none: 48 MB
BUFFER_RECORDS: Final = 50_000
_ROWS_AT_ONCE: Final = 50_000
RESERVE_MB: Final = 50.0  # of disk that samples leave to the journal
_COMMIT_S: Final = 1.0
_CHECKPOINT_S: Final = 60.0  # each costs the disk two more syncs, and what it writes is safe in the log already
_CLOSE_S: Final = 10.0
_PASSING: Final = ("the disk is full", BUSY)  # the plant can be watched meanwhile


class Store:
    """History and journal of one data folder; its methods may be called from any thread and never wait."""

    def __init__(
        self,
        folder: Path,
        tags: Sequence[Tag],
        clock: Clock,
        history: History | None = None,
        *,
        reserve_mb: float = RESERVE_MB,
        buffer_rows: int = BUFFER_ROWS,
        seal_rows: int = SEAL_ROWS,
    ) -> None:
        """Takes the folder, or raises StoreError: another engine has it, it is a network drive, it cannot be used."""
        self.folder = folder
        self.lost = 0  # values that were dropped because the disk took none for too long
        self.disk_free_mb = 0.0
        self._clock = clock
        self._buffer_rows = buffer_rows
        self._lock = taken(folder)
        self._writer = Writer(folder, tags, history or History(), reserve_mb, clock, seal_rows=seal_rows)
        self._watch = RoomWatch(self.record, clock)
        self._wake = threading.Condition()
        self._batches: deque[Batch] = deque()
        self._buffered = 0
        self._records: deque[tuple[Record, Future[int]]] = deque()
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._gaps: deque[tuple[int, int, str, str]] = deque()
        self._unwritten: deque[Record] = deque()
        self._lost_span: tuple[int, int] | None = None
        self._closing = False
        self._sample_trouble = ""
        self._journal_trouble = ""
        self._due = {"commit": 0.0, "checkpoint": clock.monotonic() + _CHECKPOINT_S}
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="hmi-store-writer", daemon=True)
        self._thread.start()
        try:
            self._opened.result()
        except Exception:
            self._thread.join()
            self._lock.release()
            raise
        self.run_before = self._writer.run_before  # None in a new folder, and where its files could not be opened yet

    # ------------------------------------------------------------------------------- any thread, never waits

    def append(self, batch: Batch) -> None:
        """Keep values; what does not fit while the disk takes none drops the oldest, counted and declared."""
        with self._wake:
            self._batches.append(batch)
            self._buffered += len(batch)
            while self._buffered > self._buffer_rows and self._batches:
                self._drop(self._batches.popleft())

    def record(self, record: Record) -> Future[int]:
        """Journal something; the result is its number and comes when it is on the disk.

        StoreError when the disk does not take it now: it is kept and written as soon as it can be.
        """
        future: Future[int] = Future()
        with self._wake:
            self._records.append((record, future))
            self._wake.notify()
        return future

    def declare_gap(self, from_ns: int, to_ns: int, connection: str, reason: str) -> None:
        """Say that nothing was recorded in a stretch of time; "" as connection means of none."""
        with self._wake:
            self._gaps.append((from_ns, to_ns, connection, reason))

    def flush(self) -> Future[None]:
        """Done when everything appended so far is on the disk; StoreError when the disk does not take it."""
        return self._post(self._flush)

    def retain(self, now_ns: int) -> Future[list[Path]]:
        """Drop what is too old or too much; done by itself every ten minutes. Gives the files dropped."""
        return self._writer.sealer.retain(now_ns)

    def seal(self) -> Future[None]:
        """Seal now what is committed, without waiting for the end of the hour; done when it is on the disk."""
        return self._writer.sealer.seal()

    def fill(self, slab: Slab) -> Future[None]:
        """Put values from elsewhere (tags by their numbers in the folder) where others of their time are."""
        return self._writer.sealer.fill(slab)

    def filled(self) -> Future[None]:
        """To be asked for when all of them are there."""
        return self._writer.sealer.filled()

    @property
    def unsealed(self) -> Unsealed:
        """What is committed and not sealed, for a reader in this process."""
        return self._writer.unsealed

    @property
    def room(self) -> Room:
        """What history takes of the disk, what it may take, and for how long that will do."""
        return self._writer.sealer.room

    @property
    def stored(self) -> int:
        """Values put on the disk since start."""
        return self._writer.stored

    @property
    def waiting(self) -> int:
        """Values in memory that are not on the disk yet."""
        return self._buffered

    @property
    def fault(self) -> str:
        """What is wrong with the disk, in words for an operator; "" when all is well."""
        parts = []
        if self._sample_trouble:
            lost = f", {self.lost} were lost" if self.lost else ""
            parts.append(
                f"history: {self._sample_trouble}: values are kept in memory "
                f"({self._buffered} of at most {self._buffer_rows}{lost}). Make room or mend the disk of {self.folder}"
            )
        if self._journal_trouble:
            parts.append(
                f"journal: {self._journal_trouble}: {len(self._unwritten)} records are kept in memory only. "
                f"Make room or mend the disk of {self.folder}"
            )
        if held := self._writer.journal_held:
            parts.append(
                f"journal: another program keeps reading {self.folder / JOURNAL}: nothing is lost, but its log takes "
                f"{held / 1e6:.0f} MB of the disk and grows with each record. Close that program"
            )
        if self._writer.sealer.fault:
            parts.append(
                f"history cannot be sealed: {self._writer.sealer.fault}: nothing is lost, it stays in hot.db. "
                f"Make room or mend the disk of {self.folder}"
            )
        return "; ".join(parts)

    def close(self, timeout_s: float = 2 * _CLOSE_S) -> None:
        """Write everything out and give the folder back; waits, at most `timeout_s`."""
        with self._wake:
            if self._closing:
                return
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.error("the disk did not take the last values within %g s: they may be lost", timeout_s)
            return
        self._lock.release()

    def _post(self, job: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._wake:
            self._jobs.append((job, future))
            self._wake.notify()
        return future

    def _drop(self, batch: Batch) -> None:
        """Under the lock: forget the oldest values, but not that there were any."""
        self._buffered -= len(batch)
        self.lost += len(batch)
        if len(batch):
            first, last = span_of(batch)
            known = self._lost_span
            self._lost_span = (first, last) if known is None else (min(first, known[0]), max(last, known[1]))

    # ------------------------------------------------------------------------------------- the writer thread

    def _run(self) -> None:
        try:
            self._writer.open(self._clock.now_ns())
        except Exception as error:  # noqa: BLE001 - whoever opens the store is told
            if not isinstance(error, StoreError) or str(error) not in _PASSING:
                self._writer.close(self._clock.now_ns(), _CLOSE_S)
                told = isinstance(error, StoreError)
                self._opened.set_exception(cannot_use(self.folder, error) if told else error)
                return
            self._trouble(str(error), str(error))
        self._opened.set_result(None)
        while not self._closing:
            self._turn(self._is_due())
        self._turn(True)
        if self._buffered or self._unwritten:
            log.error("%d values and %d records could not be stored and are lost", self._buffered, len(self._unwritten))
        self._writer.close(self._clock.now_ns(), _CLOSE_S)

    def _is_due(self) -> bool:
        """Wait until there is something to do; True when it is time for the samples' transaction."""
        with self._wake:
            left = self._due["commit"] - self._clock.monotonic()
            called = self._wake.wait_for(self._is_called, max(0.0, min(left, _COMMIT_S)))
        return not called or self._past("commit", _COMMIT_S)

    def _is_called(self) -> bool:
        return bool(self._records or self._jobs or self._closing)

    def _past(self, what: str, period_s: float) -> bool:
        now = self._clock.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + period_s
        return True

    def _turn(self, due: bool) -> None:
        try:
            self._write_records(due)
            if due:
                self._due["commit"] = self._clock.monotonic() + _COMMIT_S
                self._keep_house()
            while self._jobs:
                _done(*self._jobs.popleft())
        except Exception:
            log.exception("our fault in the store's writer: it goes on with what comes next")

    def _write_records(self, due: bool) -> None:
        with self._wake:
            taken = [self._records.popleft() for _ in range(len(self._records))]
        if not taken and not (due and self._unwritten):
            return
        records = [record for record, _ in taken]
        waiting = {future for _, future in taken if future.set_running_or_notify_cancel()}
        try:
            self._writer.open(self._clock.now_ns())
            self._write_gaps()  # before the record that says that they are over
            numbers = self._writer.write_records([*self._unwritten, *records])
        except StoreError as error:
            self._journal_failed(records, str(error))
            for future in waiting:
                future.set_exception(StoreError(f"the journal cannot be written: {error}. See hmi status"))
            return
        for (_, future), number in zip(taken, numbers[len(self._unwritten) :], strict=True):
            if future in waiting:
                future.set_result(number)
        self._unwritten.clear()
        self._trouble(self._sample_trouble, "")

    def _journal_failed(self, records: list[Record], why: str) -> None:
        self._unwritten.extend(records)
        while len(self._unwritten) > BUFFER_RECORDS:
            self._unwritten.popleft()
        self._trouble(self._sample_trouble, why)

    def _keep_house(self) -> None:
        self.disk_free_mb = self._writer.disk_free_mb()
        self._watch.look(self.room)
        try:
            self._writer.open(self._clock.now_ns())
            self._write_samples()
            if self._past("checkpoint", _CHECKPOINT_S):
                self._writer.checkpoint()
        except StoreError as error:
            self._trouble(str(error), self._journal_trouble)
        else:
            self._trouble("", self._journal_trouble)

    def _flush(self) -> None:
        self._writer.open(self._clock.now_ns())
        self._write_samples()

    def _write_samples(self) -> None:
        with suppress(StoreError):  # tried again below: values do not wait for a journal
            self._write_gaps()  # before the values behind them: a kill in between must not make a loss unsaid
        while True:
            self._take_over()
            try:
                self._writer.write_samples(self._clock.now_ns())
            finally:
                with self._wake:
                    self._buffered = sum(map(len, self._batches)) + self._writer.pending
            if not self._batches:
                break
        self._write_gaps()

    def _take_over(self) -> None:
        while self._writer.pending < ENCODED:
            with self._wake:
                taken, rows = [], 0
                while self._batches and rows < _ROWS_AT_ONCE:
                    taken.append(self._batches.popleft())
                    rows += len(taken[-1])
            if not taken:
                return
            self._writer.take(join(taken), self._clock.now_ns())

    def _write_gaps(self) -> None:
        with self._wake:
            if self._lost_span is not None:
                self._gaps.append((*self._lost_span, "", "the disk took no values for too long: some were lost"))
                self._lost_span = None
            while self._writer.lost:
                self._gaps.append(self._writer.lost.popleft())
        while self._gaps:
            self._writer.declare_gap(*self._gaps[0])
            self._gaps.popleft()

    def _trouble(self, samples: str, journal: str) -> None:
        """One line in the log when a trouble starts, one when it ends."""
        before, self._sample_trouble, self._journal_trouble = self.fault, samples, journal
        if bool(before) != bool(self.fault):
            log.error("%s", self.fault) if self.fault else log.info("the disk takes values and records again")


def _done(job: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except Exception as error:  # noqa: BLE001 - whoever asked for it is told
        future.set_exception(error)
