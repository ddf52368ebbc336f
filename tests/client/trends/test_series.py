"""History and live values as one line, without a seam and without inventing anything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.client.trends.series import Series
from hmi.core import quality as q
from hmi.core.batch import FLAG_NOT_LIVE, Batch
from hmi.core.history import Gap, Samples, window_of
from hmi.core.tags import Tag, TagTable

S = 1_000_000_000
T0 = 1_772_000_000 * S
TAG = Tag(0, "a", "c", "x", "float64")


def samples(times, values, quality=q.GOOD):
    time = np.array(times, np.int64)
    count = len(time)
    return Samples(
        "a",
        time,
        time,
        np.array(values, np.float64),
        np.zeros(count, np.int64),
        np.full(count, quality, np.uint32),
        np.zeros(count, np.uint32),
    )


def history(times, values, start, stop, points=1000, gaps=(), quality=q.GOOD):
    return window_of(samples(times, values, quality), start, stop, points, gaps)


@pytest.fixture
def table():
    return TagTable([TAG])


def tell(table, series, time, value, quality=q.GOOD, flags=0, now=None):
    table.apply(Batch.of([0], [value], time, time, quality, flags))
    return series.listen(table, now or time)


def test_history_and_live_values_join_without_a_seam(table):
    series = Series(TAG)
    tell(table, series, T0 + 60 * S, 60.0)  # the newest value when the pen was chosen
    series.take(history([T0 + i * S for i in range(61)], range(61), T0, T0 + 61 * S))
    for second in range(61, 90):
        tell(table, series, T0 + second * S, float(second))
    strokes = series.strokes(T0, T0 + 100 * S, T0 + 90 * S, 1000)
    assert (np.diff(strokes.start) > 0).all()
    for second in range(90):
        assert strokes.at(T0 + second * S + S // 2) == (float(second), q.GOOD)
    assert strokes.joined[1:].all()


def test_a_value_is_held_until_now_and_not_beyond(table):
    series = Series(TAG)
    tell(table, series, T0, 5.0)
    strokes = series.strokes(T0 - 10 * S, T0 + 60 * S, T0 + 20 * S, 500)
    assert strokes.at(T0 + 20 * S) == (5.0, q.GOOD)
    assert strokes.at(T0 + 21 * S) is None
    assert strokes.at(T0 - S) is None


def test_nothing_is_taken_twice_and_only_news_is_taken(table):
    series = Series(TAG)
    assert tell(table, series, T0, 5.0)
    assert not series.listen(table, T0 + S)


def test_a_tag_that_never_had_a_value_leaves_history_alone(table):
    series = Series(TAG)
    assert not series.listen(table, T0)
    series.take(history([T0], [1.0], T0, T0 + 10 * S))
    assert series.strokes(T0, T0 + 10 * S, T0 + 10 * S, 100).at(T0 + 5 * S) == (1.0, q.GOOD)


def test_the_same_time_with_another_quality_happened_now(table):
    series = Series(TAG)
    tell(table, series, T0, 5.0)
    tell(table, series, T0, 5.0, q.UNCERTAIN_LAST_USABLE, FLAG_NOT_LIVE, now=T0 + 30 * S)
    strokes = series.strokes(T0, T0 + 60 * S, T0 + 40 * S, 600)
    assert strokes.at(T0 + 10 * S) == (5.0, q.GOOD)
    assert strokes.at(T0 + 35 * S) == (5.0, q.UNCERTAIN_LAST_USABLE)


def test_a_value_that_is_stale_when_the_pen_is_chosen_does_not_hide_history(table):
    series = Series(TAG)
    tell(table, series, T0, 5.0, q.UNCERTAIN_LAST_USABLE, FLAG_NOT_LIVE, now=T0 + 30 * S)
    series.take(history([T0 + i * S for i in range(20)], range(20), T0, T0 + 30 * S))
    assert series.strokes(T0, T0 + 40 * S, T0 + 40 * S, 400).at(T0 + 10 * S) == (10.0, q.GOOD)


def test_a_bad_value_is_no_value(table):
    series = Series(TAG)
    tell(table, series, T0, 5.0)
    tell(table, series, T0 + 10 * S, 99.0, q.BAD_COMMUNICATION)
    strokes = series.strokes(T0, T0 + 60 * S, T0 + 20 * S, 600)
    value, quality = strokes.at(T0 + 15 * S)
    assert np.isnan(value)
    assert quality == q.BAD_COMMUNICATION
    assert strokes.extremes() == (5.0, 5.0)


def test_a_gap_ends_what_is_held_and_is_not_bridged():
    series = Series(TAG)
    gap = Gap(T0 + 20 * S, T0 + 40 * S, "the engine was not running")
    series.take(history([T0, T0 + 10 * S, T0 + 40 * S], [1.0, 2.0, 3.0], T0, T0 + 60 * S, 60, (gap,)))
    strokes = series.strokes(T0, T0 + 60 * S, T0 + 60 * S, 60)
    assert strokes.at(T0 + 15 * S) == (2.0, q.GOOD)
    assert strokes.at(T0 + 30 * S) is None
    assert strokes.at(T0 + 50 * S) == (3.0, q.GOOD)
    assert list(strokes.joined) == [False, True, False]
    assert series.gaps == (gap,)


def test_live_values_that_history_holds_are_let_go_but_never_the_one_held(table):
    series = Series(TAG)
    for second in range(100):
        tell(table, series, T0 + second * S, float(second))
    series.take(history([T0 + i * S for i in range(100)], range(100), T0, T0 + 100 * S))
    assert series._count == 10
    strokes = series.strokes(T0, T0 + 100 * S, T0 + 100 * S, 1000)
    assert strokes.at(T0 + 50 * S) == (50.0, q.GOOD)
    assert strokes.at(T0 + 99 * S) == (99.0, q.GOOD)


def test_after_a_pause_history_fills_in(table):
    series = Series(TAG)
    tell(table, series, T0, 1.0)
    series.restart()
    tell(table, series, T0 + 50 * S, 9.0)
    series.take(history([T0, T0 + 20 * S], [1.0, 4.0], T0, T0 + 60 * S, 600))
    strokes = series.strokes(T0, T0 + 60 * S, T0 + 60 * S, 600)
    assert strokes.at(T0 + 30 * S) == (4.0, q.GOOD)
    assert strokes.at(T0 + 55 * S) == (9.0, q.GOOD)


def test_no_pen_draws_more_columns_than_it_was_given(table):
    series = Series(TAG)
    for step in range(5000):
        tell(table, series, T0 + step * S // 20, float(step % 7))
    strokes = series.strokes(T0, T0 + 250 * S, T0 + 250 * S, 200)
    assert len(strokes) <= 202
    assert strokes.extremes() == (0.0, 6.0)


@given(
    st.lists(st.tuples(st.integers(S // 100, 5 * S), st.floats(-1e6, 1e6)), min_size=1, max_size=60),
    st.integers(0, 59),
)
def test_wherever_the_line_is_cut_into_past_and_present_it_is_the_same_line(steps, cut):
    times = T0 + np.cumsum([step for step, _ in steps])
    values = [value for _, value in steps]
    cut = min(cut, len(steps) - 1)
    table, series = TagTable([TAG]), Series(TAG)
    tell(table, series, int(times[cut]), values[cut])
    stop = int(times[-1]) + S
    series.take(history(times[: cut + 1], values[: cut + 1], T0, int(times[cut]) + 1, 20_000))
    for time, value in zip(times[cut + 1 :], values[cut + 1 :], strict=True):
        tell(table, series, int(time), value)
    strokes = series.strokes(T0, stop, stop, 1_000_000)
    assert strokes.at(stop)[0] == values[-1]
    assert strokes.extremes() == (min(values), max(values))
    assert strokes.at(int(times[cut]))[0] == values[cut]


@pytest.mark.parametrize(("flags", "after"), [(0, (7.0, q.GOOD)), (FLAG_NOT_LIVE, None)])
def test_a_value_older_than_a_gap_goes_on_after_it_when_the_device_still_gives_it(table, flags, after):
    """A set-point keeps its time over a restart of the engine, which gets it anew before it declares the gap over."""
    series = Series(TAG)
    gap = Gap(T0 + 20 * S, T0 + 40 * S, "the engine was not running")
    table.apply(Batch.of([0], [7.0], T0 + 10 * S, T0 + 30 * S, q.GOOD, flags))
    series.listen(table, T0 + (10 if flags else 60) * S)
    series.take(history([T0 + 10 * S], [7.0], T0, T0 + 60 * S, gaps=(gap,)))
    strokes = series.strokes(T0, T0 + 60 * S, T0 + 60 * S, 1000)
    assert strokes.at(T0 + 15 * S) == (7.0, q.GOOD)
    assert strokes.at(T0 + 30 * S) is None
    assert strokes.at(T0 + 50 * S) == after


def test_a_value_goes_on_between_and_after_all_gaps_that_it_outlived(table):
    series = Series(TAG)
    gaps = (Gap(T0 + 20 * S, T0 + 30 * S, "stopped"), Gap(T0 + 40 * S, T0 + 50 * S, "the engine had just started"))
    tell(table, series, T0 + 10 * S, 7.0, now=T0 + 60 * S)
    series.take(history([T0 + 10 * S], [7.0], T0, T0 + 60 * S, gaps=gaps))
    strokes = series.strokes(T0, T0 + 60 * S, T0 + 60 * S, 1000)
    read = [strokes.at(T0 + second * S) is not None for second in (15, 25, 35, 45, 55)]
    assert read == [True, False, True, False, True]


def test_a_value_that_came_back_as_old_as_it_was_does_not_hide_that_it_was_away(table):
    series = Series(TAG)
    tell(table, series, T0 + 10 * S, 7.0, now=T0 + 60 * S)  # the connection is back since 50 s, the value unchanged
    away = samples([T0 + 10 * S, T0 + 30 * S, T0 + 50 * S], [7.0, 7.0, 7.0])
    away.quality[1] = q.BAD_COMMUNICATION
    series.take(window_of(away, T0, T0 + 60 * S, 1000))
    strokes = series.strokes(T0, T0 + 70 * S, T0 + 70 * S, 1000)
    assert strokes.at(T0 + 20 * S) == (7.0, q.GOOD)
    assert strokes.at(T0 + 40 * S)[1] == q.BAD_COMMUNICATION
    assert strokes.at(T0 + 55 * S) == (7.0, q.GOOD)
    assert strokes.at(T0 + 65 * S) == (7.0, q.GOOD)


def test_a_mean_is_over_time_not_over_samples(table):
    series = Series(TAG)
    for second, value in ((0, 10.0), (90, 20.0), (91, 20.0), (92, 20.0)):
        tell(table, series, T0 + second * S, value)
    strokes = series.strokes(T0, T0 + 100 * S, T0 + 100 * S, 1000)
    assert strokes.mean(T0, T0 + 100 * S) == pytest.approx(11.0)
    assert strokes.between(T0 + 95 * S, T0 + 100 * S).extremes() == (20.0, 20.0)
    assert np.isnan(strokes.mean(T0 - 20 * S, T0 - 10 * S))


def test_a_wide_column_does_not_reach_into_a_gap():
    """Zoomed out, a bucket is wider than what lies between its last sample and the gap."""
    series = Series(TAG)
    gap = Gap(T0 + 205 * S, T0 + 395 * S, "the engine was not running")
    times = [T0 + second * S for second in (*range(205), *range(395, 600))]
    series.take(history(times, range(len(times)), T0, T0 + 600 * S, 60, (gap,)))
    strokes = series.strokes(T0, T0 + 600 * S, T0 + 600 * S, 60)
    assert strokes.at(T0 + 204 * S) == (204.0, q.GOOD)
    for second in range(206, 395):
        assert strokes.at(T0 + second * S) is None
    assert strokes.at(T0 + 396 * S) is not None
    assert strokes.extremes() == (0.0, 409.0)
