"""The quality of a figure says what it rests on; extremes take in what stood when the step began."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np
import pytest

from hmi.core import quality as q
from hmi.core.figures import BAD_NO_DATA, FIGURES, OF_COUNTERS, UNCERTAIN_DATA_SUBNORMAL, Steps
from hmi.core.history import Gap, Samples
from hmi.core.stretch import of_samples

_S = 1_000_000_000


def steps_of(rows: list[tuple[int, float, int]], *edges: int, gaps: tuple[tuple[int, int], ...] = ()) -> Steps:
    """Steps over samples (seconds, value, quality)."""
    times = np.array([row[0] for row in rows], np.int64) * _S
    nothing = np.zeros(len(rows), np.uint32)
    quality = np.array([row[2] for row in rows], np.uint32)
    value = np.array([row[1] for row in rows], np.float64)
    samples = Samples("a", times, times, value, np.zeros(len(rows), np.int64), quality, nothing)
    spans = [Gap(start * _S, stop * _S, "") for start, stop in gaps]
    return Steps(of_samples(samples), np.array(edges) * _S, spans, edges[-1] * _S, None)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 1.0, q.GOOD)], q.GOOD),
        ([(-5, 1.0, q.GOOD)], q.GOOD),
        ([(0, 1.0, q.UNCERTAIN_SENSOR)], UNCERTAIN_DATA_SUBNORMAL),
        ([(5, 1.0, q.GOOD)], UNCERTAIN_DATA_SUBNORMAL),  # nothing is known of the time before
        ([(0, 1.0, q.GOOD), (5, 1.0, q.BAD_TIMEOUT)], UNCERTAIN_DATA_SUBNORMAL),
        ([(0, 1.0, q.BAD_TIMEOUT)], q.BAD_TIMEOUT),
        ([(-5, 1.0, q.BAD_SENSOR_FAILURE)], q.BAD_SENSOR_FAILURE),
        ([(0, math.nan, q.GOOD)], BAD_NO_DATA),
        ([(50, 1.0, q.GOOD)], BAD_NO_DATA),
        ([], BAD_NO_DATA),
    ],
)
def test_the_quality_of_a_step(rows: list[tuple[int, float, int]], expected: int) -> None:
    assert steps_of(rows, 0, 10).quality().tolist() == [expected]


def test_what_stands_again_after_a_gap_counts_for_the_quality() -> None:
    steps = steps_of([(-5, 1.0, q.UNCERTAIN)], 0, 10, gaps=((-2, 4),))
    assert steps.quality().tolist() == [UNCERTAIN_DATA_SUBNORMAL]
    assert steps.held_good.tolist() == [6 * _S]


def test_extremes_with_and_without_what_stood_when_the_step_began() -> None:
    steps = steps_of([(-5, 1.0, q.GOOD), (5, 7.0, q.GOOD), (12, 6.0, q.GOOD)], 0, 10, 20)
    assert FIGURES["Minimum"](steps).tolist() == [7.0, 6.0]
    assert FIGURES["Minimum2"](steps).tolist() == [1.0, 6.0]
    assert FIGURES["Maximum2"](steps).tolist() == [7.0, 7.0]
    assert FIGURES["Range2"](steps).tolist() == [6.0, 1.0]


def test_a_value_at_an_edge_belongs_to_the_step_that_begins_there() -> None:
    steps = steps_of([(0, 1.0, q.GOOD), (10, 7.0, q.GOOD), (20, 9.0, q.GOOD)], 0, 10, 20)
    assert FIGURES["Count"](steps).tolist() == [1, 1]
    assert FIGURES["EndBound"](steps).tolist() == [7.0, 9.0]
    assert FIGURES["StartBound"](steps).tolist() == [1.0, 7.0]


def test_durations_are_exact_for_years() -> None:
    year = 365 * 86_400
    steps = steps_of([(at, 1.0, q.GOOD) for at in range(0, year, 86_399)], 0, year)
    assert steps.held_good.tolist() == [year * _S]
    assert steps.quality().tolist() == [q.GOOD]


def test_those_of_counters_are_figures() -> None:
    assert set(FIGURES) > OF_COUNTERS
    assert isinstance(FIGURES, MappingProxyType)
