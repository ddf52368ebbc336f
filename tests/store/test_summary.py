"""A summary is what its samples are, and summaries put together are what all their samples are."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.batch import FLAG_TIME_SUSPECT
from hmi.core.history import Samples
from hmi.store.summary import Summary, columns_of, combine, rows_of, summarise, summarise_all

_S = 1_000_000_000
_VALUES = st.integers(-1000, 1000).map(lambda number: number / 8) | st.just(math.nan)
_QUALITIES = st.sampled_from([q.GOOD, q.GOOD, q.GOOD, q.UNCERTAIN, q.BAD, q.BAD_TIMEOUT])
_ROWS = st.lists(st.tuples(st.integers(0, 3000), _VALUES, _QUALITIES), max_size=40)
_GOOD_ROWS = st.lists(st.tuples(st.integers(0, 3000), _VALUES, st.just(q.GOOD)), max_size=40)

_Row = tuple[int, float, int]


def samples_of(*rows: _Row) -> Samples:
    """Samples of one tag: (seconds, value, quality)."""
    rows = tuple(sorted(rows, key=lambda row: row[0]))
    times = np.array([row[0] * _S for row in rows], np.int64)
    return Samples(
        tag="a.b",
        time=times,
        received=times,
        value=np.array([row[1] for row in rows], np.float64),
        raw=np.zeros(len(rows), np.int64),
        quality=np.array([row[2] for row in rows], np.uint32),
        flags=np.zeros(len(rows), np.uint32),
    )


def expected_of(rows: list[_Row]) -> Summary:
    """The same by the book, one sample after the other."""
    rows = sorted(rows, key=lambda row: row[0])
    shown = [value if quality < q.BAD and value == value else None for _, value, quality in rows]
    good = [value for value in shown if value is not None]
    steps = [right - left for left, right in pairwise(good)]
    held = [
        (left, (after[0] - before[0]) * _S)
        for left, before, after in zip(shown, rows, rows[1:], strict=False)
        if left is not None
    ]
    mean = math.fsum(good) / len(good) if good else 0.0
    none = not good
    return Summary(
        n=len(rows),
        good=len(good),
        worst=max(row[2] for row in rows),
        q0=rows[0][2],
        q1=rows[-1][2],
        vmin=min(good, default=None),
        vmax=max(good, default=None),
        vsum=None if none else math.fsum(good),
        m2=None if none else math.fsum((value - mean) ** 2 for value in good),
        first=shown[0],
        last=shown[-1],
        up=None if none else math.fsum(step for step in steps if step > 0),
        falls=sum(step < 0 for step in steps),
        tw=None if none else math.fsum(value * span / _S for value, span in held),
        twd=sum(span for _, span in held),
    )


def assert_close(found: Summary, expected: Summary) -> None:
    """Equal but for the last bits of sums."""
    for name, one, other in zip(Summary._fields, found, expected, strict=True):
        if isinstance(other, float) and one is not None:
            assert one == pytest.approx(other, rel=1e-9, abs=1e-6), name
        else:
            assert one == other, name


@given(_ROWS | _GOOD_ROWS)
def test_a_summary_is_what_its_samples_are(rows: list[_Row]) -> None:
    if rows:
        assert_close(summarise(samples_of(*rows)), expected_of(rows))


def test_of_nothing() -> None:
    assert summarise(Samples.empty("a")).n == 0


def test_plain_types_go_into_the_file() -> None:
    for quality in (q.GOOD, q.BAD):
        kinds = {type(cell) for cell in summarise(samples_of((1, 2.5, quality), (2, 3.5, q.GOOD)))}
        assert kinds <= {int, float, type(None)}


def test_numbers_at_the_limit_are_values_too() -> None:
    found = summarise(samples_of((0, math.inf, q.GOOD), (1, -math.inf, q.GOOD), (2, 1e308, q.GOOD)))
    assert (found.good, found.vmin, found.vmax, found.first) == (3, -math.inf, math.inf, math.inf)
    assert found.vsum is None  # inf - inf; a mean of that is no number either
    assert found.falls == 1


def test_what_was_held_over_a_bad_stretch_is_not_counted() -> None:
    found = summarise(samples_of((0, 4.0, q.GOOD), (10, 9.0, q.BAD), (20, 6.0, q.GOOD), (50, 6.0, q.GOOD)))
    assert (found.tw, found.twd) == (4.0 * 10 + 6.0 * 30, 40 * _S)
    assert found.up == 2.0  # a counter goes on while nobody can read it


def test_suspect_times_go_by_receipt() -> None:
    samples = samples_of((0, 1.0, q.GOOD), (7, 2.0, q.GOOD))
    samples.received[1] = 10 * _S
    samples.flags[1] = FLAG_TIME_SUSPECT
    assert summarise(samples).twd == 10 * _S
    assert summarise(samples, samples.at).twd == 10 * _S


def tells_ends(summary: Summary) -> bool:
    """Whether the steps to its neighbours can be told."""
    return summary.good == 0 or (summary.first is not None and summary.last is not None)


@given(_ROWS, st.lists(st.integers(0, 3000), max_size=4), st.integers(1, 3))
def test_put_together_they_are_what_all_their_samples_are(rows: list[_Row], cuts: list[int], groups: int) -> None:
    """Cut at any times, in any number of groups; `up` is None where it cannot be told, never wrong."""
    borders = [0, *sorted(cuts), 4000]
    spans = list(pairwise(borders))
    parts = [[row for row in rows if start <= row[0] < stop] for start, stop in spans]
    parts = [part for part in parts if part]
    if not parts:
        return
    heads = sorted({len(parts) * group // groups for group in range(groups)})
    summaries = [summarise(samples_of(*part)) for part in parts]
    t0 = np.array([min(row[0] for row in part) * _S for part in parts])
    t1 = np.array([max(row[0] for row in part) * _S for part in parts])
    found = rows_of(combine(columns_of(summaries), t0, t1, np.array(heads)))
    for head, tail, one in zip(heads, [*heads[1:], len(parts)], found, strict=True):
        expected = expected_of([row for part in parts[head:tail] for row in part])
        if not all(map(tells_ends, summaries[head:tail])) and one.up is None:
            expected = expected._replace(up=None, falls=one.falls)
        assert_close(one, expected)


def merge(a: Summary, gap_ns: int, b: Summary) -> Summary:
    """What two stretches come to, `b` beginning `gap_ns` after the end of `a`: the last value was held meanwhile."""
    ends = np.array([0, gap_ns], np.int64)
    return rows_of(combine(columns_of([a, b]), ends, ends, np.array([0])))[0]


def test_two_merged() -> None:
    left = summarise(samples_of((0, 1.0, q.GOOD), (10, 5.0, q.GOOD)))
    right = summarise(samples_of((30, 2.0, q.GOOD), (31, 3.0, q.UNCERTAIN)))
    expected = expected_of([(0, 1.0, 0), (10, 5.0, 0), (30, 2.0, 0), (31, 3.0, q.UNCERTAIN)])
    assert_close(merge(left, 20 * _S, right), expected)


def test_a_step_that_nobody_saw_is_not_made_up() -> None:
    left = summarise(samples_of((0, 1.0, q.GOOD), (10, 5.0, q.BAD)))
    right = summarise(samples_of((30, 2.0, q.GOOD)))
    merged = merge(left, 20 * _S, right)
    assert merged.up is None
    assert merge(merged, _S, right).up is None


def test_stretches_that_overlap_are_refused() -> None:
    one = summarise(samples_of((0, 1.0, q.GOOD), (10, 5.0, q.GOOD)))
    with pytest.raises(ValueError, match="overlap"):
        combine(columns_of([one, one]), np.array([0, 5]), np.array([10, 15]), np.array([0]))


def test_columns_and_back() -> None:
    rows = [summarise(samples_of((0, math.nan, q.GOOD))), summarise(samples_of((0, -0.0, q.GOOD), (1, 1.0, q.BAD)))]
    assert rows_of(columns_of(rows)) == rows
    assert rows_of(columns_of([])) == []
    assert len(combine(columns_of([]), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))["n"]) == 0


@settings(deadline=None)
@given(st.lists(_GOOD_ROWS.filter(len), min_size=1, max_size=5))
def test_many_stretches_at_once_are_what_each_of_them_is(parts: list[list[_Row]]) -> None:
    samples = [samples_of(*part) for part in parts]
    heads = np.cumsum([0, *map(len, samples[:-1])])
    found = summarise_all(
        np.concatenate([part.value for part in samples]), np.concatenate([part.time for part in samples]), heads
    )
    for part, own in zip(samples, found, strict=True):
        assert own is None if np.isnan(part.value).any() else own == summarise(part)


def test_wild_values_of_one_stretch_do_not_touch_the_others() -> None:
    values = [np.array([math.inf, -math.inf, 1e308]), np.array([1.0, 2.5, 0.5]), np.array([math.nan, 1.0])]
    times = np.arange(8, dtype=np.int64) * _S
    wild, plain, none = summarise_all(np.concatenate(values), times, np.array([0, 3, 6]))
    assert wild is not None
    assert (wild.vmin, wild.vmax, wild.vsum) == (-math.inf, math.inf, None)
    assert plain == summarise(samples_of((3, 1.0, q.GOOD), (4, 2.5, q.GOOD), (5, 0.5, q.GOOD)))
    assert none is None
