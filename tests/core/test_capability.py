"""Capability against the textbook, computed another way from all values at once."""

import math
import statistics
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.capability import FEW, Limits, Moments, Tally, bins_of
from hmi.core.held import held
from hmi.core.history import Gap
from tests.core.test_history import samples_of

S = 1_000_000_000
VALUES = st.lists(st.integers(-1000, 1000).map(lambda v: v / 8), min_size=2, max_size=60)


def tally_of(rows, limits=Limits(), over_time=False, gaps=(), before=None, cuts=()):  # noqa: B008
    """A tally of rows (s, value, quality) up to 100 s, in as many stretches as there are cuts and one."""
    tally = Tally(limits, bins_of(-130, 130), over_time)
    ends = [0, *sorted(cuts), 100]
    for start, stop in pairwise(ends):
        inside = samples_of(*((round(s * S), v, k) for s, v, k in rows if start <= s < stop))
        was = (
            before
            if start == 0
            else next((v if k < q.BAD else math.nan for s, v, k in reversed(rows) if s < start), before)
        )
        is_held = was is not None and (not len(inside) or inside.time[0] > start * S)
        tally.add(held(inside, (start * S, stop * S), gaps, was), is_held)
    return tally


@settings(deadline=None)
@given(VALUES, st.integers(-100, 0), st.integers(1, 100), st.lists(st.integers(1, 99), max_size=3, unique=True))
def test_indices_are_those_of_the_textbook(values, low, high, cuts):
    rows = [(place, value, 0) for place, value in enumerate(values)]
    found = tally_of(rows, Limits(low, high), cuts=cuts).result()
    mean, s = statistics.fmean(values), statistics.stdev(values)
    within = statistics.fmean(abs(b - a) for a, b in pairwise(values)) / 1.128379167
    assert (found.count, found.left_out) == (len(values), 0)
    assert found.mean == pytest.approx(mean, abs=1e-9)
    assert found.overall == pytest.approx(s, abs=1e-9)
    assert found.within == pytest.approx(within, rel=1e-6)
    assert (found.lowest, found.highest) == (min(values), max(values))
    assert found.beyond == pytest.approx(sum(not low <= v <= high for v in values) / len(values))
    if s > 1e-6:
        assert found.pp == pytest.approx((high - low) / (6 * s), rel=1e-6)
        assert found.ppk == pytest.approx(min(high - mean, mean - low) / (3 * s), rel=1e-6, abs=1e-9)
        assert found.cp == pytest.approx((high - low) / (6 * within), rel=1e-6)
        assert found.cpk == pytest.approx(min(high - mean, mean - low) / (3 * within), rel=1e-6, abs=1e-9)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(-100, 100), st.sampled_from([0, 0, q.BAD_TIMEOUT])),
             min_size=2, max_size=30, unique_by=lambda row: row[0]),
    st.none() | st.integers(-100, 100),
    st.lists(st.integers(1, 99), max_size=3, unique=True),
)  # fmt: skip
def test_over_time_each_value_weighs_as_long_as_it_stood(rows, before, cuts):
    rows, seconds, value, at = sorted(rows), [], before, iter(sorted(rows))
    following = next(at, None)
    for second in range(100):
        while following is not None and following[0] <= second:
            value, following = (following[1] if following[2] < q.BAD else None), next(at, None)
        if value is not None:
            seconds.append(value)
    good = sum(row[2] < q.BAD for row in rows)
    assume(good >= 2)
    found = tally_of(rows, Limits(-50, 50), True, before=before, cuts=cuts).result()
    assert found.seconds == pytest.approx(len(seconds))
    assert (found.count, found.left_out) == (good, len(rows) - good)
    assert found.mean == pytest.approx(statistics.fmean(seconds), abs=1e-9)
    assert found.overall == pytest.approx(statistics.pstdev(seconds), abs=1e-6)
    assert found.beyond == pytest.approx(sum(not -50 <= v <= 50 for v in seconds) / len(seconds))
    assert (found.cp, found.cpk) == (None, None)


@settings(deadline=None)
@given(VALUES, st.lists(st.integers(1, 59), max_size=4, unique=True), st.floats(1e-3, 1e9))
def test_moments_in_parts_are_those_of_the_whole(values, cuts, offset):
    moments = Moments()
    for part in np.split(np.array(values) + offset, sorted(cuts)):
        moments.add(part, np.ones(len(part)))
    whole = np.array(values) + offset
    assert moments.weight == len(values)
    assert moments.mean == pytest.approx(whole.mean(), rel=1e-12)
    assert moments.m2 == pytest.approx(((whole - whole.mean()) ** 2).sum(), rel=1e-6, abs=1e-3)


def test_bad_values_and_gaps_are_no_neighbours():
    rows = [(0, 1.0, 0), (1, 99.0, q.BAD_TIMEOUT), (2, 3.0, 0), (10, 5.0, 0), (11, 6.0, 0)]
    found = tally_of(rows, gaps=[Gap(5 * S, 10 * S, "away")]).result()
    assert found.within == pytest.approx(1.0 / 1.128379167)  # only from 5 to 6
    assert (found.count, found.left_out) == (4, 1)
    assert found.seconds == 1 + 3 + 1 + 89


def test_one_sided_and_no_limits():
    rows = [(s, float(s % 4), 0) for s in range(80)]
    high = tally_of(rows, Limits(None, 4.0)).result()
    assert high.pp is None and high.cp is None
    assert high.ppk == pytest.approx((4.0 - 1.5) / (3 * high.overall))
    free = tally_of(rows).result()
    assert (free.cp, free.cpk, free.pp, free.ppk, free.beyond) == (None, None, None, None, 0.0)


def test_what_does_not_vary_has_no_index_and_few_values_are_said():
    still = tally_of([(s, 2.0, 0) for s in range(60)], Limits(1.0, 3.0)).result()
    assert (still.overall, still.ppk, still.cpk, still.is_few) == (0.0, None, None, False)
    assert tally_of([(0, 1.0, 0)]).result() is None
    assert tally_of([]).result() is None
    assert tally_of([(s, s, 0) for s in range(FEW - 1)]).result().is_few


def test_the_histogram_holds_every_value_once():
    tally = tally_of([(s, float(s - 50) * 4, 0) for s in range(100)], Limits(-10, 10))
    assert tally.bins.sum() == 100
    assert len(bins_of(1.0, 1.0)) == 41
    assert bins_of(5.0, 6.0)[[0, -1]].tolist() == [5.0, 6.0]
    assert np.isfinite(bins_of(math.nan, math.nan)).all()
