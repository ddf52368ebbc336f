"""What a tag may be set to: one judgement for the window, which tells the operator early, and the gate."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from hmi.core.tags import INTEGER_TYPES, Tag

_WORDS: Final = {"true": 1.0, "on": 1.0, "1": 1.0, "false": 0.0, "off": 0.0, "0": 0.0}
_TRUTHS: Final = ("true", "on", "false", "off")  # which no number and no text is
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
_WIDE: Final = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}  # beyond 2^53 no float tells them apart


class Unacceptable(ValueError):
    """A value that a tag cannot be set to; says why, as the beginning of a sentence."""


def acceptable(tag: Tag, wanted: Any) -> float | str:
    """What was asked for as a value of the tag, in engineering units; raises Unacceptable.

    A whole number of 64 bits without scale is an int, exact to the last digit.
    """
    if tag.type == "bool":
        return _truth(tag, wanted)
    if isinstance(wanted, bool):
        wanted = str(wanted).lower()
        if tag.is_text:
            raise Unacceptable(f"{wanted} is not a text, and {tag.name} is one")
    if tag.is_text:
        return _text(tag, wanted)
    if isinstance(wanted, str) and wanted.strip().lower() in _TRUTHS:
        raise Unacceptable(f"{wanted.strip()} is no number, and {tag.name} is {tag.type}: write a number, such as 1")
    number = _exact(tag, wanted) if is_exact(tag) else _number(tag, wanted)
    if tag.type in INTEGER_TYPES and tag.scale == 1.0 and isinstance(number, float) and not number.is_integer():
        raise Unacceptable(f"{tag.name} takes whole numbers, not {number:g}")
    low = -math.inf if tag.low is None else tag.low
    high = math.inf if tag.high is None else tag.high
    if not low <= number <= high:
        limits = limits_text(tag, tag.low, tag.high)
        raise Unacceptable(f"{with_unit(tag, number)} is out of range for {tag.name} ({limits})")
    return number


def is_writable(tag: Tag) -> bool:
    """Whether a tag may be written at all: access rw, or w of a method, which is called and never read."""
    return tag.access != "r"


def is_exact(tag: Tag) -> bool:
    """Whether a tag's values are whole numbers of 64 bits that a float would round."""
    return tag.type in _WIDE and tag.scale == 1.0 and tag.offset == 0.0


def exact_value(tag: Tag, raw: int) -> int:
    """The value of such a tag from the `raw` column of a row or table, which keeps uint64 as two's complement."""
    return raw + 2**64 if tag.type == "uint64" and raw < 0 else raw


def with_unit(tag: Tag, value: float) -> str:
    """A number of a tag in words, every digit of a whole one."""
    number = str(value) if isinstance(value, int) else f"{value:g}"
    return number if tag.unit == "1" else f"{number} {tag.unit}".rstrip()


def limits_text(tag: Tag, low: float | None, high: float | None) -> str:
    """A range of a tag in words: `0 to 100 %`, `any to 5 bar`."""
    ends = ["any" if end is None else f"{end:g}" for end in (low, high)]
    return " to ".join(ends) + (f" {tag.unit}" if tag.unit not in ("", "1") else "")


def _truth(tag: Tag, wanted: Any) -> float:
    """On or off: what everybody writes for it, and nothing that only comes to the same by arithmetic."""
    known = _WORDS.get(wanted.strip().lower()) if isinstance(wanted, str) else None
    if isinstance(wanted, bool | int | float) and wanted in (0, 1):
        known = float(wanted)
    if known is None:
        raise Unacceptable(f"{tag.name} is on or off, not {_quoted(wanted)}: write on or off (or 1, 0, true, false)")
    return known


def _text(tag: Tag, wanted: Any) -> str:
    if not isinstance(wanted, str | int | float):
        raise Unacceptable(f"{_quoted(wanted)} is not a text, and {tag.name} is one")
    text = str(wanted)
    size = len(text.encode(errors="surrogatepass"))
    if tag.length and size > tag.length:
        raise Unacceptable(f"{tag.name} holds {tag.length} bytes, the text has {size}")
    return text


def _exact(tag: Tag, wanted: Any) -> int:
    if isinstance(wanted, str) and _WHOLE.fullmatch(wanted.strip()):
        wanted = int(wanted)
    if not isinstance(wanted, int):
        number = _number(tag, wanted)
        if not number.is_integer():
            raise Unacceptable(f"{tag.name} takes whole numbers, not {number:g}")
        wanted = int(number)
    low, high = _WIDE[tag.type]
    if not low <= wanted <= high:
        raise Unacceptable(f"{wanted} does not fit {tag.name}, which is {tag.type} ({low} to {high})")
    return int(wanted)


def _number(tag: Tag, wanted: Any) -> float:
    try:
        if isinstance(wanted, str):
            number = float(wanted.strip().replace(",", "."))
        else:
            number = float(wanted)
    except (TypeError, ValueError, OverflowError):
        raise Unacceptable(f"{_quoted(wanted)} is not a number, and {tag.name} is {tag.type}") from None
    if not math.isfinite(number):
        raise Unacceptable(f"{number} cannot be written to {tag.name}")
    return number


def _quoted(wanted: Any) -> str:
    text = repr(wanted)
    return text if len(text) <= 80 else f"{text[:80]}…"
