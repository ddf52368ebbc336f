"""From when to when, on the plant's clock: days on which it is changed have their true length."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone

from hmi.client.trends.datepanel import DatePanel, days_ns

BERLIN = ZoneInfo("Europe/Berlin")
S = 10**9


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)])
def test_a_day_goes_from_midnight_to_midnight(day, hours):
    start, stop = days_ns(day, 1, BERLIN)
    assert (stop - start) / S == hours * 3600
    assert datetime.fromtimestamp(start // S, BERLIN).date() == day


@pytest.fixture
def panel(qtbot):
    now = int(datetime(2026, 3, 30, 10, 0, tzinfo=BERLIN).timestamp()) * S  # a Monday, after the short Sunday
    made = DatePanel(BERLIN, lambda: now)
    qtbot.addWidget(made)
    made.show()
    made.heard = []
    made.asked.connect(lambda start, stop: made.heard.append((start, stop)))
    return made


def local(*when):
    return int(datetime(*when, tzinfo=BERLIN).timestamp()) * S


def test_days_and_weeks_of_one_touch(panel):
    for one in panel._days:
        one.click()
    assert panel.heard == [
        (local(2026, 3, 30), local(2026, 3, 31)),
        (local(2026, 3, 29), local(2026, 3, 30)),
        (local(2026, 3, 30), local(2026, 4, 6)),
        (local(2026, 3, 23), local(2026, 3, 30)),
    ]
    assert (panel.heard[1][1] - panel.heard[1][0]) / S == 23 * 3600
    assert (panel.heard[3][1] - panel.heard[3][0]) / S == (7 * 24 - 1) * 3600


def test_what_was_typed_is_on_the_plants_clock(panel):
    panel.hide()
    panel.show_span((local(2026, 3, 29, 1, 30), local(2026, 3, 29, 3, 30)))
    panel.show()
    assert panel.start.text() == "2026-03-29 01:30:00"
    panel.start.setDateTime(QDateTime(QDate(2026, 3, 28), QTime(22, 0, 5), QTimeZone.utc()))
    panel.show_button.click()
    assert panel.heard == [
        (
            int(datetime(2026, 3, 28, 21, 0, 5, tzinfo=UTC).timestamp()) * S,
            int(datetime(2026, 3, 29, 1, 30, tzinfo=UTC).timestamp()) * S,
        )
    ]


def test_an_end_before_its_beginning_is_refused(panel):
    panel.start.clearFocus()
    panel.show_span((local(2026, 3, 29, 5), local(2026, 3, 29, 4)))
    panel.show_button.click()
    assert panel.heard == []
    assert panel.told.whole == "The end must lie after the beginning"
