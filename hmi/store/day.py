"""The file of one UTC day as its one writer sees it: blocks go in by whole seals, and it stands alone once closed."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeVar

from hmi.store import backfilled, proof
from hmi.store.block import Block
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import DAY_NS, day_files, is_damage
from hmi.store.hot import TagRow
from hmi.store.pages import Pages
from hmi.store.schema import close_for_good, cut_log, open_day, open_to_read
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark

INSERT: Final = "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TALLY: Final = (
    "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT(tag) DO UPDATE SET n = n + excluded.n, crc = crc + excluded.crc"
)
_DATA: Final = "INSERT INTO data VALUES (?, ?)"
_STAMPS: Final = "INSERT INTO stamps VALUES (?, ?)"
_WIDEN: Final = (
    "INSERT INTO span VALUES (1, ?1, ?2, ?3, 0) ON CONFLICT(one) DO UPDATE SET "
    "first = min(first, ?1), last = max(last, ?2), late = late + ?3"
)
_AT_A_STRETCH: Final = 50  # rows: well below a millisecond
_MARKS_KEPT: Final = 2  # files whose marks can still matter: a seal and a crash on either side of midnight

_T = TypeVar("_T")


class DayFile:
    """One day's file, open for writing; lives on the sealer thread. Raises sqlite3.Error."""

    def __init__(self, path: Path, day: int, begin: Slab | None) -> None:
        """`begin`: every tag's last value from before, kept if the file is new."""
        self.path = path
        self.day = day
        if path.exists():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
        self._connection = open_day(path)
        self._pages = {_DATA: Pages(), _STAMPS: Pages()}
        try:
            if begin is not None:
                self._connection.execute("INSERT OR IGNORE INTO state VALUES ('begin', ?)", (begin.pack(),))
            proof.head(self._connection)
            if proof.damaged_tags(self._connection):
                raise proof.damage("some of its blocks have changed or are missing")
            newest = self._connection.execute("SELECT tag, max(t1), max(seq) FROM block GROUP BY tag").fetchall()
            self._last = {tag: last for tag, last, _ in newest}
            self._seals = 1 + max((seq for *_, seq in newest), default=-1)
            self._did = self._one("SELECT coalesce(max(id), 0) FROM data")
            self._tsid = self._one("SELECT coalesce(max(id), 0) FROM stamps")
        except sqlite3.Error:
            self._connection.close()
            raise

    def write(
        self,
        blocks: Iterable[Block],
        mark: Mark,
        end: Slab,
        tags: Sequence[TagRow],
        pause: Callable[[], object] = lambda: None,
    ) -> None:
        """Put a whole seal in, or nothing of it; `end`: every tag's last value after it.

        `pause` is called now and then: others may be waiting for the interpreter.
        """
        made = list(blocks)
        rows = self._rows(made, pause)
        states = [("end", end.pack()), *self._backfilled(made)]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in rows.items():
                self._connection.executemany(statement, _with_breaks(values, pause))
            self._connection.executemany("INSERT OR REPLACE INTO tag VALUES (?, ?, ?, ?, ?, ?)", tags)
            self._connection.execute("INSERT INTO sealed VALUES (?, ?)", mark)
            self._connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", states)
            proof.sign(self._connection)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._remember(rows)
        cut_log(self._connection)

    def close(self, *, finished: bool = False) -> None:
        """Close the file; one that is finished may not be written any more."""
        close_for_good(self._connection)
        if finished:
            self.path.chmod(self.path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))

    def _backfilled(self, made: Sequence[Block]) -> list[tuple[str, bytes]]:
        """What of the day was backfilled, once these blocks are in it; nothing where they change nothing of that."""
        new = [(block.tag, run) for block in made for run in block.late]
        if not new:
            return []
        row = self._connection.execute("SELECT b FROM state WHERE at = ?", (backfilled.STATE,)).fetchone()
        try:
            found = backfilled.with_runs(None if row is None else Slab.unpack(row[0]), new)
        except Damaged as error:
            raise proof.damage("what was backfilled has changed") from error
        return [] if found is None else [(backfilled.STATE, found.pack())]

    def _rows(self, made: Sequence[Block], pause: Callable[[], object]) -> dict[str, list[tuple[Any, ...]]]:
        data = [block.data for block in made if block.data is not None]
        stamps = list(dict.fromkeys(block.stamps for block in made))
        dids, rows = self._numbered(_DATA, data, self._did)
        found, stamped = [], self._numbered(_STAMPS, stamps, self._tsid)
        tsids, late = dict(zip(stamps, stamped[0], strict=True)), 0
        next_did = iter(dids)
        for block in _with_breaks(made, pause):
            late += block.t0 <= self._last.get(block.tag, -(2**63)) or block.t0 < self.day * DAY_NS
            own = next(next_did) if block.data is not None else None
            head = (block.tag, block.t0, self._seals, block.t1)
            tied = proof.bound(block.data, block.stamps)
            row = (*head, *block.summary, own, tsids[block.stamps], block.mini, tied)
            found.append((*row, proof.checksum(row)))
        written: dict[str, list[tuple[Any, ...]]] = {_DATA: rows, _STAMPS: stamped[1], INSERT: found}
        if found:
            written[_TALLY] = proof.tallied(found)
            written[_WIDEN] = [(min(row[1] for row in found), max(row[3] for row in found), late)]
        return written

    def _numbered(self, table: str, blobs: Sequence[bytes], after: int) -> tuple[list[int], list[tuple[Any, ...]]]:
        """The number of each blob, and the rows of its table in the order of their numbers."""
        order = self._pages[table].order(blobs)
        numbers = [0] * len(blobs)
        for number, place in enumerate(order, after + 1):
            numbers[place] = number
        return numbers, [(numbers[place], blobs[place]) for place in order]

    def _remember(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        self._seals += 1
        self._did += len(rows[_DATA])
        self._tsid += len(rows[_STAMPS])
        for tag, _, _, t1, *_ in rows[INSERT]:
            self._last[tag] = max(t1, self._last.get(tag, t1))

    def _one(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])


def _with_breaks(things: Iterable[_T], pause: Callable[[], object]) -> Iterator[_T]:
    for number, thing in enumerate(things, 1):
        yield thing
        if not number % _AT_A_STRETCH:
            pause()


def newest_marks(folder: Path) -> list[Mark]:
    """What the newest days say is sealed; days that are damaged say nothing.

    Raises sqlite3.Error where one cannot be read now: the disk is full, another program holds it. It may be later.
    """
    found: list[Mark] = []
    for path in list(day_files(folder).values())[-_MARKS_KEPT:]:
        try:
            with closing(open_to_read(path)) as file:
                found += [Mark(*row) for row in proof.head(file).sealed]
        except sqlite3.Error as error:
            if path.exists() and not is_damage(error):
                raise
    return found


def known_tags(folder: Path) -> list[TagRow]:
    """The tags and their numbers as the newest day that can be read has them."""
    for path in reversed(day_files(folder).values()):
        try:
            with closing(open_to_read(path)) as file:
                return proof.head(file).tags
        except sqlite3.Error:
            continue
    return []


def last_state(folder: Path) -> Slab | None:
    """Every tag's last sealed value, as the newest day that can be read has it."""
    for path in reversed(day_files(folder).values()):
        try:
            with closing(open_to_read(path)) as file:
                row = file.execute("SELECT b FROM state WHERE at IN ('begin', 'end') ORDER BY at DESC").fetchone()
            if row is not None:
                return Slab.unpack(row[0])
        except (sqlite3.Error, ValueError):
            continue
    return None
