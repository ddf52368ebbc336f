"""How well a plant's alarms serve its operators (ISA-18.2 clause 16, EEMUA 191), over any stretch of time.

Annunciations alone are counted: never acknowledgements, operators' actions or events of the system. Each figure comes
with the places of the events it was counted from, so that a person can look at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

SECOND: Final = 1_000_000_000
TEN_MIN: Final = 600 * SECOND
DAY: Final = 86_400 * SECOND
FLOOD_BEGINS: Final = 10  # more than so many in ten minutes
FLOOD_ENDS: Final = 5  # fewer than so many in ten minutes
CHATTERING: Final = 3  # so many of one alarm within a minute
_MINUTE: Final = 60 * SECOND
_FLEETING: Final = 10 * SECOND
_TOP: Final = 10
_NEVER: Final = np.iinfo(np.int64).max

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Annunciations:
    """What operators were told, in order of time: when, which alarm, how urgent, and when it went away."""

    time: NDArray[np.int64]  # ns UTC
    rule: NDArray[np.intp]
    priority: NDArray[np.uint8]
    gone: NDArray[np.int64]  # when its condition returned, ns UTC; the end of the stretch where it stands

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class Flood:
    """A time in which alarms came faster than they can be read."""

    begin_ns: int
    end_ns: int
    places: Places


@dataclass(frozen=True, slots=True)
class Kpi:
    """The figures of one stretch of time."""

    from_ns: int
    to_ns: int
    count: int
    most_in_ten_min: int
    busy_share: float  # of the ten-minute periods, those with more than ten
    flood_share: float  # of the time
    top_share: float  # of all annunciations, those of the ten most frequent alarms
    mix: tuple[float, float, float, float]  # share of priorities 1 to 4
    floods: tuple[Flood, ...] = ()
    busiest: Places = field(default_factory=lambda: np.empty(0, np.intp))
    top: tuple[tuple[int, Places], ...] = ()  # the most frequent alarms, the worst first
    chattering: tuple[tuple[int, Places], ...] = ()  # alarm, and its annunciations that came too fast
    fleeting: Places = field(default_factory=lambda: np.empty(0, np.intp))
    stale: Places = field(default_factory=lambda: np.empty(0, np.intp))  # stood longer than a day
    most_stale: int = 0  # on any one moment

    def per(self, span_ns: int) -> float:
        """Annunciations in so much time, on the average."""
        return self.count * span_ns / max(1, self.to_ns - self.from_ns)


def measure(told: Annunciations, from_ns: int, to_ns: int) -> Kpi:
    """The figures of what was annunciated from one moment up to another."""
    inside = (told.time >= from_ns) & (told.time < to_ns)
    places = np.flatnonzero(inside)
    time, rule = told.time[places], told.rule[places]
    per_period = np.bincount((time - from_ns) // TEN_MIN, minlength=max(1, -(-(to_ns - from_ns) // TEN_MIN)))
    found = floods(time, to_ns)
    frequent = _frequent(rule)
    first, most = _busiest(time)
    stale = _once(told, np.flatnonzero((told.gone - told.time > DAY) & (told.time < to_ns) & (told.gone > from_ns)))
    return Kpi(
        from_ns=from_ns,
        to_ns=to_ns,
        count=len(places),
        most_in_ten_min=most,
        busy_share=float(np.count_nonzero(per_period > FLOOD_BEGINS) / len(per_period)),
        flood_share=sum(one.end_ns - one.begin_ns for one in found) / max(1, to_ns - from_ns),
        top_share=sum(len(own) for _, own in frequent) / max(1, len(places)),
        mix=_mix(told.priority[places]),
        floods=tuple(Flood(one.begin_ns, one.end_ns, places[one.places]) for one in found),
        busiest=places[first : first + most],
        top=tuple((number, places[own]) for number, own in frequent),
        chattering=tuple((number, places[own]) for number, own in _chattering(time, rule)),
        fleeting=places[_fleeting(time, rule, told.gone[places], to_ns)],
        stale=stale,
        most_stale=_at_once(told.time[stale] + DAY, told.gone[stale]),
    )


def floods(time: NDArray[np.int64], end_ns: int) -> list[Flood]:
    """Floods begin with the first of more than ten in ten minutes and end when fewer than five came in the last ten."""
    found: list[Flood] = []
    begun: int | None = None
    free = 0  # the first place after the flood before
    before = np.searchsorted(time, time - TEN_MIN, side="right")  # the first of the ten minutes up to each
    for place in range(len(time)):
        count = place - int(before[place]) + 1
        if begun is None and count > FLOOD_BEGINS:
            begun = max(free, int(before[place]))
        if begun is None:
            continue
        calm = _calm_from(time, place)
        following = int(time[place + 1]) if place + 1 < len(time) else end_ns
        if calm <= following:
            found.append(Flood(int(time[begun]), min(calm, end_ns), np.arange(begun, place + 1)))
            begun, free = None, place + 1
    if begun is not None:
        found.append(Flood(int(time[begun]), end_ns, np.arange(begun, len(time))))
    return found


def _calm_from(time: NDArray[np.int64], place: int) -> int:
    """When fewer than five will have come in the last ten minutes, if nothing follows this one."""
    fifth = place - FLOOD_ENDS + 1
    return int(time[place]) if fifth < 0 else int(time[fifth]) + TEN_MIN


def _busiest(time: NDArray[np.int64]) -> tuple[int, int]:
    """Where the fullest ten minutes begin, and how many they hold."""
    if not len(time):
        return 0, 0
    counts = np.searchsorted(time, time + TEN_MIN, side="left") - np.arange(len(time))
    first = int(counts.argmax())
    return first, int(counts[first])


def _frequent(rule: NDArray[np.intp]) -> list[tuple[int, Places]]:
    if not len(rule):
        return []
    numbers, counts = np.unique(rule, return_counts=True)
    worst = numbers[np.lexsort((numbers, -counts))][:_TOP]
    return [(int(number), np.flatnonzero(rule == number)) for number in worst]


def _chattering(time: NDArray[np.int64], rule: NDArray[np.intp]) -> list[tuple[int, Places]]:
    """Alarms of which three or more came within a minute."""
    found = []
    for number in np.unique(rule):
        own = np.flatnonzero(rule == number)
        if len(own) < CHATTERING:
            continue
        fast = np.flatnonzero(time[own[CHATTERING - 1 :]] - time[own[: 1 - CHATTERING]] <= _MINUTE)
        if len(fast):
            places = np.unique((fast[:, None] + np.arange(CHATTERING)).ravel())
            found.append((int(number), own[places]))
    return found


def _fleeting(time: NDArray[np.int64], rule: NDArray[np.intp], gone: NDArray[np.int64], end_ns: int) -> Places:
    """Gone within ten seconds, and not there again within a minute; what still stands at the end is not gone."""
    by_rule = np.lexsort((time, rule))
    again = np.full(len(time), _NEVER)
    same = rule[by_rule][1:] == rule[by_rule][:-1]
    again[by_rule[:-1][same]] = time[by_rule[1:][same]]
    anew = np.zeros(len(time), bool)  # annunciated again while it stood: it came long before
    anew[by_rule[1:][same]] = gone[by_rule[:-1][same]] > time[by_rule[1:][same]]
    return np.flatnonzero((gone - time < _FLEETING) & (again - gone > _MINUTE) & ~anew & (gone < end_ns))


def _once(told: Annunciations, places: Places) -> Places:
    """Of what was annunciated again while it stood, the first."""
    _, first = np.unique(np.column_stack((told.rule[places], told.gone[places])), axis=0, return_index=True)
    return places[np.sort(first)]


def _mix(priority: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    counts = np.bincount(priority, minlength=5)[1:5] / max(1, len(priority))
    return float(counts[0]), float(counts[1]), float(counts[2]), float(counts[3])


def _at_once(begin: NDArray[np.int64], end: NDArray[np.int64]) -> int:
    """How many stretches lie over each other at most."""
    if not len(begin):
        return 0
    edges = np.concatenate((begin, end))
    change = np.concatenate((np.ones(len(begin), np.int64), -np.ones(len(end), np.int64)))
    return int(np.cumsum(change[np.lexsort((change, edges))]).max())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would have spared operators most of an alarm's annunciations."""

    kind: str  # on_delay_s | off_delay_s
    seconds: float
    removed: float  # share of its annunciations that would not have been


_DELAYS: Final = (2.0, 5.0, 10.0, 12.0, 20.0, 30.0, 60.0)


def suggest(
    time: NDArray[np.int64], gone: NDArray[np.int64], enough: float = 0.9, end_ns: int = _NEVER
) -> Suggestion | None:
    """The shortest delay that would have removed so much of one alarm's annunciations, else the one that removes most.

    `time` and `gone` are those of this alarm alone, in order; what was gone at `end_ns` stands still. None where no
    delay would have helped.
    """
    best: Suggestion | None = None
    if not len(time):
        return None
    pause = time[1:] - gone[:-1]  # from its return to its next; negative where it was annunciated again while it stood
    anew = np.concatenate(([False], pause < 0))
    lasted = np.where(anew | (gone >= end_ns), _NEVER, gone - time)
    for seconds in _DELAYS:
        span = round(seconds * SECOND)
        for kind, spared in (("off_delay_s", (pause >= 0) & (pause < span)), ("on_delay_s", lasted < span)):
            removed = float(np.count_nonzero(spared) / len(time))
            if removed >= enough:
                return Suggestion(kind, seconds, removed)
            if removed > (best.removed if best else 0.0):
                best = Suggestion(kind, seconds, removed)
    return best
