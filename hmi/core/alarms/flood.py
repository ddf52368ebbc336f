"""Calm under a flood: when one begins and ends, and how the list is folded while it lasts (ISA-18.2, EEMUA 191)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hmi.core.alarms.kpi import FLOOD_BEGINS, FLOOD_ENDS

WINDOW_S: Final = 600.0
MOST_LINES: Final = 10
URGENT: Final = 1  # a priority that is never folded away


@dataclass(slots=True)
class FloodWatch:
    """Counts annunciations of the last ten minutes: a flood begins above ten and ends below five."""

    is_flood: bool = False
    since: float = 0.0  # monotonic seconds at which it began
    _told: deque[float] = field(default_factory=deque)

    def annunciate(self, count: int, now: float) -> None:
        """So many alarms were annunciated just now."""
        self._told.extend([now] * min(count, FLOOD_BEGINS + 1))  # more say nothing more
        self.look(now)

    def look(self, now: float) -> bool:
        """Whether there is a flood now."""
        while self._told and self._told[0] <= now - WINDOW_S:
            self._told.popleft()
        if not self.is_flood and len(self._told) > FLOOD_BEGINS:
            self.is_flood, self.since = True, now
        elif self.is_flood and len(self._told) < FLOOD_ENDS:
            self.is_flood = False
        return self.is_flood

    def next_look(self) -> float:
        """Monotonic seconds at which a flood may end by itself; infinity when there is none."""
        if not self.is_flood or len(self._told) < FLOOD_ENDS:
            return float("inf")
        return self._told[-FLOOD_ENDS] + WINDOW_S


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a folded list: one alarm, or several of one machine with the one that came first."""

    place: str  # id of the equipment, or the group's name; "" for an alarm that stands alone
    first: int  # the rule that came first: nearest to the cause
    rules: tuple[int, ...]  # all of the line, in the order in which they came
    priority: int  # the most urgent of them


def fold(
    standing: Iterable[int], place_of: Mapping[int, str], raised_ns: Sequence[int], priority: Sequence[int]
) -> tuple[list[Line], int]:
    """Alarms by machine with first-out, the most urgent lines first, ten at most; and how many more lines there are.

    Alarms of priority 1 stand in lines of their own and are never left out, however many there are.
    """
    order = sorted(standing, key=lambda rule: (raised_ns[rule], rule))
    lines = [Line(place_of.get(rule, ""), rule, (rule,), URGENT) for rule in order if priority[rule] == URGENT]
    groups: dict[str, list[int]] = {}
    for rule in order:
        if priority[rule] != URGENT:
            groups.setdefault(place_of.get(rule) or f"\0{rule}", []).append(rule)
    folded = [
        Line("" if place.startswith("\0") else place, rules[0], tuple(rules), min(priority[rule] for rule in rules))
        for place, rules in groups.items()
    ]
    folded.sort(key=lambda line: (line.priority, -len(line.rules), raised_ns[line.first]))
    room = max(0, MOST_LINES - len(lines))
    return lines + folded[:room], len(folded) - min(room, len(folded))
