"""What a server recorded while we could not hear it: read back page by page after a loss, marked as backfilled.

Only nodes whose access level says that they have history are asked. Memory is bounded by the page; a server that
refuses, lags or loses its place costs the rest of that node's gap, never the connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core.batch import FLAG_BACKFILLED, Batch
from hmi.core.tags import Tag
from hmi.drivers.opcua_source import Source, index_range, node_of
from hmi.drivers.opcua_values import NOTHING, Learned, decode
from hmi.drivers.opcua_wire import understood

PAGE: Final = 1000  # values of one node in one answer
NODES: Final = 20  # in one request
PAGES: Final = 200  # of one node at the most: a server that never ends is left
PAUSE_S: Final = 0.02  # between requests: what is live comes first
UNSENT_NS: Final = 10_000_000_000  # before the last sign of life a server may hold values that it has not yet sent
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger("hmi.drivers")
_CAN_READ_HISTORY: Final = 1 << ua.AccessLevel.HistoryRead


class Services(Protocol):
    """The two service calls of a session that are needed."""

    async def read(self, parameters: ua.ReadParameters) -> list[ua.DataValue]:
        """Attributes of nodes."""

    async def history_read(self, params: ua.HistoryReadParameters) -> list[ua.HistoryReadResult]:
        """Stored values of nodes."""


@dataclass(frozen=True, slots=True)
class Missed:
    """One tag with a gap: nothing is known of it after one source time and before another (ns UTC)."""

    tag: Tag
    node: Source
    after_ns: int
    before_ns: int


@dataclass(frozen=True, slots=True)
class Filled:
    """How much of a gap could be had."""

    values: int
    tags: int  # whose history was read to the end of the gap
    refused: int  # that have history, but whose server would not give all of it


async def backfill(
    services: Services,
    nodes: Sequence[Missed],
    span: tuple[int, int],
    deliver: Callable[[Batch], None],
    now_ns: Callable[[], int],
    learned: Learned = NOTHING,
) -> Filled:
    """Deliver what the server recorded between span[0] and span[1] (ns UTC), in its order, node by node.

    The span may begin a little before the loss, where the server had values that it had not yet sent: what was
    delivered on either side of the gap is not delivered again.
    """
    filling = _Filling(services, span[1], deliver, now_ns, learned)
    kept = await _with_history(services, nodes)
    for start in range(0, len(kept), NODES):
        chunk = kept[start : start + NODES]
        await filling.read([_Place(missed, span[0], None, max(span[0], missed.after_ns)) for missed in chunk])
    return Filled(filling.values, filling.tags, filling.refused)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far one node has been read."""

    missed: Missed
    start_ns: int  # of the request that is under way
    point: bytes | None  # the server's own mark in it
    last_ns: int  # what is not newer has been delivered


class _Filling:
    """One gap on its way from the server to whoever stores it."""

    def __init__(
        self,
        services: Services,
        to_ns: int,
        deliver: Callable[[Batch], None],
        now_ns: Callable[[], int],
        learned: Learned,
    ) -> None:
        self.values = self.tags = self.refused = 0
        self._services = services
        self._to_ns = to_ns
        self._deliver = deliver
        self._now_ns = now_ns
        self._learned = learned

    async def read(self, left: list[_Place]) -> None:
        """A few nodes to the end of the gap, a page of each at a time."""
        for _ in range(PAGES):
            following: list[_Place] = []
            for start_ns in sorted({place.start_ns for place in left}):
                asked = [place for place in left if place.start_ns == start_ns]
                with understood():
                    results = await self._services.history_read(_request(asked, (start_ns, self._to_ns)))
                found = [self._take(place, result) for place, result in zip(asked, results, strict=False)]
                following += [place for place in found if place is not None]
                await asyncio.sleep(PAUSE_S)
            left = following
            if not left:
                return
        self.refused += len(left)
        open_points = [place for place in left if place.point]
        if open_points:
            await self._services.history_read(_request(open_points, (0, self._to_ns), release=True))

    def _take(self, place: _Place, result: ua.HistoryReadResult) -> _Place | None:
        """Deliver one node's page; where to go on, or None at its end."""
        if not result.StatusCode.is_good():
            self.refused += 1
            return None
        values = _values_of(result)
        missed = place.missed
        until_ns = min(missed.before_ns, self._to_ns)
        batch = _rows(missed.tag, values, (place.last_ns, until_ns), self._now_ns(), self._learned)
        self.values += len(batch)
        if len(batch):
            self._deliver(batch)
        last_ns = int(batch.rows["time"].max()) if len(batch) else place.last_ns
        point = result.ContinuationPoint
        if point and point != place.point:
            return _Place(missed, place.start_ns, point, last_ns)
        if not point and len(values) >= PAGE and last_ns > place.last_ns:
            # Some servers cut the answer off at a page and give no point to go on from: ask again from there.
            return _Place(missed, last_ns, None, last_ns)
        self.tags += 1
        return None


async def _with_history(services: Services, nodes: Sequence[Missed]) -> list[Missed]:
    found: list[Missed] = []
    for start in range(0, len(nodes), PAGE):
        chunk = nodes[start : start + PAGE]
        wanted = [
            ua.ReadValueId(NodeId=node_of(one.node), AttributeId=ua.AttributeIds.UserAccessLevel) for one in chunk
        ]
        with understood():
            levels = await services.read(ua.ReadParameters(NodesToRead=wanted))
        found += [one for one, level in zip(chunk, levels, strict=False) if _level(level) & _CAN_READ_HISTORY]
    return found


def _level(data: ua.DataValue) -> int:
    value = data.Value.Value if data.Value is not None else None
    return int(value) if isinstance(value, int) else 0


def _request(left: Sequence[_Place], span: tuple[int, int], release: bool = False) -> ua.HistoryReadParameters:
    details = ua.ReadRawModifiedDetails(
        IsReadModified=False,
        StartTime=_datetime(span[0]),
        EndTime=_datetime(span[1]),
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


def _rows(tag: Tag, values: Sequence[ua.DataValue], span: tuple[int, int], received_ns: int, learned: Learned) -> Batch:
    """Stored values as rows: those strictly inside the gap, with a source time and a value of their own."""
    stamped = [(tag, value) for value in values if value.SourceTimestamp is not None]
    batch = decode(stamped, received_ns, learned).batch
    times = batch.rows["time"]
    inside = (times > span[0]) & (times < span[1])
    rows = batch.rows[inside]
    rows["flags"] |= np.uint32(FLAG_BACKFILLED)
    return Batch(rows, batch.texts)


def _datetime(time_ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=time_ns // 1000)


class Gap:
    """What one connection has missed: from the loss of a session until it was read back in a later one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told = False  # that the present gap could not be read
        self._lost_ns = 0  # wall clock of what was last heard before the loss; 0: nothing is missing
        self._had_ns = np.empty(0, np.int64)  # newest source time of each tag then, by tag index
        self._first_ns = np.empty(0, np.int64)  # oldest of each tag since, while a session is set up

    def lose(self, last_life: float, newest_ns: NDArray[np.int64]) -> None:
        """A live session ends; what is missing already goes on missing."""
        if last_life and not self._lost_ns:
            self._lost_ns = self._clock.now_ns() - round((self._clock.monotonic() - last_life) * 1e9)
            self._had_ns = newest_ns

    def begin(self, tags: Iterable[int]) -> None:
        """A new session: what it delivers bounds the gap of each tag."""
        size = 1 + max(tags, default=-1)
        self._first_ns = np.full(size if self._lost_ns else 0, np.iinfo(np.int64).max)

    def note(self, batch: Batch) -> None:
        """A batch of the new session."""
        if len(self._first_ns):
            np.minimum.at(self._first_ns, batch.rows["tag"], batch.rows["time"])

    async def fill(
        self,
        services: Services,
        where: str,
        nodes: Sequence[tuple[Tag, Source]],
        deliver: Callable[[Batch], None],
        learned: Learned = NOTHING,
    ) -> None:
        """Read back what is missing; a fault here costs the gap, never the session."""
        first_ns, self._first_ns = self._first_ns // 1000 * 1000, np.empty(0, np.int64)  # stored: whole microseconds
        if not self._lost_ns:
            return
        missed = [Missed(tag, node, int(self._had_ns[tag.index]), int(first_ns[tag.index])) for tag, node in nodes]
        span = (self._lost_ns - UNSENT_NS, self._clock.now_ns())
        try:
            filled = await backfill(services, missed, span, deliver, self._clock.now_ns, learned)
        except (TimeoutError, OSError, ua.UaError) as error:
            if not self._told:  # a connection that comes and goes would say so each time
                _log.warning("%s: its history of the gap could not be read: %s", where, error or "no answer")
            self._told = True
            return
        except Exception:  # noqa: BLE001 - top of a task: what is live goes on
            _log.exception("our fault while reading the history of %s", where)
            return
        self._lost_ns, self._told = 0, False
        if filled.values or filled.refused:
            words = "%s: %d values of %d tags backfilled from its own history, %d tags refused"
            _log.info(words, where, filled.values, filled.tags, filled.refused)
