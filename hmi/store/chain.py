"""Whether the journal's records are those that were written: each names the one before it, and signed marks vouch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from hmi.store.checkpoints import EVENT as CHECKPOINT
from hmi.store.checkpoints import complaint, is_mark, public_of
from hmi.store.folder import JOURNAL
from hmi.store.journal import FIRST_HASH, SELECT, link_of, record_of
from hmi.store.reading import reading, rows_of

_CHUNK: Final = 5000
_NAMED: Final = 20  # stretches of records that are named one by one
_KEEP: Final = "Keep the file as it is and compare with a backup"


class Verdict(NamedTuple):
    """What was found of the journal's chain."""

    is_whole: bool
    records: int  # that are as they were written
    text: str
    finding: str = ""  # the records that are not, and the marks that do not fit


class _Walk:
    """Follows the chain. What was changed is named, and the chain goes on with the links that the records bear."""

    def __init__(self, folder: Path, before: int, link: bytes) -> None:
        self._public = public_of(folder)
        self._number, self._link = before, link
        self._links: dict[int, bytes] = {before: link}  # since the last mark
        self.whole = self.marks = 0
        self.changed: list[tuple[int, int]] = []  # first and last number of each stretch
        self.missing: list[tuple[int, int]] = []
        self.wrong_marks: list[str] = []

    @property
    def link(self) -> bytes:
        """That of the last record."""
        return self._link

    def take(self, row: tuple[Any, ...]) -> None:
        """One record as it is stored, after those before it."""
        number, columns, kept = row[0], row[1:-1], row[-1]
        if number != self._number + 1:
            _add(self.missing, self._number + 1, number - 1)
        if kept == link_of(self._link, number, columns):
            self.whole += 1
        elif number == self._number + 1:  # after records that are missing there is nothing to compare with
            _add(self.changed, number, number)
        self._number, self._link = number, kept if isinstance(kept, bytes) else b""
        self._links[number] = self._link
        if columns[2] == CHECKPOINT:
            self._mark(number, columns)

    def finding(self) -> str:
        """What is wrong, in words; "" nothing."""
        parts = [_numbers(self.changed, "was changed", "were changed")] if self.changed else []
        parts += [_numbers(self.missing, "is missing", "are missing")] if self.missing else []
        return "; ".join([*parts, *self.wrong_marks[:_NAMED]])

    def _mark(self, number: int, columns: tuple[Any, ...]) -> None:
        record = record_of(columns)
        if is_mark(record):
            if wrong := complaint(record, self._links, self._public):
                self.wrong_marks.append(f"the signed mark in record {number} {wrong}")
            self.marks, self._links = self.marks + 1, {number: self._link}


def verdict(folder: Path, newest: int | None = None) -> Verdict:
    """Judge the chain over all records, or over the newest ones; any thread. Raises StoreError when it is unreadable.

    A record that was changed is named by its number, and so is one that was taken away, unless it was the last: that
    only a mark shows which was signed after it, or a copy of one that is kept elsewhere.
    """
    path = folder / JOURNAL
    if not path.exists():
        return Verdict(False, 0, f"there is no journal in {folder}. Name the data folder with --data")
    with reading(path) as file:
        walk = _Walk(folder, *_before(file, newest))
        for row in _in_chunks(file, walk):
            walk.take(row)
    if found := walk.finding():
        return Verdict(
            False,
            walk.whole,
            f"the journal was tampered with or damaged: {found} ({walk.whole} other records are whole). {_KEEP}",
            found,
        )
    text = f"the journal is whole: {walk.whole} records, {walk.marks} signed, last hash {walk.link.hex()[:16]}"
    return Verdict(True, walk.whole, text)


def _before(file: sqlite3.Connection, newest: int | None) -> tuple[int, bytes]:
    """Number and link of the record from which on it is judged."""
    if newest is not None:
        query = "SELECT id, hash FROM record ORDER BY id DESC LIMIT 1 OFFSET ?"
        found = file.execute(query, (newest,)).fetchone()
        if found is not None and isinstance(found[1], bytes):
            return found[0], found[1]
    return 0, FIRST_HASH


def _in_chunks(file: sqlite3.Connection, walk: _Walk) -> Iterator[tuple[Any, ...]]:
    """Rows by number, a few thousand at a time: an open cursor would hold up the writer's log."""
    last = walk._number
    while rows := rows_of(file, SELECT + "WHERE id > ? ORDER BY id LIMIT ?", (last, _CHUNK)):
        yield from rows
        last = rows[-1][0]


def _add(stretches: list[tuple[int, int]], first: int, last: int) -> None:
    if stretches and stretches[-1][1] + 1 == first:
        stretches[-1] = stretches[-1][0], last
    else:
        stretches.append((first, last))


def _numbers(stretches: list[tuple[int, int]], one: str, many: str) -> str:
    named = [str(first) if first == last else f"{first} to {last}" for first, last in stretches[:_NAMED]]
    more = f" and {len(stretches) - _NAMED} more stretches" if len(stretches) > _NAMED else ""
    is_one = len(stretches) == 1 and stretches[0][0] == stretches[0][1]
    return f"record{'' if is_one else 's'} {', '.join(named)}{more} {one if is_one else many}"
