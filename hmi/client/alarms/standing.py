"""The alarms that the mirror knows, in columns: sorted at a stroke, changed where they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.alarms.rows import Follower
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
_STATES: Final = (*_RANK, "?", SHELVED, SUPPRESSED, OUT_OF_SERVICE)  # ?: one that this program does not know
_CODES: Final = {state: code for code, state in enumerate(_STATES)}
_UNKNOWN: Final = _CODES["?"]  # what comes after it is kept quiet, or away
WAITS: Final = 1
CALLS: Final = 2
STANDS: Final = 4
_KINDS: Final = np.full(256, STANDS, np.uint8)
_KINDS[: len(_RANK)] = [
    WAITS * state.endswith("unacknowledged")
    + CALLS * (state in ("unacknowledged", "latched-unacknowledged"))
    + STANDS * (state != "returned-unacknowledged")
    for state in _RANK
]


class Standing:
    """Every alarm that is not normal, by rule: `take` brings the columns up to date with the mirror."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rows: dict[int, AlarmRow] = {}
        self.priority = np.array([rule.priority for rule in rules], np.uint8)
        self.raised_ns = np.zeros(len(rules), np.int64)
        self._rank = np.full(len(rules), _SEEN, np.uint8)
        self._state = np.full(len(rules), _AWAY, np.uint8)
        self._follower = Follower()

    def take(self, alarms: Mapping[int, AlarmRow]) -> list[int]:
        """The rules whose alarm came, went or changed since the last time."""
        changed = self._follower.changed(alarms, self.rows)
        for rule in changed:
            row = alarms.get(rule)
            if row is None:
                self.rows.pop(rule, None)
                self._state[rule] = _AWAY
                continue
            self.rows[rule] = row
            self._rank[rule] = _RANK.get(row.state, _SEEN)
            self._state[rule] = _CODES.get(row.state, _UNKNOWN)
            self.raised_ns[rule] = row.raised_ns
            if row.condition is not None:  # of a server, which may say otherwise at any time
                self.priority[rule] = row.condition.priority
        return changed

    def kinds(self, rules: NDArray[np.intp]) -> NDArray[np.uint8]:
        """How alarms stand, as three bits: 1 waits for an acknowledgement, 2 calls for it, 4 its cause stands."""
        return _KINDS[self._state[rules]]

    def count(self, view: str) -> int:
        """How many alarms one of the lists has."""
        return int(np.count_nonzero(self.mask(view)))

    def waiting(self) -> bool:
        """Whether any alarm waits for an acknowledgement."""
        return bool((_KINDS[self._state] & WAITS).any())

    def mask(self, view: str, state: str = "") -> NDArray[np.bool_]:
        """The rules in one of the lists, in one state alone if wanted."""
        if view != STANDING:
            return self._state == _CODES[view]
        if state in _STATES:
            return (self._state == _CODES[state]) & (self._state <= _UNKNOWN)
        return self._state <= _UNKNOWN

    def order(self, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Rules in display order: unacknowledged first, then by priority, then the newest."""
        shown = np.flatnonzero(mask)
        keys = (shown, -self.raised_ns[shown], self.priority[shown], self._rank[shown])
        order: NDArray[np.intp] = shown[np.lexsort(keys)]
        return order
