"""trends/*.toml: one group of pens each, that operators open with a touch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.tags import Tag
from hmi.core.trends import MOST_PENS, USUAL_PENS, TrendGroup, TrendPen, span_of

FOLDER: Final = "trends/"
_ID: Final = Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z", description="a word of a-z 0-9 _ -", examples=["filler-bowl"])
_TITLE: Final = Meta(min_length=1, max_length=80, examples=["Filler bowl"])
_AXIS: Final = Meta(max_length=40, examples=["pressure"])


class _Trend(Struct, frozen=True):
    id: Annotated[str, _ID]
    title: Annotated[str, _TITLE]
    span: Annotated[str, Meta(examples=["1h"])] = "1h"


class _Pen(Struct, frozen=True):
    tag: str
    axis: Annotated[str, _AXIS] = ""
    range: Annotated[tuple[float, float], Meta(description="two numbers", examples=[[0, 100]])] | None = None
    fit: bool = False
    side: Literal["left", "right"] | None = None


def trend_files(texts: Mapping[str, str]) -> list[str]:
    """The files of trend groups among a plant's files, in order."""
    return sorted(file for file in texts if re.fullmatch(r"trends/[^/]+\.toml", file))


def read_trends(
    texts: Mapping[str, str], tags: Sequence[Tag], index: Mapping[str, int], mistakes: list[Mistake]
) -> dict[str, TrendGroup]:
    """The groups of a plant by id, in the order of their files; mistakes go on the list."""
    found: dict[str, TrendGroup] = {}
    places: dict[str, str] = {}
    for file in trend_files(texts):
        group = read_group(file, texts[file], tags, index, mistakes)
        if group is None:
            continue
        if group.id in found:
            what = f"two trends are called {group.id}: the other is {places[group.id]}"
            mistakes.append(Mistake(file, 1, what, "Give one of them another id"))
        found.setdefault(group.id, group)
        places.setdefault(group.id, file)
    return found


def read_group(
    file: str, text: str, tags: Sequence[Tag], index: Mapping[str, int], mistakes: list[Mistake]
) -> TrendGroup | None:
    """The group that one file describes; None, with all mistakes on the list, where it cannot be shown."""
    table = toml.read(file, text, mistakes)
    if table is None:
        return None
    before = sum(one.severity == "error" for one in mistakes)
    for key in table.values:
        if key not in ("trend", "pen"):
            mend = "Write [trend] above the title and [[pen]] above each pen"
            mistakes.append(table.mistake(key, f"`{key}` is not a section of a trend", mend))
    head = _head(table, mistakes)
    pens = [pen for row in table.tables("pen") if (pen := _pen(row, tags, index, mistakes))]
    _check_pens(table, pens, tags, index, mistakes)
    if head is None or sum(one.severity == "error" for one in mistakes) > before:
        return None
    return TrendGroup(head.id, head.title, span_of(head.span) or 0.0, tuple(pens))


def _head(table: toml.Table, mistakes: list[Mistake]) -> _Trend | None:
    row = table.table("trend")
    if row is None:
        if "trend" not in table.values:
            mistakes.append(Mistake(table.file, 1, "`[trend]` is missing", "Add [trend] with id, title and span"))
        return None
    made = toml.fill(_Trend, row, mistakes)
    if made is not None and span_of(made.span) is None:
        what = f"`span` must be a length of time from 5 s to 400 days, found {made.span!r}"
        mistakes.append(row.mistake("span", what, 'Write a number and s, m, h or d: span = "8h"'))
    return made


def _pen(row: toml.Table, tags: Sequence[Tag], index: Mapping[str, int], mistakes: list[Mistake]) -> TrendPen | None:
    made = toml.fill(_Pen, row, mistakes)
    if made is None:
        return None
    if made.tag not in index:
        few = index if len(mistakes) < 50 else ()
        mend = suggestion(made.tag, few, "Name a tag of tags.csv, or remove the pen")
        mistakes.append(row.mistake("tag", f"there is no tag {made.tag}", mend))
        return None
    tag = tags[index[made.tag]]
    if tag.is_text or tag.history == "off":
        why = "is text, and a trend draws numbers" if tag.is_text else "has no history (history = off in tags.csv)"
        mistakes.append(row.mistake("tag", f"{made.tag} {why}", "Name another tag, or remove the pen"))
        return None
    low, high = made.range or (None, None)
    if low is not None and high is not None and low >= high:
        mistakes.append(row.mistake("range", f"the range begins with {low:g} and ends with {high:g}", "Exchange them"))
    if made.range is not None and made.fit:
        mistakes.append(row.mistake("fit", "`range` and `fit` in one pen", "Remove one: a scale is fixed, or fitted"))
    return TrendPen(made.tag, made.axis, low, high, made.fit, made.side or "")


def _check_pens(
    table: toml.Table, pens: list[TrendPen], tags: Sequence[Tag], index: Mapping[str, int], mistakes: list[Mistake]
) -> None:
    count = len(table.tables("pen"))
    if not count:
        mistakes.append(Mistake(table.file, 1, "the trend has no pens", "Add [[pen]] with a tag"))
    if count > MOST_PENS:
        what = f"{count} pens, and a trend has at most {MOST_PENS}"
        mistakes.append(table.mistake("pen", what, "Make two trends of it"))
    elif count > USUAL_PENS:
        what = f"{count} pens: more than {USUAL_PENS} can hardly be told apart"
        mistakes.append(table.mistake("pen", what, "Make two trends of it", "warning"))
    names = [pen.tag for pen in pens]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    mistakes.extend(table.mistake("pen", f"two pens are of {name}", "Remove one") for name in twice)
    for axis in dict.fromkeys(pen.axis for pen in pens if pen.axis):
        units = {tags[index[pen.tag]].unit for pen in pens if pen.axis == axis}
        if len(units) > 1:
            what = f"pens on the axis {axis} are in {' and '.join(sorted(unit or '1' for unit in units))}"
            mistakes.append(table.mistake("pen", what, "Give each unit an axis of its own", "warning"))
