"""Which elements stand together on one panel: when all of them have lost their values, one mark says so."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect

from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.quality import Mark
from hmi.core.distinct import distinct

_TOGETHER: Final = (Mark.STALE, Mark.COMM)
_FEWEST: Final = 3  # members that make a crowd
_WIDEST: Final = 90.0  # design units: of a group's badge
_TALLEST: Final = 26.0


class Alike(NamedTuple):
    """Groups of which every member has the same mark, all those members, and those hatched with their panel."""

    groups: dict[int, Mark]
    members: frozenset[int]
    covered: frozenset[int]

    @property
    def panels(self) -> list[int]:
        """The panels that are hatched as a whole: on them no value is known."""
        return [group for group, mark in self.groups.items() if mark == Mark.COMM and group >= 0]


class Groups:
    """The panels of a screen with what stands on them; what stands on none belongs to the screen itself, group -1."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._of: NDArray[np.intp] | None = None
        self._last: tuple[bytes, Alike] | None = None

    def members(self, group: int) -> list[int]:
        """The elements with values in a group."""
        return [
            int(number) for number in np.flatnonzero(self._groups() == group) if self._compiled.drawn[number].marked
        ]

    def alike(self, marks: NDArray[np.int8]) -> Alike:
        """The groups that are stale, or without communication, as a whole."""
        if not np.isin(marks, _TOGETHER).any():
            return Alike({}, frozenset(), frozenset())
        key = marks.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._find(marks)
        return self._last[1]

    def _find(self, marks: NDArray[np.int8]) -> Alike:
        of = self._groups()
        has = np.array([bool(drawn.marked) for drawn in self._compiled.drawn], bool)
        groups: dict[int, Mark] = {}
        members: list[int] = []
        covered: list[int] = []
        for group in distinct(of[has]).tolist():
            mine = np.flatnonzero(has & (of == group))
            mark = Mark(int(marks[mine[0]]))
            if len(mine) >= _FEWEST and mark in _TOGETHER and (marks[mine] == mark).all():
                groups[group] = mark
                members += mine.tolist()
                covered += mine.tolist() if mark == Mark.COMM and group >= 0 else []
        return Alike(groups, frozenset(members), frozenset(covered))

    def _groups(self) -> NDArray[np.intp]:
        """The smallest panel around each element."""
        if self._of is None:
            boxes, drawn = self._compiled.boxes, self._compiled.drawn
            self._of = np.full(len(drawn), -1, np.intp)
            least = np.full(len(drawn), np.inf)
            for number, one in enumerate(drawn):
                if one.live or one.element.options.get("points"):
                    continue
                left, top, right, bottom = boxes[number]
                inside = (boxes[:, 0] >= left) & (boxes[:, 2] <= right) & (boxes[:, 1] >= top) & (boxes[:, 3] <= bottom)
                inside[number] = False
                size = (right - left) * (bottom - top)
                closer = inside & (size < least)
                if np.count_nonzero(inside) >= _FEWEST:
                    self._of[closer], least[closer] = number, size
        return self._of

    def corner(self, ink: Ink, group: int) -> QPointF:
        """Where the badge of a group ends: on the upper edge of its panel, near the right corner."""
        if group < 0:
            across = self._compiled.screen.size[0]
            x, y = ink.origin
            return QPointF(x + (across - 16) * ink.scale, y + 16 * ink.scale)
        box = ink.around(self._compiled.drawn[group])
        return QPointF(box.right() - 16 * ink.scale, box.top())

    def area(self, ink: Ink, group: int) -> QRect:
        """The pixels that the mark of a group may touch."""
        if group >= 0:
            room = _TALLEST * ink.scale / 2
            return ink.around(self._compiled.drawn[group]).adjusted(-room, -room, room, room).toAlignedRect()
        at, width, height = self.corner(ink, group), _WIDEST * ink.scale, _TALLEST * ink.scale
        left, top = round(at.x() - width), round(at.y() - height / 2)
        return QRect(left, top, round(width) + 4, round(height) + 4)
