"""How a bench states a figure, and how it comes by numbers that do not depend on luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any


def figure(
    name: str, value: float, unit: str, target: float, beside: Mapping[str, float] | None = None, *, least: bool = False
) -> dict[str, Any]:
    """One figure; it must be at most its target, or at least it."""
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "target": round(target, 4),
        "ok": value >= target if least else value <= target,
        "beside": dict(beside or {}),
    }


def medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of every column of several rounds."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}
