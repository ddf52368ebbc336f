"""What the alarm list shows line by line: in display order, grouped by machine, or folded while a flood lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.alarms.belongings import Belongings, Filter
from hmi.client.alarms.standing import STANDING, Standing
from hmi.client.page import Desk
from hmi.core.alarms.columns import SHELVED
from hmi.core.alarms.flood import Line, fold
from hmi.link.messages import AlarmRow

EVERY_S: Final = 0.14  # a long list is put in order anew so often at most: nobody reads faster
LONG: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: an alarm, or the head of a group with the alarm that came first."""

    rule: int
    group: Line | None = None  # of a head
    is_part: bool = False  # an alarm below its head


@dataclass(slots=True)
class AlarmModel:
    """The lines of the list. Nothing is made for lines that nobody sees: `entry` makes one when it is asked for."""

    desk: Desk
    belongings: Belongings
    view: str = STANDING
    wanted: Filter = field(default_factory=Filter)
    grouped: bool = False
    folded: bool = False
    more: int = 0  # lines that a folded list has no room for
    standing: Standing = field(init=False)
    _codes: NDArray[np.intp] = field(init=False)  # of each line: a rule, or -1 - the number of a group
    _parts: NDArray[np.bool_] = field(init=False)
    _groups: list[Line] = field(init=False, default_factory=list)
    _turned: set[str] = field(init=False, default_factory=set)  # groups that are not as they are by themselves
    _let: NDArray[np.bool_] = field(init=False)
    late: bool = field(init=False, default=False)
    _put_at: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        self.standing = Standing(self.desk.mirror.rules)
        self._codes = np.empty(0, np.intp)
        self._parts = np.empty(0, bool)
        self._let = self.belongings.mask(self.wanted)

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def rows(self) -> list[AlarmRow]:
        """The alarms that have lines of their own, from the first to the last."""
        return [self.standing.rows[int(code)] for code in self._codes if code >= 0]

    def entry(self, line: int) -> Entry:
        """What stands in a line."""
        code = int(self._codes[line])
        if code >= 0:
            return Entry(code, is_part=bool(self._parts[line]))
        group = self._groups[-1 - code]
        return Entry(group.first, group)

    def line_of(self, rule: int) -> int:
        """The line in which an alarm stands; -1 when it has none."""
        found = np.flatnonzero(self._codes == rule)
        return int(found[0]) if len(found) else -1

    def has(self, rule: int) -> bool:
        """Whether an alarm is among those that the list is about."""
        return bool(self._mask()[rule])

    def put(self) -> list[int]:
        """Take over the mirror's alarms, of a long list a few times a second; returns the rules that changed.

        `late` says that there may be more to take.
        """
        now = self.desk.clock.monotonic()
        self.late = now < self._put_at
        if self.late:
            return []
        changed = self.standing.take(self.desk.mirror.alarms)
        if changed:
            self._learn(changed)
            self.arrange()
            self._put_at = now + EVERY_S if len(self.standing.rows) > LONG else now
        return changed

    def _learn(self, changed: list[int]) -> None:
        """Conditions of servers come with their names and places."""
        for rule in changed:
            row = self.standing.rows.get(rule)
            if row is not None and row.condition is not None and self.belongings.learn(rule, row.condition):
                self._let[rule] = self.belongings.lets(rule, self.wanted)

    def show(self, view: str) -> None:
        """Another list."""
        self.view = view
        self.arrange()

    def filter(self, wanted: Filter) -> None:
        """Only these."""
        self.wanted = wanted
        self._let = self.belongings.mask(wanted)
        self.arrange()

    def group(self, wanted: bool) -> None:
        """By machine, or not."""
        self.grouped = wanted
        self._turned.clear()
        self.arrange()

    def fold(self, wanted: bool) -> None:
        """At most ten lines, as in a flood; or the full list."""
        self.folded = wanted
        self._turned.clear()
        self.arrange()

    def turn(self, group: Line) -> None:
        """Open a group that is closed, close one that is open."""
        self._turned ^= {group.place}
        self.arrange()

    def is_open(self, group: Line) -> bool:
        """Whether the alarms of a group have lines of their own."""
        return (group.place in self._turned) == self.folded

    def first_since(self, from_ns: int) -> int:
        """The rule of the alarm that came first of those that stand since then: nearest to the cause; -1 for none."""
        standing = np.flatnonzero(self.standing.mask(STANDING) & (self.standing.raised_ns >= from_ns))
        return int(standing[self.standing.raised_ns[standing].argmin()]) if len(standing) else -1

    def arrange(self) -> None:
        """Put everything in order anew."""
        order = self.standing.order(self._mask())
        if self.view == SHELVED:  # what comes back first stands first
            rows = self.standing.rows
            order = np.array(sorted(order.tolist(), key=lambda rule: rows[rule].quiet_until_ns), np.intp)
        self.more = 0
        if self.folded and self.view == STANDING:
            raised, priority = self.standing.raised_ns, self.standing.priority
            lines, self.more = fold(order, self.belongings.number, self.belongings.names, raised, priority)
            self._lay(lines)
        elif self.grouped:
            self._lay(self._grouped(order))
        else:
            self._codes, self._parts, self._groups = order, np.zeros(len(order), bool), []

    def _mask(self) -> NDArray[np.bool_]:
        return self.standing.mask(self.view, self.wanted.state) & self._let

    def _grouped(self, order: NDArray[np.intp]) -> list[Line]:
        """Machines in the order of their most urgent alarm, each with its alarms in display order."""
        numbers, first, which = np.unique(self.belongings.number[order], return_index=True, return_inverse=True)
        parts = np.split(order[np.argsort(which, kind="stable")], np.cumsum(np.bincount(which))[:-1])
        raised, priority = self.standing.raised_ns, self.standing.priority
        groups = []
        for place in np.argsort(first).tolist() if len(order) else []:
            own = parts[place]
            came_first = int(own[np.lexsort((own, raised[own]))[0]])
            name = self.belongings.names[int(numbers[place])]
            groups.append(Line(name, came_first, tuple(own.tolist()), int(priority[own].min())))
        return groups

    def _lay(self, lines: list[Line]) -> None:
        """Groups with their heads; in a folded list an alarm alone needs none."""
        codes: list[int] = []
        parts: list[bool] = []
        self._groups = []
        for line in lines:
            if self.folded and len(line.rules) == 1:
                codes.append(line.first)
                parts.append(False)
                continue
            self._groups.append(line)
            codes.append(-len(self._groups))
            parts.append(False)
            if self.is_open(line):
                codes += line.rules
                parts += [True] * len(line.rules)
        self._codes, self._parts = np.array(codes, np.intp), np.array(parts, bool)
