"""The alarms that the mirror knows, in columns: sorted at a stroke, changed where they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED, SUPPRESSED
from hmi.core.alarms.rules import Rule
from hmi.link.messages import AlarmRow

STANDING: Final = "standing"  # a list: what is annunciated; the others are named by the state they show
VIEWS: Final = (STANDING, SHELVED, SUPPRESSED, OUT_OF_SERVICE)
_AWAY: Final = 255
_SEEN: Final = 3
# As a list shows them: to be seen first, then what stands, then the rest.
_RANK: Final = {
    "unacknowledged": 0,
    "returned-unacknowledged": 0,
    "latched-unacknowledged": 0,
    "acknowledged": 1,
    "latched-acknowledged": 1,
}
_STATES: Final = (*_RANK, SHELVED, SUPPRESSED, OUT_OF_SERVICE)


class Standing:
    """Every alarm that is not normal, by rule: `take` brings the columns up to date with the mirror."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rows: dict[int, AlarmRow] = {}
        self.priority = np.array([rule.priority for rule in rules], np.uint8)
        self.raised_ns = np.zeros(len(rules), np.int64)
        self._rank = np.full(len(rules), _SEEN, np.uint8)
        self._state = np.full(len(rules), _AWAY, np.uint8)

    def take(self, alarms: Mapping[int, AlarmRow]) -> list[int]:
        """The rules whose alarm came, went or changed since the last time."""
        before = self.rows
        changed = [rule for rule, row in alarms.items() if before.get(rule) is not row]
        new = sum(1 for rule in changed if rule not in before)
        gone = [one for one in before if one not in alarms] if len(before) + new > len(alarms) else []
        for rule in changed:
            row = before[rule] = alarms[rule]
            self._rank[rule] = _RANK.get(row.state, _SEEN)
            self._state[rule] = _STATES.index(row.state) if row.state in _STATES else _AWAY - 1
            self.raised_ns[rule] = row.raised_ns
        for rule in gone:
            del before[rule]
            self._state[rule] = _AWAY
        return changed + gone

    def count(self, view: str) -> int:
        """How many alarms one of the lists has."""
        return int(np.count_nonzero(self.mask(view)))

    def mask(self, view: str, state: str = "") -> NDArray[np.bool_]:
        """The rules in one of the lists, in one state alone if wanted."""
        if view != STANDING:
            mask: NDArray[np.bool_] = self._state == _STATES.index(view)
            return mask
        shown = (self._state != _AWAY) & ~np.isin(self._state, _QUIET)
        return shown & (self._state == _STATES.index(state)) if state in _STATES else shown

    def order(self, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Rules in display order: unacknowledged first, then by priority, then the newest."""
        shown = np.flatnonzero(mask)
        keys = (shown, -self.raised_ns[shown], self.priority[shown], self._rank[shown])
        order: NDArray[np.intp] = shown[np.lexsort(keys)]
        return order


_QUIET: Final = tuple(_STATES.index(state) for state in (SHELVED, SUPPRESSED, OUT_OF_SERVICE))
