"""Digits for a whole screen at once: the same as Python's own formatting, whatever the number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.client.mimic import numerals
from hmi.client.mimic.ink import THOUSANDS, formatted
from hmi.core import quality as q

NUMBERS = st.one_of(
    st.floats(-1e9, 1e9, allow_nan=False, exclude_min=True, exclude_max=True),
    st.integers(-(10**8), 10**8).map(lambda whole: whole / 8),  # ties
    st.integers(-(10**7), 10**7).map(lambda whole: whole / 1000 + 0.0005),
    st.sampled_from([0.0, -0.0, 0.5, -0.5, 1.005, 2.675, 0.125, 999999999.9, -0.04]),
)


def written(value: float, decimals: int) -> str:
    """A number put together from its digits."""
    values, places = np.array([value]), np.array([decimals])
    digits, negative = numerals.whole(values, places)
    last = int(numerals.last_place(digits, places)[0])
    signs = [str(digit) for digit in numerals.spread(digits, last + 1)[0].tolist()]
    text = ""
    for place, sign in enumerate(signs):
        before = place - decimals
        text = sign + ("." if decimals and before == 0 else THOUSANDS if before > 0 and before % 3 == 0 else "") + text
    return ("-" if negative[0] else "") + text


@settings(deadline=None)
@given(NUMBERS, st.integers(0, 5))
def test_digits_are_those_that_text_would_have(value: float, decimals: int) -> None:
    if numerals.is_plain(np.array([value]), np.array([decimals]))[0]:
        assert written(value, decimals) == formatted(value, q.GOOD, decimals)


def test_what_is_too_big_or_no_number_is_left_to_the_painter() -> None:
    values = np.array([1e9, -2e12, np.inf, 5.0, 999_999_999.0])
    with np.errstate(invalid="ignore"):
        assert numerals.is_plain(values, np.zeros(5, int)).tolist() == [False, False, False, True, True]
    assert numerals.is_plain(np.array([9e8]), np.array([9])).tolist() == [False]


@pytest.mark.parametrize("whole", [2**64 - 1, 2**63, 10**19, 12345678901234567890, 0])
def test_whole_numbers_of_64_bits_keep_every_digit(whole: int) -> None:
    digits = np.array([whole], np.uint64)
    last = int(numerals.last_place(digits, np.zeros(1, int))[0])
    assert "".join(str(one) for one in numerals.spread(digits, last + 1)[0, ::-1].tolist()) == str(whole)


def test_offsets_leave_room_for_point_and_thousands() -> None:
    rows = numerals.offsets(np.array([0, 2]), np.array([10.0, 10.0]), np.array([4.0, 4.0]), np.array([3.0, 3.0]))
    assert rows[0, :5].tolist() == [10, 20, 30, 43, 53]
    assert rows[1, :6].tolist() == [10, 20, 34, 44, 54, 67]
