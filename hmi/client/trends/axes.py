"""The axes of a trend: the plant's own clock below, the scales of pens beside it; painted by hand, ready-made ones cost
half a frame.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QDate, QLocale, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsWidget

from hmi.client import words
from hmi.client.language import spoken, tr
from hmi.client.theme import Theme, font

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_LABEL_PX: Final = 96
_TICK_PX: Final = 56
_HEIGHT_PX: Final = 28  # of the time axis
_WIDTH_PX: Final = 84  # of a scale
_EDGE_PX: Final = 30
_TICK: Final = 4
_CENTRE: Final = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


def time_step(span_s: float, width_px: float) -> int:
    """Seconds between two labels so that they do not touch; whole days when even a day is too short."""
    room = max(1.0, width_px / _LABEL_PX)
    for step in _STEPS:
        if span_s / step <= room:
            return step
    return 86400 * math.ceil(span_s / room / 86400)


def time_ticks(start_s: float, stop_s: float, width_px: float, zone: tzinfo) -> tuple[list[float], int]:
    """Round moments of the plant's clock (Unix seconds) between two, and the seconds from one to the next.

    On the day on which the clock is put forward or back there are 23 or 25 hours, and each is as wide as any other.
    """
    step = time_step(stop_s - start_s, width_px)
    if step > 3600:
        return [tick for tick in _clock_ticks(start_s, stop_s, step, zone) if start_s <= tick <= stop_s], step
    offset = datetime.fromtimestamp((start_s + stop_s) / 2, zone).utcoffset()
    shift = offset.total_seconds() if offset else 0.0
    first = math.ceil((start_s + shift) / step) * step - shift
    count = int(max(0.0, stop_s - first) // step) + 1
    return [first + step * place for place in range(count) if first + step * place <= stop_s], step


def _clock_ticks(start_s: float, stop_s: float, step_s: int, zone: tzinfo) -> list[float]:
    """Whole hours or days as the clock on the wall shows them, whatever lies between."""
    day = datetime.fromtimestamp(start_s, zone).date()
    last = datetime.fromtimestamp(stop_s, zone).date()
    apart = max(1, step_s // 86400)
    day -= timedelta(days=day.toordinal() % apart)
    ticks: list[float] = []
    while day <= last:
        for hour in range(0, 24, max(1, min(24, step_s // 3600))):
            tick = datetime(day.year, day.month, day.day, hour, tzinfo=zone).timestamp()
            if not ticks or tick > ticks[-1]:
                ticks.append(tick)
        day += timedelta(days=apart)
    return ticks


def time_label(moment_s: float, step_s: int, zone: tzinfo) -> str:
    """A moment as its label: the date at midnight, seconds where they differ, the zone in an hour that comes twice."""
    return _time_label(moment_s, step_s, zone, spoken())


@lru_cache(maxsize=512)  # while time is dragged, the same moments are labelled thirty times a second
def _time_label(moment_s: float, step_s: int, zone: tzinfo, language: str) -> str:
    then = datetime.fromtimestamp(round(moment_s), zone)
    if step_s >= 86400 or (then.hour, then.minute, then.second) == (0, 0, 0):
        return date_text(then)
    label = f"{then:%H:%M:%S}" if step_s < 60 else f"{then:%H:%M}"
    twice = then.replace(fold=0).utcoffset() != then.replace(fold=1).utcoffset()
    return f"{label} {then:%Z}" if twice else label


def date_text(then: datetime) -> str:
    """A day as people write it, without its year."""
    return QLocale(spoken()).toString(QDate(then.year, then.month, then.day), tr("d MMM"))


def zone_text(start_s: float, stop_s: float, zone: tzinfo) -> str:
    """The zone that the clock is in at both ends of a stretch; both names where it is changed in it."""
    names = [f"{datetime.fromtimestamp(moment, zone):%Z}" for moment in (start_s, stop_s)]
    return "/".join(dict.fromkeys(names))


def nice_step(span: float, labels: int) -> float:
    """1, 2 or 5 times a power of ten, so that about so many fit into a span."""
    raw = span / max(1, labels)
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next((times * power for times in (1.0, 2.0, 5.0, 10.0) if times * power >= raw), 10.0 * power)


def badge(painter: QPainter, box: QRectF, colour: QColor, number: int) -> None:
    """A pen's number on its colour, so that pens are told apart without colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 2, 2)
    painter.setFont(font(11, bold=True))
    painter.setPen(QColor("#000000" if colour.lightnessF() > 0.6 else "#FFFFFF"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))


class TimeAxis(QGraphicsWidget):
    """Plant time; positions are seconds since `base_ns`. In the corner the day at the left edge, and the zone."""

    def __init__(self, base_ns: int, zone: tzinfo, theme: Theme) -> None:
        super().__init__()
        self.base_s, self.zone, self.theme = base_ns / 1e9, zone, theme
        self._low, self._high = 0.0, 1.0
        self.setMinimumHeight(_HEIGHT_PX)
        self.setMaximumHeight(_HEIGHT_PX)

    def follow(self, view: pg.ViewBox) -> None:
        """Show the time of a view from now on."""
        view.sigXRangeChanged.connect(self._ranged)

    def ticks(self) -> list[tuple[float, str]]:
        """Where the labels stand, px from the left, and what they say."""
        if self._high <= self._low:
            return []
        per_s, start = self.size().width() / (self._high - self._low), self._low + self.base_s
        found, step = time_ticks(start, self._high + self.base_s, self.size().width(), self.zone)
        return [((tick - start) * per_s, time_label(tick, step, self.zone)) for tick in found]

    def corner(self) -> str:
        """The day at the left edge, and the zone."""
        start, stop = self._low + self.base_s, self._high + self.base_s
        day = date_text(datetime.fromtimestamp(start, self.zone))
        return f"{day} {zone_text(start, stop, self.zone)}"

    def boundingRect(self) -> QRectF:
        return QRectF(-_WIDTH_PX, 0, self.size().width() + _WIDTH_PX + _LABEL_PX / 2, self.size().height())

    def paint(self, painter: QPainter, *args: Any) -> None:
        width = self.size().width()
        painter.fillRect(QRectF(0, 0, width, 1), self.theme.colour("frame"))
        painter.setFont(font(12))
        painter.setPen(self.theme.colour("muted"))
        for x, text in self.ticks():
            painter.fillRect(QRectF(round(x), 0, 1, _TICK), self.theme.colour("frame"))
            if _EDGE_PX <= x <= width:  # further left it would stand on the corner's words
                painter.drawText(QRectF(round(x) - _LABEL_PX / 2, _TICK + 2, _LABEL_PX, 18), _CENTRE, text)
        painter.setFont(font(11))
        place = QRectF(4 - _WIDTH_PX, _TICK + 3, _WIDTH_PX, 18)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.corner())

    def _ranged(self, view: Any, span: tuple[float, float]) -> None:
        self._low, self._high = span
        self.update()


class ValueAxis(QGraphicsWidget):
    """The scale of one pen in its own unit; positions are shares of it, 0 at its bottom."""

    def __init__(self, theme: Theme, right: bool = False) -> None:
        super().__init__()
        self.theme, self.right = theme, right
        self.colour: QColor | None = None  # of the pen that it stands for; None: of the chosen one
        self.number = 0  # of that pen
        self.low, self.high, self.unit = 0.0, 1.0, ""
        self._bottom, self._top = 0.0, 1.0  # shares of the scale at the lower and upper edge
        self._places = 0
        self.setMinimumWidth(_WIDTH_PX)
        self.setMaximumWidth(_WIDTH_PX)

    def follow(self, view: pg.ViewBox) -> None:
        """Be as high as what a view shows."""
        view.sigYRangeChanged.connect(self._ranged)
        self._bottom, self._top = view.viewRange()[1]

    def show_scale(self, low: float, high: float, unit: str) -> None:
        """Label the axis from `low` to `high`."""
        if (low, high, unit) != (self.low, self.high, self.unit):
            self.low, self.high, self.unit = low, high, unit
            self.update()

    def levels(self) -> list[float]:
        """Where the labels stand, as shares of the scale."""
        span, size = self.high - self.low, self.size().height() / ((self._top - self._bottom) or 1.0)
        if not math.isfinite(span) or span <= 0:
            return []
        step = nice_step(span, max(2, int(size // _TICK_PX)))
        self._places = max(0, -math.floor(math.log10(step) + 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [(place * step - self.low) / span for place in range(first, last + 1)]

    def labels(self, levels: list[float]) -> list[str]:
        """What they say; the uppermost with the unit."""
        texts = [words.number(self.low + level * (self.high - self.low), self._places) for level in levels]
        return [*texts[:-1], f"{texts[-1]} {self.unit}".rstrip()] if texts else texts

    def paint(self, painter: QPainter, *args: Any) -> None:
        width, height = self.size().width(), self.size().height()
        line = self.colour or self.theme.colour("frame")
        edge = 0.0 if self.right else width - 1
        painter.fillRect(QRectF(edge, 0, 1, height), line)
        painter.setFont(font(12))
        painter.setPen(self.colour or self.theme.colour("muted"))
        side = Qt.AlignmentFlag.AlignLeft if self.right else Qt.AlignmentFlag.AlignRight
        levels = self.levels()
        for level, text in zip(levels, self.labels(levels), strict=True):
            y = round(height * (self._top - level) / (self._top - self._bottom))
            painter.fillRect(QRectF(edge if self.right else edge - _TICK + 1, y, _TICK, 1), line)
            place = QRectF(_TICK + 6 if self.right else 0, max(y - 9.0, 0.0), width - _TICK - 6, 18)
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)
        if self.colour is not None and self.number:
            badge(painter, QRectF(width - 15 if self.right else 0, 0, 15, 15), self.colour, self.number)

    def _ranged(self, view: Any, span: tuple[float, float]) -> None:
        self._bottom, self._top = span
        self.update()
