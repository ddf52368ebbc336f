"""What a trend of a day draws of a tag's blocks: times and values, and where there are any, qualities and flags.

All that is not unpacked yet is fetched by two statements, however many blocks there are, and kept in the small numbers
that it was packed in: times and values are made of them when a whole stretch is drawn, in memory that is at hand.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Hashable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.store import codec, proof
from hmi.store.blobs import times_of, values_of
from hmi.store.cache import Cache
from hmi.store.codec_times import Line, lay
from hmi.store.codec_values import PLAIN, Way, rebuild

_OWN: Final = threading.local()
_ROOM: Final = 200_000  # samples: two days of a tag at a second
_AS_THEY_ARE: Final = Line(0, 1, 0, b"")
_COLUMN_BYTES: Final = 300  # of what is kept of a block, beside its numbers

Column = NDArray[Any]
Times = NDArray[np.int64]
Values = NDArray[np.float64]
Codes = NDArray[np.uint32]


class Stamps(NamedTuple):
    """The times of a block: `lay` makes them."""

    line: Line
    numbers: Column
    head: bytes = b""  # by which a block is tied to them


class Shown(NamedTuple):
    """The values of a block: `rebuild` makes them."""

    way: Way
    numbers: Column
    quality: Codes | None = None  # None: all good
    flags: Codes | None = None  # None: none


class Piece(NamedTuple):
    """The samples of one block, in order of time, as far as they are drawn."""

    stamps: Stamps
    shown: Shown

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say of its samples but when and how much."""
        return self.shown.quality is None and self.shown.flags is None


class Source(NamedTuple):
    """A day's file, and what of it was unpacked a moment ago."""

    file: sqlite3.Connection
    cache: Cache
    key: tuple[Hashable, ...]  # the file's own, in the cache


class Wanted(NamedTuple):
    """One block: number of samples, its values and times in the file, what ties it to them, and its first value."""

    n: int
    did: int | None  # None: all values are `first`
    tsid: int
    bound: int
    first: float


def piece_of(at: Times, value: Values, quality: Codes, flags: Codes) -> Piece:
    """Samples that are in memory."""
    beside = (column if np.count_nonzero(column) else None for column in (quality, flags))
    return Piece(Stamps(_AS_THEY_ARE, at), Shown(PLAIN, value, *beside))


def read(source: Source, blocks: Sequence[Wanted]) -> list[Piece]:
    """The samples of some blocks. Raises Damaged and sqlite3.Error, also where only one cannot be read."""
    try:
        return _read(source, blocks)
    except codec.Damaged:  # or what is kept is of a file that stood here before
        return _read(source._replace(cache=Cache()), blocks)


def _read(source: Source, blocks: Sequence[Wanted]) -> list[Piece]:
    stamps, shown = _stamps(source, blocks), _shown(source, blocks)
    found = []
    for block in blocks:
        times = stamps[block.tsid]
        if len(times.numbers) != block.n:
            raise codec.Damaged("a block's times are those of another one")
        if block.did is None:
            proof.expect_bound(block.bound, None, times.head)
            found.append(Piece(times, Shown(PLAIN, np.broadcast_to(np.float64(block.first), block.n))))
        else:
            values, tie = shown[block.did]
            proof.expect_bound(block.bound, tie, times.head)
            found.append(Piece(times, values))
    return found


def _shown(source: Source, blocks: Sequence[Wanted]) -> dict[int, tuple[Shown, bytes]]:
    """The values of some blocks, by number, and the head of their bytes, by which blocks are tied to them."""
    found = {did: source.cache.get((*source.key, "shown", did)) for _, did, *_ in blocks if did is not None}
    missing = {block.did: block.n for block in blocks if block.did is not None and found[block.did] is None}
    for did, blob in values_of(source.file, missing).items():
        shown = Shown(*codec.drawn(blob, missing[did]))
        size = _COLUMN_BYTES + sum(column.nbytes for column in shown[1:] if column is not None)
        found[did] = shown, blob[: proof.BLOB_HEAD]
        source.cache.put((*source.key, "shown", did), found[did], size)
    return found


def _stamps(source: Source, blocks: Sequence[Wanted]) -> dict[int, Stamps]:
    """The times of some blocks, by number: several tags may share them."""
    found = {block.tsid: source.cache.get((*source.key, "lined", block.tsid)) for block in blocks}
    missing = {block.tsid: block.n for block in blocks if found[block.tsid] is None}
    for tsid, blob in times_of(source.file, missing).items():
        found[tsid] = Stamps(*codec.lined(blob, missing[tsid]), blob[: proof.BLOB_HEAD])
        size = _COLUMN_BYTES + found[tsid].numbers.nbytes
        source.cache.put((*source.key, "lined", tsid), found[tsid], size)
    return found


# --------------------------------------------------------------------------------------------- many of them as one


def in_a_row(pieces: Sequence[Piece]) -> tuple[Times, Values]:
    """Their times and values as one column each, good until this thread asks again: memory that is at hand is used.

    Fresh memory for a day of a tag costs the system more than filling it does.
    """
    at, value = _room(sum(len(piece.stamps.numbers) for piece in pieces))
    start = 0
    with np.errstate(all="ignore"):
        for stamps, shown in pieces:
            stop = start + len(stamps.numbers)
            lay(stamps.line, stamps.numbers, at[start:stop])
            rebuild(shown.way, shown.numbers, value[start:stop])
            start = stop
    return at, value


def last_of(piece: Piece, name: str, when_ns: int) -> Samples:
    """The newest sample at or before a moment, not before the first one: its time, value and quality."""
    at, value = in_a_row([piece])
    place, quality = int(at.searchsorted(when_ns, "right")) - 1, piece.shown.quality
    return one_sample(name, at[place], value[place], 0 if quality is None else quality[place])


def one_sample(name: str, at: int, value: float, quality: int) -> Samples:
    """A single one, without flags."""
    time, own, none = np.array([at], np.int64), np.array([quality], np.uint32), np.zeros(1, np.uint32)
    return Samples(name, time, time, np.array([value], np.float64), np.zeros(1, np.int64), own, none)


def beside(pieces: Sequence[Piece]) -> tuple[Codes, Codes]:
    """Their qualities and flags as one column each."""
    quality, flags = np.zeros((2, sum(len(piece.stamps.numbers) for piece in pieces)), np.uint32)
    start = 0
    for piece in pieces:
        stop = start + len(piece.stamps.numbers)
        if piece.shown.quality is not None:
            quality[start:stop] = piece.shown.quality
        if piece.shown.flags is not None:
            flags[start:stop] = piece.shown.flags
        start = stop
    return quality, flags


def _room(count: int) -> tuple[Times, Values]:
    room: tuple[Times, Values] | None = getattr(_OWN, "room", None)
    if count > _ROOM:
        return np.empty(count, np.int64), np.empty(count)
    if room is None:
        room = _OWN.room = np.empty(_ROOM, np.int64), np.empty(_ROOM)
    return room[0][:count], room[1][:count]
