"""Alarm rules in words: what raises them, how their priority was computed, and what is set about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from hmi.core.alarms.rules import LEVEL_TYPES, PER_S, Matrix, Rule
from hmi.core.alarms.station import TYPE as STATION
from hmi.core.tags import Tag

TYPES: Final = {
    "level_ll": "very low",
    "level_l": "low",
    "level_h": "high",
    "level_hh": "very high",
    "deviation": "off its set-point",
    "mismatch": "does not follow its command",
    "rate": "changes too fast",
    "discrete": "in an abnormal state",
    "bad": "no good value",
}
_MOVES: Final = {"up": "rises", "down": "falls", "both": "moves"}


def limit_text(rule: Rule, tags: Sequence[Tag]) -> str:
    """What raises the alarm, such as `at or above 92 %`, without the delays."""
    if rule.type == STATION:
        return "the station notices it by itself"
    unit = f" {tags[rule.tag].unit}" if tags[rule.tag].unit else ""
    other = tags[rule.other].name if rule.other >= 0 else ""
    if rule.type in LEVEL_TYPES:
        side = "at or above" if rule.type in ("level_h", "level_hh") else "at or below"
        return f"{side} {other or f'{rule.limit:g}{unit}'}"
    if rule.type == "deviation":
        return f"{rule.limit:g}{unit} or more from {other}"
    if rule.type == "mismatch":
        return f"other than {other}"
    if rule.type == "rate":
        return f"{_MOVES[rule.direction]} by {rate(rule):g}{unit}/{rule.per} or more, over {rule.over_s:g} s"
    if rule.type == "bad":
        return "no good value"
    return ("on" if rule.limit else "off") if tags[rule.tag].type == "bool" else f"equal to {rule.limit:g}"


def rate(rule: Rule) -> float:
    """The limit of a rate as people read it, per `rule.per`."""
    return float(f"{rule.limit * PER_S[rule.per]:.12g}")


def deadband(rule: Rule) -> float:
    """The deadband as people read it."""
    return float(f"{rule.deadband * PER_S[rule.per]:.12g}") if rule.type == "rate" else rule.deadband


def number(rule: Rule) -> float | None:
    """The one number that the alarm was judged by; None where there is none, or where it is a tag's."""
    return None if rule.type in ("bad", "mismatch", STATION) or math.isnan(rule.limit) else rule.limit


def computed(rule: Rule, matrix: Matrix) -> str:
    """How the priority came about: `major, 5 min to respond (over 3, up to 10 min): priority 3`."""
    if not rule.consequence or not rule.respond_min:
        return f"consequence or time to respond not known yet: priority {rule.priority}"
    bounds = (0.0, *matrix.respond_min, math.inf)
    column = sum(1 for bound in matrix.respond_min if rule.respond_min > bound)
    low, high = bounds[column], bounds[column + 1]
    within = f"over {low:g} min" if high == math.inf else f"up to {high:g} min" if not low else ""
    within = within or f"over {low:g}, up to {high:g} min"
    return f"{rule.consequence}, {rule.respond_min:g} min to respond ({within}): priority {rule.priority}"
