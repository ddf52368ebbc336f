"""Which alarm conditions the rows of a batch make true or false: one pass in numpy, whatever the number of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms.columns import AlarmColumns, RuleColumns
from hmi.core.batch import FLAG_NOT_LIVE

TRUE: Final = 1
FALSE: Final = -1
BETWEEN: Final = 0  # inside the deadband: as it was
UNKNOWN: Final = 2  # cannot be told
_SILENT: Final = np.array([q.UNCERTAIN_LAST_USABLE, q.BAD_NO_COMMUNICATION], np.uint32)
_NS: Final = 1e9


@dataclass(slots=True)
class Seen:
    """What each (row, rule) pair of a batch saw, in row order."""

    rule: NDArray[np.intp]
    value: NDArray[np.float64]
    other: NDArray[np.float64]  # of the set-point, command or limit tag; not a number where a rule has none
    time: NDArray[np.int64]
    quality: NDArray[np.uint32]
    flags: NDArray[np.uint32]


def look(rules: RuleColumns, alarms: AlarmColumns, rows: NDArray[Any]) -> tuple[Seen, NDArray[np.int8]]:
    """Every pair of a row and a rule that watches its tag, and what it makes of the rule's condition.

    The newest value that each rule has seen is remembered in the alarms' columns.
    """
    row, rule = rules.pairs(rows["tag"])
    # Column by column: gathering whole rows costs ten times as much.
    seen = Seen(
        rule,
        rows["value"][row].astype(np.float64),
        np.full(len(row), np.nan),
        rows["time"][row],
        rows["quality"][row],
        rows["flags"][row],
    )
    alone: Any = slice(None)
    if rules.has_others and len(row):
        _join_others(rules, alarms, rows["tag"][row], seen)
        alone = rules.other[rule] < 0
    alarms.value[rule] = seen.value  # the last row of a tag wins
    alarms.value_ns[rule] = seen.time
    alarms.quality[rule[alone]] = seen.quality[alone]
    alarms.flags[rule[alone]] = seen.flags[alone]
    return seen, _wishes(rules, alarms, seen)


def _join_others(rules: RuleColumns, alarms: AlarmColumns, tags: NDArray[Any], seen: Seen) -> None:
    """Give each pair of a rule over two tags what both were at that row: the newest up to it, of each."""
    two = np.flatnonzero(rules.other[seen.rule] >= 0)
    two = two[np.argsort(seen.rule[two], kind="stable")]  # rule by rule, its rows in order
    rule = seen.rule[two]
    is_other = tags[two] == rules.other[rule]
    first = np.concatenate(([True], rule[1:] != rule[:-1]))
    own = _newest(first, ~is_other)
    others = _newest(first, is_other)
    value, quality, flags = seen.value[two], seen.quality[two], seen.flags[two]
    mine = (
        np.where(own >= 0, value[own], alarms.value[rule]),
        np.where(own >= 0, quality[own], alarms.quality[rule]),
        np.where(own >= 0, flags[own], alarms.flags[rule]),
    )
    its = (
        np.where(others >= 0, value[others], alarms.other[rule]),
        np.where(others >= 0, quality[others], alarms.other_quality[rule]),
        np.where(others >= 0, flags[others], alarms.other_flags[rule]),
    )
    seen.value[two], seen.other[two] = mine[0], its[0]
    seen.quality[two] = np.maximum(mine[1], its[1])  # the worse of both
    seen.flags[two] = mine[2] | its[2]
    last = np.concatenate((first[1:], [True])) if len(two) else first[:0]
    which = rule[last]
    alarms.quality[which], alarms.flags[which] = mine[1][last], mine[2][last]
    alarms.other[which], alarms.other_quality[which], alarms.other_flags[which] = (one[last] for one in its)


def _newest(first: NDArray[np.bool_], mine: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each place, the last one up to it within its rule that is `mine`; -1 where there is none yet."""
    places = np.arange(len(first))
    start = np.maximum.accumulate(np.where(first, places, 0))
    found = np.maximum.accumulate(np.where(mine, places, -1))
    return np.where(found >= start, found, -1)


def _wishes(rules: RuleColumns, alarms: AlarmColumns, seen: Seen) -> NDArray[np.int8]:
    rule, value = seen.rule, seen.value
    kind, limit, band = rules.kind[rule], rules.limit[rule], rules.deadband[rule]
    if rules.has_others:
        moving = np.isin(kind, (c.HIGH, c.LOW)) & (rules.other[rule] >= 0)
        limit = np.where(moving, seen.other, limit)
        apart = np.isin(kind, (c.DEVIATION, c.MISMATCH))
        value = np.where(apart, np.abs(value - seen.other), value)
    if rules.has_rates:
        value = np.where(kind == c.RATE, _rates(rules, alarms, seen), value)
    above = np.isin(kind, (c.HIGH, c.DEVIATION, c.RATE))
    on = np.select(
        [above, kind == c.LOW, kind == c.DISCRETE, kind == c.MISMATCH],
        [value >= limit, value <= limit, value == limit, value != 0],
        False,
    )
    off = np.select(
        [above, kind == c.LOW, kind == c.DISCRETE, kind == c.MISMATCH],
        [value < limit - band, value > limit + band, value != limit, value == 0],
        False,
    )
    wish: NDArray[np.int8] = on.astype(np.int8) - off.astype(np.int8)
    unknown = q.is_bad(seen.quality) | ((seen.flags & FLAG_NOT_LIVE) != 0) | np.isnan(value) | np.isnan(limit)
    wish[unknown] = UNKNOWN
    of_quality = kind == c.BAD_QUALITY
    wish[of_quality] = np.where(q.is_bad(seen.quality[of_quality]), TRUE, FALSE)
    wish[of_quality & np.isin(seen.quality, _SILENT)] = UNKNOWN  # a silent controller says nothing about its sensors
    return wish


def _rates(rules: RuleColumns, alarms: AlarmColumns, seen: Seen) -> NDArray[np.float64]:
    """How fast a value moves, per second of its own source time, over the rule's span; by direction or either way.

    The first value after the span has run out is compared with the one that began it. Until then, and after a bad
    value, the rate is not known.
    """
    found = np.full(len(seen.rule), np.nan)
    for place in np.flatnonzero(rules.kind[seen.rule] == c.RATE).tolist():
        rule = int(seen.rule[place])
        value, at_ns = float(seen.value[place]), int(seen.time[place])
        good = not (q.is_bad(seen.quality[place]) or int(seen.flags[place]) & FLAG_NOT_LIVE or np.isnan(value))
        begun = alarms.rate_from.get(rule)
        if not good:
            alarms.rate_from.pop(rule, None)
            alarms.rate.pop(rule, None)
            continue
        if begun is None or at_ns < begun[0]:
            alarms.rate_from[rule] = (at_ns, value)
        elif at_ns - begun[0] >= rules.rules[rule].over_s * _NS:
            alarms.rate[rule] = (value - begun[1]) / ((at_ns - begun[0]) / _NS)
            alarms.rate_from[rule] = (at_ns, value)
        rate = alarms.rate.get(rule, np.nan)
        found[place] = {"up": rate, "down": -rate}.get(rules.rules[rule].direction, abs(rate))
    return found
