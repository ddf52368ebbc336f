"""Figures over long times are what the samples say, whether blocks, hours of closed days or the samples were asked."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.aggregate import aggregate
from hmi.core.figures import FIGURES, OF_COUNTERS
from hmi.core.history import Samples
from hmi.core.stretch import of_samples
from hmi.store.opened import Opened
from hmi.store.query import Reader
from hmi.store.report import Wanted, rolled_up
from hmi.store.rollup import ROLLUP
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of

KINDS = tuple(kind for kind in FIGURES if kind != "CounterTotal")


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A counter-like walk with bad stretches over three days: two closed and summed up, one open, some not sealed."""
    folder = tmp_path_factory.mktemp("history")
    rng = np.random.default_rng(1)
    clock = HandClock(MIDNIGHT)
    with closing(Store(folder, TAGS, clock)) as store:
        for day in range(3):
            times = MIDNIGHT + day * DAY + np.sort(rng.choice(DAY // SECOND, 4000, replace=False)) * SECOND
            batch = batch_of(0, times, np.round(rng.normal(size=4000), 2))
            batch.rows["quality"][rng.random(4000) < 0.02] = 0x80000000
            store.append(batch)
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(86_400)
        store.append(batch_of(0, MIDNIGHT + 3 * DAY + np.arange(500) * SECOND, np.arange(500.0)))
        store.flush().result(20)
    return folder


@pytest.mark.parametrize("step", [HOUR, 8 * HOUR, DAY, 77 * SECOND * 60])
def test_figures_are_those_of_the_samples(three_days: Path, step: int) -> None:
    reader = Reader(three_days)
    edges = np.arange(MIDNIGHT + 2 * HOUR, MIDNIGHT + 3 * DAY + HOUR, step)
    until = int(edges[-1])
    [found] = reader.aggregate(["a.level"], Wanted(KINDS, edges, until))
    [samples] = reader.samples(["a.level"], 0, until)
    gaps = [gap for gap in reader.gaps(int(edges[0]), until) if gap.from_ns < gap.to_ns]
    expected = aggregate("a.level", KINDS, of_samples(samples), edges, gaps, until, None)
    for kind in KINDS:
        np.testing.assert_allclose(found.of(kind), expected.of(kind), rtol=1e-9, atol=1e-9, err_msg=kind)
    np.testing.assert_allclose(found.covered, expected.covered)
    reader.close()


def test_a_figure_is_the_same_whatever_others_are_asked_for_with_it(three_days: Path) -> None:
    """For most of them only a few columns of an hour are read."""
    edges = np.arange(MIDNIGHT + 2 * HOUR, MIDNIGHT + 3 * DAY + HOUR, 5 * HOUR)
    with closing(Reader(three_days)) as reader:
        for kind in sorted(set(FIGURES) - OF_COUNTERS):
            [alone] = reader.aggregate(["a.level"], Wanted((kind,), edges, int(edges[-1])))
            wider = Wanted((kind, "StandardDeviationSample", "StartBound"), edges, int(edges[-1]))
            [beside] = reader.aggregate(["a.level"], wider)
            np.testing.assert_array_equal(alone.of(kind), beside.of(kind), kind)
            np.testing.assert_array_equal(alone.quality, beside.quality, kind)
            np.testing.assert_array_equal(alone.covered, beside.covered, kind)
            assert not np.isnan(alone.of(kind)).all(), kind


def test_hours_of_a_day_that_was_dropped_are_still_there(three_days: Path, tmp_path: Path) -> None:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        for day in range(2):
            store.append(batch_of(0, MIDNIGHT + day * DAY + np.arange(100) * SECOND, np.full(100, 5.0 + day)))
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(86_400)
        [first, _] = sorted((tmp_path / "samples").glob("*.db"))
        store.retain(MIDNIGHT + 900 * DAY).result(20)
    assert not first.exists()
    edges = np.array([MIDNIGHT, MIDNIGHT + HOUR])
    [found] = Reader(tmp_path).aggregate(["a.level"], Wanted(("Average", "Count"), edges, int(edges[-1])))
    assert (found.of("Average").tolist(), found.of("Count").tolist()) == ([5.0], [100.0])


def test_without_summaries_there_are_none(tmp_path: Path) -> None:
    with rolled_up(Opened(tmp_path / ROLLUP)) as nothing:
        wanted = Wanted(("Count",), np.array([0, 2**62]), 2**62)
        assert (nothing.days, list(nothing.hours("a", wanted, frozenset()))) == (frozenset(), [])
    (tmp_path / "rollup.db").write_bytes(b"\xff" * 9000)
    with rolled_up(Opened(tmp_path / ROLLUP)) as damaged:
        assert damaged.days == frozenset()
    edges = np.array([0, 10])
    [found] = Reader(tmp_path).aggregate(["a"], Wanted(("Count",), edges, 10))
    assert len(Samples.empty("a")) == 0
    assert np.isnan(found.of("Count")).all() or found.of("Count").tolist() == [0.0]
