"""Runs over each other: each from its own start, the newest first, numbered at its end."""

import numpy as np
import pytest

from hmi.client.trends.compare_runs import Drawn, RunsGraph
from hmi.client.trends.series import Series
from hmi.core.history import window_of
from tests.core.test_history import samples_of

S = 1_000_000_000


@pytest.fixture
def graph(qtbot, desk):
    made = RunsGraph(desk)
    qtbot.addWidget(made)
    made.resize(700, 500)
    return made


def drawn(tag, start_s, length_s, slope):
    """A run that climbs by so much a second."""
    rows = [((start_s + s) * S, slope * s, 0) for s in range(length_s)]
    series = Series(tag)
    series.take(window_of(samples_of(*rows), start_s * S, (start_s + length_s) * S, 300))
    stop = (start_s + length_s) * S
    return Drawn(start_s * S, stop, series.strokes(start_s * S, stop, stop, 500))


def test_runs_begin_together_and_the_axis_is_as_long_as_the_longest(graph):
    tag = graph.desk.plant.tags[0]
    graph.show_runs(tag, "Level", [drawn(tag, 5000, 300, 0.1), drawn(tag, 1000, 600, 0.2)])
    assert graph.across.high == pytest.approx(10.0)
    assert graph.up.low < 0 and graph.up.high > 119
    image = graph.grab().toImage()
    for place, (minute, value) in enumerate(((2.0, 12.0), (2.0, 24.0))):
        x, y = round(graph.x_px(minute)), round(graph.y_px(value))
        near = {image.pixelColor(x, y + dy).rgb() for dy in range(-3, 4)}
        assert graph.colour(place).rgb() in near
    behind = round(graph.x_px(7.0))  # the newer one is over by then
    column = {image.pixelColor(behind, y).rgb() for y in range(image.height())}
    assert graph.colour(0).rgb() not in column and graph.colour(1).rgb() in column


def test_no_run_is_said(graph):
    graph.show_runs(graph.desk.plant.tags[0], "Level", [])
    assert graph.empty == "No such run in this time"
    graph.grab()
    tag = graph.desk.plant.tags[0]
    none = drawn(tag, 0, 10, np.nan)
    graph.show_runs(tag, "Level", [none])
    graph.grab()
