"""Hours that are summed up give the same figures as their samples; those that cannot are named."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core import stretch
from hmi.core.aggregate import Aggregates, aggregate
from hmi.core.figures import FIGURES
from hmi.core.history import Gap, Samples
from hmi.core.stretch import Stretches, of_samples, of_summaries, to_read
from hmi.store.summary import columns_of, summarise

_MINUTE = 60_000_000_000
_HOUR = 60 * _MINUTE

Row = tuple[int, float, int]  # minutes, value, quality

_VALUES = st.integers(-400, 400).map(lambda number: number / 4) | st.just(np.nan)
_QUALITIES = st.sampled_from([q.GOOD, q.GOOD, q.GOOD, q.UNCERTAIN, q.BAD_TIMEOUT])
_RISING = st.lists(st.tuples(st.integers(0, 599), st.integers(0, 50).map(float)), max_size=60).map(
    lambda rows: [(t, 100.0 + t + value, q.GOOD) for t, value in rows]
)
_ROWS = st.lists(st.tuples(st.integers(0, 599), _VALUES, _QUALITIES), max_size=60) | _RISING
_GAPS = st.lists(st.tuples(st.integers(0, 620), st.integers(0, 120)), max_size=2)


def samples_of(rows: list[Row]) -> Samples:
    """Samples of one tag, in order."""
    rows = sorted(rows, key=lambda row: row[0])
    times = np.array([row[0] for row in rows], np.int64) * _MINUTE
    return Samples(
        tag="a.b",
        time=times,
        received=times,
        value=np.array([row[1] for row in rows], np.float64),
        raw=np.zeros(len(rows), np.int64),
        quality=np.array([row[2] for row in rows], np.uint32),
        flags=np.zeros(len(rows), np.uint32),
    )


def blocks_of(samples: Samples) -> list[Samples]:
    """The samples of each clock hour."""
    hours = samples.time // _HOUR
    heads = [*np.flatnonzero(np.append(True, np.diff(hours) > 0)).tolist(), len(hours)] if len(hours) else [0]
    return [samples.cut(start, stop) for start, stop in pairwise(heads)]


def hours_of(blocks: list[Samples]) -> Stretches:
    """What the store keeps of blocks beside them."""
    t0, t1 = (np.array([int(block.time[end]) for block in blocks], np.int64) for end in (0, -1))
    return of_summaries(t0, t1, columns_of([summarise(block) for block in blocks]))


def assert_same(found: Aggregates, expected: Aggregates) -> None:
    """Equal but for the last bits of sums."""
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(found.covered, expected.covered)
    np.testing.assert_array_equal(found.quality, expected.quality)


@settings(max_examples=200, deadline=None)
@given(_ROWS, _ROWS, st.sets(st.integers(0, 11), min_size=2), _GAPS, st.integers(0, 11))
def test_summed_up_hours_say_what_their_samples_say(
    rows: list[Row], late: list[Row], edges: set[int], spans: list[tuple[int, int]], until: int
) -> None:
    """Steps of whole hours; what an hour does not tell is read; values that came late are in no hour yet."""
    cuts, kinds = np.array(sorted(edges)) * _HOUR, tuple(FIGURES)
    gaps = [Gap(start * _MINUTE, (start + length) * _MINUTE, "") for start, length in spans]
    samples, both = samples_of(rows), samples_of([*rows, *late])

    def read(start: int, stop: int) -> Samples:
        first, last = np.searchsorted(samples.time, start), np.searchsorted(samples.time, stop, "right")
        return samples.cut(int(first), int(last))

    hours = hours_of(blocks_of(samples))
    known = stretch.with_samples(hours, samples_of(late), read, cuts, gaps, counters=True)
    found = aggregate("a", kinds, known, cuts, gaps, until * _HOUR)
    assert_same(found, aggregate("a", kinds, of_samples(both), cuts, gaps, until * _HOUR))


def test_a_plain_day_is_told_by_its_hours_alone() -> None:
    rng = np.random.default_rng(3)
    samples = samples_of([(t, 50 + float(rng.normal()), q.GOOD) for t in range(1440)])
    blocks = blocks_of(samples)
    summed = hours_of(blocks)
    edges = np.arange(0, 25, 8) * _HOUR
    assert not to_read(summed, edges, [], counters=False).any()
    kinds = [kind for kind in FIGURES if kind != "CounterTotal"]
    assert_same(aggregate("a", kinds, summed, edges), aggregate("a", kinds, of_samples(samples), edges))


def _hours(*rows: Row) -> Stretches:
    return hours_of(blocks_of(samples_of(list(rows))))


def test_hours_that_an_edge_or_a_gap_cuts_must_be_read() -> None:
    hours = _hours(*((t, 1.0, q.GOOD) for t in range(0, 240, 10)))
    edges = np.array([0, 90, 240]) * _MINUTE
    assert to_read(hours, edges, [], counters=False).tolist() == [False, True, False, False]
    gap = [Gap(125 * _MINUTE, 127 * _MINUTE, "")]
    assert to_read(hours, edges, gap, counters=False).tolist() == [False, True, True, False]
    between = [Gap(171 * _MINUTE, 179 * _MINUTE, "")]
    assert to_read(hours, edges, between, counters=False).tolist() == [False, True, False, False]
    over = [Gap(100 * _MINUTE, 300 * _MINUTE, "")]
    assert to_read(hours, edges, over, counters=False).tolist() == [False, True, True, True]


def test_hours_with_values_that_came_late_must_be_read() -> None:
    hours = _hours(*((t, 1.0, q.GOOD) for t in range(0, 240, 10)))
    late = _hours((75, 1.0, q.GOOD), (76, 2.0, q.GOOD))
    both = stretch.join([hours, late])
    found = to_read(both, np.array([0, 240]) * _MINUTE, [], counters=False)
    assert found.tolist() == [False, True, True, False, False]


def test_counters_need_the_hours_in_which_they_fell_or_could_not_be_read() -> None:
    hours = _hours(
        (0, 1.0, q.GOOD), (9, 5.0, q.GOOD),
        (60, 6.0, q.GOOD), (70, 0.0, q.GOOD),
        (120, 6.0, q.BAD), (130, 7.0, q.GOOD),
        (180, 6.0, q.BAD), (190, 7.0, q.BAD),
    )  # fmt: skip
    edges = np.array([0, 240]) * _MINUTE
    assert to_read(hours, edges, [], counters=True).tolist() == [False, True, True, False]
    assert not to_read(hours, edges, [], counters=False).any()


def test_what_overlaps_is_not_summed_up() -> None:
    hours = _hours((0, 1.0, q.GOOD), (9, 5.0, q.GOOD))
    with pytest.raises(ValueError, match="overlap"):
        aggregate("a", ["Average"], stretch.join([hours, of_samples(samples_of([(5, 1.0, 0)]))]), np.array([0, _HOUR]))


def test_gaps_that_touch_are_one() -> None:
    gaps = [Gap(50, 60, ""), Gap(0, 10, ""), Gap(10, 20, ""), Gap(5, 8, ""), Gap(30, 30, "")]
    assert [part.tolist() for part in stretch.merged(gaps)] == [[0, 50], [20, 60]]
    assert stretch.within(np.array([-1, 0, 19, 20, 59]), *stretch.merged(gaps)).tolist() == [0, 1, 1, 0, 1]
    assert stretch.within(np.array([5]), *stretch.merged([])).tolist() == [False]


def test_joined_by_time() -> None:
    joined = stretch.join([of_samples(samples_of([(5, 1.0, 0), (7, 2.0, 0)])), of_samples(samples_of([(5, 3.0, 0)]))])
    assert joined.first.tolist() == [1.0, 3.0, 2.0]
    later, earlier = of_samples(samples_of([(8, 4.0, 0), (9, 5.0, 0)])), of_samples(samples_of([(1, 6.0, 0)]))
    assert stretch.join([later, joined, earlier]).first.tolist() == [6.0, 1.0, 3.0, 2.0, 4.0, 5.0]
    assert stretch.join([earlier, of_samples(samples_of([]))]).first.tolist() == [6.0]
    assert len(stretch.join([])) == 0
