"""The alarms of a plant in columns: what each rule watches, and where each alarm stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.alarms.rules import Rule

NORMAL: Final = 0
UNACKNOWLEDGED: Final = 1
ACKNOWLEDGED: Final = 2
RETURNED: Final = 3  # returned-unacknowledged
LATCHED_UNACKNOWLEDGED: Final = 4
LATCHED: Final = 5  # latched-acknowledged
STATES: Final = (
    "normal",
    "unacknowledged",
    "acknowledged",
    "returned-unacknowledged",
    "latched-unacknowledged",
    "latched-acknowledged",
)  # ISA-18.2 states by name; files and journal keep the names
SUPPRESSED: Final = "suppressed-by-design"
NEEDS_ACK: Final = (UNACKNOWLEDGED, RETURNED, LATCHED_UNACKNOWLEDGED)

HIGH: Final = 0
LOW: Final = 1
DISCRETE: Final = 2
BAD_QUALITY: Final = 3
_KIND: Final = {
    "level_h": HIGH,
    "level_hh": HIGH,
    "level_l": LOW,
    "level_ll": LOW,
    "discrete": DISCRETE,
    "bad": BAD_QUALITY,
}


class RuleColumns:
    """What every rule watches; fixed once the plant is loaded."""

    def __init__(self, rules: Sequence[Rule], tag_count: int) -> None:
        self.rules = tuple(rules)
        self.tag = np.array([rule.tag for rule in rules], np.intp)
        self.kind = np.array([_KIND[rule.type] for rule in rules], np.uint8)
        self.limit = np.array([rule.limit for rule in rules], np.float64)
        self.deadband = np.array([rule.deadband for rule in rules], np.float64)
        # Rules of one tag stand together in `order`, so a row finds them as a slice.
        self.order = np.argsort(self.tag, kind="stable")
        self.count = np.bincount(self.tag, minlength=tag_count).astype(np.intp)
        self.start = np.concatenate(([0], np.cumsum(self.count)[:-1])).astype(np.intp)

    def __len__(self) -> int:
        return len(self.rules)

    def pairs(self, tags: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """(row, rule) for every rule that watches the tag of a row, in row order."""
        counts = self.count[tags]
        row = np.repeat(np.arange(len(tags)), counts)
        if not len(row):
            return row, row
        within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        return row, self.order[self.start[tags[row]] + within]


class AlarmColumns:
    """Where every alarm stands; changed only by `hmi.core.alarms.machine`.

    `raw` is the condition as the newest value has it, `active` the condition after its delays; while they differ, a
    delay runs that ends at `due` (monotonic seconds).
    """

    def __init__(self, count: int) -> None:
        self.state = np.zeros(count, np.uint8)
        self.raw = np.zeros(count, bool)
        self.active = np.zeros(count, bool)
        self.due = np.full(count, np.inf)
        self.held = np.zeros(count, bool)  # cannot evaluate: its tag is bad or no longer updated
        self.suppressed = np.zeros(count, bool)  # by design
        self.occurrence = np.zeros(count, np.int64)
        self.raised_ns = np.zeros(count, np.int64)  # source time of the value that raised it
        self.raised_value = np.full(count, np.nan)  # the value that raised it
        self.changed_ns = np.zeros(count, np.int64)
        self.value = np.full(count, np.nan)  # the newest value seen by the rule
        self.value_ns = np.zeros(count, np.int64)
        self.quality = np.zeros(count, np.uint32)
        self.acked_by: dict[int, str] = {}
        self.version = np.zeros(count, np.uint64)
        self.counter = 0

    def touch(self, rule: int) -> None:
        """Remember that an alarm changed, for whoever shows it."""
        self.counter += 1
        self.version[rule] = self.counter

    def shown(self, rule: int) -> str:
        """The state an operator is shown: suppression comes before the rest (ISA-18.2)."""
        return SUPPRESSED if self.suppressed[rule] else STATES[int(self.state[rule])]

    def standing(self) -> NDArray[np.intp]:
        """Rules whose alarm is not normal, or is suppressed."""
        return np.flatnonzero((self.state != NORMAL) | self.suppressed)
