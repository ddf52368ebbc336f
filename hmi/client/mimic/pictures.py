"""Symbols whose look is one of a few: each look is drawn once, then copied wherever and whenever it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic.atlas import Atlas, Table
from hmi.client.mimic.codes import Codes
from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.paint import words_of
from hmi.client.mimic.parts import Kind, Part

_MOST_LOOKS: Final = 1024  # of one picture: more are drawn by the painter
_MOST_PIXELS: Final = 128 * 256  # bigger pictures are mostly air, and quicker drawn than copied
_OPTIONS: Final = ("words", "running", "size_of_text", "align", "points")


class Pictures:
    """The pictures of a screen; `rows` are the parts they belong to, by their place in the screen's list."""

    def __init__(self, parts: Sequence[Part], rows: Sequence[int], ink: Ink, compiled: Compiled, atlas: Atlas) -> None:
        self.rows = np.array(rows, np.intp)
        self._parts = [parts[row] for row in rows]
        self._atlas = atlas
        self.codes = Codes(
            [part.codes for part in self._parts],
            [[compiled.place(code.reading) for code in part.codes] for part in self._parts],
        )
        self.box = np.array([part.box for part in self._parts], np.int64).reshape(-1, 4)
        bases: dict[tuple[Any, ...], int] = {}
        total, base = 0, []
        for part in self._parts:
            looks = prod(code.size for code in part.codes)
            key = likeness(part, ink)
            if looks > _MOST_LOOKS or _pixels(part) > _MOST_PIXELS:
                base.append(-1)
                continue
            if key not in bases:
                bases[key], total = total, total + looks
            base.append(bases[key])
        self._base = np.array(base, np.int64)
        self.is_painted = self._base < 0
        self._corner = np.full((total, 2), -1, np.int64)
        self._more: dict[tuple[int, int], int] = {}

    def look(self, columns: Columns, before: NDArray[np.int64], moved: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The look of every picture as a number; worked out only where something moved."""
        chosen = np.zeros(len(self.rows), bool)
        chosen[self.codes.of[moved[self.codes.reading]]] = True
        return np.where(chosen, self.codes.combined(columns.value, columns.quality, chosen), before)

    def tables(self, look: NDArray[np.int64], chosen: NDArray[np.intp], ink: Ink) -> tuple[Table, NDArray[np.intp]]:
        """Where some pictures are copied from and to, and which of them must be painted."""
        can = ~self.is_painted[chosen]
        mine = chosen[can]
        wanted = self._base[mine] + look[mine]
        for row in np.flatnonzero(look[mine] < 0).tolist():
            wanted[row] = self._strange(int(self._base[mine[row]]), int(look[mine[row]]))
        missing = np.flatnonzero(self._corner[wanted, 0] < 0)
        if len(missing):
            for place, row in dict(zip(wanted[missing].tolist(), missing.tolist(), strict=True)).items():
                self._draw(int(mine[row]), place, ink)  # whichever of those that look alike
        corner = self._corner[wanted]
        drawn = corner[:, 0] >= 0
        box, corner = self.box[mine[drawn]], corner[drawn]
        size = box[:, 2:] - box[:, :2]
        table = (box[:, 0], box[:, 1], corner[:, 0], corner[:, 1], size[:, 0], size[:, 1])
        return table, np.sort(np.concatenate([chosen[~can], mine[~drawn]]))

    def _strange(self, base: int, look: int) -> int:
        """The place of a look that has no word of its own: `state 23`."""
        place = self._more.setdefault((base, look), len(self._corner))
        if place == len(self._corner):
            self._corner = np.vstack([self._corner, [[-1, -1]]])
        return place

    def _draw(self, row: int, slot: int, ink: Ink) -> None:
        part = self._parts[row]
        left, top, right, bottom = part.box
        corner = self._atlas.room(right - left, bottom - top)
        if corner is None:
            return
        self._corner[slot] = corner
        painter = self._atlas.painter()
        painter.setClipRect(*corner, right - left, bottom - top)
        part.paint(ink.on(painter, corner[0] - left, corner[1] - top))
        painter.end()


def _pixels(part: Part) -> int:
    left, top, right, bottom = part.box
    return (right - left) * (bottom - top)


def likeness(part: Part, ink: Ink) -> tuple[Any, ...]:
    """What two parts have in common when one picture serves both."""
    drawn = part.drawn
    left, top = ink.corner(drawn)
    text = tuple(words_of(drawn, shape.options.get("text", "")) for shape in part.shapes if shape.kind == "text")
    return (
        part.kind,
        tuple(id(shape) for shape in part.shapes),
        drawn.element.width,
        drawn.element.height,
        (part.box[0] - left, part.box[1] - top, part.box[2] - left, part.box[3] - top),
        text,
        tuple(repr(drawn.element.options.get(key)) for key in _OPTIONS),
        tuple((code.sort, code.numbers) for code in part.codes),
        (drawn.scale, len(drawn.series), drawn.unit) if part.kind == Kind.GROUND else (),
        (drawn.unit, drawn.decimals) if part.kind in (Kind.NUMBER, Kind.PAINTED) else (),
    )
