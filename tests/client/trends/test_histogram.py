"""The histogram: bars in percent of the whole, limits and mean where they are."""

import numpy as np
import pytest

from hmi.client.trends.histogram import HistogramGraph, reach
from hmi.core.capability import Limits, Tally, bins_of
from hmi.core.held import held
from tests.core.test_history import samples_of

S = 1_000_000_000


@pytest.fixture
def graph(qtbot, desk):
    made = HistogramGraph(desk)
    qtbot.addWidget(made)
    made.resize(700, 500)
    return made


def tally(values, limits):
    made = Tally(limits, bins_of(min(values), max(values)))
    made.add(held(samples_of(*((s * S, v, 0) for s, v in enumerate(values))), (0, len(values) * S)))
    return made


def test_bars_are_shares_of_the_whole(graph):
    limits = Limits(0.0, 10.0)
    made = tally([1.0, 1.0, 1.0, 9.0], limits)
    graph.show_bins(made.edges, made.bins, limits, made.result(), "Level [%]")
    assert graph._shares.sum() == pytest.approx(100)
    assert graph._shares.max() == pytest.approx(75)
    assert graph.up.high > 75 and graph.across.low < 0 and graph.across.high > 10
    image = graph.grab().toImage()
    bars = graph.desk.theme.colour("contents").rgb()
    row = round(graph.y_px(20.0))
    painted = {x for x in range(image.width()) if image.pixelColor(x, row).rgb() == bars}
    assert {round(graph.x_px(1.1)), round(graph.x_px(8.9))} <= painted
    assert round(graph.x_px(5.0)) not in painted


def test_limits_far_away_do_not_press_the_values_into_a_line(graph):
    assert reach(4.0, 6.0, Limits(0.0, 10.0)) == (0.0, 10.0)
    assert reach(4.9, 5.1, Limits(0.0, 5.2)) == (4.9, 5.2)
    assert reach(4.9, 5.1, Limits(5.0, None)) == (4.9, 5.1)
    made = tally([4.9, 5.0, 5.0, 5.1], Limits(0.0, 100.0))
    graph.show_bins(made.edges, made.bins, made.limits, made.result(), "x")
    assert graph.across.low > 4.8 and graph.across.high < 5.2
    graph.grab()


def test_nothing_is_said_to_be_nothing(graph):
    graph.show_bins(np.linspace(0, 1, 5), np.zeros(4), Limits(), None, "x")
    assert graph.empty == "No values that can be used"
    graph.grab()


def test_a_value_that_does_not_vary_is_one_bar(graph):
    made = tally([2.0] * 60, Limits(1.0, None))
    graph.show_bins(made.edges, made.bins, made.limits, made.result(), "x")
    graph.grab()
    assert graph._shares.max() == pytest.approx(100)
