"""The figures of a plant's alarms as lines: each with what it should be, what is still bearable, and its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hmi.client import words
from hmi.client.language import tr
from hmi.core.alarms.figures import GOOD, TOO_FEW, TOO_MUCH, Figure, figures
from hmi.core.alarms.kpi import Annunciations, Kpi, Places, suggest

_NS: Final = 1_000_000_000
_WORTH_IT: Final = 0.3  # of an alarm's annunciations, that a delay must spare to be suggested
WITHIN, ABOVE, BEYOND, UNKNOWN = "within target", "above target", "too many", "too few to say"
_NAMES: Final = {
    "per_day": "Alarms a day",
    "per_hour": "Alarms an hour",
    "per_ten_min": "Alarms in ten minutes",
    "busy": "Ten minutes with over 10",
    "most_in_ten_min": "Most in ten minutes",
    "flood": "Time in flood",
    "top_ten": "The ten most frequent",
    "chattering": "Chattering alarms",
    "fleeting": "Fleeting alarms",
    "stale": "Stale, at once",
}
_PRIORITY: Final = "priority_"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure as it is read."""

    name: str
    value: str
    target: str
    most: str  # what is still manageable; "" where the target is all there is
    judged: str  # one of the four words
    places: Places  # of the annunciations that it was counted from


@dataclass(frozen=True, slots=True)
class Actor:
    """An alarm that comes too often, and what would spare the most of it."""

    rule: int
    count: int
    share: float
    suggestion: str
    places: Places


def lines(kpi: Kpi, told: Annunciations) -> list[Line]:
    """Every figure, in the order of the standard."""
    return [_line(one) for one in figures(kpi, told)]


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


def _line(one: Figure) -> Line:
    name = tr("Of priority {priority}", priority=one.key[len(_PRIORITY) :]) if one.key.startswith(_PRIORITY) else ""
    unit = " %" if one.unit else ""
    sign = "≥" if one.least else "≤"
    target = f"{sign} {one.target:g}{unit}" if one.target else "0"
    most = "" if one.maximum is None else f"≤ {one.maximum:g}"
    return Line(name or tr(_NAMES[one.key]), _value(one), target, most, _judged(one), one.places)


def _value(one: Figure) -> str:
    if one.unit:
        return percent(one.value / 100)
    if not one.is_enough:
        return "–"  # two alarms in a minute are no thousand a day
    return f"{one.value:.0f}" if one.maximum is None or one.value >= 10 else f"{one.value:.1f}"


def _judged(one: Figure) -> str:
    if one.verdict == TOO_MUCH:
        return ABOVE if one.maximum is None else BEYOND
    return {GOOD: WITHIN, TOO_FEW: UNKNOWN}.get(one.verdict, ABOVE)
