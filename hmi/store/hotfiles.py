"""What is committed and not sealed, through all its files: hot.db, and those that follow when a reader holds its log.

SQLite cannot cut a log back while somebody holds a cursor on it. Recording then goes on in a new file, and the one
before is removed when all of it is sealed: so a cursor costs as much as `LOG_HELD` and no more, however long it is
held. Numbers of seconds go on from file to file; a second counts once, wherever it stands.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.tags import Tag
from hmi.store import hot
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import BUSY, HOT, hot_files, next_hot_file, words
from hmi.store.hot import HotFile, Row, TagRow, left_of, rows_in
from hmi.store.hotsalvage import Span, lost
from hmi.store.schema import open_to_read
from hmi.store.slab import Slab
from hmi.store.unsealed import Mark, Second

log = logging.getLogger(__name__)

_TAILS: Final = ("", "-wal", "-shm")  # in the order in which they are removed: a file without its log is none


class Replayed(NamedTuple):
    """What a data folder has that is not sealed."""

    seconds: list[Second]
    lost: list[Span]  # between which times something is damaged or missing
    damaged: list[int]  # numbers of seconds that are


class HotFiles:
    """What is not sealed, the newest file open for writing; lives on the writer thread. Raises sqlite3.Error."""

    def __init__(self, folder: Path, tags: Sequence[Tag], known: Sequence[TagRow] = (), after: int = 0) -> None:
        """`known` and `after` as for `HotFile`."""
        _sweep(folder)
        *older, newest = hot_files(folder) or [folder / HOT]
        self._folder = folder
        self._tags = tags
        last = max([after, *map(_last_number, older)])
        try:
            self._file = HotFile(newest, tags, known, last)
        except sqlite3.OperationalError as error:
            if words(error) != BUSY:
                raise
            older.append(newest)  # closed in good order, and held by somebody since: it can be read
            self._file = HotFile(next_hot_file(folder), tags, _tags(newest), max(last, _last_number(newest)))
        self._older: dict[Path, dict[int, int]] = {path: {} for path in older}  # by hour the last number not sealed

    @property
    def path(self) -> Path:
        """The file that is written."""
        return self._file.path

    @property
    def numbers(self) -> NDArray[np.uint32]:
        """Of each tag of the plant, its number in the data folder."""
        return self._file.numbers

    def write(self, slabs: Sequence[tuple[int, Slab]], now_ns: int) -> list[Second]:
        """Commit values, each slab with its hour, all or none; on return they are on the disk."""
        found = self._file.write(slabs, now_ns)
        if self._file.log_bytes() > hot.LOG_HELD:
            with suppress(sqlite3.Error, OSError):  # these values are safe already
                self.checkpoint()
        return found

    def restore(self, seconds: Sequence[Second], now_ns: int) -> None:
        """Put seconds in that were in a file that is lost, under the numbers they had."""
        self._file.restore(seconds, now_ns)

    def tags(self) -> list[TagRow]:
        """Every tag there ever was, with its number in this data folder."""
        return self._file.tags()

    def forget(self, mark: Mark) -> None:
        """What is sealed need not be kept."""
        self._file.forget(mark)
        self._older = {path: left_of(left, [mark]) for path, left in self._older.items()}

    def told(self, damaged: Sequence[int]) -> None:
        """What `replay` has found missing was declared."""
        self._file.told(damaged)

    def replay(self, sealed: Sequence[Mark], span: Span | None) -> Replayed:
        """Everything that is not sealed yet; nothing can be missing that was not committed within `span`.

        None: it is not known what is sealed, so nothing can be said to be missing.
        """
        rows: dict[int, tuple[Second | None, int]] = {}  # with the time of the commit; None: it is sealed
        damaged: set[int] = set()
        for path in self._older:
            with closing(open_to_read(path)) as file:
                last = _take(rows_in(file), sealed, rows, damaged)
                self._older[path] = left_of(last, sealed)
        _take(self._file.rows(), sealed, rows, damaged)
        for mark in sealed:
            self.forget(mark)
        self._remove_older()
        damaged -= rows.keys()
        floor = max([self._file.told_until(), *(mark.seq for mark in sealed)])
        times = {seq: at for seq, (_, at) in rows.items()}
        missing = lost(times, damaged, floor, self._file.seq, span) if span is not None else []
        if missing:
            log.error("some seconds of history in %s are damaged and cannot be read", self.path)
        seconds = [second for seq in sorted(rows) if (second := rows[seq][0]) is not None]
        return Replayed(seconds, missing, sorted(damaged))

    def checkpoint(self) -> None:
        """Bring the log into its file; where somebody keeps it from being cut, go on in a new file. Raises OSError."""
        self._file.checkpoint()
        self._remove_older()
        if self._file.log_bytes() > hot.LOG_HELD:
            self._go_on()

    def close(self, now_ns: int | None = None) -> None:
        """Close the files; `now_ns` when it ends in good order."""
        self._file.close(now_ns)

    def _go_on(self) -> None:
        """From here on in a new file: what is in the one before stays readable there until it is sealed."""
        before = self._file
        following = HotFile(next_hot_file(self._folder), self._tags, before.tags(), before.seq)
        self._older[before.path] = before.left()
        self._file = following
        before.close()
        told = "another program keeps reading %s: recording goes on in %s, and the former is removed when it is sealed"
        log.warning(told, before.path, following.path.name)

    def _remove_older(self) -> None:
        for path in [path for path, left in self._older.items() if not left]:
            try:
                _remove(path)
            except OSError:  # Windows removes no file that somebody reads
                continue
            del self._older[path]


def _take(
    found: Iterator[Row], sealed: Sequence[Mark], rows: dict[int, tuple[Second | None, int]], damaged: set[int]
) -> dict[int, int]:
    """Sort the rows of one file in; gives by hour the last number that is whole."""
    last: dict[int, int] = {}
    for row in found:
        try:
            second = row.second()
        except Damaged:
            if not _is_sealed(row, sealed):
                damaged.add(row.seq)
            continue
        last[row.hour] = row.seq
        rows[row.seq] = (None if any(mark.covers(second) for mark in sealed) else second), row.at
    return last


def _is_sealed(row: Row, sealed: Sequence[Mark]) -> bool:
    return type(row.hour) is int and any(row.hour <= mark.hour and row.seq <= mark.seq for mark in sealed)


def _last_number(path: Path) -> int:
    with closing(open_to_read(path)) as file:
        return int(file.execute(hot.LAST).fetchone()[0])


def _tags(path: Path) -> list[TagRow]:
    with closing(open_to_read(path)) as file:
        return file.execute(hot.TAG_ROWS).fetchall()


def _remove(path: Path) -> None:
    for tail in _TAILS:
        path.with_name(path.name + tail).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Logs whose file was removed already when an engine was killed."""
    for tail in _TAILS[1:]:
        for path in folder.glob(f"hot*.db{tail}"):
            if not path.with_name(path.name.removesuffix(tail)).exists():
                path.unlink(missing_ok=True)
