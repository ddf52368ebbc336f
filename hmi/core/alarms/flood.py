"""Calm under a flood: when one begins and ends, and how the list is folded while it lasts (ISA-18.2, EEMUA 191)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

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
    standing: NDArray[np.intp],
    place: NDArray[np.intp],
    names: Sequence[str],
    raised_ns: NDArray[np.int64],
    priority: NDArray[np.uint8],
) -> tuple[list[Line], int]:
    """Alarms by machine with first-out, the most urgent lines first, ten at most; and how many more lines there are.

    `place` of each rule is a number in `names`; what is of no place ("") stands alone. Alarms of priority 1 stand in
    lines of their own and are never left out, however many there are.
    """
    order = standing[np.lexsort((standing, raised_ns[standing]))]
    is_urgent = priority[order] == URGENT
    lines = [Line(names[place[rule]], rule, (rule,), URGENT) for rule in order[is_urgent].tolist()]
    rest = order[~is_urgent]
    alone = np.array([not name for name in names], bool)[place[rest]]
    keys = np.where(alone, len(names) + rest, place[rest])
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)  # the first of each came first
    worst = np.full(len(first), np.iinfo(np.uint8).max, np.uint8)
    np.minimum.at(worst, which, priority[rest])
    room = max(0, MOST_LINES - len(lines))
    for group in np.lexsort((raised_ns[rest[first]], -np.bincount(which, minlength=len(first)), worst))[:room].tolist():
        rules = tuple(rest[which == group].tolist())
        lines.append(Line(names[place[rules[0]]], rules[0], rules, int(worst[group])))
    return lines, max(0, len(first) - room)
