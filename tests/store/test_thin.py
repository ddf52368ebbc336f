"""A table of samples thins to the same window as the samples do; minutes and blocks take their places in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_TIME_SUSPECT
from hmi.core.history import Samples, width_of, window_of
from hmi.store import thin
from hmi.store.summary import columns_of, summarise

Row = tuple[int, float, int] | tuple[int, float, int, int]

_COLUMNS = ("t0", "count", "vmin", "vmax", "first", "last", "worst", "backfilled")
_ROWS = st.lists(
    st.tuples(
        st.integers(0, 1100),
        st.floats(width=64) | st.sampled_from([-0.0, 0.0, 1.0]),
        st.sampled_from([q.GOOD, q.GOOD, q.UNCERTAIN_LAST_USABLE, q.BAD_TIMEOUT]),
        st.sampled_from([0, 0, FLAG_BACKFILLED]),
    ),
    max_size=60,
)


def samples_of(rows: list[Row]) -> Samples:
    """Samples of one tag: (time, value, quality), and flags where there are any."""
    rows = sorted(rows, key=lambda row: row[0])
    times = np.array([row[0] for row in rows], np.int64)
    return Samples(
        tag="a.b",
        time=times,
        received=times,
        value=np.array([row[1] for row in rows], np.float64),
        raw=np.zeros(len(rows), np.int64),
        quality=np.array([row[2] for row in rows], np.uint32),
        flags=np.array([sum(row[3:]) for row in rows], np.uint32),
    )


@given(_ROWS, st.integers(0, 500), st.integers(501, 1200), st.integers(1, 900))
def test_the_same_as_thinning_the_samples(rows: list[Row], start: int, stop: int, points: int) -> None:
    samples = samples_of([row for row in rows if row[0] >= start])
    found = thin.reduce(thin.of_samples(samples), start, stop, width_of(start, stop, points))
    expected = window_of(samples, start, stop, points)
    for name in _COLUMNS:
        np.testing.assert_array_equal(found[name], getattr(expected, name), name)
        assert found[name].dtype == getattr(expected, name).dtype


@given(_ROWS, st.integers(0, 60), st.integers(1, 40))
def test_in_parts_or_whole(rows: list[Row], place: int, points: int) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    span = (0, 1000, width_of(0, 1000, points))
    parts = [thin.reduce(thin.of_samples(samples_of(part)), *span) for part in (rows[:place], [], rows[place:])]
    found = thin.together(parts, *span)
    whole = thin.of_samples(samples_of(rows))
    expected = thin.reduce(whole, *span)
    for name in _COLUMNS:
        np.testing.assert_array_equal(found[name], expected[name], name)
        assert found[name].dtype == expected[name].dtype
    assert thin.cut(whole, 1, place).t.tolist() == whole.t[1:place].tolist()


def test_buckets_wider_than_blocks_need_only_their_summaries() -> None:
    rows: list[Row] = [(at, float(at % 7), q.BAD if at % 11 == 0 else q.GOOD) for at in range(0, 1000, 3)]
    samples = samples_of(rows)
    blocks = [samples.cut(start, start + 20) for start in range(0, len(samples), 20)]
    t = np.array([block.time[0] for block in blocks])
    table = thin.of_summaries(t, columns_of([summarise(block) for block in blocks]))
    found = thin.reduce(table, 0, 1000, 1000)
    expected = window_of(samples, 0, 1000, 1)
    for name in _COLUMNS:
        np.testing.assert_array_equal(found[name], getattr(expected, name), name)
        assert found[name].dtype == getattr(expected, name).dtype


def test_a_suspect_time_is_not_what_a_sample_is_drawn_at() -> None:
    samples = samples_of([(100, 1.0, q.GOOD)])
    samples.received[:] = 500
    samples.flags[:] = FLAG_TIME_SUSPECT
    assert thin.of_samples(samples).t.tolist() == [500]


@pytest.mark.parametrize("width", [1, 3, 10**12])
def test_more_buckets_than_rows_and_fewer(width: int) -> None:
    far = 2**62
    table = thin.of_samples(samples_of([(1, 1.0, q.GOOD), (2, 2.0, q.GOOD), (far, 3.0, q.GOOD)]))
    found = thin.reduce(table, 0, far + 1, width)
    assert found["t0"].tolist() == sorted({at // width * width for at in (1, 2, far)})
    assert found["count"].sum() == 3


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_extremes_leave_out_what_is_missing_in_few_buckets_or_in_many(share: float) -> None:
    random = np.random.default_rng(2)
    column, heads = random.normal(size=4000), np.arange(0, 4000, 10)
    column[random.random(4000) < share] = np.nan
    for quick, careful in ((np.minimum, np.fmin), (np.maximum, np.fmax)):
        found = thin.extreme(quick, careful, column, heads)
        np.testing.assert_array_equal(found, careful.reduceat(column, heads))
