"""Whether a day's file is as it was written. SQLite sees a page that is none; no number that changed, no row less.

Each block's row has a checksum of all its columns, and `bound`, which ties it to the values and times that it names. Of
each tag `tally` knows how many blocks there are and the sum of their checksums. `span.crc` covers the tags, what is
sealed, and the span itself.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from hmi.store.codec_bytes import Damaged

TAG, T0, SEQ, T1, N = range(5)  # columns of a block's row
FIRST, DID, TSID, MINI, BOUND, CRC = 13, 19, 20, 21, 22, 23
BLOCKS: Final = "SELECT * FROM block WHERE tag = ? ORDER BY t0, seq"
_EVERY: Final = "SELECT * FROM block ORDER BY tag, t0, seq"
_TALLY: Final = "SELECT n, crc FROM tally WHERE tag = ?"
_TALLIED: Final = "INSERT INTO tally SELECT tag, count(*), sum(crc) FROM block WHERE tag = ? GROUP BY tag"
_TAGS: Final = "SELECT id, name, connection, type, unit, description FROM tag ORDER BY id"
_SEALED: Final = "SELECT hour, seq FROM sealed ORDER BY hour, seq"
_REALS: Final = slice(9, 16)  # of a block's row: vmin to up
_FALLS, _TW = 16, 17
BLOB_HEAD: Final = 6  # bytes of hmi.store.codec's: what it is, and its checksum

_crc32, _encoded = zlib.crc32, msgspec.msgpack.encode

Row = tuple[Any, ...]


class Head(NamedTuple):
    """What a day's file says of itself."""

    span: tuple[int, int, int] | None  # times of the first and last sample, blocks that are late; None: it is new
    tags: list[Row]
    sealed: list[tuple[int, int]]


class Broken(NamedTuple):
    """A block whose row is not as it was written, and between which times, ns UTC, it lay."""

    row: Row
    from_ns: int
    to_ns: int


class Doubt(NamedTuple):
    """A tag of whose blocks some are damaged or missing."""

    rows: list[Row]  # those that are whole
    broken: list[Broken]
    is_short: bool  # others are not there at all
    missing: list[tuple[int, int]]  # the times, ns UTC, of all that is not whole


def bound(data: bytes | None, stamps: bytes) -> int:
    """What ties a block's row to its values and times."""
    return zlib.crc32(stamps[:BLOB_HEAD], zlib.crc32((data or b"")[:BLOB_HEAD]))


def expect_bound(tied: int, data: bytes | None, stamps: bytes) -> None:
    """Raise Damaged where values and times are not those that a block's row names."""
    if bound(data, stamps) != tied:
        raise Damaged("a block's values are those of another one")


def checksum(row: Sequence[Any]) -> int:
    """Of all columns of a block's row but the last, as SQLite gives them back: minus zero as zero, and reals real."""
    reals = (*row[_REALS], row[_TW])
    *sums, tw = (None if real is None else real + 0.0 for real in reals)
    return _checksum((*row[: _REALS.start], *sums, row[_FALLS], tw, *row[_TW + 1 :]))


def _checksum(row: Sequence[Any]) -> int:
    return _crc32(_encoded(row))


def is_whole(row: Row) -> bool:
    """Whether every bit of a block's row, as SQLite gave it, is as it was written."""
    return bool(_checksum(row[:CRC]) == row[CRC])


def doubt(
    file: sqlite3.Connection, number: int, span: tuple[int, int, int], rows: list[Row] | None = None
) -> Doubt | None:
    """What of a tag's blocks is not as it was written; None when all is well. Raises sqlite3.Error.

    `rows`: what BLOCKS gave, if that is at hand. Where blocks came late they overlap, and one that is not there may
    have lain anywhere.
    """
    if rows is None:
        rows = file.execute(BLOCKS, (number,)).fetchall()
    n, crc = file.execute(_TALLY, (number,)).fetchone() or (0, 0)
    is_sound = [_crc32(_encoded(row[:CRC])) == row[CRC] for row in rows]  # is_whole, for thousands of rows a question
    if all(is_sound) and (len(rows), sum(row[CRC] for row in rows)) == (n, crc):
        return None
    whole = [row for row, sound in zip(rows, is_sound, strict=True) if sound]
    first, last, late = span
    is_short = all(is_sound) or len(rows) != n
    broken = list(_broken(rows, is_sound, first, last))
    if late:
        missing = [(first, last + 1)]
    else:
        missing = list(_between(whole, first, last)) if is_short else [one[1:] for one in broken]
    return Doubt(whole, broken, is_short, missing)


def damaged_tags(file: sqlite3.Connection) -> set[int]:
    """The numbers of tags whose blocks are not all as they were written. Raises sqlite3.Error."""
    tallies = {tag: (n, crc) for tag, n, crc in file.execute("SELECT tag, n, crc FROM tally")}
    found: set[int] = set()
    known: dict[int, tuple[int, int]] = {}
    for row in file.execute(_EVERY):
        if is_whole(row):
            n, crc = known.get(row[TAG], (0, 0))
            known[row[TAG]] = n + 1, crc + row[CRC]
        else:
            found.add(row[TAG])
    return found | {tag for tag in tallies.keys() | known.keys() if tallies.get(tag) != known.get(tag)}


def tallied(rows: Iterable[Row]) -> list[tuple[int, int, int]]:
    """Of some rows: their tag, how many there are, and the sum of their checksums."""
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        n, crc = found.get(row[TAG], (0, 0))
        found[row[TAG]] = n + 1, crc + row[CRC]
    return [(tag, n, crc) for tag, (n, crc) in found.items()]


def tally_anew(file: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Some tags have only the blocks that are here: what is missing was declared."""
    for number in numbers:
        file.execute("DELETE FROM tally WHERE tag = ?", (number,))
        file.execute(_TALLIED, (number,))


def sign(file: sqlite3.Connection) -> None:
    """Note the checksum of what the file says of itself, after that has changed."""
    span, tags, sealed = _read(file)
    if span is not None:
        file.execute("UPDATE span SET crc = ?", (_crc(span[:3], tags, sealed),))


def head(file: sqlite3.Connection) -> Head:
    """What a file says of itself; raises sqlite3.Error, also for what is not as it was written."""
    span, tags, sealed = _read(file)
    if span is None and not tags and not sealed:
        return Head(None, [], [])
    if span is None or span[3] != _crc(span[:3], tags, sealed):
        raise damage("what it says of itself has changed")
    return Head(span[:3], tags, sealed)


def damage(what: str) -> sqlite3.DatabaseError:
    """The fault that SQLite would name if it looked so closely."""
    error = sqlite3.DatabaseError(f"the file is damaged: {what}")
    error.sqlite_errorname = "SQLITE_CORRUPT"
    return error


def _broken(rows: Sequence[Row], is_sound: Sequence[bool], first: int, last: int) -> Iterator[Broken]:
    """Rows stand in the order of their times, whatever they say of them: they lay between those that are whole."""
    for place, sound in enumerate(is_sound):
        if not sound:
            before = next((row[T1] + 1 for row in reversed(rows[:place]) if is_whole(row)), first)
            after = next((row[T0] for row in rows[place + 1 :] if is_whole(row)), last + 1)
            yield Broken(rows[place], before, max(before, after))


def _between(rows: Sequence[Row], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The times between blocks."""
    end = first
    for row in rows:
        if row[T0] > end:
            yield end, row[T0]
        end = max(end, row[T1] + 1)
    if end <= last:
        yield end, last + 1


def _read(file: sqlite3.Connection) -> tuple[Any, list[Row], list[Any]]:
    span = file.execute("SELECT first, last, late, crc FROM span").fetchone()
    return span, file.execute(_TAGS).fetchall(), file.execute(_SEALED).fetchall()


def _crc(*parts: Any) -> int:
    return zlib.crc32(msgspec.msgpack.encode(parts))
