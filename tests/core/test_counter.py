"""A roll-over, a reset and a small step backwards are three things."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.core.counter import span_of, went_on


@pytest.mark.parametrize(
    ("before", "after", "span", "expected"),
    [
        (10, 15, None, 5),
        (10, 10, 65536.0, 0),
        (65_530, 4, 65536.0, 10),  # rolled over
        (65_530, 4, None, 4),  # a type that does not roll over: reset
        (30_000, 4, 65536.0, 4),  # reset
        (30_000, 0, 65536.0, 0),
        (30_000, 29_995, 65536.0, -5),  # two redundant controllers do not agree
        (65_530, 65_520, 65536.0, -10),
        (2**32 - 1, 9, 2.0**32, 10),
        (32_767, -32_768, 65536.0, 1),  # of a signed type
        (99_999, 3, 100_000.0, 4),  # a totaliser of five digits
        (-5, -8, None, -3),  # no counter at all: what it went
        (5, -8, None, -13),
        (0.25, 0.1, None, 0.1),
    ],
)
def test_what_a_counter_went_on_by(before: float, after: float, span: float | None, expected: float) -> None:
    found = went_on(np.array([float(before)]), np.array([float(after)]), span)
    assert found.tolist() == pytest.approx([expected])


def test_many_at_once_and_what_is_no_number() -> None:
    found = went_on(np.array([1.0, np.nan, np.inf, np.inf]), np.array([np.nan, 1.0, np.inf, 5.0]), 65536.0)
    assert np.isnan(found[:3]).all()
    assert found[3] == 5.0


@pytest.mark.parametrize(
    ("kind", "scale", "expected"),
    [("uint16", 1.0, 65536.0), ("int16", -0.5, 32768.0), ("uint32", 0.1, 429496729.6), ("float32", 1.0, None)],
)
def test_the_span_of_a_tag(kind: str, scale: float, expected: float | None) -> None:
    assert span_of(kind, scale) == expected
