"""Rows of different length, summed up at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.client.mimic.runs import Runs

ROWS = st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=8)


@settings(deadline=None)
@given(ROWS, st.lists(st.booleans(), min_size=10, max_size=10))
def test_any_of_a_row(rows: list[list[int]], flags: list[bool]) -> None:
    assert Runs(rows).any(np.array(flags)).tolist() == [any(flags[place] for place in row) for row in rows]


@settings(deadline=None)
@given(ROWS, st.lists(st.integers(0, 50), min_size=10, max_size=10))
def test_the_greatest_of_a_row(rows: list[list[int]], values: list[int]) -> None:
    assert Runs(rows).max(np.array(values)).tolist() == [max((values[p] for p in row), default=0) for row in rows]
