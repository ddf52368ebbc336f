"""The axes: round moments of the plant's clock, round values of the pen's unit."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from hmi.client.language import speak
from hmi.client.theme import day
from hmi.client.trends.axes import TimeAxis, ValueAxis, date_text, nice_step, time_label, time_step, time_ticks

BERLIN = ZoneInfo("Europe/Berlin")


def at(*when):
    return datetime(*when, tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("span", "step"), [(10, 1), (120, 15), (600, 60), (3600, 600), (28800, 3600), (86400, 10800), (30 * 86400, 259200)]
)
def test_labels_have_room(span, step):
    assert time_step(span, 1000) == step
    assert span / time_step(span, 1000) <= 1000 / 96


def test_ticks_are_round_on_the_plants_clock_not_on_utc():
    ticks, step = time_ticks(at(2026, 2, 25, 7, 3), at(2026, 2, 26, 7, 3), 700, BERLIN)
    labels = [time_label(tick, step, BERLIN) for tick in ticks]
    assert "26 Feb" in labels
    assert all(datetime.fromtimestamp(tick, BERLIN).minute == 0 for tick in ticks)


def test_summer_time_shifts_the_labels_with_the_clock():
    ticks, step = time_ticks(at(2026, 7, 1, 0, 30), at(2026, 7, 2, 0, 30), 700, BERLIN)
    assert "2 Jul" in [time_label(tick, step, BERLIN) for tick in ticks]


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_days_on_which_the_clock_is_changed_have_their_true_hours(day, hours):
    start = at(*day)
    stop = start + hours * 3600
    ticks, step = time_ticks(start, stop, 3000, BERLIN)
    assert step == 3600
    assert len(ticks) == hours + 1  # both midnights
    ticks, step = time_ticks(start, stop, 960, BERLIN)
    labels = [time_label(tick, step, BERLIN) for tick in ticks]
    assert step == 10800
    assert labels[0] == f"{day[2]} {'Mar' if hours == 23 else 'Oct'}"
    assert labels[1:8] == ["03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]
    assert ticks[1] - ticks[0] == (hours - 24 + 3) * 3600


def test_an_hour_that_comes_twice_says_which_it_is():
    first = at(2026, 10, 25, 0) + 2 * 3600
    labels = [time_label(first + hour * 3600, 3600, BERLIN) for hour in (-1, 0, 1, 2)]
    assert labels == ["01:00", "02:00 CEST", "02:00 CET", "03:00"]


def test_seconds_are_shown_only_where_they_differ():
    moment = at(2026, 2, 25, 7, 3, 30)
    assert time_label(moment, 30, BERLIN) == "07:03:30"
    assert time_label(moment, 60, BERLIN) == "07:03"


@pytest.mark.parametrize(("span", "labels", "step"), [(100, 5, 20), (27000, 6, 5000), (1.2, 6, 0.2), (7, 10, 1)])
def test_nice_steps(span, labels, step):
    assert nice_step(span, labels) == pytest.approx(step)


@pytest.fixture
def view(qtbot):
    made = pg.GraphicsView()
    qtbot.addWidget(made)
    box = pg.ViewBox(enableMenu=False, defaultPadding=0)
    made.setCentralItem(box)
    made.resize(1000, 500)
    box.setRange(xRange=(0, 600), yRange=(0, 1), padding=0)
    yield box
    made.close()


def value_axis(view, low, high, unit):
    axis = ValueAxis(day())
    axis.follow(view)
    axis.resize(84, 400)
    axis.show_scale(low, high, unit)
    return axis


def test_the_value_axis_speaks_the_pens_unit(view):
    axis = value_axis(view, 0.0, 27000.0, "1/h")
    levels = axis.levels()
    assert levels[0] == 0
    assert axis.labels(levels) == ["0", "5000", "10000", "15000", "20000", "25000 1/h"]
    axis.resize(84, 500)
    view.setYRange(-0.25, 1.0, padding=0)  # with lanes below
    assert axis.levels() == levels


def test_a_scale_of_nothing_has_no_labels(view):
    axis = value_axis(view, 5.0, 5.0, "%")
    assert axis.levels() == []
    assert axis.labels([]) == []


@pytest.mark.parametrize("right", [False, True])
def test_an_axis_of_one_pen_is_drawn_in_its_colour(view, right):
    axis = ValueAxis(day(), right)
    axis.colour = QColor("#AA0000")
    axis.resize(84, 400)
    axis.show_scale(0.0, 100.0, "%")
    image = painted(axis)
    edge = 0 if right else 83
    assert image.pixelColor(edge, 200) == QColor("#AA0000")
    assert image.pixelColor(83 - edge, 200).alpha() == 0


def test_the_time_axis_counts_from_its_base(view):
    axis = time_axis(view, at(2026, 2, 25, 7, 0))
    assert [text for _, text in axis.ticks()][:3] == ["07:00", "07:01", "07:02"]
    assert [round(x) for x, _ in axis.ticks()][:3] == [0, 100, 200]
    assert axis.corner() == "25 Feb CET"
    assert painted(axis).pixelColor(100, 2) == day().colour("frame")


def test_a_stretch_in_which_the_clock_is_changed_names_both_zones(view):
    axis = time_axis(view, at(2026, 3, 29, 0, 0))
    view.setXRange(0, 23 * 3600, padding=0)
    assert axis.corner() == "29 Mar CET/CEST"
    view.setXRange(3 * 3600, 4 * 3600, padding=0)
    assert axis.corner() == "29 Mar CEST"


@pytest.mark.parametrize(("code", "text"), [("en", "3 Mar"), ("de", "3. März"), ("zh", "3月3日")])
def test_days_are_named_in_the_language_of_the_window(code, text):
    speak(code)
    assert date_text(datetime(2026, 3, 3, tzinfo=BERLIN)) == text


def time_axis(view, start_s):
    axis = TimeAxis(int(start_s) * 10**9, BERLIN, day())
    axis.follow(view)
    axis.resize(1000, 28)
    view.setXRange(0, 601, padding=0)
    view.setXRange(0, 600, padding=0)
    return axis


def painted(item):
    image = QImage(item.size().toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    item.paint(painter)
    painter.end()
    return image
