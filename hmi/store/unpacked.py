"""Blocks on their way out as columns again: their minutes, and every sample of those that are wanted as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.core.outgoing import Block, Shipment
from hmi.store import codec, minutes


def minutes_of(blobs: Sequence[bytes], hours_ns: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """The minutes of some blocks as columns: place of the block, start, count, low, high, first, last.

    Hours in which not everything was good are left out: a minimum without its quality would be taken for a good one.
    """
    places = [place for place, blob in enumerate(blobs) if not minutes.is_odd(blob)]
    kept = [blobs[place] for place in places]
    thin = minutes.unpack(kept, hours_ns[places])
    place = np.repeat(np.array(places, np.int64), minutes.counts(kept))
    return place, thin.t, thin.count, thin.vmin, thin.vmax, thin.first, thin.last


def samples_of(
    shipment: Shipment, is_wanted: Callable[[str], bool], damaged: Callable[[str, str], object]
) -> Iterator[tuple[Block, Samples]]:
    """The samples of those blocks whose tag is wanted, one block after the other, so that never all are in memory.

    A block that cannot be read is left out, and `damaged` is told its tag and why.
    """
    times: dict[int, NDArray[np.int64]] = {}
    for block in shipment.blocks:
        name = shipment.tags[block.tag].name
        if not is_wanted(name):
            continue
        try:
            if block.stamps not in times:
                times[block.stamps] = codec.decode_times(shipment.stamps[block.stamps], block.n)
            yield block, decoded(block.data, times[block.stamps], block.first, name)
        except codec.Damaged as error:
            damaged(name, str(error))


def decoded(data: bytes | None, at: NDArray[np.int64], first: float | None, name: str = "") -> Samples:
    """The samples of one block; without data all are `first`, and good. Raises Damaged."""
    if data is not None:
        return codec.decode(data, at, name)
    if first is None:
        raise codec.Damaged("a block has neither values nor the one that they all are")
    return codec.constant(name, at, first)
