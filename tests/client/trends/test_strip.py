"""The small trend: spans and holds on the right pixels, gaps and doubt shown."""

import numpy as np

from hmi.client.theme import night
from hmi.client.trends.pens import Pen
from hmi.client.trends.strip import Strip
from hmi.core import quality as q
from hmi.core.history import Gap, Samples, window_of

SECOND = 10**9


def history(pen, start, values, qualities=None, gaps=()):
    time = start + np.arange(len(values), dtype=np.int64) * SECOND
    quality = np.array(qualities if qualities is not None else [q.GOOD] * len(values), np.uint32)
    zeros = np.zeros(len(values), np.uint32)
    value = np.array(values, np.float64)
    samples = Samples(pen.tag.name, time, time, value, time * 0, quality, zeros)
    pen.series.take(window_of(samples, start, start + len(values) * SECOND, len(values), gaps))


def strip_of(qtbot, desk, *names):
    strip = Strip(desk, [Pen(desk.plant.tag(name), place) for place, name in enumerate(names, 1)])
    qtbot.addWidget(strip)
    strip.resize(254, 126)  # a field of 200 x 100
    return strip


def test_a_value_is_held_on_the_pixel_of_its_share(qtbot, desk):
    strip = strip_of(qtbot, desk, "tank.level")
    now = desk.mirror.now_ns()
    history(strip.pens[0], now - 100 * SECOND, [25.0] * 50 + [75.0] * 50)
    strip.show_span(now - 100 * SECOND, now)
    field = strip._field()
    assert (field.width(), field.height()) == (200, 100)
    image = strip.grab().toImage()
    ink = strip.colour(0).rgb()
    left, top = int(field.left()), int(field.top())
    assert image.pixel(left + 40, top + 75) == ink  # a quarter up
    assert image.pixel(left + 140, top + 25) == ink
    assert image.pixel(left + 40, top + 25) != ink
    assert image.pixel(left + 100, top + 50) == ink  # the step between


def test_nothing_is_drawn_through_a_gap(qtbot, desk):
    strip = strip_of(qtbot, desk, "tank.level")
    now = desk.mirror.now_ns()
    start = now - 100 * SECOND
    gap = Gap(start + 10 * SECOND, start + 90 * SECOND, "the engine did not run")
    history(strip.pens[0], start, [50.0] * 10, gaps=(gap,))
    strip.show_span(start, now)
    field = strip._field()
    image, ink = strip.grab().toImage(), strip.colour(0).rgb()
    assert image.pixel(int(field.left()) + 3, int(field.top()) + 50) == ink
    assert all(image.pixel(int(field.left()) + x, int(field.top()) + 50) != ink for x in range(30, 170))


def test_what_is_uncertain_is_dotted(qtbot, desk):
    strip = strip_of(qtbot, desk, "tank.level")
    now = desk.mirror.now_ns()
    start = now - 100 * SECOND
    history(strip.pens[0], start, [50.0] * 100, [q.GOOD] * 50 + [q.UNCERTAIN] * 50)
    strip.show_span(start, now)
    field = strip._field()
    image, ink = strip.grab().toImage(), strip.colour(0).rgb()
    line = [image.pixel(int(field.left()) + x, int(field.top()) + 50) == ink for x in range(200)]
    assert all(line[5:95])
    assert 0.3 < sum(line[105:165]) / 60 < 0.7


def test_a_bad_value_leaves_the_line_and_is_told_below(qtbot, desk):
    strip = strip_of(qtbot, desk, "tank.level")
    now = desk.mirror.now_ns()
    start = now - 100 * SECOND
    history(strip.pens[0], start, [50.0] * 100, [q.GOOD] * 50 + [q.BAD_SENSOR_FAILURE] * 50)
    strip.show_span(start, now)
    field = strip._field()
    image, ink = strip.grab().toImage(), strip.colour(0).rgb()
    left, top, bottom = int(field.left()), int(field.top()), int(field.bottom())
    assert image.pixel(left + 150, top + 50) != ink
    lane = [image.pixel(left + x, bottom - y) for x in range(110, 190) for y in range(2, 6)]
    assert ink in lane


def test_pens_have_their_colours_by_day_and_by_night(qtbot, desk):
    strip = strip_of(qtbot, desk, "tank.level", "pump.speed")
    by_day = [strip.colour(place) for place in (0, 1)]
    desk.theme = night()
    assert by_day != [strip.colour(place) for place in (0, 1)]
