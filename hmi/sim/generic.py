"""Life for tags that no process model knows: slow sines, toggles and texts, to try any plant's screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sin, tau

from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.sim.signals import Signals, Value


class Generic:
    """Each tag moves within its range at a pace of its own; what is written stays as written."""

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._tags = tuple(tags)
        self._held: Signals = {tag.name: _middle(tag) for tag in self._tags if tag.access == "rw" or tag.is_text}
        self._elapsed_s = 0.0

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass."""
        self._elapsed_s += dt

    def read(self) -> Signals:
        """Every value now."""
        out: Signals = dict(self._held)
        for tag in self._tags:
            if tag.name not in out:
                out[tag.name] = self._moving(tag)
        return out

    def write(self, tag: str, value: Value) -> None:
        """Keep what was written."""
        if tag in self._held:
            self._held[tag] = value

    def bad(self) -> Mapping[str, int]:
        """No instrument is faulty."""
        return {}

    def _moving(self, tag: Tag) -> Value:
        wave = sin(tau * self._elapsed_s / (20.0 + tag.index % 71) + tag.index)
        if tag.type == "bool":
            return wave > 0
        low, high = _range(tag)
        value = low + (high - low) * (0.5 + 0.4 * wave)
        return round(value) if tag.type in INTEGER_TYPES else value


def _range(tag: Tag) -> tuple[float, float]:
    low = 0.0 if tag.low is None else tag.low
    high = low + 100.0 if tag.high is None else tag.high
    return low, high


def _middle(tag: Tag) -> Value:
    if tag.is_text:
        return tag.name.rpartition(".")[2]
    if tag.type == "bool":
        return False
    low, high = _range(tag)
    value = (low + high) / 2
    return round(value) if tag.type in INTEGER_TYPES else value
