"""Where the steps of a report begin: by the clock, or by the plant's calendar with its days of 23 and 25 hours."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_STEPS: Final = 200_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_S: Final = 1_000_000_000
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 28 * 86_400}  # at least


class Step(NamedTuple):
    """How long a step is: so many seconds, minutes, hours, days, weeks or months (s, m, h, d, w, mo)."""

    number: int
    unit: str

    @property
    def on_the_wall(self) -> bool:
        """Whether it goes by the clock on the wall: days and more, and shifts of which some make a day."""
        if self.unit == "h":
            return self.number > 1 and 24 % self.number == 0
        return self.unit in ("d", "w", "mo")


def step_of(text: str) -> Step:
    """A step as people write it: 10s, 15m, 1h, 8h, 1d, 1w, 1mo; raises ValueError for anything else."""
    found = re.fullmatch(r"([1-9]\d{0,5})(s|m|h|d|w|mo)", text)
    if found is None:
        raise ValueError(f"{text!r} is not a step: write 15m, 1h, 8h, 1d, 1w or 1mo")
    return Step(int(found[1]), found[2])


def edges_of(from_ns: int, to_ns: int, step: Step, zone: tzinfo = UTC) -> NDArray[np.int64]:
    """Edges of the steps that begin at `from_ns` and of which the last is cut short at `to_ns`.

    Steps on the wall keep their time of day when clocks are changed: such a day has 23 or 25 hours, such a night
    shift 7 or 9. Raises ValueError for more than MOST_STEPS.
    """
    if to_ns <= from_ns:
        raise ValueError("the end is not after the start")
    if (to_ns - from_ns) // (step.number * _SECONDS[step.unit] * _S) >= MOST_STEPS:
        raise ValueError(f"that makes more than {MOST_STEPS} steps: ask for longer steps or a shorter time")
    found = _on_the_wall(from_ns, to_ns, step, zone) if step.on_the_wall else _by_the_clock(from_ns, to_ns, step)
    return np.unique(np.append(found, to_ns))


def begin_of(when_ns: int, step: Step, zone: tzinfo = UTC) -> int:
    """Where the step that a moment is in begins by the calendar: the full hour, midnight, Monday, the first."""
    wall = _wall(when_ns, zone)
    if not step.on_the_wall:
        offset = (wall.utcoffset() or timedelta()) // timedelta(seconds=1) * _S
        width = step.number * _SECONDS[step.unit] * _S
        return (when_ns + offset) // width * width - offset
    begin = wall.replace(hour=0, minute=0, second=0, tzinfo=None)
    if step.unit == "h":
        begin += timedelta(hours=wall.hour // step.number * step.number)
    elif step.unit == "w":
        begin -= timedelta(days=wall.weekday())
    elif step.unit == "mo":
        begin = begin.replace(day=1)
    return _ns(begin, zone)


def _by_the_clock(from_ns: int, to_ns: int, step: Step) -> NDArray[np.int64]:
    width = step.number * _SECONDS[step.unit] * _S
    return np.arange(from_ns, to_ns, width, dtype=np.int64)


def _on_the_wall(from_ns: int, to_ns: int, step: Step, zone: tzinfo) -> NDArray[np.int64]:
    begin = _wall(from_ns, zone).replace(tzinfo=None)
    found = [from_ns]
    while found[-1] < to_ns:
        found.append(_ns(_later(begin, len(found), step), zone) + from_ns % _S)
    return np.array([edge for edge in found if from_ns <= edge < to_ns], np.int64)


def _later(wall: datetime, times: int, step: Step) -> datetime:
    if step.unit != "mo":
        return wall + times * timedelta(seconds=step.number * _SECONDS[step.unit])
    years, month = divmod(wall.year * 12 + wall.month - 1 + times * step.number, 12)
    return wall.replace(year=years, month=month + 1, day=min(wall.day, monthrange(years, month + 1)[1]))


def _wall(when_ns: int, zone: tzinfo) -> datetime:
    """What the clock on the wall shows, to the second; ValueError for times that no calendar has."""
    try:
        return (_EPOCH + timedelta(seconds=when_ns // _S)).astimezone(zone)
    except OverflowError:
        raise ValueError(f"{when_ns} ns is a time that no calendar has") from None


def _ns(wall: datetime, zone: tzinfo) -> int:
    return (wall.replace(tzinfo=zone) - _EPOCH) // timedelta(seconds=1) * _S
