"""The alarms of a plant in columns: what each rule watches, and where each alarm stands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.alarms.quiet import Quiet
from hmi.core.alarms.rules import AlarmClass, Rule

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
SHELVED: Final = "shelved"
OUT_OF_SERVICE: Final = "out-of-service"
NEEDS_ACK: Final = (UNACKNOWLEDGED, RETURNED, LATCHED_UNACKNOWLEDGED)

HIGH: Final = 0
LOW: Final = 1
DISCRETE: Final = 2
BAD_QUALITY: Final = 3
DEVIATION: Final = 4
MISMATCH: Final = 5
RATE: Final = 6
_KIND: Final = {
    "level_h": HIGH,
    "level_hh": HIGH,
    "level_l": LOW,
    "level_ll": LOW,
    "discrete": DISCRETE,
    "bad": BAD_QUALITY,
    "deviation": DEVIATION,
    "mismatch": MISMATCH,
    "rate": RATE,
    "station": DISCRETE,
}
_NEXT: Final = {"level_h": "level_hh", "level_l": "level_ll"}  # the more severe limit on the same side


class RuleColumns:
    """What every rule watches; fixed once the plant is loaded."""

    def __init__(self, rules: Sequence[Rule], tag_count: int, classes: Mapping[str, AlarmClass] | None = None) -> None:
        self.rules = tuple(rules)
        self.classes = tuple((classes or {}).get(rule.class_) or AlarmClass(rule.class_) for rule in rules)
        # What has no tag is judged by itself: it has a number behind those of the tags.
        places = itertools.count(tag_count)
        self.tag = np.array([rule.tag if rule.tag >= 0 else next(places) for rule in rules], np.intp)
        self.kind = np.array([_KIND[rule.type] for rule in rules], np.uint8)
        self.limit = np.array([rule.limit for rule in rules], np.float64)
        self.deadband = np.array([rule.deadband for rule in rules], np.float64)
        self.priority = np.array([rule.priority for rule in rules], np.uint8)
        self.other = np.array([rule.other for rule in rules], np.intp)
        self.worse = _worse(rules)
        self.has_others = bool((self.other >= 0).any())
        self.has_rates = bool((self.kind == RATE).any())
        self.lesser = {int(one): np.flatnonzero(self.worse == one).tolist() for one in self.worse[self.worse >= 0]}
        self.auto_ack = np.array([one.auto_ack for one in self.classes], bool)
        again = zip(rules, self.classes, strict=True)
        self.realarm_s = np.array(
            [(one.realarm_min if one.realarm_min is not None else of.realarm_min) * 60 for one, of in again], np.float64
        )
        # Rules of one tag stand together in `order`, so a row finds them as a slice; what may give way comes last.
        pairs = np.flatnonzero(self.other >= 0)
        watched = np.concatenate((self.tag, self.other[pairs]))
        whose = np.concatenate((np.arange(len(rules)), pairs))
        self.order = whose[np.lexsort((self.worse[whose] >= 0, watched))]
        self.count = np.bincount(watched, minlength=next(places)).astype(np.intp)
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


def _worse(rules: Sequence[Rule]) -> NDArray[np.intp]:
    """For each exclusive level, the rule with the next worse limit of its tag; -1 where there is none."""
    levels = {(rule.tag, rule.type): rule.index for rule in rules}
    found = [levels.get((rule.tag, _NEXT.get(rule.type, "")), -1) if rule.exclusive else -1 for rule in rules]
    return np.array(found, np.intp)


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
        self.shelved: dict[int, Quiet] = {}
        self.out_of_service: dict[int, Quiet] = {}
        self.realarm = np.full(count, np.inf)  # monotonic seconds at which it is annunciated anew
        self.occurrence = np.zeros(count, np.int64)
        self.raised_ns = np.zeros(count, np.int64)  # source time of the value that raised it
        self.raised_value = np.full(count, np.nan)  # the value that raised it
        self.changed_ns = np.zeros(count, np.int64)
        self.value = np.full(count, np.nan)  # the newest value seen by the rule
        self.value_ns = np.zeros(count, np.int64)
        self.quality = np.zeros(count, np.uint32)
        self.flags = np.zeros(count, np.uint32)
        self.other = np.full(count, np.nan)  # the newest of its set-point, command or limit
        self.other_quality = np.full(count, q.BAD_WAITING, np.uint32)
        self.other_flags = np.zeros(count, np.uint32)
        self.rate: dict[int, float] = {}  # units per second, as last told
        self.rate_from: dict[int, tuple[int, float]] = {}  # source ns and value that began the span of a rate
        self.acked_by: dict[int, str] = {}
        self.true_since: dict[int, float] = {}  # of levels that may give way: when the condition became true, s
        self.eased: dict[int, str] = {}  # comes forward where a worse limit was acknowledged: who did that
        self.note: dict[int, str] = {}  # what the station says beside an alarm of its own: which server, how much
        self.version = np.zeros(count, np.uint64)
        self.counter = 0

    def touch(self, rule: int) -> None:
        """Remember that an alarm changed, for whoever shows it."""
        self.counter += 1
        self.version[rule] = self.counter

    def shown(self, rule: int) -> str:
        """The state an operator is shown: out of service before suppressed before shelved before the rest."""
        if rule in self.out_of_service:
            return OUT_OF_SERVICE
        if self.suppressed[rule]:
            return SUPPRESSED
        return SHELVED if rule in self.shelved else STATES[int(self.state[rule])]

    def standing(self) -> NDArray[np.intp]:
        """Rules whose alarm is not normal, or is kept quiet in one of the three ways."""
        standing = (self.state != NORMAL) | self.suppressed
        standing[[*self.shelved, *self.out_of_service]] = True
        return np.flatnonzero(standing)

    def is_quiet(self, rule: int) -> bool:
        """Whether an alarm is kept from being annunciated."""
        return bool(self.suppressed[rule]) or rule in self.shelved or rule in self.out_of_service
