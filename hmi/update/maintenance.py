"""The maintenance window of a station: when work on it is allowed."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from hmi.plantfiles.site import DAYS, Window


def is_open(window: Window, now_ns: int, zone: tzinfo) -> bool:
    """Whether it is open at a moment; one that ends before it begins goes on after midnight."""
    now = datetime.fromtimestamp(now_ns / 1e9, zone)
    minute = now.hour * 60 + now.minute
    if window.from_min < window.to_min:
        return now.weekday() in window.days and window.from_min <= minute < window.to_min
    yesterday = (now - timedelta(days=1)).weekday()
    begun = now.weekday() in window.days and minute >= window.from_min
    return begun or (yesterday in window.days and minute < window.to_min)


def told(window: Window) -> str:
    """The window in words: sat, sun 02:00 to 04:00."""
    days = "every day" if len(window.days) == len(DAYS) else ", ".join(DAYS[day] for day in sorted(window.days))
    return f"{days} {_clock(window.from_min)} to {_clock(window.to_min)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
