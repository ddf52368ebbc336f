"""From raw samples to ink: whatever is asked for and however it is zoomed, the highest and lowest value are drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QTransform

from hmi.client.trends.curve import Curve
from hmi.client.trends.query import request_of
from hmi.client.trends.series import Series
from hmi.core import quality as q
from hmi.core.history import Samples, usable, window_of
from hmi.core.tags import Tag

S = 1_000_000_000
T0 = 1_772_000_000 * S
TAG = Tag(0, "a", "c", "x", "float64")
HEIGHT = 4000  # px, so that no two values fall on one by accident


def samples(seed, count, longest_s, qualities=(q.GOOD, q.GOOD, q.GOOD, q.BAD)):
    """Samples at odd times, with spikes, holes, and values that are bad or no number."""
    dice = np.random.default_rng(seed)
    time = T0 + np.cumsum(dice.integers(1, int(longest_s * S), count))
    value = np.where(dice.random(count) < 0.02, dice.uniform(-1000, 1000, count), dice.uniform(-1, 1, count).cumsum())
    value[dice.random(count) < 0.03] = np.nan
    quality = np.array(qualities, np.uint32)[dice.integers(0, len(qualities), count)]
    return Samples("a", time, time, value, time * 0, quality, np.zeros(count, np.uint32))


def reached(found, from_ns, to_ns):
    """Lowest and highest usable value in a stretch, with what is held when it begins; None for no value at all."""
    good = usable(found.value, found.quality)
    inside = (found.at >= from_ns) & (found.at < to_ns)
    held = np.flatnonzero(found.at < from_ns)[-1:]
    if ((found.at >= from_ns) & (found.at < from_ns + 10_000)).any():
        held = held[:0]  # it is held for less than any pixel
    chosen = np.concatenate([np.flatnonzero(inside), held])
    values = found.value[chosen][good[chosen]]
    return (float(values.min()), float(values.max())) if len(values) else None


def drawn(found, span, asked, px, sloped):
    """Upper and lower px of the ink of a pen over a view, on a scale from -2000 to 2000; None where there is none."""
    series = Series(TAG)
    series.take(window_of(found, asked["from_ns"], asked["to_ns"], asked["points"]))
    start, stop = span
    strokes = series.strokes(start, stop, asked["to_ns"], px)
    curve = Curve(1, QColor("black"), start, sloped)
    curve.show_strokes(strokes, -2000.0, 2000.0)
    to_px = QTransform(px / ((stop - start) / 1e9), 0, 0, -HEIGHT, 0, HEIGHT)
    rects, shift = curve._rectangles(strokes, to_px, 0, px)
    assert shift == 0
    return (int(rects[:, 1].min()), int(rects[:, 3].max()) - 1) if len(rects) else None  # the line is 2 px thick


def y_of(value):
    return round(HEIGHT - (value + 2000) / 4000 * HEIGHT)


@pytest.mark.parametrize("sloped", [False, True])
@given(st.integers(0, 2**32 - 1), st.integers(1, 4000), st.floats(0.01, 600), st.integers(100, 1900))
def test_the_ink_of_a_window_reaches_from_the_lowest_to_the_highest_raw_value(sloped, seed, count, longest_s, px):
    found = samples(seed, count, longest_s)
    start, stop = T0, int(found.at[-1]) + S
    ink = drawn(found, (start, stop), {"from_ns": start, "to_ns": stop, "points": px}, px, sloped)
    values = reached(found, start, stop)
    assert ink == (None if values is None else (y_of(values[1]), y_of(values[0])))


@given(st.integers(0, 2**32 - 1), st.integers(1, 2000), st.integers(100, 1900))
def test_neither_is_a_spike_lost_between_the_dots_of_what_is_uncertain(seed, count, px):
    found = samples(seed, count, 10, (q.GOOD, q.UNCERTAIN_LAST_USABLE))
    start, stop = T0, int(found.at[-1]) + S
    ink = drawn(found, (start, stop), {"from_ns": start, "to_ns": stop, "points": px}, px, False)
    values = reached(found, start, stop)
    assert ink == (None if values is None else (y_of(values[1]), y_of(values[0])))


@given(
    st.integers(0, 2**32 - 1),
    st.integers(10, 3000),
    st.floats(0.01, 60),
    st.floats(0, 1),
    st.floats(0.001, 1),
    st.integers(200, 1900),
)
def test_so_does_the_ink_of_any_part_that_is_zoomed_to(seed, count, longest_s, place, share, px):
    found = samples(seed, count, longest_s)
    found.quality[:] = q.GOOD
    whole = int(found.at[-1]) + S - T0
    span_ns = max(S, int(whole * share))
    start = T0 + int((whole - span_ns) * place)
    stop = start + span_ns
    asked = request_of((start, stop), T0 + whole, px)
    ink = drawn(found, (start, stop), asked, px, False)
    bucket = -(-(asked["to_ns"] - asked["from_ns"]) // asked["points"])
    within = reached(found, start + bucket, stop)  # what is held on at the left edge is known to a bucket
    around = reached(found, start - bucket, min(stop + bucket, T0 + whole))
    if within is not None:
        assert ink[0] <= y_of(within[1]) and ink[1] >= y_of(within[0])  # no spike is lost
    if around is not None and ink is not None:
        assert ink[0] >= y_of(around[1]) and ink[1] <= y_of(around[0])  # and none is invented
