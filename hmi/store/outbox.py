"""What waits for the plant server: read from history and journal themselves, from where it was sent last.

There is no second copy. A reader like any other: it holds no lock longer than one question, and knows nothing of who
it is sent to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from hmi.core.errors import StoreError
from hmi.core.outgoing import NOWHERE, Backlog, Block, NumberedGap, NumberedRecord, Place, Shipment, TagFacts
from hmi.store.folder import DAY_NS, JOURNAL, day_files, words
from hmi.store.journal import FIELDS, SELECT, record_of
from hmi.store.schema import open_to_read
from hmi.store.sent import UNSENT

MOST_BYTES: Final = 4_000_000  # of one shipment: what is repeated after a loss, at the most
MOST_ROWS: Final = 300_000  # samples of it that are sent as rows
_KEYS: Final = "SELECT seq, tag, t0 FROM block WHERE seq >= ?"
_LAST: Final = "SELECT seq, tag, t0 FROM block ORDER BY seq DESC, tag DESC, t0 DESC LIMIT 1"
_BLOCKS: Final = (
    "SELECT b.tag, b.t0, b.seq, t1, n, good, worst, q0, q1, vmin, vmax, vsum, first, last, tw, twd, d.b, tsid, mini, "
    "b.crc FROM block b LEFT JOIN data d ON d.id = b.did WHERE b.tag = ? AND b.t0 = ? AND b.seq = ?"
)
_MARK: Final = "SELECT crc FROM block WHERE tag = ? AND t0 = ? AND seq = ?"
_STAMPS: Final = "SELECT b FROM stamps WHERE id = ?"
_TAGS: Final = "SELECT id, name, connection, type, unit, description FROM tag"
_RECORDS: Final = SELECT + "WHERE id > ? ORDER BY id LIMIT ?"
_GAPS: Final = "SELECT id, from_ns, to_ns, connection, reason FROM gap WHERE id > ? ORDER BY id LIMIT ?"


_Stamp = tuple[Place, tuple[int, ...]]  # how far a day was sent, and what its file was then


class Outbox:
    """Of one data folder; belongs to one thread. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty: dict[int, _Stamp] = {}  # days of which nothing waited, as they were then: they are not opened

    def shipments(
        self, sent: Mapping[int, Place], most_bytes: int = MOST_BYTES, as_rows: Callable[[str], bool] = lambda _: False
    ) -> Iterator[Shipment]:
        """Everything that is sealed and was not sent, the oldest day first; `sent`: day -> how far it was sent.

        `as_rows`: whether the samples of a tag are to be sent as rows; then a shipment holds fewer of them.
        """
        for day, path in sorted(day_files(self._folder).items()):
            place, stamp = sent.get(day, NOWHERE), _stamp_of(path, sent.get(day, NOWHERE))
            if self._empty.get(day) == stamp:
                continue
            count = 0
            try:
                with closing(open_to_read(path)) as file:
                    for shipment in _of_day(file, day, place, most_bytes, as_rows):
                        count += 1
                        yield shipment
                if not count:
                    self._empty[day] = stamp
            except sqlite3.Error as error:
                if path.exists():  # else it was too old, and has gone
                    raise StoreError(f"{path} cannot be read ({words(error)}): hmi history check tells more") from error

    def records(self, after: int, most: int = 2000) -> list[NumberedRecord]:
        """The journal's records after this number, in order."""
        found = []
        for number, *columns, chain in self._journal(_RECORDS, after, most):
            found.append(NumberedRecord(number, record_of(columns[: len(FIELDS)]), chain))
        return found

    def gaps(self, after: int, most: int = 2000) -> list[NumberedGap]:
        """The gaps that were declared after this number."""
        return [NumberedGap(*row) for row in self._journal(_GAPS, after, most)]

    def dropped(self) -> int:
        """How many days had to be dropped before the plant server had them."""
        return int(self._journal("SELECT count(*) FROM gap WHERE reason = ?", UNSENT)[0][0])

    def one(self, day: int, place: Place) -> Shipment | None:
        """The block at a place, to be sent by itself; None: it is not here any more."""
        path = day_files(self._folder).get(day)
        if path is None:
            return None
        try:
            with closing(open_to_read(path)) as file:
                block = _block(file, place)
                if block is None:
                    return None
                tags = {row[0]: TagFacts(*row) for row in file.execute(_TAGS)}
                return _shipment(day, [block], {block.stamps: _stamp(file, block.stamps)}, tags, len(block.data or b""))
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be read ({words(error)}): hmi history check tells more") from error

    def newest(self, day: int) -> Place | None:
        """The last place in the file of a day; None: there is no such day (any more), or it cannot be read."""
        path = day_files(self._folder).get(day)
        try:
            if path is not None:
                with closing(open_to_read(path)) as file:
                    row = file.execute(_LAST).fetchone()
                    return NOWHERE if row is None else (row[0], row[1], row[2])
        except sqlite3.Error:
            pass  # the shipments say so
        return None

    def mark(self, day: int, place: Place) -> int | None:
        """What tells the block at a place from another one there; None: there is none (any more)."""
        path = day_files(self._folder).get(day)
        seq, tag, t0 = place
        try:
            if path is not None:
                with closing(open_to_read(path)) as file:
                    row = file.execute(_MARK, (tag, t0, seq)).fetchone()
                    return None if row is None else int(row[0])
        except sqlite3.Error:
            pass  # the shipments say so
        return None

    def backlog(self, sent: Mapping[int, Place], after: int) -> Backlog:
        """How much waits; the size is that of the files, in proportion."""
        blocks, size, oldest = 0, 0.0, 0
        for day, path in sorted(day_files(self._folder).items()):
            if self._empty.get(day) == (stamp := _stamp_of(path, sent.get(day, NOWHERE))):
                continue
            try:
                with closing(open_to_read(path)) as file:
                    keys = _keys(file, sent.get(day, NOWHERE))
                    all_of_it = file.execute("SELECT count(*) FROM block").fetchone()[0]
            except sqlite3.Error:
                continue
            if not keys:
                self._empty[day] = stamp
            else:
                oldest = oldest or min(t0 for _, _, t0 in keys) or day * DAY_NS
                blocks += len(keys)
                size += path.stat().st_size * len(keys) / all_of_it
        (waiting,) = self._journal("SELECT count(*) FROM record WHERE id > ?", after)
        first = self._journal("SELECT time_ns FROM record WHERE id > ? ORDER BY id LIMIT 1", after)
        told = [time for time in (oldest, *(row[0] for row in first)) if time]
        return Backlog(blocks, round(size), waiting[0], min(told, default=0))

    def _journal(self, question: str, *values: int | str) -> list[Any]:
        path = self._folder / JOURNAL
        try:
            with closing(open_to_read(path)) as file:
                return file.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be read ({words(error)})") from error


def _stamp_of(path: Path, sent: Place) -> _Stamp:
    """Another one when the file was written since, or more of it was sent."""
    found: list[int] = []
    for part in (path, path.with_name(path.name + "-wal")):
        with suppress(OSError):
            state = part.stat()
            found += [state.st_ino, state.st_size, state.st_mtime_ns]
    return sent, tuple(found)


def _keys(file: sqlite3.Connection, after: Place) -> list[Place]:
    return sorted(key for key in file.execute(_KEYS, (after[0],)) if key > after)


def _of_day(
    file: sqlite3.Connection, day: int, after: Place, most_bytes: int, as_rows: Callable[[str], bool]
) -> Iterator[Shipment]:
    keys = _keys(file, after)
    if not keys:
        return
    tags = {row[0]: TagFacts(*row) for row in file.execute(_TAGS)}
    blocks: list[Block] = []
    stamps: dict[int, bytes] = {}
    full = {number for number, tag in tags.items() if as_rows(tag.name)}
    size = rows = 0
    for key in keys:
        block = _block(file, key)
        if block is None:
            continue  # dropped meanwhile, or thinned
        blocks.append(block)
        size += 200 + len(block.data or b"") + len(block.minutes or b"")
        if block.stamps not in stamps:
            stamps[block.stamps] = _stamp(file, block.stamps)
            size += len(stamps[block.stamps])
        rows += block.n if block.tag in full else 0
        if size >= most_bytes or rows >= MOST_ROWS:
            yield _shipment(day, blocks, stamps, tags, size)
            blocks, stamps, size, rows = [], {}, 0, 0
    if blocks:
        yield _shipment(day, blocks, stamps, tags, size)


def _shipment(
    day: int, blocks: Sequence[Block], stamps: Mapping[int, bytes], tags: Mapping[int, TagFacts], size: int
) -> Shipment:
    used = {block.tag: tags[block.tag] for block in blocks}
    return Shipment(day, tuple(blocks), dict(stamps), used, size)


def _block(file: sqlite3.Connection, key: Place) -> Block | None:
    seq, tag, t0 = key
    row = file.execute(_BLOCKS, (tag, t0, seq)).fetchone()
    return None if row is None else Block(*row)


def _stamp(file: sqlite3.Connection, number: int) -> bytes:
    row = file.execute(_STAMPS, (number,)).fetchone()
    if row is None:
        raise sqlite3.DatabaseError(f"the times {number} are missing")
    return bytes(row[0])
