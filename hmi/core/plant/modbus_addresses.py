"""Addresses of values in a Modbus device: the one grammar that `hmi check` and the driver read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hmi.core.errors import AddressError

BIT_AREAS: Final = ("coil", "discrete")
AREAS: Final = (*BIT_AREAS, "input", "holding")
READ_ONLY_AREAS: Final = ("discrete", "input")
LAST: Final = 65535
LONGEST_TEXT: Final = 240  # bytes: 120 registers, what one request reads with room to spare

_PLACE: Final = re.compile(r"(\w+):([0-9]{1,9})(?:\.([0-9]{1,9}))?")
_SPAN: Final = re.compile(r"(\w+):([0-9]{1,9})(?:-([0-9]{1,9}))?")
_WORDS: Final = {"int32": 2, "uint32": 2, "float32": 2, "int64": 4, "uint64": 4, "float64": 4}


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a Modbus device: area, zero-based number, and the bit if one of a register is meant."""

    area: str
    number: int
    bit: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Places of one area, from the first up to the one behind the last."""

    area: str
    start: int
    stop: int

    @property
    def count(self) -> int:
        """How many places."""
        return self.stop - self.start

    def touches(self, other: Span) -> bool:
        """Whether they have a place in common."""
        return self.area == other.area and self.start < other.stop and other.start < self.stop

    def __str__(self) -> str:
        return f"{self.area}:{self.start}" + (f"-{self.stop - 1}" if self.count > 1 else "")


def place(text: str) -> Place:
    """The place that `holding:111.4` or `coil:3` means; raises AddressError."""
    match = _PLACE.fullmatch(text)
    if match is None or match[1] not in AREAS:
        mend = "Write coil:3, discrete:3, input:100, holding:100 or holding:111.4"
        raise AddressError(f"{text!r} is not a Modbus address", mend)
    area, number, bit = match[1], int(match[2]), None if match[3] is None else int(match[3])
    if number > LAST:
        raise _beyond(area, number)
    if bit is not None and area in BIT_AREAS:
        raise AddressError(f"{text!r}: a {area} is one bit and has no bits of its own", f"Write {area}:{number}")
    if bit is not None and bit > 15:
        what = f"{text!r}: bit {bit} does not exist, a register has bits 0 to 15"
        raise AddressError(what, f"Write {area}:{number}.15 at most")
    return Place(area, number, bit)


def span(text: str) -> Span:
    """The places that `holding:200-299` or `coil:7` means, as the plant file forbids them; raises AddressError."""
    match = _SPAN.fullmatch(text)
    if match is None or match[1] not in AREAS:
        raise AddressError(f"{text!r} is not a range of Modbus addresses", "Write holding:200-299 or coil:7")
    area, first = match[1], int(match[2])
    last = first if match[3] is None else int(match[3])
    if last > LAST:
        raise _beyond(area, last)
    if last < first:
        raise AddressError(f"{text!r} ends before it begins", f"Write {area}:{last}-{first}")
    return Span(area, first, last + 1)


def places_of(address: str, type_: str, length: int = 0) -> Span:
    """Every place that a value of this type takes there; raises AddressError where it cannot be held.

    `length` is that of a string, in bytes.
    """
    at = place(address)
    if at.area in BIT_AREAS and type_ != "bool":
        mend = "Write the type as bool, or use holding: or input:"
        raise AddressError(f"{address!r}: a {at.area} holds a bool, not {type_}", mend)
    if at.bit is not None and type_ != "bool":
        mend = "Write the type as bool, or leave out the bit"
        raise AddressError(f"{address!r}: one bit of a register is a bool, not {type_}", mend)
    if type_ == "string" and not 1 <= length <= LONGEST_TEXT:
        mend = f"Write the type as string[20], in bytes, up to {LONGEST_TEXT}"
        raise AddressError(f"{address!r}: text needs a length that one request can read", mend)
    count = (length + 1) // 2 if type_ == "string" else _WORDS.get(type_, 1)
    if at.number + count - 1 > LAST:
        raise _beyond(at.area, at.number)
    return Span(at.area, at.number, at.number + count)


def check(address: str, type_: str, length: int, access: str) -> None:
    """Raise AddressError if a tag of this type and access cannot be there."""
    at = places_of(address, type_, length)
    if access == "rw" and at.area in READ_ONLY_AREAS:
        mend = f"Write access r, or use {'coil' if at.area == 'discrete' else 'holding'}:{at.start}"
        raise AddressError(f"Modbus has no way to write {at.area}:{at.start}", mend)


def _beyond(area: str, number: int) -> AddressError:
    return AddressError(f"{area}:{number} ends beyond {LAST}, the last Modbus address", "Use a lower number")
