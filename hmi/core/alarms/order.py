"""Two orders of alarms, both documented: how a list shows them, and which change outranks which."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.alarms import columns as c
from hmi.core.alarms.columns import AlarmColumns, RuleColumns

_RANK: Final = np.array([3, 0, 1, 0, 0, 1], np.uint8)  # of a state in a list: to be seen, standing, and the rest


def display_order(rules: RuleColumns, alarms: AlarmColumns, which: Any) -> NDArray[np.intp]:
    """Alarms as a list shows them: heard before quiet, unacknowledged first, then by priority, then newest first."""
    shown = np.asarray(which, np.intp)
    quiet = alarms.suppressed[shown].astype(np.uint8)
    for kept in (alarms.shelved, alarms.out_of_service):
        quiet |= np.isin(shown, np.fromiter(kept, np.intp, len(kept)))
    keys = (shown, -alarms.raised_ns[shown], rules.priority[shown], _RANK[alarms.state[shown]], quiet)
    return shown[np.lexsort(keys)]


def outranks(rules: RuleColumns, alarms: AlarmColumns, one: int, other: int) -> bool:
    """Whether one alarm is told rather than another where there is room for one: the banner, the horn.

    To be seen before seen, then the more urgent, then the one that stands, then the one that came first: in a flood
    the first is nearest to the cause.
    """

    def key(rule: int) -> tuple[bool, bool, int, bool, int]:
        state = int(alarms.state[rule])
        return (
            alarms.is_quiet(rule),
            state not in c.NEEDS_ACK,
            int(rules.priority[rule]),
            not bool(alarms.active[rule]),
            int(alarms.raised_ns[rule]),
        )

    return key(one) < key(other)
