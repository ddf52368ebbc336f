"""One pen: spans and holds as rectangles, what is doubtful drawn otherwise."""

from datetime import UTC

import numpy as np
import pytest
from PySide6.QtGui import QColor

from hmi.client.theme import day
from hmi.client.trends.curve import lanes_of, runs, stretched
from hmi.client.trends.plot import Inked, Plot
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

S = 1_000_000_000
BASE = 1_772_000_000 * S


def strokes(values, quality=q.GOOD, step=S, joined=True, late=False):
    count = len(values)
    start = BASE + np.arange(count, dtype=np.int64) * step
    value = np.array(values, np.float64)
    link = np.full(count, joined)
    link[:1] = False
    codes = np.broadcast_to(np.array(quality, np.uint32), count).copy()
    return Strokes(start, start, value, value, value, value, codes, start + step, link, np.full(count, late))


@pytest.fixture
def plot(qtbot):
    made = Plot(day(), UTC, BASE)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show_pens([Inked(QColor("#00007F"))], day())
    made.show_span(BASE, BASE + 10 * S)
    made.show()
    yield made
    made.close()


def ink(plot, colour="#00007F", foot=0):
    """Pixels of a colour, without `foot` rows at the bottom."""
    image = plot.grab().toImage()
    wanted = QColor(colour).rgb()
    rows = range(image.height() - foot)
    return sum(image.pixel(x, y) == wanted for x in range(90, image.width() - 40) for y in rows)


def test_a_line_is_drawn(plot):
    nothing = ink(plot)
    plot.curves[0].show_strokes(strokes(range(10)), 0.0, 10.0)
    assert ink(plot) > nothing + 500


def test_no_value_no_line(plot):
    plot.curves[0].show_strokes(strokes([np.nan] * 10, q.BAD), 0.0, 10.0)
    lane = ink(plot)
    plot.curves[0].show_strokes(strokes([5.0] * 10), 0.0, 10.0)
    assert 0 < lane < ink(plot)


def test_a_doubtful_value_is_drawn_thinner_than_a_good_one(plot):
    plot.curves[0].show_strokes(strokes([5.0] * 10), 0.0, 10.0)
    good, foot = ink(plot, foot=60), ink(plot) - ink(plot, foot=60)
    plot.curves[0].show_strokes(strokes([5.0] * 10, q.UNCERTAIN_LAST_USABLE), 0.0, 10.0)
    assert 0 < ink(plot, foot=60) < 0.7 * good
    assert ink(plot) - ink(plot, foot=60) > foot + 100  # its lane


def test_what_was_fetched_later_has_a_thin_second_line(plot):
    plot.curves[0].show_strokes(strokes([5.0] * 10), 0.0, 10.0)
    live = ink(plot)
    plot.curves[0].show_strokes(strokes([5.0] * 10, late=[False] * 5 + [True] * 5), 0.0, 10.0)
    assert live + 180 < ink(plot) < live + 300  # half of the line, one px thick


def test_while_it_is_zoomed_the_picture_is_stretched_and_no_spike_goes(plot):
    values = np.full(2000, 1.0)
    values[777] = 9.0
    plot.show_span(BASE, BASE + 2000 * S)
    plot.curves[0].show_strokes(strokes(values), 0.0, 10.0)
    plot.grab()
    for _ in range(3):
        plot.view.scaleBy(x=1.25)
        image = plot.grab().toImage()
        top = round(plot.view.sceneBoundingRect().height() * 0.2)
        assert any(image.pixel(x, top) == QColor("#00007F").rgb() for x in range(90, 560))


def test_lanes_are_runs_of_one_quality():
    quality = np.array([q.GOOD, q.UNCERTAIN_LAST_USABLE, q.BAD, q.BAD, q.GOOD], np.uint32)
    start = np.arange(5.0)
    assert lanes_of(quality, start, start + 1) == [(2.0, 4.0, True), (1.0, 2.0, False)]
    assert lanes_of(quality[:1], start[:1], start[:1] + 1) == []


def test_stretched_rectangles_lie_where_their_time_is():
    rects = np.array([[0, 5, 9, 6], [10, 1, 10, 9]], np.int32)
    assert stretched(rects, 2.0, 3.0).tolist() == [[3, 5, 22, 6], [23, 1, 24, 9]]
    assert stretched(rects, 0.05, 0.0).tolist() == [[0, 5, 0, 6], [0, 1, 0, 9]]


def test_columns_that_are_not_joined_have_no_upright_between_them(plot):
    plot.curves[0].show_strokes(strokes([1.0, 9.0, 1.0, 9.0]), 0.0, 10.0)
    joined = ink(plot)
    plot.curves[0].show_strokes(strokes([1.0, 9.0, 1.0, 9.0], joined=False), 0.0, 10.0)
    assert ink(plot) < joined


def test_a_selected_pen_is_thicker(plot):
    plot.curves[0].show_strokes(strokes([5.0] * 10), 0.0, 10.0)
    thin = ink(plot)
    plot.curves[0].selected = True
    plot.curves[0].update()
    assert ink(plot) > thin


def test_values_beyond_the_scale_stay_in_the_picture(plot):
    plot.curves[0].show_strokes(strokes([1e12] * 10), 0.0, 10.0)
    assert ink(plot) > 100


@pytest.mark.parametrize(
    ("chosen", "found"), [([], []), ([1, 1, 0, 1], [(0, 1), (3, 3)]), ([0, 0], []), ([0, 1, 1], [(1, 2)])]
)
def test_runs(chosen, found):
    assert runs(np.array(chosen, np.bool_)) == found
