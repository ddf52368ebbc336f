"""The memory of a Modbus device as its tags lay it out: four tables of words and bits, read and written by tag."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from hmi.core.errors import DeviceError
from hmi.core.tags import Tag
from hmi.sim.signals import Signals, Value, engineering, raw_of

TABLES: Final = ("coil", "discrete", "holding", "input")
_BIT_TABLES: Final = ("coil", "discrete")
_FORMATS: Final = {
    "bool": ">H",
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "uint64": ">Q",
    "float32": ">f",
    "float64": ">d",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one tag lives."""

    tag: Tag
    table: str
    start: int
    words: int  # or one bit, in a bit table
    bit: int  # of a word; -1 where the whole word counts

    @property
    def addresses(self) -> range:
        """The addresses it covers."""
        return range(self.start, self.start + self.words)


def cell_of(tag: Tag) -> Cell:
    """The cell of a tag's address, `holding:100` or `holding:111.4`; DeviceError where it is none."""
    table, _, place = tag.address.partition(":")
    number, dot, bit = place.partition(".")
    if table not in TABLES or not number.isdecimal() or (dot and not bit.isdecimal()):
        raise DeviceError(f"{tag.name}: {tag.address!r} is no Modbus address: write for example holding:100")
    words = 1
    if table not in _BIT_TABLES and not dot:
        words = (tag.length + 1) // 2 if tag.is_text else struct.calcsize(_FORMATS[tag.type]) // 2
    return Cell(tag, table, int(number), max(1, words), int(bit) if dot else -1)


class Registers:
    """The tables of one device; `words[table][address]` is what a master reads."""

    def __init__(self, tags: Sequence[Tag], byte_order: str = "big", word_order: str = "big") -> None:
        self.cells = tuple(cell_of(tag) for tag in tags)
        self._swap_bytes = byte_order == "little"
        self._swap_words = word_order == "little"
        self._last: dict[str, Value] = {}
        self.words: dict[str, list[int]] = {}
        for table in TABLES:
            ends = [cell.addresses.stop for cell in self.cells if cell.table == table]
            self.words[table] = [0] * max([1, *ends])
        self._writable = {table: self._may_write(table) for table in TABLES}

    def _may_write(self, table: str) -> set[int]:
        cells = [cell for cell in self.cells if cell.table == table and cell.tag.access == "rw"]
        return {address for cell in cells for address in cell.addresses}

    def publish(self, values: Signals) -> None:
        """Bring the values that changed into the tables."""
        for cell in self.cells:
            value = values[cell.tag.name]
            if self._last.get(cell.tag.name) != value:
                self._last[cell.tag.name] = value
                self._put(cell, value)

    def write(self, table: str, address: int, words: Sequence[int]) -> list[tuple[str, Value]] | None:
        """A master's write: the tags it touched with their new values; None where a word of it may not be written."""
        touched = range(address, address + len(words))
        if not self._writable[table].issuperset(touched):
            return None
        self.words[table][address : address + len(words)] = [int(word) for word in words]
        wishes = []
        for cell in self.cells:
            if cell.table == table and cell.start < touched.stop and address < cell.addresses.stop:
                value = self._get(cell)
                self._last[cell.tag.name] = value
                if cell.tag.access == "rw":
                    wishes.append((cell.tag.name, value))
        return wishes

    def _put(self, cell: Cell, value: Value) -> None:
        table = self.words[cell.table]
        if cell.bit >= 0:
            mask = 1 << cell.bit
            table[cell.start] = table[cell.start] | mask if value else table[cell.start] & ~mask
        elif cell.table in _BIT_TABLES:
            table[cell.start] = int(bool(value))
        else:
            table[cell.start : cell.start + cell.words] = self._arrange(_encode(cell, value), cell.tag.is_text)

    def _get(self, cell: Cell) -> Value:
        words = self.words[cell.table][cell.start : cell.start + cell.words]
        if cell.bit >= 0:
            return bool(words[0] >> cell.bit & 1)
        if cell.table in _BIT_TABLES:
            return bool(words[0])
        return _decode(cell, self._arrange(words, cell.tag.is_text))

    def _arrange(self, words: list[int], text: bool) -> list[int]:
        """To the device's orders, or back: both are their own inverse."""
        if self._swap_words and not text:
            words = words[::-1]
        return [(word & 0xFF) << 8 | word >> 8 for word in words] if self._swap_bytes else words


def _encode(cell: Cell, value: Value) -> list[int]:
    tag = cell.tag
    if isinstance(value, str) or tag.is_text:
        data = str(value).encode("utf-8")[: tag.length].ljust(2 * cell.words, b"\0")
    else:
        raw = raw_of(tag, value)
        data = struct.pack(_FORMATS[tag.type], raw if tag.type.startswith("float") else _fit(tag.type, raw))
    return list(struct.unpack(f">{cell.words}H", data))


def _decode(cell: Cell, words: list[int]) -> Value:
    data = struct.pack(f">{cell.words}H", *words)
    if cell.tag.is_text:
        return data[: cell.tag.length].split(b"\0")[0].decode("utf-8", "replace")
    raw = struct.unpack(_FORMATS[cell.tag.type], data)[0]
    if cell.tag.type == "bool":
        return bool(raw)
    return engineering(cell.tag, raw)


def _fit(type_: str, raw: float) -> int:
    """The nearest integer that the register holds: a controller saturates, it does not wrap."""
    if type_ == "bool":
        return int(bool(raw))
    bits = int(type_.lstrip("uint"))
    low, high = (0, 2**bits - 1) if type_.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return int(min(max(round(raw) if isfinite(raw) else low, low), high))
