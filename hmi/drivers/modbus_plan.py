"""Modbus tags planned into as few requests as the protocol allows, and whole blocks decoded at once. Pure.

Registers arrive as 16-bit numbers. In the standard's own order a value's first word is its highest, and a
word's first byte its highest; `word_order` and `byte_order` = "little" turn either around. Strings have no word
order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_NO_SOURCE_TIME, ROW, Batch
from hmi.core.plant.modbus_addresses import BIT_AREAS, Span, place, places_of
from hmi.core.plant.model import Modbus
from hmi.core.tags import Tag
from hmi.drivers.rows import with_texts

MAX_BITS: Final = 1900
_USUAL: Final = Modbus()
_NO_GAPS: Final = Modbus(max_registers=125, max_gap=0)

_DTYPES: Final[dict[str, str]] = {
    "bool": "<u2",
    "int16": "<i2",
    "uint16": "<u2",
    "int32": "<i4",
    "uint32": "<u4",
    "int64": "<i8",
    "uint64": "<u8",
    "float32": "<f4",
    "float64": "<f8",
}


@dataclass(frozen=True, slots=True)
class Point:
    """Where one tag lives: area, first register or bit, how many of them, and the bit within a register."""

    tag: Tag
    area: str
    start: int
    count: int
    bit: int | None = None

    @property
    def stop(self) -> int:
        """The first place behind it."""
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Block:
    """One read request, and the points it answers."""

    area: str
    start: int
    count: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """How a device lays bytes in a word and words in a value."""

    byte_order: str = "big"
    word_order: str = "big"


def point_of(tag: Tag) -> Point:
    """Where a tag lives; raises AddressError with the reason its address cannot be read."""
    span = places_of(tag.address, tag.type, tag.length)
    return Point(tag, span.area, span.start, span.count, place(tag.address).bit)


def plan(points: Iterable[Point], modbus: Modbus = _USUAL) -> list[Block]:
    """As few blocks as hold all points, none longer than one request may be and none over a forbidden place."""
    blocks: list[Block] = []
    for point in sorted(points, key=lambda p: (p.area, p.start, p.stop)):
        last = blocks[-1] if blocks else None
        if last is not None and _fits(last, point, modbus):
            stop = max(last.start + last.count, point.stop)
            blocks[-1] = Block(last.area, last.start, stop - last.start, (*last.points, point))
        else:
            blocks.append(Block(point.area, point.start, point.count, (point,)))
    return blocks


def _fits(last: Block, point: Point, modbus: Modbus) -> bool:
    """Whether a block may reach over the next point."""
    if last.area != point.area:
        return False
    end = last.start + last.count
    limit = min(MAX_BITS, 16 * modbus.max_registers) if point.area in BIT_AREAS else modbus.max_registers
    gap = Span(point.area, end, point.start)
    return (
        gap.count <= modbus.max_gap
        and max(end, point.stop) - last.start <= limit
        and not (gap.count > 0 and any(gap.touches(span) for span in modbus.forbidden))
    )


def split(block: Block) -> list[Block]:
    """A block that the device refused, as smaller ones: first without its gaps, then halved."""
    without_gaps = plan(block.points, _NO_GAPS)
    if len(without_gaps) > 1:
        return without_gaps
    half = len(block.points) // 2
    if half == 0:
        return [block]
    return [part for points in (block.points[:half], block.points[half:]) for part in plan(points, _NO_GAPS)]


class BlockDecoder:
    """Turns the answer to one block into rows, all values of a type in one sweep."""

    def __init__(self, block: Block, order: Order) -> None:
        self.block = block
        self._order = order
        points = block.points
        template = np.zeros(len(points), ROW)
        template["tag"] = [point.tag.index for point in points]
        template["flags"] = FLAG_NO_SOURCE_TIME
        self._template = template.tobytes()  # numpy copies bytes ten times faster than rows
        self._scale = np.array([point.tag.scale for point in points])
        self._offset = np.array([point.tag.offset for point in points])
        self._scaled = bool((self._scale != 1.0).any() or self._offset.any())
        self._sweeps = [_Sweep(kind, block, order) for kind in dict.fromkeys(_kind(point) for point in points)]
        self._strings = [(at, point) for at, point in enumerate(points) if point.tag.is_text]

    def decode(self, answer: NDArray[Any], received_ns: int) -> Batch:
        """The rows of a block; `answer` holds exactly the block's registers (uint16) or bits (bool)."""
        rows = np.frombuffer(bytearray(self._template), ROW)
        rows["time"] = rows["received"] = received_ns
        for sweep in self._sweeps:
            sweep.into(rows, answer)
        if self._scaled:
            rows["value"] = rows["value"] * self._scale + self._offset
        return with_texts(rows, ((at, self._string(point, answer)) for at, point in self._strings))

    def _string(self, point: Point, answer: NDArray[Any]) -> str:
        words = answer[point.start - self.block.start :][: point.count]
        return string_of(words, point.tag.length, self._order)


def _kind(point: Point) -> str:
    """Which points are decoded together."""
    if point.tag.is_text:
        return "string"
    if point.area in BIT_AREAS:
        return "place"
    return "bit" if point.bit is not None else point.tag.type


class _Sweep:
    """All points of one kind in a block: where their words are, and how they become numbers."""

    def __init__(self, kind: str, block: Block, order: Order) -> None:
        self._kind = kind
        self._order = order
        chosen = [(at, point) for at, point in enumerate(block.points) if _kind(point) == kind]
        at = [at for at, _ in chosen]
        self._at = slice(at[0], at[-1] + 1) if at == list(range(at[0], at[-1] + 1)) else np.array(at, np.intp)
        self._bits = np.array([point.bit or 0 for _, point in chosen], np.uint16)
        starts = np.array([point.start - block.start for _, point in chosen], np.intp)
        low_word_first = np.arange(chosen[0][1].count)
        if order.word_order == "big":
            low_word_first = low_word_first[::-1]
        self._words = starts[:, None] + low_word_first

    def into(self, rows: NDArray[Any], answer: NDArray[Any]) -> None:
        """Write value and raw of these points."""
        if self._kind == "string":
            return
        if self._kind == "place":
            found: NDArray[Any] = answer[self._words[:, 0]].astype(np.int64)
        elif self._kind == "bit":
            found = ((self._taken(answer)[:, 0] >> self._bits) & 1).astype(np.int64)
        else:
            found = self._taken(answer).view(_DTYPES[self._kind])[:, 0]
            if self._kind == "bool":
                found = np.where(found != 0, 1, 0)
        rows["value"][self._at] = found
        if found.dtype.kind in "iu":
            rows["raw"][self._at] = found.astype(np.uint64).view(np.int64) if found.dtype.kind == "u" else found

    def _taken(self, answer: NDArray[Any]) -> NDArray[Any]:
        """The words of each point, lowest first and each low byte first: as the numbers of `_DTYPES` are laid."""
        words: NDArray[Any] = answer[self._words]
        if self._order.byte_order == "little":
            words = words.byteswap()
        return words.astype("<u2", copy=False)


def in_order(words: NDArray[Any], order: Order) -> NDArray[Any]:
    """Words of values (n values x k words) turned into the standard's order, as big-endian bytes."""
    words = np.asarray(words, np.uint16)
    if order.word_order == "little":
        words = words[:, ::-1]
    if order.byte_order == "little":
        words = words.byteswap()
    ordered: NDArray[Any] = np.ascontiguousarray(words, ">u2")
    return ordered


def string_of(words: NDArray[Any], length: int, order: Order) -> str:
    """Text in registers, two bytes each, up to the first NUL; bytes that are no UTF-8 are replaced."""
    text = in_order(words[None, :], Order(order.byte_order, "big")).tobytes()[:length]
    return text.split(b"\0", 1)[0].decode("utf-8", "replace")


def to_words(point: Point, value: float | str, order: Order) -> list[int]:
    """A value in engineering units as the registers to write, [0] or [1] for a coil or a single bit.

    Raises ValueError with the reason it cannot be.
    """
    tag = point.tag
    if tag.is_text:
        return _text_words(point, str(value), order)
    if isinstance(value, str):
        raise ValueError(f"'{value}' is text, {tag.name} is a {tag.type}")
    dtype = np.dtype(_DTYPES[tag.type])
    raw: float = (value - tag.offset) / tag.scale if tag.scale != 1.0 or tag.offset != 0.0 else value
    if tag.type == "bool":
        if raw not in (0, 1):
            raise ValueError(f"{value:g} is neither 0 nor 1")
    elif dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if not math.isfinite(raw) or not limits.min <= round(raw) <= limits.max:
            raise ValueError(f"{value:g} does not fit the device's {tag.type}")
        raw = round(raw)
    elif math.isfinite(raw) and abs(raw) > float(np.finfo(dtype).max):
        raise ValueError(f"{value:g} does not fit the device's {tag.type}")
    if point.bit is not None or point.area in BIT_AREAS:
        return [int(raw)]
    words = np.array([raw], dtype.newbyteorder(">")).view(">u2")[None, :]
    return [int(word) for word in in_order(words, order)[0]]


def _text_words(point: Point, text: str, order: Order) -> list[int]:
    data = text.encode()
    if len(data) > point.tag.length:
        raise ValueError(f"'{text}' is longer than the {point.tag.length} bytes the device has for it")
    words = np.frombuffer(data.ljust(2 * point.count, b"\0"), ">u2")[None, :]
    return [int(word) for word in in_order(words, Order(order.byte_order, "big"))[0]]


def with_bit(word: int, bit: int, on: bool, order: Order) -> int:
    """A register with one bit changed, all others as they are."""
    mask = 1 << bit if order.byte_order == "big" else 1 << (bit ^ 8)
    return word | mask if on else word & ~mask & 0xFFFF
