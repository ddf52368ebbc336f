"""What is committed and not sealed yet, in memory as it stands in hot.db: asked by readers, taken by the sealer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.store.samples import joined
from hmi.store.slab import Slab, join

_JOIN_ROWS: Final = 100_000  # seconds are joined to larger slabs: a tag is then found in a few places, not in thousands
_JOIN_SLABS: Final = 60


class Second(NamedTuple):
    """One committed slab: its number in hot.db, the clock hour (ns UTC) it is sealed with, and its rows."""

    seq: int
    hour: int
    slab: Slab

    @property
    def span(self) -> tuple[int, int]:
        """The earliest and the latest time in it."""
        return self.slab.span


class Kept:
    """A second as it lies on the disk: what is in it is fetched when it is asked for, and kept until it is let go."""

    __slots__ = ("_fetch", "_slab", "hour", "seq", "span")

    def __init__(self, seq: int, hour: int, span: tuple[int, int], fetch: Callable[[Kept], Slab]) -> None:
        """`span` is its earliest and its latest time."""
        self.seq = seq
        self.hour = hour
        self.span = span
        self._fetch = fetch
        self._slab: Slab | None = None

    @property
    def slab(self) -> Slab:
        """Its rows."""
        if self._slab is None:
            self._slab = self._fetch(self)
        return self._slab

    def let_go(self) -> None:
        """Its rows take memory that others need."""
        self._slab = None


class Mark(NamedTuple):
    """Everything committed for this hour or one before it, up to this number, is sealed."""

    hour: int
    seq: int

    def covers(self, second: Second | Kept) -> bool:
        """Whether a second is among it."""
        return second.hour <= self.hour and second.seq <= self.seq


@dataclass(frozen=True, slots=True)
class Committed:
    """What was committed and not sealed at one moment, with the tags by name."""

    seconds: Sequence[Second | Kept]
    tags: Mapping[str, tuple[int, str]]  # number in the data folder, connection
    keys: NDArray[np.int64] | None = None  # of many seconds: rows of their numbers, hours, earliest and latest times

    @property
    def first_ns(self) -> int:
        """The earliest time of a value among it."""
        if self.keys is not None:
            return int(self.keys[2].min(initial=2**63 - 1))
        return min((second.span[0] for second in self.seconds), default=2**63)

    def less(self, marks: Sequence[Mark]) -> Committed:
        """Without what is sealed by now."""
        marks = _furthest(marks)
        if self.keys is not None:
            return self._picked(marks)
        left = [second for second in self.seconds if not any(mark.covers(second) for mark in marks)]
        return Committed(left, self.tags)

    def samples(self, name: str, from_ns: int, to_ns: int) -> Samples | None:
        """The values of one tag, both ends included, in order of time; None when there are none."""
        number, _ = self.tags.get(name, (-1, ""))
        return joined(name, list(_parts(self.within(from_ns, to_ns), number, name, from_ns, to_ns)))

    def before(self, name: str, when_ns: int) -> Samples | None:
        """The newest value of one tag at or before a moment."""
        number, _ = self.tags.get(name, (-1, ""))
        best: Samples | None = None
        for second in reversed(self.within(-(2**63), when_ns)):  # the newest are most likely to have it
            if best is not None and second.span[1] < best.received[-1]:
                continue
            slab = second.slab
            rows = slab.rows_of(number)
            if rows.start < rows.stop:
                found = slab.samples(name, rows)
                stop = int(found.received.searchsorted(when_ns, "right"))
                if stop and (best is None or found.received[stop - 1] > best.received[-1]):
                    best = found.cut(stop - 1, stop)
        return best

    def within(self, from_ns: int, to_ns: int) -> Sequence[Second | Kept]:
        """The seconds that may have values of a stretch of time, in order."""
        if self.keys is not None:
            rows = np.flatnonzero((self.keys[2] <= min(to_ns, 2**63 - 1)) & (self.keys[3] >= from_ns))
            return [self.seconds[row] for row in rows.tolist()]
        return [second for second in self.seconds if second.span[0] <= to_ns and second.span[1] >= from_ns]

    def _picked(self, marks: Sequence[Mark]) -> Committed:
        assert self.keys is not None
        sealed = np.zeros(self.keys.shape[1], bool)
        for mark in marks:
            sealed |= (self.keys[1] <= mark.hour) & (self.keys[0] <= mark.seq)
        if not sealed.any():
            return self
        rows = np.flatnonzero(~sealed)
        return Committed([self.seconds[row] for row in rows.tolist()], self.tags, self.keys[:, rows])


class Unsealed:
    """The seconds of hot.db in memory; one thread adds, one drops, any may read."""

    def __init__(self) -> None:
        self.tags: Mapping[str, tuple[int, str]] = {}  # by name: number in the data folder, connection
        self._lock = threading.Lock()  # held for no longer than it takes to look
        self._joining = threading.Lock()  # taken before it, by those who change what is older
        self._asked = threading.Condition()
        self._asking = 0  # questions that are being answered
        self._joined: tuple[Second, ...] = ()  # `seq` is that of the last second in it
        self._single: tuple[Second, ...] = ()
        self._single_rows = 0  # of those together, or more

    def add(self, seconds: Sequence[Second]) -> None:
        """What has just been committed."""
        for start in range(0, len(seconds), _JOIN_SLABS):  # after a restart it may be a whole hour at once
            some = seconds[start : start + _JOIN_SLABS]
            with self._lock:
                self._single = (*self._single, *some)
                self._single_rows += sum(len(second.slab) for second in some)
                many = self._single_rows >= _JOIN_ROWS or len(self._single) >= _JOIN_SLABS
            if many:
                with self._joining:
                    self._join()

    @contextmanager
    def asked(self) -> Iterator[None]:
        """While somebody asks: whoever seals gives way."""
        with self._asked:
            self._asking += 1
        try:
            yield
        finally:
            with self._asked:
                self._asking -= 1
                if not self._asking:
                    self._asked.notify_all()

    def give_way(self, at_most_s: float) -> bool:
        """Wait until nobody asks for history; False when somebody still does."""
        with self._asked:
            return self._asked.wait_for(lambda: not self._asking, at_most_s)

    def take(self, hour: int) -> list[Second]:
        """Everything committed for an hour or ones before it; what is added later is not part of it."""
        with self._joining:
            self._join()
            return [second for second in self._joined if second.hour <= hour]

    def drop(self, mark: Mark) -> None:
        """Forget what is sealed."""
        with self._joining, self._lock:
            self._joined = tuple(second for second in self._joined if not mark.covers(second))
            self._single = tuple(second for second in self._single if not mark.covers(second))

    def all(self) -> list[Second]:
        """All there is at this moment."""
        with self._lock:
            return [*self._joined, *self._single]

    def committed(self) -> Committed:
        """The same, with the tags by name."""
        return Committed(self.all(), self.tags)

    def __len__(self) -> int:
        return sum(len(second.slab) for second in self.committed().seconds)

    @property
    def first_hour(self) -> int | None:
        """The earliest hour that something is committed for; None when nothing is."""
        return min((second.hour for second in self.committed().seconds), default=None)

    def _join(self) -> None:
        """Nobody who asks waits for it: they see the seconds one by one until it is done."""
        single, made = self._single, list[Second]()
        for hour in sorted({second.hour for second in single}):
            own = [second for second in single if second.hour == hour]
            made.append(Second(own[-1].seq, hour, join([second.slab for second in own])))
        with self._lock:
            self._joined = (*self._joined, *made)
            self._single = self._single[len(single) :]
            self._single_rows = sum(len(second.slab) for second in self._single)


def _furthest(marks: Sequence[Mark]) -> list[Mark]:
    """Those marks that cover something that no other one does: of the seals of two days mostly the last one."""
    found: list[Mark] = []
    for mark in sorted(marks, reverse=True):
        if not found or mark.seq > found[-1].seq:
            found.append(mark)
    return found


def _parts(seconds: Sequence[Second | Kept], number: int, name: str, from_ns: int, to_ns: int) -> Iterator[Samples]:
    for second in seconds:
        first, last = second.span
        slab = second.slab
        rows = slab.rows_of(number)
        if rows.start < rows.stop:
            found = slab.samples(name, rows)
            if first < from_ns or last > to_ns:
                at = found.received
                found = found.cut(int(at.searchsorted(from_ns)), int(at.searchsorted(to_ns, "right")))
            if len(found):
                yield found
