"""One day's file as readers see it: blocks and what they sum up to, proven to be as they were written."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Hashable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Gap, Samples
from hmi.store import backfilled, codec, curve, moment, proof
from hmi.store.around import Around
from hmi.store.block import HOUR_NS
from hmi.store.cache import Cache
from hmi.store.folder import DAY_NS, words
from hmi.store.proven import PROVEN
from hmi.store.schema import open_to_keep
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark

_BLOCKS: Final = (
    "SELECT t0, t1, mini, n, good, vmin, vmax, first, last, worst, did, tsid, bound FROM block "
    "WHERE tag = ? AND t0 >= ? AND t0 <= ? AND t1 >= ? ORDER BY t0, seq"
)
_OUTLINES: Final = "SELECT t0, t1, mini FROM block WHERE tag = ? AND t0 >= ? AND t0 <= ? AND t1 >= ? ORDER BY t0, seq"
_SUMS: Final = (
    "SELECT t0, t1, n, good, worst, q0, q1, vmin, vmax, vsum, m2, first, last, up, falls, tw, twd FROM block "
    "WHERE tag = ? AND t0 >= ? AND t0 <= ? AND t1 >= ? ORDER BY t0, seq"
)
_SPAN: Final = "SELECT first, last, late, crc FROM span"
_ROW_BYTES: Final = 700  # that a block's row takes in memory, its minutes apart
_NEWEST: Final = "SELECT * FROM block WHERE tag = ? AND t0 <= ? ORDER BY t0 DESC, seq DESC LIMIT 1"
T0, T1, MINI, N, GOOD, VMIN, VMAX, FIRST, LAST, WORST, DID, TSID, BOUND = range(13)
_BLOCK: Final = itemgetter(1, 3, 21, 4, 5, 9, 10, 13, 14, 6, 19, 20, 22)  # these, of a whole row
_SUM: Final = itemgetter(1, 3, *range(4, 19))

_NO_TAG: Final = (-1, "")

Row = tuple[Any, ...]


class DaySpan(NamedTuple):
    """One day's file and the times of the samples in it."""

    path: Path
    start_ns: int
    first: int | None  # time of the first sample; None: there is none
    last: int | None
    late: int  # blocks that overlap others, or are of days before

    @property
    def stop_ns(self) -> int:
        """The end of the day."""
        return self.start_ns + DAY_NS

    def touches(self, from_ns: int, to_ns: int) -> bool:
        """Whether any sample may lie in a stretch of time."""
        return self.first is not None and self.last is not None and self.first <= to_ns and self.last >= from_ns


class DayView:
    """One day's file, open for reading; belongs to one thread. Raises sqlite3.Error; Damaged for bytes that are."""

    def __init__(self, path: Path, start_ns: int, identity: tuple[int, ...], cache: Cache) -> None:
        self.path = path
        self.start_ns = start_ns
        self.identity = identity
        self.closed = not identity[-1] & stat.S_IWUSR and not path.with_name(path.name + "-wal").exists()
        self.first: int | None = None  # time of the first sample; None: there is none
        self.last: int | None = None
        self.late = 0
        self.marks: list[Mark] = []
        self._cache = cache
        self._numbers: dict[str, tuple[int, str]] = {}
        self._file, self.lasts = open_to_keep(path, immutable=self.closed)
        self._states: dict[str, Slab | None] = {}
        self._unread: list[tuple[str, Gap]] = []
        self._head: Row | None = None
        self._content: Hashable = None  # another one when anything in the file is
        self._doubts: dict[int, proof.Doubt | None] = {}
        self._look()

    def begin(self) -> None:
        """Start to read: until `end` the file is seen as it is now, with what it says is sealed."""
        self._unread = []
        if not self.closed:
            self._file.execute("BEGIN")
            self._look()

    def glance(self) -> None:
        """Know its span as it is now; without a transaction where nothing has changed, which is nearly always."""
        if not self.closed and self._file.execute(_SPAN).fetchone() != self._head:
            self.begin()
            self.end()

    def end(self) -> None:
        """Let go: a reader that held on would keep the writer's log from being cut back."""
        if self._file.in_transaction:
            self._file.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def span(self) -> DaySpan:
        """The times of the samples in it."""
        return DaySpan(self.path, self.start_ns, self.first, self.last, self.late)

    def tag(self, name: str) -> tuple[int, str] | None:
        """The tag's number in this file and its connection; None when it has nothing here."""
        return self._numbers.get(name)

    def unread(self, name: str) -> list[Gap]:
        """What was asked for of a tag since `begin` and could not be read."""
        return [gap for tag, gap in self._unread if tag == name]

    def blocks(self, name: str, from_ns: int, to_ns: int, *, outlines: bool = False) -> list[Row]:
        """The blocks of a tag that may have samples in a stretch, both ends included, by their first time.

        `outlines`: the columns up to their minutes do; there may be more of them.
        """
        tag = self._numbers.get(name)
        query = _OUTLINES if outlines else _BLOCKS
        try:
            return self._found(tag[0], from_ns, to_ns, query) if tag is not None else []
        except sqlite3.DatabaseError as error:
            first, last = max(from_ns, self.first or from_ns), min(to_ns, self.last or to_ns)
            self._unread.append((name, Gap(first, last + 1, unreadable(self.path, error))))
            return []

    def _found(self, number: int, from_ns: int, to_ns: int, query: str) -> list[Row]:
        """A trend asks for whole days again and again: their rows are kept."""
        key = (self._content, query, number)
        known: list[Row] | None = self._cache.get(key)
        if known is not None:
            return [row for row in known if row[T0] <= to_ns and row[T1] >= from_ns]
        rows = self._blocks(number, from_ns, to_ns, query)
        whole = self.first is not None and self.last is not None and from_ns <= self.first and to_ns >= self.last
        if whole and self._doubts.get(number) is None:
            self._cache.put(key, rows, _ROW_BYTES * len(rows) + sum(len(row[MINI] or b"") for row in rows))
        return rows

    def sums(self, number: int, from_ns: int, to_ns: int) -> list[Row]:
        """The summaries of those blocks: times of the first and last sample, then as in `hmi.store.summary`."""
        return self._blocks(number, from_ns, to_ns, _SUMS)

    def _blocks(self, number: int, from_ns: int, to_ns: int, query: str = _BLOCKS) -> list[Row]:
        if number not in self._doubts and PROVEN.has(self._content, number):
            self._doubts[number] = None
        rows = self._file.execute(proof.BLOCKS, (number,)).fetchall() if number not in self._doubts else None
        doubt = self._doubt(number, from_ns, to_ns, rows)
        rows = rows if doubt is None else doubt.rows
        if rows is not None:  # they were just looked at
            columns = _SUM if query is _SUMS else _BLOCK
            return [columns(row) for row in rows if row[proof.T0] <= to_ns and row[proof.T1] >= from_ns]
        floor = max(-(2**63), from_ns // HOUR_NS * HOUR_NS)  # a block never crosses the end of an hour
        return self._file.execute(query, (number, floor, to_ns, from_ns)).fetchall()

    def _doubt(self, number: int, from_ns: int, to_ns: int, rows: list[Row] | None) -> proof.Doubt | None:
        """What of a tag's blocks is damaged or missing, noted as far as it lies in a stretch; looked at once."""
        if number not in self._doubts:
            own = (self.first or 0, self.last or 0, self.late)
            self._doubts[number] = found = proof.doubt(self._file, number, own, rows)
            if found is None:
                PROVEN.add(self._content, number)
        doubt = self._doubts[number]
        if doubt is not None:
            name = next(name for name, (own, _) in self._numbers.items() if own == number)
            why = unreadable(self.path, codec.Damaged("some of its blocks are damaged"))
            self._unread += [(name, Gap(*gap, why)) for gap in doubt.missing if gap[0] <= to_ns and gap[1] > from_ns]
        return doubt

    def _newest(self, number: int, when_ns: int) -> list[Row]:
        """The block that begins last before a moment, if there is one."""
        rows = self._file.execute(_NEWEST, (number, when_ns)).fetchall()
        if all(map(proof.is_whole, rows)):
            return [_BLOCK(row) for row in rows]
        return self._blocks(number, -(2**63), when_ns)[-1:]

    def before(self, name: str, when_ns: int) -> Samples | None:
        """The newest sample of a tag at or before a moment, out of the blocks or of what the day began with."""
        tag = self._numbers.get(name)
        if tag is None:
            return None
        rows = self._newest(tag[0], when_ns)
        if rows and self.late:  # an earlier block may reach further
            rows = self._blocks(tag[0], rows[0][T0], when_ns)
        parts = [_until(self._samples(row, name), when_ns) for row in rows]
        parts = [part for part in reversed(parts) if len(part)]  # of one moment, what was sealed last counts
        best = max(parts, key=lambda part: int(part.received[-1]), default=None)
        return best if best is not None else self._begun_with(tag[0], name, when_ns)

    def held(self, name: str, when_ns: int) -> Samples | None:
        """The same as far as a trend or a report needs it: time, value and quality. Often a block's row says them."""
        tag = self._numbers.get(name)
        if tag is None or self.late:
            return self.before(name, when_ns)
        rows = self._newest(tag[0], when_ns)
        if not rows:
            return self._begun_with(tag[0], name, when_ns)
        row = rows[0]
        if row[T1] <= when_ns and row[LAST] and not row[WORST]:  # a column keeps no minus zero
            return curve.one_sample(name, row[T1], row[LAST], 0)
        pieces = self.pieces(rows[:1])
        return self.before(name, when_ns) if pieces is None else curve.last_of(pieces[0], name, when_ns)

    def around(self, names: Sequence[str], when_ns: int) -> Around | None:
        """Some tags around a moment; None where blocks came late, and where anything is not as it was written.

        Of a file that is still written, not after its last sample.
        """
        if self.late or self.last is None or (when_ns > self.last and not self.closed):
            return None
        key = (self._content, "around", tuple(names), when_ns // HOUR_NS)
        known: Around | None = self._cache.get(key)
        if known is not None and known.from_ns <= when_ns < known.to_ns:
            return known
        numbers = [self._numbers.get(name, _NO_TAG)[0] for name in names]
        stop_ns = self.start_ns + DAY_NS if self.closed else self.last + 1  # one that is written may have more by then
        try:
            found = moment.look(self._file, numbers, when_ns, stop_ns, self.state("begin"))
        except (codec.Damaged, sqlite3.DatabaseError):
            return None  # told by whoever looks at each tag by itself
        self._cache.put(key, found, found.nbytes)
        return found

    def _begun_with(self, number: int, name: str, when_ns: int) -> Samples | None:
        slab = self.state("begin")
        rows = slab.rows_of(number) if slab is not None else slice(0, 0)
        if slab is None or rows.start == rows.stop:
            return None
        found = _until(slab.samples(name, rows), when_ns)
        return found if len(found) else None

    def samples(self, row: Row, name: str) -> Samples:
        """What is in a block; nothing, and noted, where it is damaged."""
        try:
            return self._samples(row, name)
        except (codec.Damaged, sqlite3.DatabaseError) as error:
            self._unread.append((name, Gap(row[T0], row[T1] + 1, unreadable(self.path, error))))
            return Samples.empty(name)

    def pieces(self, rows: Sequence[Row]) -> list[curve.Piece] | None:
        """What of blocks is drawn; None where one cannot be read: `samples` then tells which."""
        wanted = [curve.Wanted(row[N], row[DID], row[TSID], row[BOUND], row[FIRST]) for row in rows]
        try:
            return curve.read(curve.Source(self._file, self._cache, (self.path, self.identity[1])), wanted)
        except (codec.Damaged, sqlite3.DatabaseError):
            return None

    def _samples(self, row: Row, name: str) -> Samples:
        at, stamps = self._times(row[TSID], row[N])
        if row[DID] is None:
            proof.expect_bound(row[BOUND], None, stamps)
            return codec.constant(name, at, row[FIRST])
        key = (self.path, self.identity[1], "data", row[DID])
        found = self._cache.get(key)
        if found is None:
            blob = self._file.execute("SELECT b FROM data WHERE id = ?", (row[DID],)).fetchone()
            found = codec.decode(_there(blob), at, name)
            proof.expect_bound(row[BOUND], _there(blob), stamps)
            self._cache.put(key, found, 44 * len(at))
        return found if found.tag == name else Samples.of(name, _columns(found), found.texts)

    def state(self, which: str) -> Slab | None:
        """Every tag's last value when the day's file was begun ('begin'), or what of it was backfilled."""
        if which not in self._states:
            row = self._file.execute("SELECT b FROM state WHERE at = ?", (which,)).fetchone()
            self._states[which] = None if row is None else Slab.unpack(row[0])
        return self._states[which]

    def backfilled(self, name: str) -> backfilled.Runs | None:
        """Which stretches of a tag's blocks were backfilled; None when none was, or when it is not known."""
        tag = self._numbers.get(name)
        try:
            slab = self.state(backfilled.STATE)
        except (codec.Damaged, sqlite3.DatabaseError):
            return None  # `hmi history check` tells
        return None if slab is None or tag is None else backfilled.runs_of(slab, tag[0])

    def _times(self, tsid: int, n: int) -> tuple[NDArray[np.int64], bytes]:
        key = (self.path, self.identity[1], "stamps", tsid)
        found = self._cache.get(key)
        if found is None:
            blob = self._file.execute("SELECT b FROM stamps WHERE id = ?", (tsid,)).fetchone()
            found = codec.decode_times(_there(blob), n), _there(blob)[: proof.BLOB_HEAD]
            self._cache.put(key, found, 8 * n)
        if len(found[0]) != n:
            raise codec.Damaged("a block's times are those of another one")
        return found[0], found[1]

    def _look(self) -> None:
        own: Row | None = self._file.execute(_SPAN).fetchone()
        if own is not None and own == self._head:
            return  # its checksum covers all of this
        span, tags, sealed = proof.head(self._file)
        self._content = (identity_of(self.path), own)
        self._head, self._doubts, self._states = own, {}, {}
        self.first, self.last, self.late = span or (None, None, 0)
        self.marks = [Mark(*row) for row in sealed]
        self._numbers = {row[1]: (row[0], row[2]) for row in tags}


def unreadable(path: Path, error: sqlite3.Error | OSError | codec.Damaged) -> str:
    """What cannot be read, and what to do."""
    why = str(error) if isinstance(error, codec.Damaged) else words(error)
    return f"{path} cannot be read ({why}). Move it away and put a backup in its place; other files are not affected"


def identity_of(path: Path) -> tuple[int, ...]:
    """Another one when a file is another, or was written; raises OSError."""
    state = os.stat(path)  # noqa: PTH116 - of every day, for every question
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_mode


def _until(samples: Samples, when_ns: int) -> Samples:
    stop = int(samples.received.searchsorted(when_ns, "right"))
    return samples.cut(max(0, stop - 1), stop)


def _there(row: tuple[bytes] | None) -> bytes:
    if row is None:
        raise codec.Damaged("a block's values are not in the file")
    return row[0]


def _columns(samples: Samples) -> dict[str, NDArray[Any]]:
    names: Sequence[str] = ("time", "received", "value", "raw", "quality", "flags")
    return {name: getattr(samples, name) for name in names}
