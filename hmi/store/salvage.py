"""What can still be read of a damaged day goes into a new file; what cannot is told, to be declared as gaps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from hmi.store import codec
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import DAY_NS
from hmi.store.hot import TagRow
from hmi.store.records import TAG_GAP
from hmi.store.schema import close_for_good, open_day, open_to_read
from hmi.store.slab import Slab

_SINGLY: Final = 20  # of so many tags what is missing is declared for each; of more for their connections
_REASON: Final = "the file of that day is damaged: what could not be saved is missing"
_BLOCKS: Final = (
    "SELECT * FROM block WHERE tag = ? ORDER BY t0, seq",
    "SELECT * FROM block WHERE tag = ? ORDER BY t0 DESC, seq DESC",
)
_INSERT: Final = "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_T0, _SEQ, _T1, _N, _DID, _TSID = 1, 2, 3, 4, 19, 20

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
                first, last = missing.get(tag, (row[_T0], row[_T1]))
                missing[tag] = min(first, row[_T0]), max(last, row[_T1] + 1)
    new.execute(
        "INSERT INTO span SELECT 1, min(t0), max(t1), 1 FROM block HAVING count(*) > 0"  # 1: some may overlap
    )
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
                if row[0] == number and all(type(row[place]) is int for place in (_T0, _SEQ, _T1, _N, _TSID)):
                    found[row[_T0], row[_SEQ]] = row
                else:
                    whole = False
        except sqlite3.Error:
            whole = False
    return [found[key] for key in sorted(found)], whole


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, row: _Row, name: str) -> None:
    """One block with its values and times; raises Damaged, having written nothing."""
    stamps = _blob(old, "SELECT b FROM stamps WHERE id = ?", row[_TSID])
    times = codec.decode_times(stamps, row[_N])
    values = None if row[_DID] is None else _blob(old, "SELECT b FROM data WHERE id = ?", row[_DID])
    if values is not None:
        codec.decode(values, times, name)
    new.execute("INSERT OR IGNORE INTO stamps VALUES (?, ?)", (row[_TSID], stamps))
    if values is not None:
        new.execute("INSERT OR IGNORE INTO data VALUES (?, ?)", (row[_DID], values))
    new.execute(_INSERT, row)


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
