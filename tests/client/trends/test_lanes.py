"""Lanes: states as bands, changes too fast for the pixels told as such."""

from datetime import UTC

import numpy as np
import pytest
from PySide6.QtGui import QColor

from hmi.client.theme import day
from hmi.client.trends.lanes import bands, names_of
from hmi.client.trends.plot import Inked, Plot
from hmi.client.trends.raster import Columns
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

S = 1_000_000_000
BASE = 1_772_000_000 * S
INK = QColor("#00007F")


def columns(low, high=None, quality=None):
    low = np.array(low, float)
    worst = np.zeros(len(low), np.uint32) if quality is None else np.array(quality, np.uint32)
    return Columns(0, low, low if high is None else np.array(high, float), worst, np.zeros(len(low), bool))


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (columns([0, 0, 1, 1, 1]), [(0, 1), (2, 4)]),
        (columns([np.nan, 1, 1, np.nan, np.nan, 1]), [(1, 2), (5, 5)]),
        (columns([0, 0, 0, 1], [0, 1, 1, 1]), [(0, 0), (1, 2), (3, 3)]),
        (columns([1, 1, 1], None, [0, q.UNCERTAIN, q.UNCERTAIN]), [(0, 0), (1, 2)]),
        (columns([np.nan, np.nan]), []),
    ],
)
def test_bands(made, found):
    assert bands(made) == found


def test_what_is_on_or_off_and_what_a_screen_names_is_a_lane(desk):
    assert names_of(desk, desk.plant.tag("door.open")) == {0: "off", 1: "on"}
    assert names_of(desk, desk.plant.tag("tank.level")) == {}
    assert names_of(desk, desk.plant.tag("recipe.name")) == {}
    desk.mirror.table.names = {desk.plant.tag("pump.speed").index: {0: "Stopped", 6: "Execute"}}
    assert names_of(desk, desk.plant.tag("pump.speed"))[6] == "Execute"


def test_a_lane_is_filled_while_on_and_names_its_states(qtbot):
    plot = Plot(day(), UTC, BASE)
    qtbot.addWidget(plot)
    plot.resize(800, 400)
    plot.show_span(BASE, BASE + 100 * S)
    (lane,) = plot.show_pens([Inked(INK, False, {0: "off", 1: "on"})], day())
    plot.show()
    start = BASE + np.array([0, 50], np.int64) * S
    value = np.array([1.0, 0.0])
    good = np.zeros(2, np.uint32)
    until = np.array([start[1], BASE + 100 * S])
    joined, late = np.array([False, True]), np.zeros(2, bool)
    lane.show_strokes(Strokes(start, start, value, value, value, value, good, until, joined, late), 0, 1)
    image = plot.grab().toImage()
    y = round(plot.view.mapViewToScene(plot.view.viewRect().center()).y())
    rows = range(y, image.height())

    def ink(left, right):
        return max(sum(image.pixel(x, row) == INK.rgb() for x in range(left, right)) for row in rows)

    on, off = ink(200, 300), ink(600, 700)
    assert on == 100 and off == 100  # the band, and the line below it
    filled = [sum(image.pixel(x, row) == INK.rgb() for row in rows) for x in (250, 650)]
    assert filled[0] > 8 * filled[1] / 2 > 0
    assert plot.view.viewRange()[1][0] < -0.05  # the scale of lines is above the lanes


def test_a_lane_that_is_dragged_is_where_its_time_is(qtbot):
    """Bands are made once and shifted: the picture is the same as when they are made anew."""
    plot = Plot(day(), UTC, BASE)
    qtbot.addWidget(plot)
    plot.resize(600, 400)
    plot.show()
    lane = plot.show_pens([Inked(INK, names={0: "off", 1: "on"})], day())[0]
    edges = BASE + np.arange(0, 100, 10, dtype=np.int64) * S
    value, few = np.arange(10) % 2.0, np.zeros(10, np.uint32)
    joined, late = np.arange(10) > 0, np.zeros(10, bool)
    strokes = Strokes(edges, edges, value, value, value, value, few, edges + 10 * S, joined, late)
    lane.show_strokes(strokes, 0, 1)
    plot.show_span(BASE, BASE + 60 * S)
    plot.grab()
    rows, columns_seen = range(300, 400, 3), range(0, 600, 2)
    for second in (0, 1, 2, 3, 7, 20):
        plot.show_span(BASE + second * S - S // 2, BASE + (second + 60) * S - S // 2)
        plot.grab()
        before = lane._made
        plot.show_span(BASE + second * S, BASE + (second + 60) * S)
        dragged = plot.grab().toImage()
        assert lane._made is before
        lane.show_strokes(strokes, 0, 1)
        anew = plot.grab().toImage()
        other = sum(dragged.pixel(x, y) != anew.pixel(x, y) for x in columns_seen for y in rows)
        assert other <= 8 * len(rows)  # an edge may round to the next pixel
