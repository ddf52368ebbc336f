"""How the window says things: ages, moments, numbers with their decimals, states in an operator's words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from hmi.client.language import tr
from hmi.core import quality as q
from hmi.core.setting import exact_value, is_exact
from hmi.core.tags import INTEGER_TYPES, Tag, TagTable

NO_VALUE: Final = "????"
_NO_STATES: Final[Mapping[int, str]] = {}
LEVELS: Final = {1: "Overview", 2: "Unit", 3: "Detail", 4: "Diagnostics"}
STATES: Final = {
    "unacknowledged": "Unacknowledged",
    "acknowledged": "Acknowledged",
    "returned-unacknowledged": "Returned, unacknowledged",
    "latched-unacknowledged": "Latched, unacknowledged",
    "latched-acknowledged": "Latched, acknowledged",
    "shelved": "Shelved",
    "suppressed-by-design": "Suppressed by design",
    "out-of-service": "Out of service",
}
SHORT_STATES: Final = {
    **STATES,
    "returned-unacknowledged": "Returned, unacked",
    "latched-unacknowledged": "Latched, unacked",
    "latched-acknowledged": "Latched, acked",
}
TYPES: Final = {
    "level_ll": "low low",
    "level_l": "low",
    "level_h": "high",
    "level_hh": "high high",
    "discrete": "state",
    "bad": "bad measurement",
    "deviation": "deviation",
    "rate": "rate of change",
}


def age(seconds: float) -> str:
    """A span of time in at most two units: `12 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`."""
    if not math.isfinite(seconds):
        return tr("never")
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def when(ns: int, zone: tzinfo) -> datetime:
    """A moment on the plant's own clock."""
    return datetime.fromtimestamp(ns // 1_000_000_000, zone)


def clock_time(ns: int, zone: tzinfo) -> str:
    """Hours, minutes and seconds on the plant's clock."""
    then = when(ns, zone)
    return then.strftime("%H:%M:%S") + _which(then)


def second(ns: int, zone: tzinfo) -> str:
    """Date and time to the second on the plant's clock, a dash when there is none."""
    then = when(ns, zone)
    return "–" if ns <= 0 else f"{then:%Y-%m-%d %H:%M:%S}{_which(then)}"


def _which(then: datetime) -> str:
    """In the hour that comes twice, when summer time ends: which of both it is, such as ` CET`."""
    offsets = {then.replace(fold=fold).utcoffset() for fold in (0, 1)}
    return f" {then.tzname()}" if len(offsets) > 1 else ""


def moment(ns: int, zone: tzinfo, now_ns: int) -> str:
    """A moment: the time alone when it is today, with the date when not, a dash when there is none."""
    if ns <= 0:
        return "–"
    then = when(ns, zone)
    today = then.date() == when(now_ns, zone).date()
    return then.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S") + _which(then)


def source_time(ns: int, zone: tzinfo) -> str:
    """When the device says it was, to the millisecond."""
    return "–" if ns <= 0 else f"{when(ns, zone):%Y-%m-%d %H:%M:%S}.{ns // 1_000_000 % 1000:03d}"


def decimals(tag: Tag) -> int:
    """How many decimals of a tag mean something, judged by its range."""
    if tag.type == "bool" or tag.type in INTEGER_TYPES:
        fraction = tag.scale if tag.type != "bool" else 1.0
        return max(0, min(4, -math.floor(math.log10(abs(fraction))))) if fraction else 0
    span = abs((tag.high or 0.0) - (tag.low or 0.0)) if tag.low is not None and tag.high is not None else 0.0
    if not span:
        return 2
    return 0 if span >= 5000 else 1 if span >= 20 else 2 if span >= 1 else 3


def number(value: float, places: int) -> str:
    """A number with fixed decimals and no negative nought."""
    if not math.isfinite(value):
        return NO_VALUE
    text = f"{value:.{places}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def unit(tag: Tag) -> str:
    """A tag's unit as it is shown; a number without dimension has none."""
    return "" if tag.unit == "1" else tag.unit


def amount(tag: Tag, value: float) -> str:
    """A value of a tag with its unit."""
    if tag.type == "bool":
        return f"1 ({tr('on')})" if value else f"0 ({tr('off')})"
    text = number(value, decimals(tag))
    return f"{text} {unit(tag)}".rstrip()


def value_text(table: TagTable, tag: Tag, last: bool = False) -> str:
    """What a tag reads now, without its unit; a bad value is `????` unless the last one is asked for."""
    quality = int(table.quality[tag.index])
    if bool(q.is_bad(quality)) and not last:
        return NO_VALUE
    if tag.is_text:
        return table.text.get(tag.index, NO_VALUE)
    raw = int(table.raw[tag.index])
    if (state := table.names.get(tag.index, _NO_STATES).get(raw)) is not None:
        return state
    if is_exact(tag):
        return str(exact_value(tag, raw))
    value = float(table.value[tag.index])
    if tag.type == "bool" and math.isfinite(value):
        return tr("on") if value else tr("off")
    return number(value, decimals(tag))


def count(number_of: int, one: str, many: str = "") -> str:
    """`1 alarm`, `2 alarms`."""
    return f"{number_of} {one if number_of == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """A text that begins with a capital, unless it begins with a name: those are written as they are."""
    first = text.partition(" ")[0].rstrip(".:,")
    return text if "." in first else text[:1].upper() + text[1:]
