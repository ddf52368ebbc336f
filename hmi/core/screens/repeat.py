"""`repeat` of an element: how many copies there are, and what each is called."""

from __future__ import annotations

import re
from typing import Any, Final

from hmi.core.nearest import suggestion
from hmi.core.screens.parameters import text_of
from hmi.core.screens.scope import MAX_VALUE
from hmi.core.screens.vocabulary import complaint

MAX_REPEAT: Final = 200
_KEYS: Final = ("each", "count", "step")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def complaint_of_repeat(repeat: Any) -> tuple[str, str]:
    """What is wrong with a `repeat`, and how to mend it; two empty texts when nothing is."""
    wanted = "Write repeat = { count = 4, step = [0, 28] } or { each = [...], step = [...] }"
    if not isinstance(repeat, dict) or ("each" in repeat) == ("count" in repeat):
        return "repeat needs either each or count", wanted
    strange = [key for key in repeat if key not in _KEYS]
    if strange:
        return f"{strange[0]} is not a key of repeat", suggestion(strange[0], _KEYS, wanted)
    if "step" in repeat and complaint("place", repeat["step"]):
        return f"step of repeat is {repeat['step']!r}", "Write two numbers such as [0, 28]"
    count, each = repeat.get("count", 1), repeat.get("each", [1])
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_REPEAT:
        return f"count of repeat is {count!r}", f"Write a whole number from 1 to {MAX_REPEAT}"
    if not isinstance(each, list) or not 1 <= len(each) <= MAX_REPEAT or not all(map(_is_item, each)):
        return "each of repeat is not a list of texts", f'Write 1 to {MAX_REPEAT}, such as ["1", "2"]'
    return "", ""


def _is_item(item: Any) -> bool:
    if isinstance(item, dict):
        return all(_WORD.fullmatch(name) for name in item) and all(map(_is_short, item.values()))
    return _is_short(item)


def _is_short(item: Any) -> bool:
    return isinstance(item, str | int | float) and len(str(item)) <= MAX_VALUE


def names_of(item: Any) -> dict[str, str]:
    """What `${...}` may name in the copy that an item of `each` stands for."""
    return {name: text_of(one) for name, one in item.items()} if isinstance(item, dict) else {"each": text_of(item)}
