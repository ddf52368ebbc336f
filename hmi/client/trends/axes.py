"""The two axes of a trend: the plant's own clock below, the scale of the chosen pen on the left."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

import pyqtgraph as pg

from hmi.client import words

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_LABEL_PX: Final = 96
_TICK_PX: Final = 56


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
    then = datetime.fromtimestamp(round(moment_s), zone)
    if step_s >= 86400 or (then.hour, then.minute, then.second) == (0, 0, 0):
        return f"{then.day} {then:%b}"
    label = f"{then:%H:%M:%S}" if step_s < 60 else f"{then:%H:%M}"
    twice = then.replace(fold=0).utcoffset() != then.replace(fold=1).utcoffset()
    return f"{label} {then:%Z}" if twice else label


def nice_step(span: float, labels: int) -> float:
    """1, 2 or 5 times a power of ten, so that about so many fit into a span."""
    raw = span / max(1, labels)
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next((times * power for times in (1.0, 2.0, 5.0, 10.0) if times * power >= raw), 10.0 * power)


class TimeAxis(pg.AxisItem):
    """Plant time; positions are seconds since `base_ns`."""

    def __init__(self, base_ns: int, zone: tzinfo) -> None:
        super().__init__("bottom")
        self.base_s, self.zone = base_ns / 1e9, zone
        self._step = 1
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> list[Any]:
        ticks, self._step = time_ticks(low + self.base_s, high + self.base_s, size, self.zone)
        return [(float(self._step), [tick - self.base_s for tick in ticks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [time_label(value + self.base_s, self._step, self.zone) for value in values]


class ValueAxis(pg.AxisItem):
    """The scale of one pen in its own unit; positions are shares of it."""

    def __init__(self) -> None:
        super().__init__("left")
        self.low, self.high, self.unit = 0.0, 1.0, ""
        self._places = 0
        self.setWidth(84)
        self.enableAutoSIPrefix(False)

    def show_scale(self, low: float, high: float, unit: str) -> None:
        """Label the axis from `low` to `high`."""
        if (low, high, unit) != (self.low, self.high, self.unit):
            self.low, self.high, self.unit = low, high, unit
            self.picture = None
            self.update()

    def levels(self, size: float) -> list[float]:
        """Where the labels stand on an axis so many px long, as shares of the scale."""
        span = self.high - self.low
        if not math.isfinite(span) or span <= 0:
            return []
        step = nice_step(span, max(2, int(size // _TICK_PX)))
        self._places = max(0, -math.floor(math.log10(step) + 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [(place * step - self.low) / span for place in range(first, last + 1)]

    def tickValues(self, low: float, high: float, size: float) -> list[Any]:
        return [(1.0, self.levels(size / ((high - low) or 1.0)))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        texts = [words.number(self.low + value * (self.high - self.low), self._places) for value in values]
        return [*texts[:-1], f"{texts[-1]} {self.unit}".rstrip()] if texts else texts
