"""What it costs to ask: a month of a trend's pens and a day of many tags in every contender, rounds in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._history_contender import Contender, Grid, Raw, bits, timed
from tests.bench._history_truth import Pen, check_at
from tests.bench._history_workload import DAY_NS, HOUR_NS, PENS, SECOND_NS, START_NS, Workload

_PATIENCE_MS = 30_000.0  # a contender that takes longer in all is not asked more than three times
_FEWEST = 3
_POINTS = 2000
_STEPS = 10  # of the time slider

Times = dict[str, dict[str, float]]  # question -> contender -> milliseconds


@dataclass
class Month:
    """What was stored: all of the pens, and a few hours of all tags."""

    workload: Workload
    days: int
    pens: dict[int, Pen]
    hours: dict[int, NDArray[Any]]  # by their start

    @property
    def end_ns(self) -> int:
        """When it ends."""
        return START_NS + self.days * DAY_NS

    @property
    def samples(self) -> int:
        """How many there are of all tags."""
        tags = len(self.workload.tags)
        return 86_400 * ((self.days - 1) * len(PENS) + tags)


def store_month(contenders: Sequence[Contender], workload: Workload, days: int, rounds: int) -> Month:
    """Into each contender: `days` of the pens, and on the last one all tags."""
    pens: dict[int, list[Raw]] = {tag: [] for tag in PENS}
    hours: dict[int, NDArray[Any]] = {}
    first_kept = days * 24 - rounds - 2  # of them one is for warming up, and the last one stays out of it
    for number in range(days * 24):
        start_ns = START_NS + number * HOUR_NS
        chosen = np.array(PENS) if number < (days - 1) * 24 else None
        stretch = workload.stretch(start_ns, 3600, chosen)
        rows = stretch.rows()
        for contender in contenders:
            contender.load(rows)
        for place, tag in enumerate(stretch.tags.tolist()):
            if tag in pens:
                column = (stretch.time, stretch.value, bits(stretch.quality))
                pens[tag].append(Raw(*(np.ascontiguousarray(part[:, place]) for part in column)))
        if number >= first_kept:
            hours[start_ns] = rows
    for contender in contenders:
        contender.settle()
    return Month(workload, days, {tag: Pen(parts) for tag, parts in pens.items()}, hours)


def ask_all(contenders: Sequence[Contender], month: Month, rounds: int) -> Times:
    """Every question to every contender, the answers checked; the medians."""
    questions = (_raw, _day, _month, _hourly)
    found: Times = {question.__name__[1:]: {} for question in questions}
    for question in questions:
        took: dict[str, list[float]] = {contender.name: [] for contender in contenders}
        for number in range(rounds + 1):
            for contender in contenders:
                spent = took[contender.name]
                if sum(spent) < _PATIENCE_MS or len(spent) <= _FEWEST:
                    contender.forget()
                    spent.append(question(contender, month, number))
        for name, spent in took.items():
            found[question.__name__[1:]][name] = median(spent[1:])  # the first one warmed up
    return found | _moments(contenders, month, rounds)


def _raw(contender: Contender, month: Month, number: int) -> float:
    """One hour of one tag, that no other round asks for."""
    tag = PENS[number % len(PENS)]
    from_ns = START_NS + (number * 7 + 1) % (month.days * 24 - 2) * HOUR_NS + 1017 * SECOND_NS
    took, found = timed(lambda: contender.raw(tag, from_ns, from_ns + HOUR_NS))
    month.pens[tag].check_raw(contender.name, found, from_ns, from_ns + HOUR_NS)
    return took


def _day(contender: Contender, month: Month, number: int) -> float:
    """The last day, as somebody pushes it along in steps of ten minutes."""
    to_ns = month.end_ns - number * 600 * SECOND_NS
    return _trend(contender, month, to_ns - DAY_NS, to_ns)


def _month(contender: Contender, month: Month, number: int) -> float:
    """All there is."""
    return _trend(contender, month, START_NS, month.end_ns - number * HOUR_NS)


def _trend(contender: Contender, month: Month, from_ns: int, to_ns: int) -> float:
    grid = Grid(from_ns, to_ns, -(-(to_ns - from_ns) // _POINTS))
    took, (taken, found) = timed(lambda: contender.trend(PENS, grid))
    for tag, buckets in zip(PENS, found, strict=True):
        month.pens[tag].check_trend(contender.name, buckets, taken, grid)
    return took


def _hourly(contender: Contender, month: Month, number: int) -> float:
    """A report over everything, of another tag each time."""
    tag, from_ns = PENS[number % 5], START_NS + HOUR_NS
    took, found = timed(lambda: contender.hourly(tag, from_ns, month.end_ns))
    month.pens[tag].check_hourly(contender.name, found, from_ns, month.end_ns)
    return took


def _moments(contenders: Sequence[Contender], month: Month, rounds: int) -> Times:
    """What 200 tags were at a moment of an hour that nobody has asked for, then a second later, and so on."""
    random = np.random.default_rng(5)
    wanted = min(200, len(month.workload.tags))
    first: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    later: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for start_ns, rows in list(month.hours.items())[: rounds + 1]:
        tags = random.permutation(len(month.workload.tags))[:wanted].tolist()
        when_ns = start_ns + int(random.integers(60, 3500)) * SECOND_NS + 777_000_000
        around = rows[(rows["time"] > when_ns - 10 * SECOND_NS) & (rows["time"] < when_ns + 20 * SECOND_NS)]
        for contender in contenders:
            contender.forget()
            for step in range(_STEPS + 1):
                now_ns = when_ns + step * SECOND_NS
                took, found = timed(lambda: contender.at(tags, now_ns))  # noqa: B023 - called at once
                check_at(contender.name, found, around, tags, now_ns)
                (later if step else first)[contender.name].append(took)
    medians = {name: median(took[1:]) for name, took in first.items()}
    return {"at": medians, "next": {name: median(took[_STEPS:]) for name, took in later.items()}}
