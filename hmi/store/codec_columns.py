"""One column of numbers in as few bytes as pay, and back bit for bit.

The first byte of a packed column says how it was packed: as the steps of what hardly moves, as the bits of what knows
two values, by numbers of its few distinct values, or densely. How long a column is, is known before it is unpacked: no
bytes can make it longer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.store.codec_bytes import Cursor, Damaged, part, signed, unzipped, written, zipped
from hmi.store.codec_dense import (
    KINDS,
    Column,
    by_pcodec,
    floats,
    from_narrow,
    from_pcodec,
    into_column,
    narrow,
    ordered,
)

_CONSTANT, _TOGGLE, _BITS, _STEPS, _DISTINCT, _NARROW, _PCODEC = range(7)
_STEADY: Final = 16  # at most one of so many numbers differs from its neighbour: steps
_FEW: Final = {4: 16, 8: 8}  # at most one of so many floats of so many bytes was not met before: distinct values
_LOOKED_AT: Final = 256  # floats that tell whether it is worth looking at all
_GLANCED_AT: Final = 32  # integers of which most columns show that they know more than two values
_REACHES: Final = ((np.int16, 1 << 15), (np.int32, 1 << 31))
_SHORT: Final = 256  # pcodec's head of 20 bytes weighs something: both dense ways are tried


def fitting(low: int, high: int) -> type[np.signedinteger[Any]]:
    """The smallest integer type, of those that pack, for numbers between these."""
    return next((kind for kind, reach in _REACHES if -reach <= low and high < reach), np.int64)


def narrowed(numbers: NDArray[np.int64]) -> Column:
    """The same integers (at least one) in the smallest type that packs."""
    return numbers.astype(fitting(int(np.minimum.reduce(numbers)), int(np.maximum.reduce(numbers))), copy=False)


def is_steady(column: Column) -> bool:
    """Whether integers stand still so often that steps say them."""
    return int(np.count_nonzero(column[1:] != column[:-1])) * _STEADY <= len(column)


def pack(column: Column, drifts: bool | None = None) -> bytes:
    """A column of int16, int32, int64, float32 or float64 (at least one number) as bytes.

    `drifts`: whether neighbours are known to be closer to each other than numbers are to the middle.
    """
    if column.dtype.kind == "f":
        return _distinct(column) or _dense(column, drifts)
    if is_steady(column):
        return _steps(column, np.flatnonzero(column[1:] != column[:-1]) + 1)
    if len(set(column[:_GLANCED_AT].tolist())) <= 2:
        low, high = column.min(), column.max()
        is_high = column == high
        if np.count_nonzero(is_high) + np.count_nonzero(column == low) == len(column):
            return bytes([_BITS]) + signed(int(low)) + signed(int(high)) + zipped(np.packbits(is_high).tobytes())
    return _dense(column, drifts)


def unpack(packed: bytes, n: int) -> Column:
    """The `n` numbers again: integers in any of their types, floats in their own; raises Damaged."""
    kind = kind_of(packed)
    if kind is not None:  # nearly all that move: the short way
        column = np.zeros(n, KINDS[kind])
        fill(packed, column)
        return column
    cursor = Cursor(packed)
    way = _WAYS.get(cursor.byte())
    if way is None:
        raise Damaged("a column is packed in a way that this version does not know")
    column = way(cursor, n)
    cursor.end()
    return column


def unpack_integers(packed: bytes, n: int) -> NDArray[np.int64]:
    """The `n` integers again; raises Damaged, for floats too."""
    return unpack_narrow(packed, n).astype(np.int64, copy=False)


def unpack_narrow(packed: bytes, n: int) -> Column:
    """The same in the type that they were packed in."""
    column = unpack(packed, n)
    if column.dtype.kind != "i":
        raise Damaged("a column of integers holds fractions")
    return column


def constant_in(packed: bytes) -> int | None:
    """What all numbers of a packed column are; None where it does not say so at once. Raises Damaged."""
    return int(Cursor(packed, 1).int64()) if packed[:1] == bytes([_CONSTANT]) else None


def kind_of(packed: bytes) -> int | None:
    """Of which of the KINDS a packed column is that `fill` unpacks; None for one that only `unpack` does."""
    known = len(packed) > 1 and packed[0] == _PCODEC and packed[1] < len(KINDS)
    return packed[1] if known else None


def fill(packed: bytes, column: Column) -> None:
    """Unpack into a column that is there; raises Damaged."""
    into_column(packed[2:], column)


# -------------------------------------------------------------------------------------------------------- dense


def _dense(column: Column, drifts: bool | None = None) -> bytes:
    best = by_pcodec(column, drifts)
    if best is not None and len(column) >= _SHORT:
        return bytes([_PCODEC]) + best
    other = narrow(column)
    return bytes([_PCODEC]) + best if best is not None and len(best) < len(other) else bytes([_NARROW]) + other


def _distinct(column: Column) -> bytes | None:
    """Floats of which many are equal, as a converter's are whatever it was scaled by: their list, and places in it."""
    numbers = ordered(column)
    some = numbers[:: max(1, len(numbers) // _LOOKED_AT)]
    if len(_once(some)) * 8 > len(some) * 7:
        return None
    values = _once(numbers)
    if len(values) * _FEW[column.itemsize] > len(column):
        return None
    places = np.searchsorted(values, numbers)
    head = written(len(values)) + part(_dense(floats(values, column.dtype)))
    return bytes([_DISTINCT]) + head + pack(narrowed(places))


def _once(numbers: Column) -> Column:
    values = np.sort(numbers)
    return values[np.append(True, values[1:] != values[:-1])]  # np.unique takes up to ten times as long


def _from_distinct(cursor: Cursor, n: int) -> Column:
    count = cursor.number()
    if not 0 < count * min(_FEW.values()) <= n:  # so that lists within lists soon come to an end
        raise Damaged("a column has more distinct values than fit into it")
    values, places = unpack(cursor.part(), count), unpack_integers(cursor.rest(), n)
    if places.min() < 0 or places.max() >= count:
        raise Damaged("a column names a value that is not in it")
    return values[places]


# ---------------------------------------------------------------------------------------------- what hardly moves


def _steps(column: Column, heads: NDArray[np.intp]) -> bytes:
    first, values = int(column[0]), column[heads]
    if not len(heads):
        return bytes([_CONSTANT]) + signed(first)
    head = signed(first) + part(written(len(heads)) + narrow(narrowed(np.diff(heads, prepend=0)), delta=False))
    if (values[1::2] == first).all() and (values[::2] == values[0]).all():
        return bytes([_TOGGLE]) + head + signed(int(values[0]))
    return bytes([_STEPS]) + head + pack(values)


def _constant(cursor: Cursor, n: int) -> Column:
    return np.full(n, cursor.int64())


def _toggled(cursor: Cursor, n: int) -> Column:
    first, held = cursor.int64(), _held(cursor, n)
    values = np.full(len(held), first)
    values[1::2] = cursor.int64()
    return np.repeat(values, held)


def _stepped(cursor: Cursor, n: int) -> Column:
    first, held = cursor.int64(), _held(cursor, n)
    values = unpack_integers(cursor.rest(), len(held) - 1)
    return np.repeat(np.append(first, values), held)


def _held(cursor: Cursor, n: int) -> NDArray[np.int64]:
    """For how many samples each value is held."""
    steps = Cursor(cursor.part())
    count = steps.number()
    if not 0 < count * _STEADY <= n:
        raise Damaged("a column has more steps than fit into it")
    gaps = from_narrow(steps, count)
    if gaps.dtype.kind != "i" or np.minimum.reduce(gaps) < 1 or np.maximum.reduce(gaps) > n:
        raise Damaged("a column's steps lie outside it")
    held = np.full(count + 1, n)
    held[:-1] = gaps
    held[-1] -= np.add.reduce(held[:-1])
    if held[-1] <= 0:
        raise Damaged("a column's steps lie outside it")
    return held


def _unpacked_bits(cursor: Cursor, n: int) -> Column:
    values = np.array([cursor.int64(), cursor.int64()])
    bits = np.frombuffer(unzipped(cursor.rest(), -(-n // 8)), np.uint8)
    return values[np.unpackbits(bits, count=n)]


_WAYS: Final[dict[int, Callable[[Cursor, int], Column]]] = {
    _CONSTANT: _constant,
    _TOGGLE: _toggled,
    _BITS: _unpacked_bits,
    _STEPS: _stepped,
    _DISTINCT: _from_distinct,
    _NARROW: from_narrow,
    _PCODEC: from_pcodec,
}
