"""What can still be read of a damaged day goes into a new file; what cannot is told, to be declared as gaps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from hmi.store import codec
from hmi.store.codec_bytes import Damaged
from hmi.store.day import INSERT
from hmi.store.folder import DAY_NS
from hmi.store.hot import TagRow
from hmi.store.proof import (
    BLOCKS,
    BOUND,
    DID,
    SEQ,
    T0,
    T1,
    TAG,
    TSID,
    N,
    expect_bound,
    is_whole,
    sign,
    tallied,
    tally_anew,
)
from hmi.store.records import TAG_GAP
from hmi.store.schema import close_for_good, open_day, open_to_read
from hmi.store.slab import Slab

_SINGLY: Final = 20  # of so many tags what is missing is declared for each; of more for their connections
_REASON: Final = "the file of that day is damaged: what could not be saved is missing"
_BLOCKS: Final = (BLOCKS, "SELECT * FROM block WHERE tag = ? ORDER BY t0 DESC, seq DESC")

Lost = tuple[int, int, str, str]  # from, to (ns UTC), connection, reason: as a gap is declared
_Row = tuple[Any, ...]


def salvage_day(path: Path, fresh: Path, tags: Sequence[TagRow], day: int, until_ns: int) -> list[Lost]:
    """Write to `fresh` what is whole of a damaged day file; gives what is missing. Raises sqlite3.Error for `fresh`.

    `tags` are all that can be in it; nothing in it is later than `until_ns`. When nothing can be read there is no file.
    """
    fresh.unlink(missing_ok=True)
    try:
        old = open_to_read(path)
    except (sqlite3.Error, OSError):
        return [(day * DAY_NS, until_ns, "", _REASON)]
    with closing(old):
        new = open_day(fresh)
        try:
            return _salvaged(old, new, tags, (day * DAY_NS, until_ns))
        finally:
            close_for_good(new)


def _salvaged(
    old: sqlite3.Connection, new: sqlite3.Connection, tags: Sequence[TagRow], span: tuple[int, int]
) -> list[Lost]:
    missing: dict[TagRow, tuple[int, int]] = {}
    new.execute("BEGIN IMMEDIATE")
    new.executemany("INSERT OR REPLACE INTO tag VALUES (?, ?, ?, ?, ?, ?)", tags)
    new.executemany("INSERT INTO sealed VALUES (?, ?)", _typed(old, "SELECT hour, seq FROM sealed", (int, int)))
    for at, blob in _typed(old, "SELECT at, b FROM state", (str, bytes)):
        with suppress(Damaged):
            Slab.unpack(blob)
            new.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (at, blob))
    for tag in tags:
        rows, is_whole = _rows(old, tag[0])
        if not is_whole:
            missing[tag] = span
        for row in rows:
            try:
                _copy(old, new, row, tag[1])
            except Damaged:
                begin, end = missing.get(tag, (row[T0], row[T1]))
                missing[tag] = min(begin, row[T0]), max(end, row[T1] + 1)
    first, last = new.execute("SELECT coalesce(min(t0), 0), coalesce(max(t1), -1) FROM block").fetchone()
    new.execute("INSERT INTO span VALUES (1, ?, ?, 1, 0)", (first, last))  # 1: some may overlap
    tally_anew(new, [tag[0] for tag in tags])
    sign(new)
    new.execute("COMMIT")
    return _gaps(missing)


def _gaps(missing: Mapping[TagRow, tuple[int, int]]) -> list[Lost]:
    if len(missing) <= _SINGLY:
        return [(*span, TAG_GAP + tag[1], _REASON) for tag, span in missing.items()]
    found: dict[str, tuple[int, int]] = {}
    for tag, (first, last) in missing.items():
        known = found.get(tag[2], (first, last))
        found[tag[2]] = min(first, known[0]), max(last, known[1])
    return [(*span, connection, _REASON) for connection, span in found.items()]


def _rows(old: sqlite3.Connection, number: int) -> tuple[list[_Row], bool]:
    """The blocks of a tag that can be read, from both ends, and whether that is all of them."""
    found: dict[tuple[int, int], _Row] = {}
    whole = True
    for query in _BLOCKS:
        try:
            for row in old.execute(query, (number,)):
                if row[TAG] == number and is_whole(row):
                    found[row[T0], row[SEQ]] = row
                else:
                    whole = False
        except sqlite3.Error:
            whole = False
    rows = [found[key] for key in sorted(found)]
    return rows, whole and _tally(old, number) == (tallied(rows) or [(number, 0, 0)])


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, row: _Row, name: str) -> None:
    """One block with its values and times; raises Damaged, having written nothing."""
    stamps = _blob(old, "SELECT b FROM stamps WHERE id = ?", row[TSID])
    times = codec.decode_times(stamps, row[N])
    values = None if row[DID] is None else _blob(old, "SELECT b FROM data WHERE id = ?", row[DID])
    expect_bound(row[BOUND], values, stamps)
    if values is not None:
        codec.decode(values, times, name)
    new.execute("INSERT OR IGNORE INTO stamps VALUES (?, ?)", (row[TSID], stamps))
    if values is not None:
        new.execute("INSERT OR IGNORE INTO data VALUES (?, ?)", (row[DID], values))
    new.execute(INSERT, row)


def _tally(old: sqlite3.Connection, number: int) -> list[tuple[int, int, int]] | None:
    try:
        rows = old.execute("SELECT tag, n, crc FROM tally WHERE tag = ?", (number,)).fetchall()
    except sqlite3.Error:
        return None
    return rows or [(number, 0, 0)]


def _blob(old: sqlite3.Connection, query: str, number: Any) -> bytes:
    try:
        row = old.execute(query, (number,)).fetchone()
    except sqlite3.Error as error:
        raise Damaged(str(error)) from error
    if row is None or not isinstance(row[0], bytes):
        raise Damaged("a block's values are not in the file")
    return row[0]


def _typed(old: sqlite3.Connection, query: str, kinds: tuple[type, ...]) -> Iterator[_Row]:
    with suppress(sqlite3.Error):
        for row in old.execute(query):
            if tuple(map(type, row)) == kinds:
                yield row
