"""The values of a block: as the decimals, the device's integers or the float32 that they are, or as doubles.

Each way is tried by computing the values back and comparing every bit. What would not come back (a hole of NaN while a
device was away, a minus zero, a wild value) is put aside in a list, so that it does not spoil the way for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Cursor, Damaged, part
from hmi.store.codec_columns import fitting, is_steady, pack, unpack, unpack_integers, unpack_narrow
from hmi.store.codec_dense import Column

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_BITS, _DECIMAL, _DECIMAL_32, _FLOAT_32, _FLOAT_64, _RAW, _RAW_UNSIGNED = range(7)
_SCALED, _HOLES = 0x40, 0x80

_POWERS: Final = 10.0 ** np.arange(10)
_EXACT: Final = 2.0**53  # doubles hold every integer up to here
_EXACT_32: Final = 2.0**21  # above, nearly every float32 is some decimal: it says nothing
_ODD_ONES: Final = 64  # of so many values one may be put aside
_TRIED: Final = 64  # so many values tell which ways are worth trying on all
_MOST: Final = 0.9  # of these must come back
_MINUS_ZERO: Final = np.int64(-(2**63))
_NONE: Final = np.empty(0)


class Way(NamedTuple):
    """How values become a column: a kind, decimal places, and the scaling (1 and 0: none) that comes after."""

    kind: int
    places: int = 0
    scale: float = 1.0
    offset: float = 0.0


def pack_values(value: Floats, raw: NDArray[np.int64], scale: float, offset: float) -> bytes:
    """The values (at least one) as bytes; `raw` as it will be at hand when they are unpacked."""
    bits = value.view(np.int64)
    holes = np.isnan(value)
    if np.minimum.reduce(bits) == _MINUS_ZERO:
        holes |= bits == _MINUS_ZERO
    filled = value
    if np.count_nonzero(holes):
        if holes.all():
            holes = np.zeros_like(holes)
        else:
            filled = _held(value, holes)
    with np.errstate(all="ignore"):  # what overflows does not come back equal, and is found by that
        for way in _ways(filled, raw, scale, offset):
            found = _column(way, filled, raw, holes)
            if found is not None:
                return _written(way, *found, bits)
    raise AssertionError("doubles as they are always come back")


PLAIN: Final = Way(_FLOAT_64)


class Head(NamedTuple):
    """What packed values say before their numbers are unpacked."""

    way: Way
    odd: tuple[bytes, bytes] | None  # which of them were put aside, and their bits
    numbers: bytes  # none where they are those of the raw column

    @property
    def is_raw(self) -> bool:
        """Whether they are worked out from the raw column."""
        return self.way.kind in (_RAW, _RAW_UNSIGNED)

    @property
    def is_bits(self) -> bool:
        """Whether its numbers are the bits of doubles."""
        return self.way.kind == _BITS

    @property
    def is_plain(self) -> bool:
        """Whether `Ways` can tell each of its values by itself."""
        return self.odd is None and self.way.kind != _RAW_UNSIGNED


def head_of(packed: bytes) -> Head:
    """It; raises Damaged."""
    cursor = Cursor(packed)
    head = cursor.byte()
    kind = head & ~(_SCALED | _HOLES)
    if kind > _RAW_UNSIGNED:
        raise Damaged(f"values are written in a way ({kind}) that this version does not know")
    places = cursor.byte() if kind in (_DECIMAL, _DECIMAL_32) else 0
    if places >= len(_POWERS):
        raise Damaged("values have more decimal places than are ever written")
    factors = (cursor.float64(), cursor.float64()) if head & _SCALED else (1.0, 0.0)
    odd = (cursor.part(), cursor.part()) if head & _HOLES else None
    found = Head(Way(kind, places, *factors), odd, cursor.rest())
    if found.is_raw and found.numbers:
        raise Damaged("a block is longer than what is in it")
    return found


def unpack_column(packed: bytes, raw: NDArray[np.int64]) -> tuple[Way, Column]:
    """The values as a column from which `rebuild` makes them, often a smaller one; raises Damaged."""
    head = head_of(packed)
    if head.is_raw or head.odd is not None:
        return PLAIN, unpack_values(packed, raw)
    return head.way, _unpacked(head.way.kind, head.numbers, len(raw))


def unpack_values(packed: bytes, raw: NDArray[np.int64]) -> Floats:
    """The values again, as many as there are of `raw`; raises Damaged."""
    head, n = head_of(packed), len(raw)
    column = raw if head.is_raw else _unpacked(head.way.kind, head.numbers, n)
    with np.errstate(all="ignore"):
        value = _rebuilt(head.way, column)
    if head.odd is not None:
        odd = unpack_integers(head.odd[0], n) == 1
        value.view(np.int64)[odd] = unpack_integers(head.odd[1], int(np.count_nonzero(odd)))
    return value


class Ways:
    """How values of several blocks are worked out, one of each: as `unpack_values` does, for all of them at once."""

    def __init__(self, ways: Sequence[Way]) -> None:
        """Of heads that are plain."""
        kind, places, scale, offset = (np.array(column) for column in zip(*ways, strict=True)) if ways else [_NONE] * 4
        self._divided = np.flatnonzero(places)
        self._powers = _POWERS[places[self._divided].astype(np.int64)]
        self._single = np.flatnonzero(kind == _DECIMAL_32)
        self._scaled = np.flatnonzero((scale != 1.0) | (offset != 0.0))
        self._scale, self._offset = scale[self._scaled], offset[self._scaled]

    def values(self, numbers: Floats) -> Floats:
        """The values out of one number of each block's column; `numbers` is changed."""
        with np.errstate(all="ignore"):
            numbers[self._divided] /= self._powers
            if len(self._single):
                numbers[self._single] = numbers[self._single].astype(np.float32)
            if len(self._scaled):
                numbers[self._scaled] = numbers[self._scaled] * self._scale + self._offset
        return numbers


def _unpacked(kind: int, packed: bytes, n: int) -> Column:
    if kind == _BITS:
        return unpack_integers(packed, n)
    return (unpack if kind in (_FLOAT_32, _FLOAT_64) else unpack_narrow)(packed, n)


def _rebuilt(way: Way, column: Column) -> Floats:
    """The values out of their column."""
    if way.kind == _BITS:
        return column.view(np.float64)
    value = np.empty(len(column))
    rebuild(way, column, value)
    return value


def rebuild(way: Way, column: Column, value: Floats) -> None:
    """The same into memory that is there: the one place that says what a way means, for writing and for reading."""
    if way.kind == _BITS:
        value[:] = column.view(np.float64)
        return
    value[:] = column.view(np.uint64) if way.kind == _RAW_UNSIGNED else column
    if way.places:
        value /= _POWERS[way.places]
    if way.kind == _DECIMAL_32:
        value[:] = value.astype(np.float32)
    if way.scale != 1.0 or way.offset != 0.0:
        value *= way.scale
        value += way.offset


def _scaled(value: Floats, scale: float, offset: float) -> Floats:
    return value if scale == 1.0 and offset == 0.0 else value * scale + offset


def _ways(value: Floats, raw: NDArray[np.int64], scale: float, offset: float) -> Iterator[Way]:
    """The ways that a few of the values say are worth trying, best first."""
    scalings = dict.fromkeys([(float(scale), float(offset)), (1.0, 0.0)])
    if np.count_nonzero(raw):
        for factors in scalings:
            yield Way(_RAW, 0, *factors)
            if raw.min() < 0:
                yield Way(_RAW_UNSIGNED, 0, *factors)
    if is_steady(value.view(np.int64)):
        yield Way(_BITS)
    some = value[:: max(1, len(value) // _TRIED)]
    for factors in scalings:
        yield from _float_ways(some, factors)
    yield Way(_FLOAT_64)


def _float_ways(some: Floats, factors: tuple[float, float]) -> Iterator[Way]:
    plain = some if factors == (1.0, 0.0) else (some - factors[1]) / factors[0]
    whole = np.rint(plain * _POWERS[:, None])
    decimals = whole / _POWERS[:, None]
    top = np.maximum.reduce(np.abs(whole), axis=1)
    yield from _decimal_ways(_DECIMAL, _scaled(decimals, *factors) == some, top < _EXACT, factors)
    single = plain.astype(np.float32)
    if _most(_scaled(single.astype(np.float64), *factors) == some):
        yield from _decimal_ways(_DECIMAL_32, decimals.astype(np.float32) == single, top < _EXACT_32, factors)
        yield Way(_FLOAT_32, 0, *factors)


def _decimal_ways(kind: int, fits: Mask, allowed: Mask, factors: tuple[float, float]) -> Iterator[Way]:
    """The fewest places with which most of the tried values come back, and one more: others may need it."""
    most = np.add.reduce(fits, axis=1, dtype=np.int64) > _MOST * fits.shape[1]
    for places in np.flatnonzero(most & allowed)[:2].tolist():
        yield Way(kind, places, *factors)


def _most(fits: Mask) -> bool:
    return int(np.count_nonzero(fits)) > _MOST * len(fits)


def _column(way: Way, value: Floats, raw: NDArray[np.int64], holes: Mask) -> tuple[Column, Mask] | None:
    """The column of a way and what of the values is put aside, if it gives nearly all others back."""
    column = raw if way.kind in (_RAW, _RAW_UNSIGNED) else _made(way, value)
    odd = _rebuilt(way, column).view(np.int64) != value.view(np.int64)
    if not np.count_nonzero(odd):
        return column, holes
    if np.count_nonzero(odd & ~holes) * _ODD_ONES > len(value):
        return None
    odd |= holes
    return (column if column is raw else _held(column, odd)), odd


def _made(way: Way, value: Floats) -> Column:
    if way.kind == _BITS:
        return value.view(np.int64)
    if way.kind == _FLOAT_64:
        return value
    plain = value if way.scale == 1.0 and way.offset == 0.0 else (value - way.offset) / way.scale
    if way.kind == _FLOAT_32:
        return plain.astype(np.float32)
    whole = plain * _POWERS[way.places]
    np.rint(whole, out=whole)
    low, high = np.minimum.reduce(whole), np.maximum.reduce(whole)
    if not (low > -_EXACT and high < _EXACT):  # a wild one among them: it will be put aside
        whole = np.where(np.abs(whole) < _EXACT, whole, 0.0)
        low, high = whole.min(), whole.max()
    return whole.astype(fitting(int(low), int(high)))


def _written(way: Way, column: Column, odd: Mask, bits: NDArray[np.int64]) -> bytes:
    scaled, holed = way.scale != 1.0 or way.offset != 0.0, bool(np.count_nonzero(odd))
    head = bytes([way.kind | _SCALED * scaled | _HOLES * holed])
    if way.kind in (_DECIMAL, _DECIMAL_32):
        head += bytes([way.places])
    if scaled:
        head += np.array([way.scale, way.offset], "<f8").tobytes()
    if holed:
        head += part(pack(odd.astype(np.int16))) + part(pack(bits[odd]))
    return head if way.kind in (_RAW, _RAW_UNSIGNED) else head + pack(column)


def _held(column: Column, holes: Mask) -> Column:
    """The column with holes filled by what was held before them, so that nothing is lost in writing them."""
    last = np.maximum.accumulate(np.where(holes, 0, np.arange(len(column))))
    last[: int(np.argmin(holes))] = int(np.argmin(holes))
    return column[last]
