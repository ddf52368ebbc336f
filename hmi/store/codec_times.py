"""The times of a block: in the coarsest unit that loses nothing, as what is left beside a straight line."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Cursor, Damaged, signed
from hmi.store.codec_columns import narrowed, pack, unpack_integers
from hmi.store.codec_dense import size_about

Times = NDArray[np.int64]

_PLAIN, _LINE = range(2)
_UNITS: Final = (1_000_000_000, 1_000_000, 1_000, 1)  # ns
_SHIFT: Final = 16  # the slope of the line is in 1/65536 units a sample
_LONGEST: Final = 1 << 46  # units: longer ones have no line, so that slope x place stays within 63 bits
_LINED: Final = 32  # with fewer times a line costs more than it saves
_FEW: Final = 8  # times that show quickly that a unit is too coarse
_LOOKED_AT: Final = 256  # steps that tell whether a line fits


def pack_times(at: Times) -> bytes:
    """Times (at least one, any order) as bytes."""
    base, low, high = int(at[0]), int(at.min()), int(at.max())
    if high - low >= 1 << 62:
        return bytes([_PLAIN, len(_UNITS) - 1]) + signed(0) + pack(at)
    passed = at - base
    unit = next(place for place, unit in enumerate(_UNITS) if _is_in(passed, unit))
    if _UNITS[unit] > 1:
        passed //= _UNITS[unit]
    head = bytes([unit]) + signed(base)
    slope = _slope(passed) if len(at) >= _LINED and (high - low) // _UNITS[unit] < _LONGEST else 0
    if slope:
        beside = passed - _line(slope, len(at))
        if _is_tighter(beside, passed):
            return bytes([_LINE]) + head + signed(slope) + pack(narrowed(beside))
    return bytes([_PLAIN]) + head + pack(narrowed(passed))


def unpack_times(packed: bytes, n: int) -> Times:
    """The `n` times again; raises Damaged."""
    cursor = Cursor(packed)
    kind, unit = cursor.byte(), cursor.byte()
    if kind > _LINE or unit >= len(_UNITS):
        raise Damaged("times are written in a way that this version does not know")
    base = cursor.int64()
    slope = int(cursor.int64()) if kind == _LINE else 0
    passed = unpack_integers(cursor.rest(), n)
    if slope:
        passed = passed + _line(slope, n)
    if _UNITS[unit] > 1:
        passed = passed * _UNITS[unit]
    return passed + base


def _is_in(passed: Times, unit: int) -> bool:
    return not (passed[:_FEW] % unit).any() and not (passed % unit).any()


def _slope(passed: Times) -> int:
    """That of the line of least squares, in 1/65536 units a sample."""
    place = np.arange(len(passed)) - (len(passed) - 1) / 2
    spread = float(place @ place)
    return round(float(place @ passed) / spread * (1 << _SHIFT)) if spread else 0


def _line(slope: int, n: int) -> Times:
    return np.arange(n) * np.int64(slope) >> _SHIFT


def _is_tighter(beside: Times, passed: Times) -> bool:
    """Whether what is left beside the line varies less than the steps from sample to sample do."""
    stride = max(1, len(passed) // _LOOKED_AT)
    return size_about(beside[1::stride]) < size_about(passed[1::stride] - passed[:-1:stride])
