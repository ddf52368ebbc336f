"""Bars, levels and heads of a screen: from columns to whole pixels, for all of them in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from hmi.client.mimic.atlas import Atlas, Table
from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled, Drawn
from hmi.client.mimic.indicators import cross, frame_of, slots_of, ticks
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.parts import Kind, Part
from hmi.core import quality as q

_NOTHING: Final = -1
_CROSS_EDGE: Final = 2  # pixels that a cross may reach beyond its bar


def known(value: NDArray[Any], quality: NDArray[Any]) -> NDArray[np.bool_]:
    """Where there is a value at all."""
    return (quality < q.BAD) & ~np.isnan(value)


@dataclass(frozen=True, slots=True)
class _Bar:
    """The filled part of a bar."""

    part: int
    place: int
    drawn: Drawn
    inner: QRect
    upward: bool
    roles: tuple[str, str]  # within the band, outside it
    band: tuple[float, float]
    crossed: bool  # whether an unknown value is crossed out


def _bars(row: int, part: Part, ink: Ink, compiled: Compiled) -> list[_Bar]:
    drawn, options = part.drawn, part.shapes[0].options
    inner = frame_of(ink, drawn, options)[1]
    if part.kind == Kind.HEADS:
        band = drawn.scale.normal or (drawn.scale.low, drawn.scale.high)
        places = compiled.places(drawn.series)
        slots = slots_of(inner, len(places))
        return [
            _Bar(row, place, drawn, slot, True, ("contents", "text"), band, True)
            for place, slot in zip(places, slots, strict=True)
        ]
    role, place = options.get("fill", "contents"), compiled.place(drawn.reads[options["bind"]])
    upward = part.shapes[0].kind == "level"
    return [_Bar(row, place, drawn, inner, upward, (role, role), (-np.inf, np.inf), False)]


class Bars:
    """Every bar of a screen; `rows` are the parts it draws, by their place in the screen's list."""

    def __init__(self, parts: Sequence[Part], rows: Sequence[int], ink: Ink, compiled: Compiled, atlas: Atlas) -> None:
        self.rows = np.array(rows, np.intp)
        bars = [bar for row in range(len(rows)) for bar in _bars(row, parts[rows[row]], ink, compiled)]
        self.part = np.array([bar.part for bar in bars], np.intp)
        self._place = np.array([bar.place for bar in bars], np.intp)
        self._low = np.array([bar.drawn.scale.low for bar in bars])
        self._span = np.array([bar.drawn.scale.high - bar.drawn.scale.low for bar in bars])
        self._upward = np.array([bar.upward for bar in bars], bool)
        self._band = np.array([bar.band for bar in bars]).reshape(-1, 2)
        self.box = np.array([bar.inner.getRect() for bar in bars], np.int64).reshape(-1, 4)
        self._length = np.where(self._upward, self.box[:, 3], self.box[:, 2])
        self.crossed = np.array([bar.crossed for bar in bars], bool)
        self.roles = tuple(dict.fromkeys(role for bar in bars for role in bar.roles))
        self._role = np.array([[self.roles.index(role) for role in bar.roles] for bar in bars], np.int64).reshape(-1, 2)
        found = [self._ticks(parts[row], ink) for row in rows]
        self.ticks = np.array([tick.getRect() for some in found for tick in some], np.int64).reshape(-1, 4)
        self.tick_part = np.repeat(np.arange(len(rows)), [len(some) for some in found])

        self._crosses(ink, atlas)

    def _crosses(self, ink: Ink, atlas: Atlas) -> None:
        """Pictures of crossed-out bars, one for each size; -1 where there is none."""
        self._cross = np.full((len(self.part), 2), -1, np.int64)
        edge = _CROSS_EDGE
        for row, size in enumerate(self.box[:, 2:].tolist()):
            if not self.crossed[row]:
                continue
            alike = np.flatnonzero((self.box[:row, 2:] == size).all(1) & self.crossed[:row])
            if len(alike):
                self._cross[row] = self._cross[alike[0]]
                continue
            corner = atlas.room(size[0] + 2 * edge, size[1] + 2 * edge)
            if corner is not None:
                painter = atlas.painter()
                cross(ink.on(painter), QRect(corner[0] + edge, corner[1] + edge, *size))
                painter.end()
                self._cross[row] = corner

    def crosses(self, look: NDArray[np.int64], chosen: NDArray[np.intp]) -> Table:
        """The pictures of those among some bars whose value is not known."""
        mine = chosen[(look[chosen] < 0) & (self._cross[chosen, 0] >= 0)]
        box, cell = self.box[mine], self._cross[mine]
        x, y, width, height = box[:, 0], box[:, 1], box[:, 2], box[:, 3]
        edge = _CROSS_EDGE
        return x - edge, y - edge, cell[:, 0], cell[:, 1], width + 2 * edge, height + 2 * edge

    @staticmethod
    def _ticks(part: Part, ink: Ink) -> list[QRect]:
        if part.kind == Kind.HEADS:
            return []
        options = part.shapes[0].options
        inner = frame_of(ink, part.drawn, options)[1]
        return ticks(ink, part.drawn, options, inner, part.shapes[0].kind == "level")

    def look(self, columns: Columns) -> NDArray[np.int64]:
        """How every bar looks now: its length in pixels and its colour as one number, less than 0 when not known."""
        values = columns.value[self._place]
        is_known = known(values, columns.quality[self._place])
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            share = np.clip((values - self._low) / self._span, 0.0, 1.0)
        length = np.rint(np.where((self._span > 0) & is_known, share, 0.0) * self._length).astype(np.int64)
        inside = (values >= self._band[:, 0]) & (values <= self._band[:, 1])
        role = np.where(inside, self._role[:, 0], self._role[:, 1])
        return np.where(is_known, length * len(self.roles) + role, _NOTHING)

    def boxes(self, look: NDArray[np.int64], chosen: NDArray[np.intp], role: int) -> NDArray[np.int64]:
        """The filled boxes of one colour among some bars."""
        count = len(self.roles)
        mine = chosen[(look[chosen] >= 0) & (look[chosen] % count == role)]
        boxes, length, upward = self.box[mine], look[mine] // count, self._upward[mine]
        boxes[upward, 1] += boxes[upward, 3] - length[upward]
        boxes[upward, 3] = length[upward]
        boxes[~upward, 2] = length[~upward]
        return boxes
