"""Thinning in SQLite gives what thinning in numpy gives, from one file or from several."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hmi.core import quality as q
from hmi.core.history import Window, width_of, window_of
from hmi.store.buckets import Buckets
from hmi.store.rows import INSERT, Row, samples_of
from hmi.store.schema import _create_day

_ROW = st.tuples(
    st.integers(0, 1100),
    st.floats() | st.sampled_from([0.0, -0.0]),
    st.sampled_from([q.GOOD, q.UNCERTAIN, q.BAD, q.BAD_TIMEOUT]),
    st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(_ROW, max_size=40, unique_by=lambda row: row[0]), st.integers(1, 30))
def test_the_same_as_in_numpy(drawn: list[tuple[int, float, int, bool]], points: int) -> None:
    rows: list[Row] = [(1, time, 0, time, value, 0, quality, 0, None, None, None) for time, value, quality, _ in drawn]
    buckets = Buckets(0, 1000, width_of(0, 1000, points))
    for side in (True, False):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as file:
            _create_day(Database(file))
            file.executemany(INSERT, [row for row, (*_, here) in zip(rows, drawn, strict=True) if here is side])
            buckets.add(file, 1)
    found = Window.of("a", (0, 1000, width_of(0, 1000, points)), buckets.columns(), ())
    expected = window_of(samples_of("a", sorted(rows, key=lambda row: row[1])), 0, 1000, points)
    for column in ("t0", "count", "vmin", "vmax", "first", "last", "worst"):
        np.testing.assert_array_equal(getattr(found, column), getattr(expected, column), column)
        assert getattr(found, column).dtype == getattr(expected, column).dtype
