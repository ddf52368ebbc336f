"""The axes: round moments of the plant's clock, round values of the pen's unit."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hmi.client.trends.axes import TimeAxis, ValueAxis, nice_step, time_label, time_step, time_ticks

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


def test_the_value_axis_speaks_the_pens_unit(qtbot):
    axis = ValueAxis()
    axis.show_scale(0.0, 27000.0, "1/h")
    levels = axis.levels(400)
    assert levels[0] == 0
    assert axis.tickStrings(levels, 1, 1) == ["0", "5000", "10000", "15000", "20000", "25000 1/h"]
    assert axis.tickValues(0, 1, 400)[0][1] == levels
    assert axis.tickValues(-0.25, 1, 500)[0][1] == levels  # with lanes below


def test_a_scale_of_nothing_has_no_labels(qtbot):
    axis = ValueAxis()
    axis.show_scale(5.0, 5.0, "%")
    assert axis.levels(400) == []


def test_the_time_axis_counts_from_its_base(qtbot):
    base = int(at(2026, 2, 25, 7, 0)) * 10**9
    axis = TimeAxis(base, BERLIN)
    ((_, ticks),) = axis.tickValues(0, 600, 1000)
    assert axis.tickStrings(ticks, 1, 60)[:3] == ["07:00", "07:01", "07:02"]
