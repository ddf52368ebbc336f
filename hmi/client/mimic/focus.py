"""Moving from element to element with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt

from hmi.client.mimic.compile import Compiled

ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ASIDE: Final = 2.5  # how much more a step aside counts than one ahead


def towards(compiled: Compiled, stops: Sequence[int], start: int | None, direction: tuple[int, int]) -> int | None:
    """The nearest element in a direction; the first one when none has the focus, None when there is none there."""
    if start is None:
        return stops[0] if stops else None
    ways = []
    for number in stops:
        step, ahead, aside = _way(compiled.boxes[start].tolist(), compiled.boxes[number].tolist(), direction)
        if number != start and step > 0:
            ways.append((ahead + _ASIDE * aside, step, number))
    return min(ways)[2] if ways else None


def _way(one: list[float], other: list[float], direction: tuple[int, int]) -> tuple[float, float, float]:
    """How far apart two boxes are: their middles in a direction, the gap along it, and how far off they lie."""
    along, across = (0, 1) if direction[0] else (1, 0)
    sign = direction[along]
    step = sign * (other[along] + other[along + 2] - one[along] - one[along + 2]) / 2
    off = abs(other[across] + other[across + 2] - one[across] - one[across + 2]) / 2
    return step, _gap(one, other, along), _gap(one, other, across) + off / 5


def _gap(one: list[float], other: list[float], axis: int) -> float:
    return max(0.0, other[axis] - one[axis + 2], one[axis] - other[axis + 2])
