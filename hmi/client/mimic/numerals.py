"""Numbers as rows of digits, for a whole screen at once: the same digits as `ink.formatted` would write."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_DIGITS: Final = 20  # of a whole number of 64 bits
BIG: Final = 1e9  # from here on a number is written with an exponent
_EXACT: Final = 2.0**51  # beyond, halves are not told apart any more
_SPLIT: Final = 2.0**27 + 1.0
_TENS: Final = 10 ** np.arange(MOST_DIGITS, dtype=np.uint64)


def is_plain(value: NDArray[np.float64], decimals: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a number is written with digits, point and sign alone."""
    size = np.abs(value)
    return (size < BIG) & (size * 10.0**decimals < _EXACT)


def whole(value: NDArray[np.float64], decimals: NDArray[Any]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """All digits of plain numbers as one whole number each, and whether it is below zero; rounded as text is.

    Rounding is that of the exact number behind the float: a tie is one only if nothing follows it. Minus zero is 0.
    """
    size, factor = np.abs(value), 10.0**decimals
    product = size * factor
    digits = np.rint(product)
    tie = np.flatnonzero(product - np.floor(product) == 0.5)
    if len(tie):
        rest = _lost(size[tie], factor[tie], product[tie])
        digits[tie] += (rest > 0) & (digits[tie] < product[tie])
        digits[tie] -= (rest < 0) & (digits[tie] > product[tie])
    return digits.astype(np.uint64), (value < 0) & (digits > 0)


def _lost(a: NDArray[np.float64], b: NDArray[np.float64], product: NDArray[np.float64]) -> NDArray[np.float64]:
    """What rounding took from a * b, exactly (Dekker 1971)."""
    a_high, b_high = a * _SPLIT, b * _SPLIT
    a_high, b_high = a_high - (a_high - a), b_high - (b_high - b)
    a_low, b_low = a - a_high, b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def last_place(digits: NDArray[np.uint64], decimals: NDArray[Any]) -> NDArray[np.intp]:
    """The place of the first digit that is written, counted from the last one, 0: never behind the unit's place."""
    return np.maximum(np.searchsorted(_TENS, digits, side="right") - 1, decimals)


def spread(digits: NDArray[np.uint64], places: int) -> NDArray[np.uint64]:
    """The digits one by one: a column for each place, the last digit first."""
    return digits[:, None] // _TENS[None, :places] % np.uint64(10)


def offsets(
    decimals: NDArray[Any], digit: NDArray[Any], point: NDArray[Any], thousands: NDArray[Any]
) -> NDArray[np.float64]:
    """How far left of a number's end each digit begins: a row for each number, the last digit first.

    `digit`, `point` and `thousands` are the widths of a digit, the point and the space between thousands.
    """
    place = np.arange(MOST_DIGITS)[None, :]
    before = place - decimals[:, None]  # place before the point
    groups = np.maximum(before, 0) // 3
    has_point = (decimals[:, None] > 0) & (before >= 0)
    return (place + 1) * digit[:, None] + has_point * point[:, None] + groups * thousands[:, None]
