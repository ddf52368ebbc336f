"""What a station sends to its plant server, and how far it got: plain structures that store and uplink share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hmi.core.journal import Record

Place = tuple[
    int, int, int
]  # seal of a day's file, number of the tag in it, time of the block's first sample: in order
NOWHERE: Place = (-1, -1, -(2**63))


class Block(NamedTuple):
    """One tag's values of an hour or a part of it: summed up in columns, and as they are on the station's disk."""

    tag: int  # its number in the day's file
    t0: int  # ns UTC, of the first sample
    seq: int  # seal
    t1: int
    n: int
    good: int
    worst: int
    q0: int
    q1: int
    vmin: float | None
    vmax: float | None
    vsum: float | None
    first: float | None
    last: float | None
    tw: float | None
    twd: int
    data: bytes | None  # None: all values are `first`, and good
    stamps: int  # number of the times it belongs to
    minutes: bytes | None
    crc: int  # of the row: tells this block from another one at its place

    @property
    def place(self) -> Place:
        """Where it stands in the order of sending."""
        return self.seq, self.tag, self.t0


class TagFacts(NamedTuple):
    """A tag as a day's file knows it."""

    number: int
    name: str
    connection: str
    type: str
    unit: str
    description: str


class Shipment(NamedTuple):
    """Some blocks of one day, all after those that were sent before, with the times and tags that they need."""

    day: int  # days since 1970, UTC
    blocks: tuple[Block, ...]
    stamps: Mapping[int, bytes]
    tags: Mapping[int, TagFacts]
    size: int  # bytes

    @property
    def place(self) -> Place:
        """How far it goes."""
        return self.blocks[-1].place

    @property
    def mark(self) -> int:
        """What tells its last block from another one at its place."""
        return self.blocks[-1].crc

    @property
    def samples(self) -> int:
        """Values in it."""
        return sum(block.n for block in self.blocks)


class NumberedRecord(NamedTuple):
    """A journal record with its number and its link in the chain."""

    number: int
    record: Record
    hash: bytes


class NumberedGap(NamedTuple):
    """A stretch of time of which history knows nothing, with the number of its declaration."""

    number: int
    from_ns: int
    to_ns: int
    connection: str
    reason: str


class Backlog(NamedTuple):
    """What waits to be sent."""

    blocks: int
    size: int  # bytes, about
    records: int
    oldest_ns: int  # of the oldest of it; 0: nothing waits
