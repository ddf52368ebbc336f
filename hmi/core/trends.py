"""Trend groups: pens that are looked at together, over how much time, on which scales. Of the plant, or of a person."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

USUAL_PENS: Final = 8  # more than so many can hardly be told apart
MOST_PENS: Final = 16
SIDES: Final = ("left", "right")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN: Final = re.compile(r"([1-9]\d{0,7})([smhd])")
SHORTEST_S: Final = 5
LONGEST_S: Final = 400 * 86400


@dataclass(frozen=True, slots=True)
class TrendPen:
    """One tag of a group. Its scale is its tag's range, or from `low` to `high`, or `fit` to what is in view.

    Pens with the same word in `axis` share one scale; with a `side` the pen's axis always stands there.
    """

    tag: str  # its name
    axis: str = ""
    low: float | None = None
    high: float | None = None
    fit: bool = False
    side: str = ""  # left | right | "" only while the pen is the chosen one


@dataclass(frozen=True, slots=True)
class TrendGroup:
    """A trend as it was put together once."""

    id: str
    title: str
    span_s: float
    pens: tuple[TrendPen, ...]


def span_of(text: str) -> float | None:
    """Seconds of `30s`, `10m`, `8h`, `7d`; None for anything else, or what no trend can show."""
    found = _SPAN.fullmatch(text)
    seconds = float(int(found[1]) * _UNITS[found[2]]) if found else 0.0
    return seconds if SHORTEST_S <= seconds <= LONGEST_S else None


def span_text(span_s: float) -> str:
    """The other way, in the largest unit that leaves no rest; of a part of a second the whole one."""
    seconds = round(min(max(span_s, SHORTEST_S), LONGEST_S))
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def id_of(title: str, taken: Sequence[str] = ()) -> str:
    """An id made of a title: letters, digits and dashes; another one than those that are taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "trend"
    plain = plain if plain[0].isalpha() else f"trend-{plain}"
    names = [plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def written(group: TrendGroup) -> str:
    """The group as the text of its file."""
    lines = ["[trend]", f"id = {_quoted(group.id)}", f"title = {_quoted(group.title)}"]
    lines.append(f"span = {_quoted(span_text(group.span_s))}")
    for pen in group.pens:
        lines += ["", "[[pen]]", f"tag = {_quoted(pen.tag)}"]
        lines += [f"axis = {_quoted(pen.axis)}"] if pen.axis else []
        if pen.low is not None and pen.high is not None:
            lines.append(f"range = [{float(pen.low)!r}, {float(pen.high)!r}]")
        lines += ["fit = true"] if pen.fit else []
        lines += [f"side = {_quoted(pen.side)}"] if pen.side else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are valid in it, but for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
