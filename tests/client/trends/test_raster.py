"""Pixel columns of a line: no spike is lost, whatever the zoom, and nothing is drawn that was not there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.client.trends.raster import Columns, columns_of, rectangles, underlines
from hmi.client.trends.series import Series
from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, Batch
from hmi.core.history import Gap, Samples, window_of
from hmi.core.tags import Tag, TagTable

S = 1_000_000_000
T0 = 1_772_000_000 * S
TAG = Tag(0, "a", "c", "x", "float64")


def samples(times, values):
    time = np.array(times, np.int64)
    zeros = np.zeros(len(time), np.uint32)
    return Samples("a", time, time, np.array(values, np.float64), np.zeros(len(time), np.int64), zeros, zeros)


def live(times, values, qualities=None):
    table, series = TagTable([TAG]), Series(TAG)
    for number, (time, value) in enumerate(zip(times, values, strict=True)):
        table.apply(Batch.of([0], [value], time, time, qualities[number] if qualities else q.GOOD))
        series.listen(table, time)
    return series


def raster(series, start, stop, count, sloped=False, now=None):
    strokes = series.strokes(start, stop, now or stop, 10**6)
    return columns_of(strokes, 0, count, start, count / (stop - start), sloped)


steps_and_values = st.lists(st.tuples(st.integers(S // 1000, 3 * S), st.floats(-1e6, 1e6)), min_size=1, max_size=80)


@given(steps_and_values, st.integers(3, 300))
def test_each_column_of_held_samples_reaches_from_their_lowest_to_their_highest_and_no_further(steps, count):
    times = T0 + np.cumsum([step for step, _ in steps])
    values = np.array([value for _, value in steps])
    start, stop = T0, int(times[-1]) + S
    found = raster(live(times, values), start, stop, count)
    at = (times - start) * (count / (stop - start)) + 1e-6
    for column in range(count):
        inside = values[(at >= column) & (at < column + 1)]
        reached = np.concatenate([values[at < column][-1:], inside])  # what it begins with, and what comes
        if len(reached):
            assert (found.low[column], found.high[column]) == (reached.min(), reached.max())
        else:
            assert np.isnan(found.low[column])
    assert (np.nanmin(found.low), np.nanmax(found.high)) == (values.min(), values.max())


@given(st.integers(200, 20_000), st.integers(20, 400), st.integers(0, 2**32 - 1))
def test_no_spike_of_a_long_history_is_lost_and_each_is_where_it_was(size, count, seed):
    random = np.random.default_rng(seed)
    times = T0 + np.cumsum(random.integers(S // 100, 2 * S, size))
    values = np.where(random.random(size) < 0.01, random.uniform(-1000, 1000, size), random.uniform(0, 1, size))
    start, stop = T0, int(times[-1]) + 1
    width = -(-(stop - start) // count)  # a bucket a column, as a request for so many points
    stop = start + width * count
    series = Series(TAG)
    series.take(window_of(samples(times, values), start, stop, count))
    found = raster(series, start, stop, count)
    column = ((times - start) // width).astype(int)
    for one in range(count):
        reached = np.concatenate([values[column < one][-1:], values[column == one]])
        if len(reached):
            assert (found.low[one], found.high[one]) == (reached.min(), reached.max())
        else:
            assert np.isnan(found.low[one])
    assert (np.nanmin(found.low), np.nanmax(found.high)) == (values.min(), values.max())


def test_a_measurement_is_a_straight_line_between_near_samples_and_held_between_far_ones():
    series = live([T0, T0 + 2 * S, T0 + 60 * S], [0.0, 10.0, 20.0])
    found = raster(series, T0, T0 + 70 * S, 700, sloped=True)
    assert found.low[10] == pytest.approx(5.0, abs=0.5)
    assert (found.high[:20] - found.low[:20] < 1.0).all()
    assert (found.low[25:599], found.high[25:599]) == (pytest.approx(10.0), pytest.approx(10.0))
    assert (found.low[600], found.high[600]) == (10.0, 20.0)


def test_nothing_is_drawn_in_a_gap_nor_beyond_now():
    series = Series(TAG)
    gap = Gap(T0 + 20 * S, T0 + 40 * S, "the engine was not running")
    series.take(window_of(samples([T0, T0 + 10 * S, T0 + 40 * S], [1, 2, 3]), T0, T0 + 60 * S, 60, (gap,)))
    found = raster(series, T0, T0 + 60 * S, 60, now=T0 + 50 * S)
    assert np.isfinite(found.low[:20]).all()
    assert np.isnan(found.low[21:40]).all()
    assert (found.low[41:50] == 3).all()
    assert np.isnan(found.low[52:]).all()


def test_a_bad_stretch_has_no_line_and_an_uncertain_one_is_told():
    times = [T0, T0 + 10 * S, T0 + 20 * S]
    series = live(times, [1.0, 2.0, 3.0], [q.GOOD, q.BAD, q.UNCERTAIN_LAST_USABLE])
    found = raster(series, T0, T0 + 30 * S, 30)
    assert np.isnan(found.low[11:20]).all()
    assert (found.quality[21:30] == q.UNCERTAIN_LAST_USABLE).all()
    assert (found.quality[0:9] == q.GOOD).all()


def columns(low, high, quality=q.GOOD, left=0):
    low, high = np.array(low, float), np.array(high, float)
    return Columns(left, low, high, np.full(len(low), quality, np.uint32), np.zeros(len(low), np.bool_))


def test_level_neighbours_are_one_rectangle():
    made = columns([5] * 100, [5] * 100, left=7)
    rects = rectangles(made, made.high, made.low, 2)
    assert rects.tolist() == [[7, 5, 107, 6]]


def test_steps_and_spikes_are_as_thick_as_the_line_and_a_dense_band_is_not_drawn_twice():
    made = columns([5, 5, 90, 5, 5], [5, 5, 90, 40, 5])
    rects = rectangles(Columns(0, made.low, made.high, made.quality, made.late), made.low, made.high, 2)
    assert rects.tolist() == [[0, 5, 1, 6], [2, 90, 2, 91], [3, 5, 4, 41], [4, 5, 5, 6]]
    band = columns([10, 12, 11, 12], [60, 62, 61, 60])
    widths = np.diff(rectangles(band, band.low, band.high, 2)[:, ::2]).ravel()
    assert widths.tolist() == [0, 0, 0, 1]


def test_uncertain_columns_are_dots():
    made = columns([5] * 12, [5] * 12, q.UNCERTAIN_LAST_USABLE)
    rects = rectangles(made, made.high, made.low, 2)
    assert rects.tolist() == [[0, 5, 2, 6], [6, 5, 8, 6]]


def test_empty_columns_have_no_rectangle():
    made = columns([np.nan] * 4, [np.nan] * 4)
    assert rectangles(made, made.high, made.low, 2).shape == (0, 4)
    assert len(columns_of(Series(TAG).strokes(0, 1, 1, 10), 0, 10, 0.0, 1.0, False).low) == 10


def painted(rects):
    return {
        (x, y)
        for left, top, right, bottom in rects.tolist()
        for x in range(left, right + 1)
        for y in range(top, bottom + 1)
    }


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_what_neighbours_have_in_common_is_drawn_once_and_the_picture_is_the_same(count, seed):
    random = np.random.default_rng(seed)
    low, high = random.integers(60, 90, count).astype(float), random.integers(5, 40, count).astype(float)
    low[random.random(count) < 0.03] = np.nan
    made = columns(low, high)
    rects = rectangles(made, high, low, 1)
    wanted = {(x, y) for x in range(count) if np.isfinite(low[x]) for y in range(int(high[x]), int(low[x]) + 1)}
    assert painted(rects) == wanted
    assert sum((rects[:, 2] - rects[:, 0] + 1) * (rects[:, 3] - rects[:, 1] + 1)) == len(wanted)


def test_what_was_fetched_later_is_underlined_where_it_is_and_nowhere_else():
    found = samples([T0 + n * S for n in range(10)], [1.0] * 10)
    found.flags[3:6] = FLAG_BACKFILLED
    series = Series(TAG)
    series.take(window_of(found, T0, T0 + 10 * S, 10))
    columns = raster(series, T0, T0 + 10 * S, 100)
    assert np.flatnonzero(columns.late).tolist() == list(range(30, 60))
    under = underlines(columns, np.full(100, 50.0))
    assert under.tolist() == [[30, 55, 59, 55]]
    assert len(underlines(raster(live([T0], [1.0]), T0, T0 + S, 10), np.full(10, 1.0))) == 0
