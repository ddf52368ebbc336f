"""The figures of a plant's alarms as lines: each with what it should be, what is still bearable, and its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from hmi.client import words
from hmi.client.language import tr
from hmi.core.alarms.kpi import DAY, FLOOD_BEGINS, TEN_MIN, Annunciations, Kpi, Places, suggest

_HOUR: Final = 3_600_000_000_000
_NS: Final = 1_000_000_000
_WORTH_IT: Final = 0.3  # of an alarm's annunciations, that a delay must spare to be suggested
WITHIN, ABOVE, BEYOND = "within target", "above target", "too many"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure."""

    name: str
    value: str
    target: str
    most: str  # what is still manageable; "" where the target is all there is
    judged: str  # one of the three words
    places: Places  # of the annunciations that it was counted from


@dataclass(frozen=True, slots=True)
class Actor:
    """An alarm that comes too often, and what would spare the most of it."""

    rule: int
    count: int
    share: float
    suggestion: str
    places: Places


def figures(kpi: Kpi, told: Annunciations) -> list[Figure]:
    """Every figure, in the order of the standard."""
    inside = np.flatnonzero((told.time >= kpi.from_ns) & (told.time < kpi.to_ns))
    return [
        _rate(tr("Alarms a day"), kpi.per(DAY), 150, 300, inside),
        _rate(tr("Alarms an hour"), kpi.per(_HOUR), 6, 12, inside),
        _rate(tr("Alarms in ten minutes"), kpi.per(TEN_MIN), 1, 2, inside),
        _share(tr("Ten minutes with over 10"), kpi.busy_share, 0.01, _busy(kpi, told, inside)),
        _whole(tr("Most in ten minutes"), kpi.most_in_ten_min, FLOOD_BEGINS, kpi.busiest),
        _share(tr("Time in flood"), kpi.flood_share, 0.01, _joined([flood.places for flood in kpi.floods])),
        _share(tr("The ten most frequent"), kpi.top_share, 0.05, _joined([one for _, one in kpi.top])),
        _whole(tr("Chattering alarms"), len(kpi.chattering), 0, _joined([one for _, one in kpi.chattering])),
        _whole(tr("Fleeting alarms"), len(kpi.fleeting), 0, kpi.fleeting),
        _whole(tr("Stale, at once"), kpi.most_stale, 4, kpi.stale),
        *_mix(kpi, told, inside),
    ]


def actors(kpi: Kpi, told: Annunciations) -> list[Actor]:
    """The most frequent alarms, the worst first, each with the delay that would have removed the most of them."""
    return [
        Actor(rule, len(places), len(places) / max(1, kpi.count), suggestion(told, places), places)
        for rule, places in kpi.top
    ]


def suggestion(told: Annunciations, places: Places) -> str:
    """What would have spared operators most of these annunciations of one alarm, in words."""
    found = suggest(told.time[places], told.gone[places]) if len(places) > 1 else None
    if found is None or found.removed < _WORTH_IT:
        return tr("no delay would help")
    text = "{seconds} s on-delay: {share} fewer"
    if found.kind == "off_delay_s":
        text = "{seconds} s off-delay: {share} fewer"
    return tr(text, seconds=f"{found.seconds:g}", share=percent(found.removed))


def percent(share: float) -> str:
    """A share as it is read: two digits where they mean something."""
    return f"{share * 100:.0f} %" if share >= 0.1 or not share else f"{share * 100:.1f} %"


def event(told: Annunciations, place: int) -> str:
    """How long one annunciated alarm stood."""
    return words.age(float(told.gone[place] - told.time[place]) / _NS)


def _rate(name: str, value: float, target: float, most: float, places: Places) -> Figure:
    judged = WITHIN if value <= target else ABOVE if value <= most else BEYOND
    text = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    return Figure(name, text, f"≤ {target:g}", f"≤ {most:g}", judged, places)


def _share(name: str, value: float, target: float, places: Places) -> Figure:
    return Figure(name, percent(value), f"< {target * 100:g} %", "", WITHIN if value < target else ABOVE, places)


def _whole(name: str, value: int, target: int, places: Places) -> Figure:
    wanted = f"≤ {target}" if target else "0"
    return Figure(name, str(value), wanted, "", WITHIN if value <= target else ABOVE, places)


def _mix(kpi: Kpi, told: Annunciations, inside: Places) -> list[Figure]:
    """The urgent ones are few: at most 5 % are of priority 1 and 2, and 1 % of priority 1."""
    found = []
    for priority, target in ((1, 0.01), (2, 0.05), (3, 0.15)):
        own = inside[told.priority[inside] == priority]
        found.append(_share(tr("Of priority {priority}", priority=priority), kpi.mix[priority - 1], target, own))
    return found


def _busy(kpi: Kpi, told: Annunciations, inside: Places) -> Places:
    """The annunciations in the ten-minute periods with too many."""
    period = (told.time[inside] - kpi.from_ns) // TEN_MIN
    counts = np.bincount(period) if len(period) else np.empty(0, np.intp)
    found: Places = inside[counts[period] > FLOOD_BEGINS] if len(period) else inside
    return found


def _joined(parts: Sequence[Places]) -> Places:
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.intp)
