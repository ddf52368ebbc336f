"""The rules of good displays that need the tags too: commands that can be sent, units, overlapping words, way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hmi.core.errors import Mistake
from hmi.core.screens.model import Element, Screen, Symbol
from hmi.core.screens.symbols import Notes
from hmi.core.setting import is_writable
from hmi.core.tags import INTEGER_TYPES, Tag

MOST_LIVE: Final = 160  # elements bound to tags that one screen can carry and still be read
_COUNTED: Final = (*INTEGER_TYPES, "bool", "string")


def lint_screens(
    screens: Mapping[str, Screen], symbols: Mapping[str, Symbol], tags: Sequence[Tag], mistakes: list[Mistake]
) -> None:
    """Note what is wrong (a command to a read-only tag) or against the style (no unit, crowded) on parsed screens."""
    by_name = {tag.name: tag for tag in tags}
    for screen in screens.values():
        notes = Notes(screen.file, mistakes)
        _check_place(screen, screens, notes)
        for element in screen.elements:
            _check_write(element, by_name, notes)
            _check_unit(element, symbols, tags, notes)
        _check_overlaps(screen, notes)


def _check_place(screen: Screen, screens: Mapping[str, Screen], notes: Notes) -> None:
    parent = screens.get(screen.parent)
    if parent is not None and parent.level > screen.level:
        mend = f"Name a parent of level {screen.level} or less"
        notes.warning(1, f"level {screen.level} lies under {parent.id}, which is level {parent.level}", mend)
    if screen.level > 1 and not screen.parent:
        notes.warning(1, "the screen has no parent", "Add parent = and the screen above it, for the way back")
    live = sum(1 for element in screen.elements if element.binds)
    if live > MOST_LIVE:
        notes.warning(1, f"{live} live elements are too many to be read", f"Split it: {MOST_LIVE} at most")


def _check_write(element: Element, tags: Mapping[str, Tag], notes: Notes) -> None:
    tag = tags.get(element.write)
    if tag is not None and not is_writable(tag):
        notes.error(
            element.line, f"write names {tag.name}, which is read-only", "Give the tag access rw, or leave it out"
        )


def _check_unit(element: Element, symbols: Mapping[str, Symbol], tags: Sequence[Tag], notes: Notes) -> None:
    """Digits of a measured value need a unit; counters and words do not."""
    bind = element.binds.get("value")
    symbol = symbols.get(element.symbol)
    if bind is None or symbol is None or "unit" in element.options:
        return
    shows = any(shape.kind == "value" and shape.options.get("unit", True) for shape in symbol.shapes)
    if not shows or symbol.binds.get("value") == "text":
        return
    if bind.tag is None:
        notes.warning(element.line, "a calculated value is shown without a unit", 'Add unit = "..." (or "" for none)')
    elif not tags[bind.tag].unit and tags[bind.tag].type not in _COUNTED:
        mend = 'Give the tag a unit ("1" for none) in tags.csv'
        notes.warning(element.line, f"{tags[bind.tag].name} is shown without a unit", mend)


def _check_overlaps(screen: Screen, notes: Notes) -> None:
    """Live elements of one symbol that lie over each other hide each other's digits."""
    live = [element for element in screen.elements if element.binds and "points" not in element.options]
    for number, one in enumerate(live):
        for other in live[number + 1 :]:
            if one.symbol == other.symbol and _overlap(one, other):
                mend = f"Move it: the other {one.symbol} stands at [{one.x:g}, {one.y:g}] (line {one.line})"
                notes.warning(other.line, f"two {one.symbol} elements lie over each other", mend)


def _overlap(one: Element, other: Element) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
