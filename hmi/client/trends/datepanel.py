"""From when to when: dates and times on the plant's clock, and the days and weeks that are asked for most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QGridLayout, QVBoxLayout

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import Words, button

WIDTH: Final = 320
_DAYS: Final[tuple[tuple[str, Callable[[date], date], int], ...]] = (  # title, first day, so many days
    ("Today", lambda day: day, 1),
    ("Yesterday", lambda day: day - timedelta(days=1), 1),
    ("This week", lambda day: day - timedelta(days=day.weekday()), 7),
    ("Last week", lambda day: day - timedelta(days=day.weekday() + 7), 7),
)


def days_ns(first: date, days: int, zone: tzinfo) -> tuple[int, int]:
    """From midnight to midnight on the plant's clock: a day on which it is changed has 23 or 25 hours."""
    edges = (first, first + timedelta(days=days))
    start, stop = (int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 10**9 for day in edges)
    return start, stop


class DatePanel(QFrame):
    """A side panel; `asked` carries the two moments, ns UTC."""

    asked = Signal(object, object)
    closed = Signal()

    def __init__(self, zone: tzinfo, now_ns: Callable[[], int]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._zone, self._now_ns = zone, now_ns
        self._span = (now_ns(), now_ns())
        self.start, self.stop = QDateTimeEdit(), QDateTimeEdit()
        for field in (self.start, self.stop):
            field.setTimeZone(QTimeZone.utc())  # any time can be typed, whatever the computer's own zone leaves out
            field.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
            field.setCalendarPopup(True)
            field.setToolTip(tr("Date and time on the plant's clock"))
        self.told = Words("", "muted", 12)
        self.told.setWordWrap(True)
        self.show_button = button(tr("Show"), "main")
        self.show_button.clicked.connect(self._show)
        self._arrange()

    def show_span(self, span: tuple[int, int]) -> None:
        """What is in view: the panel begins with it, and follows it unless somebody is typing."""
        self._span = span
        if not self.isVisible() or not any(field.hasFocus() for field in (self.start, self.stop)):
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        for field, moment in zip((self.start, self.stop), self._span, strict=True):
            field.setDateTime(_typed(words.when(moment, self._zone)))

    def _show(self) -> None:
        start, stop = (self._moment(field) for field in (self.start, self.stop))
        if stop <= start:
            self.told.say(tr("The end must lie after the beginning"))
            return
        self.told.say("")
        self.asked.emit(start, stop)

    def _moment(self, field: QDateTimeEdit) -> int:
        day, time = field.date(), field.time()
        parts = (day.year(), day.month(), day.day(), time.hour(), time.minute(), time.second())
        return int(datetime(*parts, tzinfo=self._zone).timestamp()) * 10**9

    def _day(self) -> None:
        _, first, days = next(row for row, one in zip(_DAYS, self._days, strict=True) if one is self.sender())
        span = days_ns(first(words.when(self._now_ns(), self._zone).date()), days, self._zone)
        self._span = span
        self._fill()
        self.told.say("")
        self.asked.emit(*span)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(Words(tr("Date and time"), px=14, bold=True))
        for text, field in ((tr("From"), self.start), (tr("To"), self.stop)):
            column.addWidget(Words(text, "muted", 12))
            column.addWidget(field)
        column.addWidget(self.show_button)
        column.addWidget(self.told)
        grid = QGridLayout()
        self._days = [button(tr(title)) for title, _, _ in _DAYS]
        for place, one in enumerate(self._days):
            one.clicked.connect(self._day)
            grid.addWidget(one, place // 2, place % 2)
        column.addLayout(grid)
        column.addStretch(1)
        leave = button(tr("Done"))
        leave.clicked.connect(self.closed)
        column.addWidget(leave)


def _typed(then: datetime) -> QDateTime:
    day, time = QDate(then.year, then.month, then.day), QTime(then.hour, then.minute, then.second)
    return QDateTime(day, time, QTimeZone.utc())
