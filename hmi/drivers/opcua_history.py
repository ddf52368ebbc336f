"""What a server recorded while we did not get it: read back page by page, marked as backfilled.

Only nodes whose access level says that they have history are asked. Memory is bounded by the page; a server that
refuses, lags or loses its place costs the rest of that node's stretches, never the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import numpy as np
from asyncua import ua

from hmi.core.batch import FLAG_BACKFILLED, Batch
from hmi.core.tags import Tag
from hmi.drivers.opcua_source import Source, index_range, node_of
from hmi.drivers.opcua_values import NOTHING, Learned, decode
from hmi.drivers.opcua_wire import understood

PAGE: Final = 500  # values of one node in one answer
NODES: Final = 5  # in one request: what it brings is decoded in one go, and what is live must not wait for it
PAGES: Final = 4000  # of one node at the most: a server that never ends is left
PAUSE_S: Final = 0.02  # between requests: what is live comes first
_BEYOND_NS: Final = 2_000_000_000  # only a history that goes on beyond a stretch is sure to have all of it
_LEVELS_AT_ONCE: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CAN_READ_HISTORY: Final = 1 << ua.AccessLevel.HistoryRead


class Services(Protocol):
    """The two service calls of a session that are needed."""

    async def read(self, parameters: ua.ReadParameters) -> list[ua.DataValue]:
        """Attributes of nodes."""

    async def history_read(self, params: ua.HistoryReadParameters) -> list[ua.HistoryReadResult]:
        """Stored values of nodes."""


@dataclass(slots=True)
class Stretch:
    """A time of which values of one tag are missing: those after one source time and before another (ns UTC)."""

    tag: int  # index
    after_ns: int  # what is not newer is there; moves on as values are read back
    before_ns: int
    reason: str = ""  # why it is to be declared as a gap if it cannot be had; "": it is declared anyway
    values: int = 0  # read back
    whole: bool = False  # the server's history goes beyond its end
    none: bool = False  # the server has no history of it
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Missed:
    """One tag, and everything that is missing of it, the oldest first."""

    tag: Tag
    node: Source
    stretches: tuple[Stretch, ...]

    @property
    def span(self) -> tuple[int, int]:
        """From where to where history is to be read, ns UTC."""
        return self.stretches[0].after_ns, max(one.before_ns for one in self.stretches) + _BEYOND_NS


@dataclass(frozen=True, slots=True)
class _Place:
    """How far one node has been read."""

    missed: Missed
    start_ns: int  # of the request that is under way
    point: bytes | None  # the server's own mark in it


class History:
    """One session's way to what its server recorded. Belongs to the driver's event loop."""

    def __init__(
        self,
        services: Services,
        deliver: Callable[[Batch], None],
        now_ns: Callable[[], int],
        learned: Learned = NOTHING,
    ) -> None:
        self.values = self.refused = 0  # read back; nodes of which the server would not give all
        self._services = services
        self._deliver = deliver
        self._now_ns = now_ns
        self._learned = learned
        self._kept: dict[int, bool] = {}  # tag index -> whether its node has history

    async def backfill(self, wanted: Sequence[Missed]) -> None:
        """Deliver what the server recorded in these stretches, in its order, node by node; they are marked with it.

        What was delivered on either side of a stretch is not delivered again, nor what was read back before.
        """
        kept = sorted(await self._with_history(wanted), key=lambda one: one.span)
        for start in range(0, len(kept), NODES):
            await self._read([_Place(missed, missed.span[0], None) for missed in kept[start : start + NODES]])

    async def _read(self, left: list[_Place]) -> None:
        """A few nodes to the end of what they miss, a page of each at a time."""
        for _ in range(PAGES):
            following: list[_Place] = []
            for start_ns in sorted({place.start_ns for place in left}):
                asked = [place for place in left if place.start_ns == start_ns]
                with understood():
                    results = await self._services.history_read(_request(asked))
                found = [self._take(place, result) for place, result in zip(asked, results, strict=False)]
                following += [place for place in found if place is not None]
                await asyncio.sleep(PAUSE_S)
            left = following
            if not left:
                return
        self.refused += len(left)
        if open_points := [place for place in left if place.point]:
            await self._services.history_read(_request(open_points, release=True))

    def _take(self, place: _Place, result: ua.HistoryReadResult) -> _Place | None:
        """Deliver one node's page; where to go on, or None at its end."""
        if not result.StatusCode.is_good():
            self.refused += 1
            return None
        values, missed = _values_of(result), place.missed
        batch = _rows(missed.tag, values, self._now_ns(), self._learned)
        newest_ns = int(batch.rows["time"].max(initial=0))
        wanted = _wanted(batch, missed.stretches)
        self.values += len(wanted)
        if len(wanted):
            self._deliver(wanted)
        point = result.ContinuationPoint
        if point and point != place.point:
            return _Place(missed, place.start_ns, point)
        if not point and len(values) >= PAGE and newest_ns > place.start_ns:
            # Some servers cut the answer off at a page and give no point to go on from: ask again from there.
            return _Place(missed, newest_ns, None)
        return None

    async def _with_history(self, wanted: Sequence[Missed]) -> list[Missed]:
        unknown = [one for one in wanted if one.tag.index not in self._kept]
        for start in range(0, len(unknown), _LEVELS_AT_ONCE):
            chunk = unknown[start : start + _LEVELS_AT_ONCE]
            asked = [
                ua.ReadValueId(NodeId=node_of(one.node), AttributeId=ua.AttributeIds.UserAccessLevel) for one in chunk
            ]
            with understood():
                levels = await self._services.read(ua.ReadParameters(NodesToRead=asked))
            for one, level in zip(chunk, levels, strict=False):
                self._kept[one.tag.index] = bool(_level(level) & _CAN_READ_HISTORY)
        for one in wanted:
            for stretch in one.stretches:
                stretch.none = not self._kept.get(one.tag.index)
        return [one for one in wanted if self._kept.get(one.tag.index)]


def missed_of(stretches: Sequence[Stretch], tags: Mapping[int, Tag], nodes: Mapping[int, Source]) -> list[Missed]:
    """Stretches tag by tag, of those tags that have a node."""
    by_tag: dict[int, list[Stretch]] = {}
    for stretch in stretches:
        by_tag.setdefault(stretch.tag, []).append(stretch)
    return [
        Missed(tags[index], nodes[index], tuple(sorted(own, key=lambda one: one.after_ns)))
        for index, own in by_tag.items()
        if index in nodes
    ]


def _wanted(batch: Batch, stretches: Sequence[Stretch]) -> Batch:
    """The rows strictly inside of one of the stretches, each of which is told how far it got."""
    times = batch.rows["time"]
    wanted = np.zeros(len(times), bool)
    for stretch in stretches:
        inside = (times > stretch.after_ns) & (times < stretch.before_ns)
        if inside.any():
            stretch.values += int(np.count_nonzero(inside))
            stretch.after_ns = int(times[inside].max())
            wanted |= inside
        stretch.whole |= bool((times >= stretch.before_ns).any())
    return Batch(batch.rows[wanted], batch.texts)


def _level(data: ua.DataValue) -> int:
    value = data.Value.Value if data.Value is not None else None
    return int(value) if isinstance(value, int) else 0


def _request(left: Sequence[_Place], release: bool = False) -> ua.HistoryReadParameters:
    """For places that all begin at the same time."""
    details = ua.ReadRawModifiedDetails(
        IsReadModified=False,
        StartTime=_datetime(left[0].start_ns),
        EndTime=_datetime(max(place.missed.span[1] for place in left)),
        NumValuesPerNode=PAGE,
        ReturnBounds=False,
    )
    return ua.HistoryReadParameters(
        HistoryReadDetails=details,
        TimestampsToReturn=ua.TimestampsToReturn.Both,
        ReleaseContinuationPoints=release,
        NodesToRead=[
            ua.HistoryReadValueId(
                NodeId=node_of(place.missed.node),
                IndexRange=index_range(place.missed.node),
                ContinuationPoint=place.point,
            )
            for place in left
        ],
    )


def _values_of(result: ua.HistoryReadResult) -> list[ua.DataValue]:
    data: Any = result.HistoryData
    return list(getattr(data, "DataValues", None) or [])


def _rows(tag: Tag, values: Sequence[ua.DataValue], received_ns: int, learned: Learned) -> Batch:
    """Stored values as rows: those with a source time of their own."""
    stamped = [(tag, value) for value in values if value.SourceTimestamp is not None]
    batch = decode(stamped, received_ns, learned).batch
    batch.rows["flags"] |= np.uint32(FLAG_BACKFILLED)
    return batch


def _datetime(time_ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=time_ns // 1000)
