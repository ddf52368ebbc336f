"""The file of one UTC day as its one writer sees it: blocks go in by whole seals, and it stands alone once closed."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from hmi.store.block import Block
from hmi.store.folder import DAY_NS, day_files
from hmi.store.hot import TagRow
from hmi.store.schema import close_for_good, cut_log, open_day, open_to_read
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark

_INSERT: Final = "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DATA: Final = "INSERT INTO data VALUES (?, ?)"
_STAMPS: Final = "INSERT INTO stamps VALUES (?, ?)"
_WIDEN: Final = (
    "INSERT INTO span VALUES (1, ?1, ?2, ?3) ON CONFLICT(one) DO UPDATE SET "
    "first = min(first, ?1), last = max(last, ?2), late = late + ?3"
)
_MARKS_KEPT: Final = 2  # files whose marks can still matter: a seal and a crash on either side of midnight


class DayFile:
    """One day's file, open for writing; lives on the sealer thread. Raises sqlite3.Error."""

    def __init__(self, path: Path, day: int, begin: Slab | None) -> None:
        """`begin`: every tag's last value from before, kept if the file is new."""
        self.path = path
        self.day = day
        if path.exists():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
        self._connection = open_day(path)
        try:
            if begin is not None:
                self._connection.execute("INSERT OR IGNORE INTO state VALUES ('begin', ?)", (begin.pack(),))
            newest = self._connection.execute("SELECT tag, max(t1), max(seq) FROM block GROUP BY tag").fetchall()
            self._last = {tag: last for tag, last, _ in newest}
            self._seals = 1 + max((seq for *_, seq in newest), default=-1)
            self._did = self._one("SELECT coalesce(max(id), 0) FROM data")
            self._tsid = self._one("SELECT coalesce(max(id), 0) FROM stamps")
        except sqlite3.Error:
            self._connection.close()
            raise

    def write(self, blocks: Iterable[Block], mark: Mark, end: Slab, tags: Sequence[TagRow]) -> None:
        """Put a whole seal in, or nothing of it; `end`: every tag's last value after it."""
        rows = self._rows(blocks)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in rows.items():
                self._connection.executemany(statement, values)
            self._connection.executemany("INSERT OR REPLACE INTO tag VALUES (?, ?, ?, ?, ?, ?)", tags)
            self._connection.execute("INSERT INTO sealed VALUES (?, ?)", mark)
            self._connection.execute("INSERT OR REPLACE INTO state VALUES ('end', ?)", (end.pack(),))
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

    def _rows(self, blocks: Iterable[Block]) -> dict[str, list[tuple[Any, ...]]]:
        data, stamps, found, known = [], [], [], dict[bytes, int]()
        did, tsid, late = self._did, self._tsid, 0
        for block in blocks:
            if block.data is not None:
                did += 1
                data.append((did, block.data))
            if block.stamps not in known:
                tsid += 1
                known[block.stamps] = tsid
                stamps.append((tsid, block.stamps))
            late += block.t0 <= self._last.get(block.tag, -(2**63)) or block.t0 < self.day * DAY_NS
            own = did if block.data is not None else None
            head = (block.tag, block.t0, self._seals, block.t1)
            found.append((*head, *block.summary, own, known[block.stamps], block.mini))
        rows: dict[str, list[tuple[Any, ...]]] = {
            _DATA: data,
            _STAMPS: stamps,
            _INSERT: found,
        }
        if found:
            rows[_WIDEN] = [(min(row[1] for row in found), max(row[3] for row in found), late)]
        return rows

    def _remember(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        self._seals += 1
        self._did += len(rows[_DATA])
        self._tsid += len(rows[_STAMPS])
        for tag, _, _, t1, *_ in rows[_INSERT]:
            self._last[tag] = max(t1, self._last.get(tag, t1))

    def _one(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])


def newest_marks(folder: Path) -> list[Mark]:
    """What the newest days say is sealed; days that cannot be read say nothing."""
    found: list[Mark] = []
    for path in list(day_files(folder).values())[-_MARKS_KEPT:]:
        try:
            with closing(open_to_read(path)) as file:
                found += [Mark(*row) for row in file.execute("SELECT hour, seq FROM sealed")]
        except sqlite3.Error:
            continue
    return found


def known_tags(folder: Path) -> list[TagRow]:
    """The tags and their numbers as the newest day that can be read has them."""
    for path in reversed(day_files(folder).values()):
        try:
            with closing(open_to_read(path)) as file:
                return file.execute("SELECT id, name, connection, type, unit, description FROM tag").fetchall()
        except sqlite3.Error:
            continue
    return []


def last_state(folder: Path) -> Slab | None:
    """Every tag's last sealed value, as the newest day that can be read has it."""
    for path in reversed(day_files(folder).values()):
        try:
            with closing(open_to_read(path)) as file:
                row = file.execute("SELECT b FROM state ORDER BY at = 'end' DESC").fetchone()
            if row is not None:
                return Slab.unpack(row[0])
        except (sqlite3.Error, ValueError):
            continue
    return None
