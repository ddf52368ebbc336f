"""The figures of an alarm system beside what they ought to be (ISA-18.2 clause 16, EEMUA 191), with their events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hmi.core.alarms.kpi import DAY, FLOOD_BEGINS, SECOND, TEN_MIN, Annunciations, Kpi, Places, Suggestion

_HOUR: Final = 3600 * SECOND
_NONE: Final = np.empty(0, np.intp)
GOOD, MANAGEABLE, TOO_MUCH, TOO_FEW = "good", "manageable", "too much", "too few to say"
_FEW: Final = 20  # annunciations of which no share says anything


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, what it ought to be at most (or at least), and the annunciations it was counted from."""

    key: str
    name: str
    value: float
    unit: str
    target: float
    maximum: float | None  # still manageable; None: there is no such allowance
    places: Places
    least: bool = False
    is_enough: bool = True  # there is enough to judge by

    @property
    def verdict(self) -> str:
        """good, manageable or too much; or that there is too little of it to say."""
        if not self.is_enough:
            return TOO_FEW
        if self.value >= self.target if self.least else self.value <= self.target:
            return GOOD
        return MANAGEABLE if self.maximum is not None and self.value <= self.maximum else TOO_MUCH


def figures(found: Kpi, told: Annunciations) -> tuple[Figure, ...]:
    """Every figure of a stretch of time, in the order in which a report gives them."""
    inside = np.flatnonzero((told.time >= found.from_ns) & (told.time < found.to_ns))
    flooded = _joined([flood.places for flood in found.floods])
    fast = _joined([places for _, places in found.chattering])
    long = found.to_ns - found.from_ns >= _HOUR
    many = not 0 < len(inside) < _FEW
    return (
        Figure("per_day", "annunciated per day", found.per(DAY), "", 150, 300, inside, is_enough=long),
        Figure("per_hour", "annunciated per hour", found.per(_HOUR), "", 6, 12, inside, is_enough=long),
        Figure("per_ten_min", "annunciated per 10 min", found.per(TEN_MIN), "", 1, 2, inside, is_enough=long),
        Figure("busy", "10-minute periods with more than 10", _percent(found.busy_share), "%", 1, None,
               _busy(found, told, inside)),
        Figure("most_in_ten_min", "most in 10 minutes", found.most_in_ten_min, "", 10, None, found.busiest),
        Figure("flood", "time in flood", _percent(found.flood_share), "%", 1, None, flooded),
        Figure("top_ten", "share of the ten most frequent", _percent(found.top_share), "%", 5, None,
               _joined([places for _, places in found.top]), is_enough=many),
        Figure("chattering", "chattering alarms", len(found.chattering), "", 0, None, fast),
        Figure("fleeting", "fleeting annunciations", len(found.fleeting), "", 0, None, found.fleeting),
        Figure("stale", "standing over a day, at once", found.most_stale, "", 4, None, found.stale),
        *_mix(found, told, inside, many),
    )  # fmt: skip


def _mix(found: Kpi, told: Annunciations, inside: Places, many: bool) -> list[Figure]:
    """The share of each priority: few urgent ones, or none of them is taken for urgent."""
    wanted = ((1, 1.0, False), (2, 5.0, False), (3, 15.0, False), (4, 80.0, True))
    made = []
    for priority, target, least in wanted:
        value = _percent(found.mix[priority - 1])
        if least and not len(inside):
            value = 100.0  # nothing was told, so nothing was told too urgently
        own = inside[told.priority[inside] == priority]
        name = f"share of priority {priority}"
        made.append(Figure(f"priority_{priority}", name, value, "%", target, None, own, least, many))
    return made


def _busy(found: Kpi, told: Annunciations, inside: Places) -> Places:
    period = (told.time[inside] - found.from_ns) // TEN_MIN
    return inside[np.bincount(period)[period] > FLOOD_BEGINS] if len(inside) else _NONE


def _joined(parts: list[Places]) -> Places:
    return np.unique(np.concatenate(parts)) if parts else _NONE


def _percent(share: float) -> float:
    return 100.0 * share


def advice(found: Suggestion | None) -> str:
    """A suggestion in words; "" where no delay would have helped."""
    if found is None:
        return ""
    kind = "off-delay" if found.kind == "off_delay_s" else "on-delay"
    return f"{found.seconds:g} s {kind} would have removed {100 * found.removed:.0f} % of these"
