"""Conditions of steps: expressions over tags of the plant and over what the job has found so far."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final, cast

import msgspec
import numpy as np

from hmi.core import expr
from hmi.core import quality as q
from hmi.core.expr import Expression

RESULT: Final = "result."  # before the id of a step: what it found
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_0-9]\w*)+", re.ASCII)


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one tag said when a condition was looked at."""

    value: float | str | None  # None: it has none
    quality: int = q.GOOD
    time_ns: int = 0  # when the device says so


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether a condition holds, and what it was read from."""

    value: float
    quality: int
    readings: dict[str, Reading]

    @property
    def holds(self) -> bool:
        """Whether it is so for certain: what cannot be known does not hold."""
        return self.known and bool(self.value)

    @property
    def known(self) -> bool:
        """Whether the values behind it are good: a stale one says nothing of now."""
        return self.quality < q.UNCERTAIN and self.value == self.value


Read = Callable[[str], Reading]


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition that knows the names of what it reads."""

    text: str
    names: tuple[str, ...]
    _expression: Expression

    def truth(self, read: Read) -> Truth:
        """What it comes to now; `read` gives tags by name and results as `result.ID`."""
        readings = {name: read(name) for name in self.names}
        values = np.array([_number(one.value) for one in readings.values()], np.float64)
        qualities = np.array([one.quality for one in readings.values()], np.uint32)
        value, quality = self._expression.value(values, qualities)
        return Truth(float(value), int(quality), readings)


def compiled(text: str, tags: Mapping[str, int], results: Collection[str] = ()) -> Condition:
    """A condition over these tags and results (ids of steps); raises ExprError in words."""
    known = {RESULT + step: -1 for step in results}
    everything = ChainMap(known, cast(MutableMapping[str, int], tags)) if known else tags  # only ever read
    expr.compile(text, everything)
    names = tuple(dict.fromkeys(name for name in _NAME.findall(text) if name in known or name in tags))
    places = {name: place for place, name in enumerate(names)}
    return Condition(text.strip(), names, expr.compile(text, places))


def _number(value: float | str | None) -> float:
    return float("nan") if value is None or isinstance(value, str) else float(value)
