"""The words of screen and symbol files: kinds of shapes and their options, colour roles, options of elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
STATES: Final = ("running", "stopped", "unknown")  # what a piece of equipment can be, as far as its binding tells

# What every symbol with bindings may bind beside its own: told by a small grey badge
BADGE_BINDS: Final[Mapping[str, str]] = {"mode": "code", "interlock": "bool", "oos": "bool"}

# Types of options: number, size (a number above 0), role, text, flag, bind, binds (a list of them), points, numbers,
# path, align, direction, when (one of STATES)
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
    # drawn by what the binding `by` tells; filled when solid, else an outline
    "glyph": {
        "d": "path",
        "by": "bind",
        "when": "when",
        "solid": "flag",
        "line": "role",  # instead of what reads on the fill
        "width": "size",
        "running": "numbers",
    },
    "runmark": {**_BOX, "bind": "bind", "running": "numbers"},  # a triangle at work, a square at rest, ? when unknown
    "unknown": {**_BOX, "bind": "bind", "size": "size"},  # a question mark while nothing is known
    "figure": {**_BOX, **_WRITING, "bind": "bind", "unit": "flag", "unit_room": "number"},  # unit of its own tag
    "meter": {**_BOX, "bind": "bind", "setpoint": "bind", "fill": "role"},  # a lying bar on its own tag's range
    "word": {**_BOX, **_WRITING, "bind": "bind", "on": "text", "off": "text"},  # unless the element has its own words
    "mode": {**_BOX, **_WRITING, "bind": "bind"},
    "fault": {**_BOX, **_WRITING, "bind": "bind"},  # its number or text in a word; at 0 there is none
    "segments": {**_BOX, "size": "size", "bind": "bind"},  # every word of the element side by side, the present one set
    "spark": {**_BOX, "bind": "bind"},
    "strip": {**_BOX, "size": "size", "pens": "binds"},
    "table": {**_BOX, "size": "size", "rows": "binds"},
    "picture": {**_BOX, "size": "size"},
    "badges": {"shows": "binds"},
}
LIVE: Final = frozenset(
    "value state level bar scale heads rollup glyph runmark unknown figure meter word mode fault segments spark strip"
    " table badges".split()
)
HISTORY: Final = frozenset({"spark", "strip"})  # their picture changes with time alone
# Unit modes of PackML; 0 is what a bool `automatic` says when it does not hold
MODES: Final[Mapping[str, str]] = {"0": "Manual", "1": "Auto", "2": "Maintenance", "3": "Manual"}
MOST_MINUTES: Final = 30  # of the past that a sparkline or strip can show

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
    "modes": "words",  # words of the binding `mode`
    "faults": "words",  # words of the binding `fault`
    "automatic": "numbers",  # modes that need no badge
    "labels": "texts",  # of the rows of a table, the pens of a strip
    "minutes": "minutes",  # of the past
    "picture": "text",  # a file among the pictures
}
# What makes several elements, or a machine's own, of one [[element]]
EXPANDING: Final = ("equipment", "part", "template", "with", "repeat", "has")
ELEMENT_KEYS: Final = ("symbol", "at", "size", "label", "tag", "bind", "go", "write", *EXPANDING, *ELEMENT_OPTIONS)
SCREEN_KEYS: Final = ("id", "title", "level", "size", "parent", "order", "backdrop")

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


_LARGEST: Final = 1e15  # nan and inf are no settings either


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST < value < _LARGEST


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


# Most values fit, and a plant has tens of thousands: these are settled without naming what else they could have been
_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "number": _is_number,
    "place": _is_pair,
    **dict.fromkeys(("text", "bind", "role", "path"), lambda value: isinstance(value, str)),
    "flag": lambda value: isinstance(value, bool),
    "size": lambda value: _is_number(value) and value > 0,
    "extent": lambda value: _is_pair(value) and min(value) > 0,
}


def complaint(kind: str, value: Any) -> str:
    """What an option's value should have been, when it is not; empty when it fits."""
    if kind in _FITS and _FITS[kind](value):
        return ""
    fits, wanted = {
        "number": (_is_number(value), "a number"),
        "size": (_is_number(value) and value > 0, "a number above 0"),
        "text": (isinstance(value, str), "a text in quotes"),
        "bind": (isinstance(value, str), "the name of a binding in quotes"),
        "binds": (_are_texts(value), 'names of bindings such as ["pen1", "pen2"]'),
        "texts": (_are_texts(value), 'texts such as ["Flow", "Pressure"]'),
        "minutes": (_is_number(value) and 0 < value <= MOST_MINUTES, f"a number above 0, at most {MOST_MINUTES}"),
        "when": (value in STATES, "one of " + ", ".join(STATES)),
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
