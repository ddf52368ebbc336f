"""The words of screen and symbol files: kinds of shapes and their options, colour roles, options of elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# What a symbol may bind. analog: a number on a scale; packml: a PackML state number; series: several analogs in a row.
BIND_KINDS: Final = ("analog", "number", "bool", "packml", "code", "text", "series")

COLOUR_ROLES: Final = frozenset(
    "background panel raised frame grid line text muted stopped running on_stopped on_running contents value normal"
    " beyond selection on_selection accent shelved stale bad".split()
)
ALARM_ROLES: Final = frozenset("priority1 priority2 priority3 priority4 diagnostic".split())
ALIGNMENTS: Final = ("left", "centre", "right")
DIRECTIONS: Final = ("up", "right")

# Types of options: number, size (a number above 0), role, text, flag, bind, points, numbers, path, align, direction
_BOX: Final = {"x": "number", "y": "number", "w": "number", "h": "number"}
_PAINT: Final = {
    "fill": "role",
    "line": "role",
    "width": "size",
    "fill_by": "bind",  # running fill while the bound state is one of `running`, stopped fill otherwise
    "glyph_by": "bind",  # a line that reads on the running as on the stopped fill of the same binding
    "running": "numbers",
    "shown_by": "bind",  # drawn only while the bound value is not 0
}
_WRITING: Final = {"size": "size", "bold": "flag", "align": "align", "colour": "role"}

# unit_room: width of a column for units, so that the digits of several rows end in one line
SHAPES: Final[Mapping[str, Mapping[str, str]]] = {
    "rect": {**_BOX, **_PAINT, "radius": "number"},
    "ellipse": {**_BOX, **_PAINT},
    "polyline": {**_PAINT, "points": "points", "closed": "flag", "from_element": "flag"},
    "path": {**_PAINT, "d": "path"},
    "text": {**_BOX, **_WRITING, "text": "text", "fill_by": "bind", "running": "numbers", "shown_by": "bind"},
    "value": {**_BOX, **_WRITING, "bind": "bind", "unit": "flag", "unit_room": "number"},
    "state": {**_BOX, **_WRITING, "bind": "bind", "fill_by": "bind", "running": "numbers"},
    "level": {**_BOX, "bind": "bind", "fill": "role", "limits": "flag"},
    "bar": {**_BOX, "bind": "bind", "fill": "role", "limits": "flag"},
    "scale": {**_BOX, "bind": "bind", "setpoint": "bind", "direction": "direction"},
    "heads": {**_BOX, "bind": "bind"},
    "rollup": {**_BOX},
}
LIVE: Final = frozenset({"value", "state", "level", "bar", "scale", "heads", "rollup"})

# Options an [[element]] may carry beside its place and bindings. pair: two numbers; words: table of number -> text
ELEMENT_OPTIONS: Final[Mapping[str, str]] = {
    "text": "text",
    "caption": "text",
    "unit": "text",
    "decimals": "number",
    "range": "pair",
    "normal": "pair",
    "points": "points",
    "words": "words",
    "running": "numbers",
    "area": "text",  # alarms of every tag under this path show on the element
    "align": "align",
    "size_of_text": "size",
}
ELEMENT_KEYS: Final = ("symbol", "at", "size", "label", "tag", "bind", "go", "write", *ELEMENT_OPTIONS)
SCREEN_KEYS: Final = ("id", "title", "level", "size", "parent", "order")

PACKML: Final[Mapping[int, str]] = {
    0: "Undefined",
    1: "Clearing",
    2: "Stopped",
    3: "Starting",
    4: "Idle",
    5: "Suspended",
    6: "Execute",
    7: "Stopping",
    8: "Aborting",
    9: "Aborted",
    10: "Holding",
    11: "Held",
    12: "Unholding",
    13: "Suspending",
    14: "Unsuspending",
    15: "Resetting",
    16: "Completing",
    17: "Complete",
}
RUNNING: Final[Mapping[str, tuple[int, ...]]] = {"packml": (6,), "bool": (1,), "code": (1,)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def complaint(kind: str, value: Any) -> str:
    """What an option's value should have been, when it is not; empty when it fits."""
    fits, wanted = {
        "number": (_is_number(value), "a number"),
        "size": (_is_number(value) and value > 0, "a number above 0"),
        "text": (isinstance(value, str), "a text in quotes"),
        "bind": (isinstance(value, str), "the name of a binding in quotes"),
        "path": (isinstance(value, str), "a path such as 'M 0 0 L 10 0 Z'"),
        "flag": (isinstance(value, bool), "true or false"),
        "role": (isinstance(value, str), "a colour role in quotes"),
        "align": (value in ALIGNMENTS, "one of " + ", ".join(ALIGNMENTS)),
        "direction": (value in DIRECTIONS, "one of " + ", ".join(DIRECTIONS)),
        "pair": (_is_pair(value) and value[0] < value[1], "two rising numbers such as [0, 100]"),
        "place": (_is_pair(value), "two numbers such as [100, 200]"),
        "extent": (_is_pair(value) and min(value) > 0, "two numbers above 0 such as [120, 60]"),
        "numbers": (isinstance(value, list) and all(map(_is_number, value)), "a list of numbers"),
        "points": (
            isinstance(value, list) and len(value) >= 2 and all(map(_is_pair, value)),
            "at least two points such as [[0, 0], [100, 0]]",
        ),
        "words": (
            isinstance(value, dict)
            and all(key.lstrip("-").isdigit() and isinstance(word, str) for key, word in value.items()),
            'a table of number and word such as { 0 = "Closed", 1 = "Open" }',
        ),
    }[kind]
    return "" if fits else wanted
