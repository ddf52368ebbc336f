"""What a tag may be set to: one judgement for the window, which tells the operator early, and the gate."""

from __future__ import annotations

import math
from typing import Any, Final

from hmi.core.tags import INTEGER_TYPES, Tag

_WORDS: Final = {"true": 1.0, "on": 1.0, "false": 0.0, "off": 0.0}


class Unacceptable(ValueError):
    """A value that a tag cannot be set to; says why, as the beginning of a sentence."""


def acceptable(tag: Tag, wanted: Any) -> float | str:
    """What was asked for as a value of the tag, in engineering units; raises Unacceptable."""
    if tag.is_text:
        return _text(tag, str(wanted))
    number = _number(tag, wanted)
    if tag.type == "bool":
        if number not in (0.0, 1.0):
            raise Unacceptable(f"{tag.name} is on or off, not {number:g}")
        return number
    if tag.type in INTEGER_TYPES and tag.scale == 1.0 and not number.is_integer():
        raise Unacceptable(f"{tag.name} takes whole numbers, not {number:g}")
    low = -math.inf if tag.low is None else tag.low
    high = math.inf if tag.high is None else tag.high
    if not low <= number <= high:
        raise Unacceptable(f"{number:g} {tag.unit} is out of range for {tag.name} ({low:g} to {high:g} {tag.unit})")
    return number


def _text(tag: Tag, text: str) -> str:
    size = len(text.encode(errors="surrogatepass"))
    if tag.length and size > tag.length:
        raise Unacceptable(f"{tag.name} holds {tag.length} bytes, the text has {size}")
    return text


def _number(tag: Tag, wanted: Any) -> float:
    try:
        if isinstance(wanted, str):
            word = wanted.strip().lower()
            number = _WORDS[word] if word in _WORDS else float(word.replace(",", "."))
        else:
            number = float(wanted)
    except (TypeError, ValueError, OverflowError):
        raise Unacceptable(f"{wanted!r} is not a number, and {tag.name} is {tag.type}") from None
    if not math.isfinite(number):
        raise Unacceptable(f"{number} cannot be written to {tag.name}")
    return number
