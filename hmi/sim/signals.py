"""What passes between the process model and the servers in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hmi.core.tags import Tag

Value = float | int | bool | str
Signals = dict[str, Value]  # by tag name, in engineering units
Writes = dict[str, float | int | bool | str]


def raw_of(tag: Tag, value: float) -> float:
    """What the device holds for an engineering value; untouched, and so exact, where the tag is not scaled."""
    return value if (tag.scale, tag.offset) == (1.0, 0.0) else (value - tag.offset) / tag.scale


def engineering(tag: Tag, raw: float) -> float:
    """The engineering value of what the device holds; untouched where the tag is not scaled."""
    return raw if (tag.scale, tag.offset) == (1.0, 0.0) else raw * tag.scale + tag.offset


class Process(Protocol):
    """A plant behind the servers: it lives by steps, is read by tag name and takes what operators write."""

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass."""

    def read(self) -> Signals:
        """Every value its instruments show now."""

    def write(self, tag: str, value: Value) -> None:
        """Take a set-point or a command; what it does not know or cannot take it ignores, as a controller would."""

    def bad(self) -> Mapping[str, int]:
        """OPC UA status code of each tag whose instrument is faulty now."""
