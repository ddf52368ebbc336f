"""The minutes of many hours as they were packed (see hmi.store.minutes): looked over at once, taken out as needed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Damaged
from hmi.store.minutes_odd import Odd

MINUTE_NS: Final = 60_000_000_000

VERSION: Final = 1
ODD: Final = 2  # the version of an hour with minutes that are not all good
HEAD: Final = np.dtype(
    [
        ("version", "u1"),
        ("crc", "<u4"),
        ("kind", "u1"),
        ("widths", "<u2"),
        ("minutes", "<u8"),
        ("count", "<u4"),
        ("low", "<i8"),
        ("step", "<i8"),
    ]
)
CRC_FROM: Final = 5
FLOAT32, FLOAT64 = 16, 17
WIDTHS: Final = (0, 4, 8, 16, 32, 64)  # bits, by width code
DECIMALS: Final = 10
COLUMNS: Final = np.arange(5)[:, None]
_BITS: Final = np.array([*WIDTHS, 0, 0])
_SLOTS: Final = np.arange(60)

_Ints = NDArray[np.int64]


class Packed:
    """The minutes of some hours as 60 numbers a column and hour, and the bytes that these come from."""

    def __init__(self, blobs: Sequence[bytes], hours_ns: _Ints, *, proven: bool = False) -> None:
        """Raises Damaged, naming the first hour that is; `proven`: that they are as written is known already."""
        self.joined = b"".join([*blobs, bytes(480)])  # sixty numbers may be taken from the end of any column
        self.head, starts, self.odd = _heads(self.joined, blobs, hours_ns, proven)
        self.minutes = np.bitwise_count(self.head["minutes"]).astype(np.int64)
        self.codes = self.head["widths"].astype(np.int64) >> 3 * COLUMNS & 7
        sizes = (self.minutes * _BITS[self.codes] + 7) // 8
        self.places = starts + np.cumsum(sizes, axis=0) - sizes  # where the columns of each hour begin
        self.is_decimal = self.head["kind"] < DECIMALS
        masks = self.head["minutes"].astype("<u8").view(np.uint8).reshape(-1, 8)
        self.present = np.unpackbits(masks, axis=1, bitorder="little")[:, :60].astype(np.bool_)
        self._hours_ns = hours_ns

    def t(self, room: _Ints | None = None) -> _Ints:
        """When each minute begins, ns UTC; `room`: memory that is at hand for it, an hour a row."""
        times = np.add(np.asarray(self._hours_ns, np.int64)[:, None], _SLOTS * MINUTE_NS, out=room)
        return times.ravel() if self.is_full else times[self.present]

    @property
    def is_full(self) -> bool:
        """Whether every hour has all of its minutes."""
        return bool(self.minutes.min() == 60)

    @property
    def kept(self) -> Any:
        """Which of the sixty numbers of an hour are minutes: those after its last one mean nothing."""
        return ... if self.is_full else self.minutes[:, None] > _SLOTS

    def fill(self, column: int, numbers: NDArray[np.float64]) -> None:
        """A column of every hour as it was packed."""
        codes = self.codes[column]
        letter = np.where(self.is_decimal if column else True, 0, self.head["kind"])
        forms = letter << 3 | codes
        for form in np.flatnonzero(np.bincount(forms)).tolist():  # np.unique takes ten times as long
            rows = np.flatnonzero(forms == form)
            bits = int(_BITS[form & 7])
            numbers[rows] = _numbers(self.joined, self.places[column][rows], bits, bool(form >> 3)) if bits else 0.0

    def take(self, column: int, rows: _Ints, places: _Ints) -> NDArray[np.float64]:
        """Single numbers of a column as they were packed, by hour and by place among its minutes."""
        found = np.zeros(len(rows))
        letter = np.where(self.is_decimal[rows], 0, self.head["kind"][rows])
        forms = letter << 3 | self.codes[column, rows]
        for form in np.flatnonzero(np.bincount(forms)).tolist():
            own, bits = np.flatnonzero(forms == form), int(_BITS[form & 7])
            if bits:
                place = places[own]
                found[own] = _single(self.joined, self.places[column, rows[own]], place, bits, bool(form >> 3))
        return found


def raised(packed: Packed, low: NDArray[np.float64]) -> None:
    """Make the steps that decimal lows were packed as the integers that they are, in place."""
    is_all = bool(packed.is_decimal.all())
    head, steps = (packed.head, low) if is_all else (packed.head[packed.is_decimal], low[packed.is_decimal])
    steps += head["step"][:, None]
    steps[:, 0] = head["low"]
    np.cumsum(steps, axis=1, out=steps)
    if not is_all:
        low[packed.is_decimal] = steps


def whole(packed: Packed, columns: NDArray[np.float64]) -> None:
    """Make numbers as they were packed, of low and what follows it, the values that they stand for, in place.

    Doubles do, and less memory is touched: packing saw to it that no integer needs more than their 53 bits.
    """
    raised(packed, columns[0])
    rows: Any = ... if packed.is_decimal.all() else packed.is_decimal
    values = columns[:, rows]
    values[1:] += values[0]
    values /= 10.0 ** packed.head["kind"][rows][:, None]
    columns[:, rows] = values


def _heads(
    joined: bytes, blobs: Sequence[bytes], hours_ns: _Ints, proven: bool
) -> tuple[NDArray[Any], _Ints, dict[int, Odd]]:
    """The heads, checked, where each blob's columns begin when all blobs stand in a row, and what stands behind."""
    size = HEAD.itemsize
    lengths = np.fromiter(map(len, blobs), np.int64, len(blobs))
    if lengths.min() < size:
        raise _damaged(int(lengths.argmin()), hours_ns, "it is cut short")
    begins = np.cumsum(lengths) - lengths
    everywhere: NDArray[Any] = np.ndarray((len(joined) - size + 1,), f"V{size}", joined, strides=(1,))
    head = everywhere[begins].view(HEAD)
    crcs, crc32 = head["crc"].tolist(), zlib.crc32
    if not proven and [crc32(blob[CRC_FROM:]) for blob in blobs] != crcs:
        wrong = [crc32(blob[CRC_FROM:]) != crc for blob, crc in zip(blobs, crcs, strict=True)]
        raise _damaged(wrong.index(True), hours_ns, "its checksum is wrong")
    kind, is_odd = head["kind"], head["version"] == ODD
    known = ((head["version"] == VERSION) | is_odd) & ((kind < DECIMALS) | (kind == FLOAT32) | (kind == FLOAT64))
    known &= (head["minutes"] >> np.uint64(60) == 0) & (head["minutes"] != 0)
    if not known.all():
        raise _damaged(int(known.argmin()), hours_ns, "it is of a kind that this version does not know")
    bits = _BITS[head["widths"].astype(np.int64) >> 3 * COLUMNS & 7]
    ends = size + ((np.bitwise_count(head["minutes"]) * bits + 7) // 8).sum(axis=0)
    good = (ends == lengths) | is_odd
    if not good.all():
        raise _damaged(int(good.argmin()), hours_ns, "it does not hold what its head says")
    odd = {}
    for row in np.flatnonzero(is_odd).tolist():
        try:
            odd[row] = Odd.unpack(blobs[row][ends[row] :], int(head["minutes"][row]))
        except Damaged as error:
            raise _damaged(row, hours_ns, str(error)) from None
    return head, begins + size, odd


def _numbers(joined: bytes, at: _Ints, bits: int, real: bool) -> NDArray[Any]:
    """Sixty numbers from each of some places on: taken as one item each, which numpy copies as a whole."""
    size = 60 * bits // 8
    everywhere: NDArray[Any] = np.ndarray((len(joined) - size + 1,), f"V{size}", joined, strides=(1,))
    taken = everywhere[at].view(np.uint8).reshape(len(at), size)
    if bits == 4:
        return np.stack([taken & 15, taken >> 4], axis=2).reshape(len(at), 60)
    return taken.view(f"<{'f' if real else 'u'}{bits // 8}")


def _single(joined: bytes, at: _Ints, place: _Ints, bits: int, real: bool) -> NDArray[Any]:
    """One number each, that many behind where a column begins."""
    if bits == 4:
        return np.frombuffer(joined, np.uint8)[at + place // 2] >> 4 * (place & 1) & 15
    size = bits // 8
    everywhere: NDArray[Any] = np.ndarray((len(joined) - size + 1,), f"V{size}", joined, strides=(1,))
    return everywhere[at + place * size].view(f"<{'f' if real else 'u'}{size}")


def _damaged(row: int, hours_ns: _Ints, why: str) -> Damaged:
    return Damaged(f"the minutes of the hour that began at {int(hours_ns[row])} ns UTC are damaged: {why}")
