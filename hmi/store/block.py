"""A block: what one tag told in one clock hour, packed, with its summary beside it. Made here, out of seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.store import minutes
from hmi.store.codec import encode, encode_times
from hmi.store.samples import picked, told_once
from hmi.store.slab import Slab, groups, join
from hmi.store.summary import Summary, summarise
from hmi.store.unsealed import Second

HOUR_NS: Final = 3_600_000_000_000
_ROWS_AT_ONCE: Final = 200_000  # temporaries of that size stay in the processor's cache

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


def blocks_of(seconds: Sequence[Second], scaling: Scaling, pause: Callable[[], None]) -> Iterator[Block]:
    """The blocks that some seconds make, by tag and hour; `pause` is called now and then."""
    slabs = [second.slab for second in seconds if len(second.slab)]
    stamps: dict[bytes, bytes] = {}  # tags that are read together share their times
    for first, stop in _shards(slabs):
        parts = [slab.cut(slab.range_of(first, stop)) for slab in slabs]
        whole = join([part for part in parts if len(part)])
        stamps.clear()
        for number, rows in groups(whole.tag):
            samples = told_once(whole.samples("", rows))
            scale = scaling.get(number, (1.0, 0.0))
            for piece in _hours(samples):
                yield _block(number, piece, scale, stamps)
        pause()


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


def _block(number: int, samples: Samples, scale: tuple[float, float], stamps: dict[bytes, bytes]) -> Block:
    at: NDArray[np.int64] = samples.received
    plain = at.tobytes()
    packed = stamps.get(plain)
    if packed is None:
        packed = stamps[plain] = encode_times(at)
    mini = minutes.pack(samples, at)
    return Block(number, int(at[0]), int(at[-1]), summarise(samples, at), mini, encode(samples, *scale), packed)
