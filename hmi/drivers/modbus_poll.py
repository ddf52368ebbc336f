"""Polling one Modbus connection: rate classes in turn; refused blocks narrowed down to the wrong tags."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.batch import Batch, join
from hmi.core.plant.model import Modbus
from hmi.core.tags import Tag
from hmi.drivers.modbus_client import (
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    ModbusLine,
    NoAnswer,
    Nonsense,
    Refusal,
)
from hmi.drivers.modbus_plan import Block, BlockDecoder, Order, Point, plan, split
from hmi.drivers.modbus_signature import Complaint, SignatureCheck
from hmi.drivers.supervise import RetryList

TIMEOUTS_UNTIL_LOST: Final = 2
IDLE_S: Final = 1.0


class Listener(Protocol):
    """Who is told what polling finds."""

    def found(self, batch: Batch) -> None:
        """Values of one scan."""

    def scanned(self) -> None:
        """A scan came to its end: the device answers."""

    def unanswered(self, reason: str) -> None:
        """A request stayed without answer; the connection is given one more chance."""

    def miss(self, reasons: Mapping[int, str], quality: int) -> None:
        """These tags (by index) cannot be had."""

    def present(self, tags: Iterable[int]) -> None:
        """These tags can be had again."""

    def program(self, complaint: str) -> None:
        """The device runs another program than the plant's files are for; "" when it is the right one again."""


@dataclass(slots=True)
class Rate:
    """The blocks of one rate class, and when they are read next (monotonic seconds)."""

    period_s: float
    decoders: list[BlockDecoder] = field(default_factory=list)
    due: float = 0.0


class Poller:
    """Polls the points of one connection for as long as it lives. Belongs to the driver's event loop."""

    def __init__(
        self,
        line: ModbusLine,
        points: Iterable[Point],
        period_ms: Callable[[Tag], int],
        order: Order,
        listener: Listener,
        clock: Clock,
        modbus: Modbus | None = None,
    ) -> None:
        self._line = line
        self._order = order
        self._period_ms = period_ms
        self._listener = listener
        self._clock = clock
        self._modbus = modbus or Modbus()
        signature = self._modbus.signature
        self._signature = SignatureCheck(signature, order) if signature else None
        self._strange: Complaint | None = None  # why the device is not the one that the plant's files are for
        self._points = {point.tag.index: point for point in points}
        self._retry = RetryList(clock)
        self._faults: dict[Block, int] = {}  # blocks that the device refuses for now -> the quality it means
        self._silences: dict[Block, int] = {}  # blocks without an answer -> how often in a row
        self._rates: dict[int, Rate] = {}
        self._plan()

    def _plan(self) -> None:
        """Everything is asked for, in blocks by rate class."""
        self._retry.clear()
        self._faults.clear()
        for period in sorted({self._period_ms(point.tag) for point in self._points.values()}):
            chosen = [point for point in self._points.values() if self._period_ms(point.tag) == period]
            rate = self._rates.setdefault(period, Rate(period / 1000))
            rate.decoders = self._decoders(plan(chosen, self._modbus))

    @property
    def requests_per_s(self) -> float:
        """How many requests a second the tags' periods ask for."""
        extra = 1 if self._signature else 0
        return sum((len(rate.decoders) + extra) / rate.period_s for rate in self._rates.values())

    def _decoders(self, blocks: Iterable[Block]) -> list[BlockDecoder]:
        return [BlockDecoder(block, self._order) for block in blocks]

    async def run(self) -> None:
        """Poll until the connection fails; raises DeviceError then."""
        for rate in self._rates.values():
            rate.due = self._clock.monotonic()
        while True:
            for rate in self._rates.values():
                now = self._clock.monotonic()
                if rate.due <= now:
                    await self._scan(rate)
                    rate.due = max(rate.due + rate.period_s, self._clock.monotonic())
            for index in () if self._strange else self._retry.due():
                await self._ask_again(self._points[index])
            now = self._clock.monotonic()
            next_due = min((rate.due for rate in self._rates.values()), default=now + IDLE_S)
            await asyncio.sleep(max(0.0, next_due - now))

    async def _scan(self, rate: Rate) -> None:
        """One pass over a rate class; what it brought is one batch."""
        if self._strange and not await self._is_ours():
            return
        found: list[Batch] = []
        answers = self._line.answers
        waiting, rate_decoders = list(rate.decoders), []
        whole = False
        try:
            while waiting:
                decoder = waiting.pop(0)
                parts = await self._read(decoder, found)
                if parts is None:
                    rate_decoders.append(decoder)
                else:
                    waiting[:0] = parts
            rate.decoders = rate_decoders
            whole = True
        finally:
            if whole or not self._signature:
                await self._deliver(found)
        if self._line.answers > answers:
            self._listener.scanned()

    async def _deliver(self, found: list[Batch]) -> None:
        """What was read goes out once it is sure that the device still runs the program it is for."""
        if await self._is_ours() and found:
            self._listener.found(join(found))

    async def _is_ours(self) -> bool:
        """Whether the device bears the plant's signature now, asked after reading: so it did when it was read."""
        if self._signature is None:
            return True
        try:
            await self._line.budget.ready()
            async with self._line.polling():
                complaint = await self._signature.complaint(self._line)
        except NoAnswer as error:
            self._unanswered(error)
            return False
        if complaint is None and self._strange is not None:
            self._plan()
            self._listener.present(self._points)
        if complaint is not None and complaint != self._strange:
            self._listener.miss(dict.fromkeys(self._points, complaint[0]), complaint[1])
        if complaint != self._strange:
            self._listener.program(complaint[0] if complaint else "")
        self._strange = complaint
        return complaint is None

    def _unanswered(self, error: NoAnswer) -> None:
        if self._line.timeouts >= TIMEOUTS_UNTIL_LOST or not self._line.answers:
            raise error  # a frozen device accepts connections too: without a first answer it is not there
        self._listener.unanswered(str(error))

    async def _read(self, decoder: BlockDecoder, found: list[Batch]) -> list[BlockDecoder] | None:
        """Read one block into `found`: None where the block stays, else the blocks to read instead of it."""
        block = decoder.block
        try:
            await self._line.budget.ready()
            async with self._line.polling():
                answer = await self._line.read(block.area, block.start, block.count)
        except Refusal as refusal:
            if refusal.code in (ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE):
                return self._narrow(block, refusal)
            self._fault(block, refusal.quality, str(refusal), found)
        except Nonsense as error:
            self._fault(block, q.BAD_COMMUNICATION, str(error), found)
        except NoAnswer as error:
            self._unanswered(error)
            self._silences[block] = self._silences.get(block, 0) + 1
            if self._silences[block] >= TIMEOUTS_UNTIL_LOST:  # the device answers elsewhere: this must not look live
                self._fault(block, q.BAD_TIMEOUT, str(error), found)
        else:
            self._silences.pop(block, None)
            if self._faults.pop(block, None) is not None:
                self._listener.present(point.tag.index for point in block.points)
            found.append(decoder.decode(answer, self._clock.now_ns()))
        return None

    def _narrow(self, block: Block, refusal: Refusal) -> list[BlockDecoder]:
        """A block with something the device does not know, in parts; what cannot be parted is missing."""
        if len(block.points) > 1 and refusal.code != ILLEGAL_FUNCTION:
            return self._decoders(split(block))
        reasons = {point.tag.index: f"{point.tag.address}: {refusal}" for point in block.points}
        self._listener.miss(reasons, refusal.quality)
        for index in reasons:
            self._retry.add(index)
        return []

    def _fault(self, block: Block, quality: int, reason: str, found: list[Batch]) -> None:
        """A block that the device refuses for now: told once, when it begins or changes."""
        if self._faults.get(block) == quality:
            return
        self._faults[block] = quality
        self._listener.miss({point.tag.index: reason for point in block.points}, quality)

    async def _ask_again(self, point: Point) -> None:
        """A missing tag after a while: back among the polled ones if the device knows it by now."""
        (decoder,) = self._decoders(plan([point], self._modbus))
        found: list[Batch] = []
        if await self._read(decoder, found) is None and found:
            self._retry.forget(point.tag.index)
            self._listener.present([point.tag.index])
            await self._deliver(found)
            self._rates[self._period_ms(point.tag)].decoders.append(decoder)
