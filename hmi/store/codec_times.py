"""The times of a block: in the coarsest unit that loses nothing, as what is left beside a straight line."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Cursor, Damaged, signed
from hmi.store.codec_columns import narrowed, pack, unpack_narrow
from hmi.store.codec_dense import size_about

Times = NDArray[np.int64]

_PLAIN, _LINE = range(2)
_UNITS: Final = (1_000_000_000, 1_000_000, 1_000, 1)  # ns
SHIFT: Final = 16  # the slope of the line is in 1/65536 units a sample
_LONGEST: Final = 1 << 46  # units: longer ones have no line, so that slope x place stays within 63 bits
_LINED: Final = 32  # with fewer times a line costs more than it saves
_FEW: Final = 8  # times that show quickly that a unit is too coarse
_PLACES: Final = np.arange(1 << 14)
_REAL_PLACES: Final = _PLACES.astype(np.float64)
_HOUR: Final = 3700  # samples of an hour at a second: so long lines are kept
_LOOKED_AT: Final = 256  # steps that tell whether a line fits


def pack_times(at: Times) -> bytes:
    """Times (at least one, any order) as bytes."""
    base, low, high = int(at[0]), int(np.minimum.reduce(at)), int(np.maximum.reduce(at))
    if high - low >= 1 << 62:
        return bytes([_PLAIN, len(_UNITS) - 1]) + signed(0) + pack(at)
    unit, passed = _in_units(at - base)
    head = bytes([unit]) + signed(base)
    slope = _slope(passed) if len(at) >= _LINED and (high - low) // _UNITS[unit] < _LONGEST else 0
    if slope:
        beside = passed - _line(slope, len(at))
        if _is_tighter(beside, passed):
            return bytes([_LINE]) + head + signed(slope) + pack(narrowed(beside), drifts=False)
    return bytes([_PLAIN]) + head + pack(narrowed(passed))


class Line(NamedTuple):
    """How times are written: each is base + unit x (number + (place x slope >> SHIFT)), and the numbers are packed."""

    base: int  # ns UTC
    unit: int  # ns
    slope: int
    numbers: bytes


def line_of(packed: bytes) -> Line:
    """What packed times say before their numbers are unpacked; raises Damaged."""
    cursor = Cursor(packed)
    kind, unit = cursor.byte(), cursor.byte()
    if kind > _LINE or unit >= len(_UNITS):
        raise Damaged("times are written in a way that this version does not know")
    base = cursor.signed()
    slope = cursor.signed() if kind == _LINE else 0
    return Line(base, _UNITS[unit], slope, cursor.rest())


def unpack_times(packed: bytes, n: int) -> Times:
    """The `n` times again; raises Damaged."""
    line, passed = line_of(packed), np.empty(n, np.int64)
    lay(line, unpack_narrow(line.numbers, n), passed)
    return passed


def lay(line: Line, column: NDArray[Any], at: Times) -> None:
    """The times out of their unpacked numbers, into memory that is there."""
    if line.slope:
        n = len(at)
        np.add(_known_line(line.slope, n) if n <= _HOUR else _line(line.slope, n), column, out=at)
    else:
        at[:] = column
    if line.unit > 1:
        at *= line.unit
    at += np.int64(line.base)


def _in_units(passed: Times) -> tuple[int, Times]:
    """The coarsest unit that loses nothing, by its place in the list, and the times in it."""
    few = passed[:_FEW].tolist()
    for place, unit in enumerate(_UNITS[:-1]):
        if not any(time % unit for time in few):
            units = passed // unit
            if (units * unit == passed).all():
                return place, units
    return len(_UNITS) - 1, passed


def _slope(passed: Times) -> int:
    """That of the line of least squares, in 1/65536 units a sample."""
    n, reals = len(passed), passed.astype(np.float64)
    spread = n * (n * n - 1) / 12
    if not spread:
        return 0
    leaning = float(np.dot(_place(_REAL_PLACES, n), reals)) - float(np.add.reduce(reals)) * (n - 1) / 2
    return round(leaning / spread * (1 << SHIFT))


def _line(slope: int, n: int) -> Times:
    found: Times = _place(_PLACES, n) * np.int64(slope)
    found >>= SHIFT
    return found


@lru_cache(32)
def _known_line(slope: int, n: int) -> Times:
    """Those of the scans of an hour hardly differ."""
    found = _line(slope, n)
    found.flags.writeable = False
    return found


def _place(known: NDArray[Any], n: int) -> NDArray[Any]:
    return known[:n] if n <= len(known) else np.arange(n, dtype=known.dtype)


def _is_tighter(beside: Times, passed: Times) -> bool:
    """Whether what is left beside the line varies less than the steps from sample to sample do."""
    stride = max(1, len(passed) // _LOOKED_AT)
    return size_about(beside[1::stride]) < size_about(passed[1::stride] - passed[:-1:stride])
