"""A block: what one tag told in one clock hour, packed, with its summary beside it. Made here, out of seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.store import minutes
from hmi.store.backfilled import Run, runs_in
from hmi.store.codec import encode, encode_times
from hmi.store.samples import picked, told_once
from hmi.store.slab import Slab, groups, join
from hmi.store.summary import Summary, summarise, summarise_all
from hmi.store.unsealed import Second

HOUR_NS: Final = 3_600_000_000_000
_ROWS_AT_ONCE: Final = 60_000  # their temporaries stay in the processor's cache, and nobody waits long for their end
_STAMPS_KNOWN: Final = 64  # columns of times: those who are read together mostly stand together
_ROWS_A_BREATH: Final = 3_000  # worked on within a millisecond: so long may others wait for the interpreter

Scaling = Mapping[int, tuple[float, float]]  # scale and offset by the tag's number


class Block(NamedTuple):
    """One tag and clock hour, ready to be written."""

    tag: int
    t0: int
    t1: int
    summary: Summary
    mini: bytes | None
    data: bytes | None  # None: every value is the first one, Good
    stamps: bytes
    late: tuple[Run, ...]  # what of it was backfilled


def blocks_of(seconds: Sequence[Second], scaling: Scaling, pause: Callable[[], None]) -> Iterator[Block]:
    """The blocks that some seconds make, by tag and hour; `pause` is called now and then."""
    slabs = [second.slab for second in seconds if len(second.slab)]
    stamps: dict[bytes, bytes] = {}  # tags that are read together share their times
    for first, stop in _shards(slabs):
        parts = [slab.cut(slab.range_of(first, stop)) for slab in slabs]
        whole = join([part for part in parts if len(part)])
        pause()
        rows = 0
        for block in _shard(whole, scaling, stamps):
            yield block
            rows += block.summary.n
            if rows >= _ROWS_A_BREATH:
                pause()
                rows = 0


def _shard(whole: Slab, scaling: Scaling, stamps: dict[bytes, bytes]) -> Iterator[Block]:
    tidy = _Tidy(whole)
    for number, rows in groups(whole.tag):
        scale = scaling.get(number, (1.0, 0.0))
        if number in tidy.odd:
            for samples in _hours(told_once(whole.samples("", rows))):
                yield _block(number, samples, summarise(samples), minutes.pack(samples), scale, stamps)
        else:
            for samples, summary, mini in tidy.pieces(rows):
                yield _block(number, samples, summary, mini, scale, stamps)


class _Tidy:
    """Tags whose values came in order, each moment once: what they come to is worked out for many of them at once."""

    def __init__(self, whole: Slab) -> None:
        self._whole = whole
        tag, at = whole.tag, whole.at
        again = tag[1:] == tag[:-1]
        self.odd = frozenset(tag[1:][again & (at[1:] <= at[:-1])].tolist())  # the others
        hour = at // HOUR_NS
        heads = np.flatnonzero(np.append(True, ~again | (hour[1:] != hour[:-1])))
        self._heads = heads
        self._stops = [*heads[1:].tolist(), len(tag)]
        self._summaries = summarise_all(whole.value, at, heads)
        self._minutes = minutes.pack_all(whole.value, at, heads)
        if whole.quality is not None:
            for place in np.flatnonzero(np.maximum.reduceat(whole.quality, heads)).tolist():
                self._summaries[place] = None

    def pieces(self, rows: slice) -> Iterator[tuple[Samples, Summary, bytes | None]]:
        """The hours of a tag that is tidy, by its rows."""
        place = int(self._heads.searchsorted(rows.start))
        start = rows.start
        while start < rows.stop:
            samples = self._whole.samples("", slice(start, self._stops[place]))
            summary = self._summaries[place]
            if summary is not None:
                yield samples, summary, self._minutes[place]
            else:  # not all of it is good
                yield samples, summarise(samples), minutes.pack(samples, plain=self._minutes[place])
            start, place = self._stops[place], place + 1


def _shards(slabs: Sequence[Slab]) -> list[tuple[int, int]]:
    """Ranges of tag numbers, each with about as many rows as may be worked on at once."""
    if not slabs:
        return []
    counts = np.zeros(1 + max(int(slab.tag[-1]) for slab in slabs), np.int64)
    for slab in slabs:
        counts += np.bincount(slab.tag, minlength=len(counts))
    bins = np.cumsum(counts) // _ROWS_AT_ONCE
    heads = np.flatnonzero(np.append(True, bins[1:] != bins[:-1]))
    return list(zip(heads.tolist(), [*heads[1:].tolist(), len(counts)], strict=True))


def _hours(samples: Samples) -> Iterator[Samples]:
    hour = samples.received // HOUR_NS
    if hour[0] == hour[-1]:
        yield samples
        return
    heads = np.flatnonzero(np.append(True, hour[1:] != hour[:-1]))
    for start, stop in zip(heads.tolist(), [*heads[1:].tolist(), len(hour)], strict=True):
        yield picked(samples, slice(start, stop))


def _block(
    number: int,
    samples: Samples,
    summary: Summary,
    mini: bytes | None,
    scale: tuple[float, float],
    stamps: dict[bytes, bytes],
) -> Block:
    at: NDArray[np.int64] = samples.received  # where what is stored stands in time
    plain = at.tobytes()
    packed = stamps.get(plain)
    if packed is None:
        if len(stamps) >= _STAMPS_KNOWN:
            stamps.clear()
        packed = stamps[plain] = encode_times(at)
    packed_values, late = encode(samples, *scale), runs_in(samples)
    return Block(number, int(at[0]), int(at[-1]), summary, mini, packed_values, packed, late)
