"""The keys of an alarm that belong to its type: limits, the tag it is compared with, and how a rate is taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hmi.core import toml
from hmi.core.alarms.rules import LEVEL_TYPES, PER_S
from hmi.core.nearest import nearest
from hmi.core.tags import Tag

PARTNER: Final = {"deviation": "setpoint", "mismatch": "command"}  # the key that names the other tag of a type
_ONLY: Final = {  # keys that say something for some types alone
    "setpoint": ("deviation",),
    "command": ("mismatch",),
    "limit_tag": LEVEL_TYPES,
    "exclusive": LEVEL_TYPES,
    "over_s": ("rate",),
    "per": ("rate",),
    "direction": ("rate",),
}
_MEANING: Final = {
    "deviation": "how far from its set-point is too far",
    "rate": "how fast is too fast",
    "discrete": "the value that is abnormal",
}
_EXAMPLE: Final = {"deviation": "5.0", "rate": "2.0", "discrete": "1"}


@dataclass(frozen=True, slots=True)
class Limit:
    """What the file says of one alarm's limit, in the units of the machine."""

    limit: float = 0.0
    deadband: float = 0.0
    other: int = -1


class LimitReader:
    """Reads the limit of one [[alarm]]; `wrong` takes key, what, mend and, if need be, the severity."""

    def __init__(
        self, row: toml.Table, made: Any, tags: list[Tag], index: Mapping[str, int], wrong: Callable[..., None]
    ) -> None:
        self._row = row
        self._made = made
        self._tags = tags
        self._index = index
        self._wrong = wrong

    def read(self, tag: Tag) -> Limit:
        """The limit, checked against the type of the alarm and of its tag."""
        made = self._made
        self._check_keys()
        if made.type == "bad":
            self._refuse(("limit", "deadband"), "an alarm on a bad value")
            return Limit()
        if tag.is_text:
            what = f"{tag.name} is text, and a {made.type} alarm needs a number"
            self._wrong("tag", what, "Use type bad, or a number")
            return Limit()
        other = self._other(tag)
        if made.type == "mismatch":
            self._check_mismatch()
            return Limit(other=other)
        if made.type in LEVEL_TYPES and made.limit_tag:
            return self._moving(tag, other)
        if made.limit is None:
            meaning = _MEANING.get(made.type, "the limit")
            mend = f"Add limit = {_EXAMPLE.get(made.type, '92.0')}"
            self._wrong("", f"a {made.type} alarm needs `limit`, {meaning}", mend)
            return Limit()
        if made.type == "discrete":
            self._check_discrete(tag)
        else:
            self._check_number(tag)
        per = PER_S[made.per] if made.type == "rate" else 1.0
        return Limit(float(made.limit) / per, made.deadband / per, other)

    def _check_keys(self) -> None:
        for key, types in _ONLY.items():
            if key in self._row.values and self._made.type not in types:
                what = f"`{key}` says nothing for a {self._made.type} alarm: it is for {', '.join(types)}"
                self._wrong(key, what, "Remove it, or change the type")

    def _refuse(self, keys: tuple[str, ...], what: str) -> None:
        for key in keys:
            if key in self._row.values:
                self._wrong(key, f"{what} has no {key}", "Remove it")

    def _other(self, tag: Tag) -> int:
        """The tag that this one is compared with; -1 where there is none, or a mistake."""
        key = PARTNER.get(self._made.type, "limit_tag")
        name = getattr(self._made, key)
        if not name:
            if self._made.type in PARTNER:
                what = f"a {self._made.type} alarm needs `{key}`, the tag that {tag.name} is compared with"
                self._wrong("", what, f'Add {key} = "TAG"')
            return -1
        if name not in self._index:
            found = nearest(name, self._index)
            mend = f'Write {key} = "{found[0]}"' if found else "Add it to tags.csv, or name another tag"
            self._wrong(key, f"there is no tag {name}", mend)
            return -1
        other = self._tags[self._index[name]]
        if other.is_text:
            self._wrong(key, f"{name} is text, and {tag.name} cannot be compared with it", "Name a number")
        elif other.index == tag.index:
            self._wrong(key, f"{name} is compared with itself", "Name the other tag")
        elif tag.unit and other.unit and tag.unit != other.unit:
            what = f"{tag.name} is in {tag.unit} and {name} in {other.unit}"
            self._wrong(key, what, "Compare what has the same unit", "warning")
        return other.index

    def _check_mismatch(self) -> None:
        self._refuse(("limit", "deadband"), "a mismatch alarm")
        if not self._made.on_delay_s:
            what = "without an on-delay every change of the command raises it before the machine can follow"
            self._wrong("", what, "Add on_delay_s, as long as the machine may take", "warning")

    def _moving(self, tag: Tag, other: int) -> Limit:
        if self._made.limit is not None:
            self._wrong("limit", "the limit is a number or a tag, not both", "Remove limit, or limit_tag")
        if self._made.exclusive:
            self._wrong("exclusive", "exclusive levels need limits that are numbers", "Remove it, or write limit")
        self._check_level_tag(tag)
        return Limit(math.nan, self._made.deadband, other)

    def _check_discrete(self, tag: Tag) -> None:
        made = self._made
        if tag.type == "bool" and made.limit not in (0, 1):
            self._wrong("limit", f"{tag.name} is a bool and never {made.limit:g}", "Write limit = true or false")
        if made.deadband:
            self._wrong("deadband", "a discrete alarm has no deadband", "Remove it, or use off_delay_s")

    def _check_number(self, tag: Tag) -> None:
        made = self._made
        if isinstance(made.limit, bool):
            mend = f"Write a number in {tag.unit}" if tag.unit else "Write a number"
            self._wrong("limit", f"a {made.type} limit is a number", mend)
            return
        self._check_level_tag(tag)
        if made.type in LEVEL_TYPES:
            return
        if made.limit <= 0:
            self._wrong("limit", f"a {made.type} limit is more than 0", "Write how much is too much")
        elif made.deadband >= made.limit:
            what = f"with the deadband {made.deadband:g} the alarm never returns from its limit {made.limit:g}"
            self._wrong("deadband", what, "Write less than the limit")

    def _check_level_tag(self, tag: Tag) -> None:
        made = self._made
        if tag.type == "bool":
            mend = 'Write type = "mismatch"' if made.type == "deviation" else 'Write type = "discrete"'
            self._wrong("tag", f"{tag.name} is a bool and has no level", mend)
        span = tag.high - tag.low if tag.low is not None and tag.high is not None else None
        if span is not None and made.deadband >= span > 0 and made.type in LEVEL_TYPES:
            what = f"the deadband {made.deadband:g} is as wide as the range of {tag.name}, {span:g}"
            self._wrong("deadband", what, "Write a few per cent of the range")
