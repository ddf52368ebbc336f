"""The small change of stored blocks: numbers, lengths, zipped parts; written, and read without trusting a byte."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np

_ZLIB_LEVEL: Final = 6
_MOST_ZIPPED: Final = 64 * 1024 * 1024  # what is longer is not zipped, so that no few bytes can fill the memory
_LONGEST: Final = 64  # bits of a number
_EARLY: Final = "a block ends too early"


class Damaged(ValueError):
    """Stored bytes are not what was written, or this station cannot read them; the words say which."""


class Cursor:
    """Reads packed bytes from front to back and never beyond their end."""

    def __init__(self, blob: bytes, start: int = 0) -> None:
        """`start` is where the packed bytes begin."""
        self._blob = blob
        self._at = start

    def byte(self) -> int:
        """The next byte."""
        at = self._at
        if at >= len(self._blob):
            raise Damaged(_EARLY)
        self._at = at + 1
        return self._blob[at]

    def number(self) -> int:
        """A number that `written` wrote."""
        blob, at, size = self._blob, self._at, len(self._blob)
        found = shift = 0
        while at < size:  # thousands of times a question: no call inside
            byte = blob[at]
            at += 1
            if byte < 0x80:
                self._at = at
                found |= byte << shift
                if found >> _LONGEST:
                    break
                return found
            found |= (byte & 0x7F) << shift
            shift += 7
            if shift > _LONGEST:
                break
        else:
            raise Damaged(_EARLY)
        raise Damaged("a block names a number greater than any that is written")

    def signed(self) -> int:
        """A number that `signed` wrote."""
        folded = self.number()
        return folded >> 1 ^ -(folded & 1)

    def int64(self) -> np.int64:
        """The same as numpy has it."""
        return np.int64(self.signed())

    def float64(self) -> float:
        """A double, 8 bytes."""
        return float(np.frombuffer(self.take(8), "<f8")[0])

    def take(self, size: int) -> bytes:
        """The next bytes."""
        start, self._at = self._at, self._at + size
        if self._at > len(self._blob):
            raise Damaged(_EARLY)
        return self._blob[start : self._at]

    def part(self) -> bytes:
        """Bytes that have their length before them."""
        return self.take(self.number())

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._blob) - self._at)

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self._at != len(self._blob):
            raise Damaged("a block is longer than what is in it")


def written(number: int) -> bytes:
    """A number from 0 to 2^64 - 1, 7 bits a byte, low ones first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def signed(number: int) -> bytes:
    """An int64; small ones in few bytes, whatever their sign."""
    return written(number << 1 if number >= 0 else ~number << 1 | 1)


def part(body: bytes) -> bytes:
    """Bytes with their length before them."""
    return written(len(body)) + body


def zipped(body: bytes) -> bytes:
    """Zipped if that makes it shorter: the first byte says."""
    small = zlib.compress(body, _ZLIB_LEVEL) if len(body) <= _MOST_ZIPPED else body
    return b"\1" + small if len(small) < len(body) else b"\0" + body


def unzipped(packed: bytes, size: int) -> bytes:
    """Exactly `size` bytes again; raises Damaged."""
    body = packed[1:]
    if packed[:1] == b"\1":
        body = _inflated(body, min(size, _MOST_ZIPPED))
    elif packed[:1] != b"\0":
        raise Damaged("a part of a block is zipped in a way that this version does not know")
    if len(body) != size:
        raise Damaged("a part of a block has another length than belongs there")
    return body


def _inflated(body: bytes, limit: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(body, limit + 1)
    except zlib.error as error:
        raise Damaged(f"a part of a block cannot be unzipped: {error}") from None
    if not machine.eof or machine.unused_data:
        raise Damaged("a part of a block that was zipped is not whole")
    return found
