"""One pen over another, out of the history on the disk."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.client.trends import compare_fetch, compare_xy
from hmi.client.trends.compare_xy import XyStudy, correlation
from hmi.client.trends.comparesheet import Sight
from hmi.core.pairing import Pairs
from hmi.link.messages import Reply


@pytest.fixture
def study(desk, host, hour, heard):
    tags = tuple(desk.plant.tag(name) for name in ("tank.level", "pump.speed"))
    made = XyStudy(desk, host, Sight(tags, 0, hour))
    heard(lambda: made.pairs is not None)
    return made


def test_the_chosen_pen_is_drawn_over_the_next_one(study):
    assert study.graph.across.title.startswith("Pump speed") and study.graph.up.title == "Tank level [%]"
    known = study.pairs.known
    assert int(known.sum()) == 360
    assert np.allclose(study.pairs.x[known] + study.pairs.y[known], 60.0)
    assert "Correlation over time: -1.000" in study.figures.whole
    assert "2026-02-25 07:13 to 08:13" in study.told.whole


def test_other_pens_are_asked_for_when_they_are_picked(study, heard):
    study.pairs = None
    study.up.pick(1)
    heard(lambda: study.pairs is not None)
    assert "Correlation over time: 1.000" in study.figures.whole


def test_more_than_can_be_drawn_is_told(study, heard, monkeypatch):
    for room in (compare_fetch, compare_xy):
        monkeypatch.setattr(room, "MOST", 100)
    study.pairs = None
    study.ask()
    heard(lambda: study.pairs is not None)
    assert "the first 100 values; choose a shorter time for all" in study.told.whole


def test_a_no_is_told(study, heard, engine):
    engine.answers["history"] = lambda request: Reply(request.number, False, "the disk is broken")
    study.ask()
    heard(lambda: study.told.whole == "No history: the disk is broken")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 9)), min_size=3, max_size=30))
def test_the_correlation_is_that_of_every_second(rows):
    time = np.cumsum([0, *(length for *_, length in rows)]).astype(np.int64)
    x, y = (np.array([row[side] for row in rows] + [rows[-1][side]], float) for side in (0, 1))
    seconds = [(a, b) for a, b, length in rows for _ in range(length)]
    share, r = correlation(Pairs(time, x, y))
    assert share == 1.0
    columns = np.array(seconds, float).T
    if r is not None and columns[0].std() > 1e-9 and columns[1].std() > 1e-9:
        assert r == pytest.approx(np.corrcoef(columns)[0, 1], abs=1e-9)


def test_without_spread_or_points_there_is_none():
    time = np.arange(5, dtype=np.int64)
    assert correlation(Pairs(time, np.ones(5), np.arange(5.0)))[1] is None
    assert correlation(Pairs(time, np.full(5, np.nan), np.full(5, np.nan))) == (0.0, None)
