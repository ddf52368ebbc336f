"""Types and values of plant files in words: what was expected, what was found, what to write."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import types
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

_PLAIN: Final[dict[Any, tuple[str, str, str]]] = {  # type: one of it, several of it, an example
    float: ("a number", "numbers", "1.0"),
    int: ("a whole number", "whole numbers", "1"),
    bool: ("true or false", "true or false", "true"),
    str: ("text", "texts", '"text"'),
    dt.date: ("a date", "dates", "2026-03-01"),
}
_AT: Final = re.compile(r" - at `\$(.*)`$")
_STEP: Final = re.compile(r"\[(\d+)\]|\.(\w+)")


def expected(kind: Any) -> str:
    """What a key of this type takes: `a number, at least 0`."""
    kind, metas = _unwrap(kind)
    described = [meta.description for meta in metas if meta.description]
    return ", ".join([described[-1]] if described else [_name(kind, 0), *_bounds(metas)])


def example(kind: Any, default: Any = None) -> str:
    """Something that a key of this type may hold, as TOML: the type's own example, the default, else any."""
    kind, metas = _unwrap(kind)
    for meta in metas:
        if meta.examples:
            return literal(meta.examples[0])
    if default not in (None, "", ()) and isinstance(default, str | int | float | tuple):
        return literal(default)
    if get_origin(kind) is Literal:
        return literal(get_args(kind)[0])
    if get_origin(kind) in (tuple, list):
        inner = [part for part in get_args(kind) if part is not Ellipsis]
        return f"[{', '.join(example(part) for part in inner)}]"
    return _PLAIN.get(kind, ("", "", "..."))[2]


def found(value: Any) -> str:
    """What stands in the file, in words: `text "high"`."""
    if isinstance(value, bool):
        return literal(value)
    if isinstance(value, str):
        return f"text {literal(value if len(value) <= 40 else value[:40] + '…')}"
    if isinstance(value, int | float):
        return f"{value}"[:40]
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return f"a date or time ({value})"


def literal(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(part) for part in value)}]"
    return str(value)


def visible(text: str) -> str:
    """A device's text with its control, zero-width and direction signs written out: it must not steer a terminal."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def choices(kind: Any) -> tuple[str, ...]:
    """The words a key may hold, if it takes only certain ones."""
    kind, _ = _unwrap(kind)
    return tuple(str(choice) for choice in get_args(kind)) if get_origin(kind) is Literal else ()


def as_number(text: str) -> float | None:
    """The number that a text holds, also with a decimal comma; None if it holds none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def takes_number(kind: Any) -> bool:
    """Whether a key of this type takes a number."""
    kind, _ = _unwrap(kind)
    return kind in (float, int) or float in get_args(kind)


def pinpoint(error: str, value: Any) -> tuple[str, Any]:
    """Where inside a list or table msgspec found fault (`[2]`, `.x`; "" all of it), and what stands there."""
    match = _AT.search(error)
    if match is None:
        return "", value
    for index, name in _STEP.findall(match.group(1)):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            return "", value
    return match.group(1), value


def _unwrap(kind: Any) -> tuple[Any, list[msgspec.Meta]]:
    """A type without Annotated and without `| None`, and the constraints that stood on it."""
    metas: list[msgspec.Meta] = []
    while True:
        if get_origin(kind) is Annotated:
            metas += [part for part in kind.__metadata__ if isinstance(part, msgspec.Meta)]
            kind = kind.__origin__
        elif get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind):
            kind = Union[tuple(part for part in get_args(kind) if part is not type(None))]  # noqa: UP007
        else:
            return kind, metas


def _name(kind: Any, several: int) -> str:
    kind, _ = _unwrap(kind)
    if kind in _PLAIN:
        return _PLAIN[kind][several]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return f"one of {', '.join(literal(choice) for choice in inner)}"
    if origin in (Union, types.UnionType):
        return " or ".join(_name(part, several) for part in inner)
    if origin is tuple and Ellipsis not in inner:
        return f"[{', '.join(_name(part, 0) for part in inner)}]"
    if origin in (tuple, list) or (isinstance(origin, type) and issubclass(origin, tuple | list)):
        return ", ".join([f"a list of {_name(inner[0], 1)}", *_bounds(_unwrap(inner[0])[1])])
    return "tables" if several else "a table"


def _bounds(metas: list[msgspec.Meta]) -> list[str]:
    words = {
        "ge": "at least {}",
        "gt": "more than {}",
        "le": "at most {}",
        "lt": "less than {}",
        "min_length": "{} long or longer",
        "max_length": "{} long at most",
        "pattern": "of the form {}",
    }
    bounds = []
    for meta in metas:
        for name, text in words.items():
            limit = getattr(meta, name)
            if limit is not None:
                bounds.append("not empty" if (name, limit) == ("min_length", 1) else text.format(limit))
    return bounds
