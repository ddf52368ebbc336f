"""What the limit of an alarm is now: written in the plant's files, or the value of another tag."""

from __future__ import annotations

import math

from hmi.client import words
from hmi.core import quality as q
from hmi.core.alarms.rules import LEVEL_TYPES, Rule
from hmi.core.alarms.sayings import number
from hmi.core.tags import TagTable


def limit_now(table: TagTable, rule: Rule) -> float:
    """The limit of a level alarm; not a number for other alarms, and where the tag with the limit is bad."""
    if rule.type not in LEVEL_TYPES:
        return math.nan
    if rule.other < 0:
        return rule.limit
    return math.nan if bool(q.is_bad(int(table.quality[rule.other]))) else float(table.value[rule.other])


def limit_text(table: TagTable, rule: Rule) -> str:
    """The limit with its unit, and the tag that gives it where one does: `82.0 % (line1.filler.tank.limit)`."""
    tag, fixed = table.tags[rule.tag], number(rule)
    written = "" if fixed is None else words.amount(tag, fixed)
    if rule.other < 0:
        return written
    other = table.tags[rule.other].name
    if rule.type not in LEVEL_TYPES:  # a distance from a set-point, or no number at all
        return f"{written} {other}".lstrip()
    now = limit_now(table, rule)
    return f"{words.NO_VALUE if math.isnan(now) else words.amount(tag, now)} ({other})"
