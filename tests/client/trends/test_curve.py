"""One pen: spans and holds as rectangles, what is doubtful drawn otherwise."""

from datetime import UTC

import numpy as np
import pytest
from PySide6.QtGui import QColor

from hmi.client.theme import day
from hmi.client.trends.curve import runs
from hmi.client.trends.plot import Inked, Plot
from hmi.client.trends.series import Strokes
from hmi.core import quality as q

S = 1_000_000_000
BASE = 1_772_000_000 * S


def strokes(values, quality=q.GOOD, step=S, joined=True):
    count = len(values)
    start = BASE + np.arange(count, dtype=np.int64) * step
    value = np.array(values, np.float64)
    link = np.full(count, joined)
    link[:1] = False
    codes = np.broadcast_to(np.array(quality, np.uint32), count).copy()
    return Strokes(start, start, value, value, value, value, codes, start + step, link)


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


def ink(plot, colour="#00007F"):
    image = plot.grab().toImage()
    wanted = QColor(colour).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(90, image.width() - 40) for y in range(image.height()))


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
    good = ink(plot)
    plot.curves[0].show_strokes(strokes([5.0] * 10, q.UNCERTAIN_LAST_USABLE), 0.0, 10.0)
    assert 0 < ink(plot) < good


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
