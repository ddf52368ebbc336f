"""Aggregates are what somebody with paper and a pencil gets who goes from sample to sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.aggregate import Aggregates, aggregate, kinds_of
from hmi.core.figures import BAD_NO_DATA, FIGURES, UNCERTAIN_DATA_SUBNORMAL
from hmi.core.history import Gap, Samples
from hmi.core.stretch import of_samples

S = 1_000_000_000
NAN = math.nan

Row = tuple[int, float, int]  # seconds, value, quality

_VALUES = st.integers(-400, 400).map(lambda number: number / 4) | st.just(NAN)
_ROWS = st.lists(
    st.tuples(st.integers(0, 100), _VALUES, st.sampled_from([q.GOOD, q.GOOD, q.UNCERTAIN, q.BAD_TIMEOUT])), max_size=25
)
_SPANS = st.lists(st.tuples(st.integers(0, 110), st.integers(0, 110)), max_size=3)


def samples_of(rows: Sequence[Row]) -> Samples:
    """Samples of one tag, in order."""
    rows = sorted(rows, key=lambda row: row[0])
    times = np.array([row[0] for row in rows], np.int64) * S
    return Samples(
        tag="a.b",
        time=times,
        received=times,
        value=np.array([row[1] for row in rows], np.float64),
        raw=np.zeros(len(rows), np.int64),
        quality=np.array([row[2] for row in rows], np.uint32),
        flags=np.zeros(len(rows), np.uint32),
    )


def figures_of(
    rows: Sequence[Row], edges: Sequence[int], gaps: Sequence[tuple[int, int]] = (), until: int | None = None
) -> Aggregates:
    """Every aggregate there is; times in seconds."""
    spans = [Gap(start * S, stop * S, "") for start, stop in gaps]
    end = None if until is None else until * S
    return aggregate("a.b", tuple(FIGURES), of_samples(samples_of(rows)), np.array(edges) * S, spans, end)


class _Pencil:
    """One step, second by second; all samples are at full seconds, so nothing happens between."""

    def __init__(self, rows: Sequence[Row], start: int, stop: int, gaps: Sequence[tuple[int, int]], until: int) -> None:
        self.rows = [(t, v if quality < q.BAD else NAN, quality) for t, v, quality in sorted(rows, key=lambda r: r[0])]
        self.start, self.stop, self.gaps = start, stop, gaps
        self.until = max([until, *(row[0] for row in rows)])
        self.inside = [row for row in self.rows if start <= row[0] < stop]
        self.good = [value for _, value, _ in self.inside if value == value]
        seconds = [at for at in range(start, min(stop, self.until)) if not self.in_gap(at)]
        self.stood = [row for row in map(self.at, seconds) if row]
        self.held = [row[1] for row in self.stood if row[1] == row[1]]

    def in_gap(self, at: int) -> bool:
        return any(start <= at < stop for start, stop in self.gaps)

    def at(self, when: int) -> Row | None:
        return next((row for row in reversed(self.rows) if row[0] <= when), None)

    def bound(self, when: int) -> float:
        row = next((row for row in self.rows if row[0] == when), self.at(when))
        return NAN if row is None or self.in_gap(when) or when > self.until else row[1]

    def counted(self) -> float:
        total, before = 0.0, None
        for at, value, _ in self.rows:
            if value != value or at >= self.stop:
                continue
            if before is not None and at >= self.start:
                backwards = value < before
                reset = backwards and value >= 0 and before - value > abs(before) / 10
                total += value if reset else value - before
            before = value
        return total if self.good or self.held else NAN

    def figures(self) -> dict[str, float]:
        good, held = self.good, self.held
        low, high = min(good, default=NAN), max(good, default=NAN)
        bounds = (self.bound(self.start), self.bound(self.stop))
        both = [value for value in (*good, bounds[0]) if value == value]
        mean = sum(good) / len(good) if good else NAN
        spread = sum((value - mean) ** 2 for value in good)
        return {
            "Average": mean,
            "TimeAverage": sum(held) / len(held) if held else NAN,
            "Total": sum(held) if held else NAN,
            "CounterTotal": self.counted(),
            "Minimum": low,
            "Maximum": high,
            "Range": high - low,
            "Minimum2": min(both, default=NAN),
            "Maximum2": max(both, default=NAN),
            "Range2": max(both, default=NAN) - min(both, default=NAN),
            "Count": len(good),
            "StandardDeviationSample": math.sqrt(spread / max(1, len(good) - 1)) if good else NAN,
            "Start": self.inside[0][1] if self.inside else NAN,
            "End": self.inside[-1][1] if self.inside else NAN,
            "Delta": good[-1] - good[0] if good else NAN,
            "StartBound": bounds[0],
            "EndBound": bounds[1],
            "DeltaBounds": bounds[1] - bounds[0],
            "DurationGood": len(held),
            "DurationBad": len(self.stood) - len(held),
        }

    def quality(self) -> int:
        seen = [row[2] for row in (*self.inside, *self.stood)]
        if not self.good and not self.held:
            return max((quality for quality in seen if quality >= q.BAD), default=BAD_NO_DATA)
        whole = len(self.held) == self.stop - self.start and max(seen) < q.UNCERTAIN
        return q.GOOD if whole else UNCERTAIN_DATA_SUBNORMAL


@settings(max_examples=300, deadline=None)
@given(_ROWS, st.lists(st.integers(0, 105), min_size=2, max_size=6, unique=True), _SPANS, st.integers(0, 120))
def test_every_figure_by_pencil(rows: list[Row], edges: list[int], gaps: list[tuple[int, int]], until: int) -> None:
    edges = sorted(edges)
    found = figures_of(rows, edges, gaps, until)
    assert len(found) == len(edges) - 1
    for step, (start, stop) in enumerate(pairwise(edges)):
        pencil = _Pencil(rows, start, stop, gaps, until)
        for kind, expected in pencil.figures().items():
            assert found.of(kind)[step] == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-9), kind
        assert found.covered[step] == len(pencil.held) / (stop - start)
        assert found.quality[step] == pencil.quality()


def test_a_value_is_held_over_the_edges_of_steps() -> None:
    found = figures_of([(0, 10.0, q.GOOD), (30, 20.0, q.GOOD)], [0, 20, 40, 60])
    assert found.of("TimeAverage").tolist() == [10.0, 15.0, 20.0]
    assert found.of("Total").tolist() == [200.0, 300.0, 400.0]
    assert np.isnan(found.of("Average")[2])  # nothing came in
    assert found.of("Maximum2").tolist() == [10.0, 20.0, 20.0]
    assert found.quality.tolist() == [q.GOOD] * 3


def test_nothing_is_held_over_a_gap() -> None:
    found = figures_of([(0, 10.0, q.GOOD)], [0, 20, 40, 60], [(10, 45)])
    assert found.of("DurationGood").tolist() == [10.0, 0.0, 15.0]
    assert found.covered.tolist() == [0.5, 0.0, 0.75]
    assert np.isnan(found.of("TimeAverage")[1])
    assert found.quality.tolist() == [UNCERTAIN_DATA_SUBNORMAL, BAD_NO_DATA, UNCERTAIN_DATA_SUBNORMAL]


def test_what_is_not_yet_known_is_not_covered() -> None:
    found = figures_of([(0, 10.0, q.GOOD)], [0, 20, 40], until=25)
    assert found.covered.tolist() == [1.0, 0.25]
    assert found.of("Total").tolist() == [200.0, 50.0]


def test_counters_add_up_over_the_steps() -> None:
    rows = [(0, 65_500.0, q.GOOD), (15, 30.0, q.GOOD), (25, 0.0, q.BAD), (35, 90.0, q.GOOD), (45, 3.0, q.GOOD)]
    stretches = of_samples(samples_of(rows))
    found = aggregate("a", ["CounterTotal"], stretches, np.array([10, 20, 30, 40, 50]) * S, span=2.0**16)
    assert found.of("CounterTotal").tolist() == [66.0, 0.0, 60.0, 3.0]


def test_infinite_values_are_values() -> None:
    found = figures_of([(0, math.inf, q.GOOD), (30, 1.0, q.GOOD)], [0, 20, 40])
    assert found.of("Maximum").tolist() == [math.inf, 1.0]
    assert found.of("TimeAverage")[0] == math.inf


@pytest.mark.parametrize("edges", [[], [5], [5, 5], [6, 5]])
def test_steps_need_edges(edges: list[int]) -> None:
    with pytest.raises(ValueError, match="edges"):
        figures_of([], edges)


@given(_ROWS)
def test_over_the_link_and_back(rows: list[Row]) -> None:
    found = figures_of(rows, [0, 10, 50])
    again = Aggregates.unpack(found.pack())
    assert again.pack() == found.pack()
    assert [row["time"] for row in again.rows()] == [0, 10 * S]
    assert [row["end"] for row in again.rows()] == [10 * S, 50 * S]
    assert set(next(again.rows())) == {"time", "end", *FIGURES, "covered", "quality"}


def _broken_bodies() -> list[dict[str, object]]:
    good = figures_of([(1, 2.0, q.GOOD)], [0, 10, 50]).pack()
    return [{}, {**good, "values": b"abc"}, {**good, "values": b""}, {**good, "edges": b""}, {**good, "kinds": 5}]


@pytest.mark.parametrize("body", _broken_bodies())
def test_what_is_no_aggregates_is_a_value_error(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Aggregates.unpack(body)


def test_names_are_known_in_any_case_and_mistakes_are_mended() -> None:
    assert kinds_of(["timeaverage", "Count", "COUNT"]) == ("TimeAverage", "Count")
    with pytest.raises(ValueError, match="Write TimeAverage"):
        kinds_of(["TimeAvrage"])
    with pytest.raises(ValueError, match="Known are Average"):
        kinds_of(["xyz"])
