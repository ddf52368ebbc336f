"""The sealer: a thread that turns the seconds of an hour that is over into blocks, off everybody's way."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.core.plant.model import History
from hmi.store import backfill, keeping
from hmi.store.block import HOUR_NS, Block, Scaling, blocks_of
from hmi.store.days import Days, last_of
from hmi.store.folder import words
from hmi.store.hot import TagRow
from hmi.store.salvage import Lost
from hmi.store.shed import Shedder
from hmi.store.slab import Slab, join
from hmi.store.unsealed import Mark, Second, Unsealed

log = logging.getLogger(__name__)

GRACE_NS: Final = 10_000_000_000  # values of an hour may come so long after its end and still be sealed with it
SEAL_ROWS: Final = 8_000_000  # unsealed values at which an hour is sealed before its end: it bounds memory
_LOOK_S: Final = 1.0
_HOUSE_S: Final = 600.0
_RETRY_S: Final = 60.0
_BREATH_S: Final = 0.0005
_WAY_S: Final = 0.005  # so long it gives way to a question at once; most are answered in a fraction of that
_TURN_S: Final = 0.0005  # so long any thread waits for one that seals; Python's 5 ms add up to 30 ms in one answer


class Sealer:
    """Seals, drops what is too old, sums up closed days; its methods may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        unsealed: Unsealed,
        clock: Clock,
        history: History,
        forget: Callable[[Mark], None],
        *,
        recall: Callable[[], Sequence[Mark]] = lambda: (),
        seal_rows: int = SEAL_ROWS,
        reserve_mb: float = 0.0,
    ) -> None:
        """`forget` is told what need not be kept in hot.db any more; `reserve_mb` of disk is left to the journal.

        `recall` gives what was sealed in runs before and could not be known so far; it may raise sqlite3.Error.
        """
        self.fault = ""
        self.tags: Sequence[TagRow] = ()
        self.scaling: Scaling = {}
        self.lost: deque[Lost] = deque()  # what was in files that are damaged, to be declared
        self.sealed_until_ns = 0  # the hours before this are sealed; set before the last one is taken
        self.room = keeping.Room()
        self._shedder = Shedder(folder, history)
        self._folder = folder
        self._reserve_mb = reserve_mb
        self._unsealed = unsealed
        self._clock = clock
        self._history = history
        self._forget = forget
        self._recall = recall
        self._seal_rows = seal_rows
        self._wake = threading.Condition()
        self._jobs: deque[tuple[Callable[[Days], Any], Future[Any]]] = deque()
        self._breath = threading.Event()  # never set: waiting for it is all it is for
        self._closing = False
        self._days: Days | None = None
        self._house = 0.0
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._run, name="hmi-store-sealer", daemon=True)

    def start(self, last: Slab | None) -> None:
        """Begin; `last` is every tag's last sealed value."""
        self._days = Days(self._folder, last, self.lost, self._clock.now_ns)
        sys.setswitchinterval(min(_TURN_S, sys.getswitchinterval()))
        self._thread.start()

    def seal(self) -> Future[None]:
        """Seal everything that is committed now, whatever the hour; done when it is on the disk."""
        return self._post(lambda days: self._seal_until(days, None))

    def retain(self, now_ns: int) -> Future[list[Path]]:
        """Drop what is too old or too much; gives the files dropped."""
        return self._post(lambda days: self._retained(days, now_ns))

    def fill(self, slab: Slab) -> Future[None]:
        """Put values from elsewhere into the files of their own days; done when they are on the disk."""
        return self._post(lambda days: self._fill(days, slab))

    def filled(self) -> Future[None]:
        """All of them are there: let every day know what it began with."""
        return self._post(lambda days: backfill.carry(days, self._folder))

    def close(self, timeout_s: float) -> None:
        """Finish what is being sealed and close the files; what is not sealed stays in hot.db."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                log.error("sealing did not end within %g s; it is done again at the next start", timeout_s)

    def _post(self, job: Callable[[Days], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._wake:
            self._jobs.append((job, future))
            self._wake.notify()
        return future

    # ------------------------------------------------------------------------------------- the sealer thread

    def _run(self) -> None:
        assert self._days is not None
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._jobs or self._closing, _LOOK_S)
                jobs = [self._jobs.popleft() for _ in range(len(self._jobs))]
            for job, future in jobs:
                self._do(job, future, self._days)
            if self._closing:
                break
            self._look(self._days)
        self._days.close()

    def _do(self, job: Callable[[Days], Any], future: Future[Any], days: Days) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(job(days))
        except Exception as error:  # noqa: BLE001 - whoever asked for it is told
            told = StoreError(words(error)) if isinstance(error, sqlite3.Error | OSError) else error
            future.set_exception(told)

    def _look(self, days: Days) -> None:
        now = self._clock.monotonic()
        if now < self._not_before:
            return
        try:
            self._seal_what_is_due(days)
            if now >= self._house:
                self._house = now + _HOUSE_S
                self._retained(days, self._clock.now_ns())
                days.tidy()
                days.shed(self._clock.now_ns(), self._shedder)
                self.room = keeping.look(self._folder, self._history, self._reserve_mb)
            self._tell("")
        except (sqlite3.Error, OSError) as error:
            self._not_before = now + _RETRY_S
            self._tell(words(error))
        except Exception:
            self._not_before = now + _RETRY_S
            log.exception("our fault in sealing history: nothing is lost, it is tried again")

    def _tell(self, fault: str) -> None:
        if fault and fault != self.fault:
            log.error("history cannot be sealed: %s: it stays in hot.db and is sealed later", fault)
        self.fault = fault

    def _seal_what_is_due(self, days: Days) -> None:
        hour = (self._clock.now_ns() - GRACE_NS) // HOUR_NS * HOUR_NS
        first = self._unsealed.first_hour
        if first is not None and first < hour:
            self.sealed_until_ns = hour
            self._seal_until(days, hour - HOUR_NS)
        elif len(self._unsealed) > self._seal_rows:
            self._seal_until(days, None)

    def _seal_until(self, days: Days, last_hour: int | None) -> None:
        """Seal hour by hour, the last one included; None: all there is."""
        self._leave_out(days)
        taken = self._unsealed.take(2**63 - 1 if last_hour is None else last_hour)
        for hour in sorted({second.hour for second in taken}):
            self._seal([second for second in taken if second.hour == hour], days)

    def _leave_out(self, days: Days) -> None:
        """What a run before has sealed is not sealed again."""
        marks = self._recall()
        for mark in marks:
            self._unsealed.drop(mark)
            self._forget(mark)
        if marks:
            days.look_again()

    def _fill(self, days: Days, slab: Slab) -> None:
        self._keep_reserve()
        backfill.fill(days, self._folder, slab, self._clock.now_ns(), self.scaling, self.tags)

    def _keep_reserve(self) -> None:
        if shutil.disk_usage(self._folder).free < self._reserve_mb * 1e6:
            raise OSError("the disk is nearly full, and what is left is kept for the journal")

    def _seal(self, seconds: Sequence[Second], days: Days) -> None:
        self._keep_reserve()
        mark = Mark(seconds[0].hour, max(second.seq for second in seconds))
        newest = last_of(join([last_of(second.slab) for second in seconds]))
        blocks = self._one_by_one(blocks_of(seconds, self.scaling, self._pause))
        days.write(blocks, mark, newest, self.tags, self._pause)
        self._unsealed.drop(mark)
        self._forget(mark)

    def _one_by_one(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """A question is answered between one block and the next: beside them it takes twice as long."""
        for block in blocks:
            yield block
            if not self._closing:
                self._unsealed.give_way(_WAY_S)

    def _pause(self) -> None:
        """Let other threads have the interpreter: acquisition runs in this process, too, and windows ask."""
        if not self._closing:
            self._breath.wait(_BREATH_S)
            self._unsealed.give_way(_WAY_S)

    def _retained(self, days: Days, now_ns: int) -> list[Path]:
        return days.retain(now_ns, self._history.keep_days, self._history.max_gb * 1e9)
