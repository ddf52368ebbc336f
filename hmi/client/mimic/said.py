"""Texts that digits alone cannot set: live texts, very big numbers, numbers too wide for their room.

The painter draws each text once; after that its picture is copied, wherever an element of the same kind says the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic.atlas import Atlas, Table
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.paint import live_text
from hmi.client.mimic.parts import Kind, Part
from hmi.client.mimic.pictures import likeness


def is_sayable(part: Part) -> bool:
    """Whether what a part shows is one text in one colour."""
    if part.kind == Kind.NUMBER:
        return True
    shape = part.shapes[0]
    plain = shape.kind in ("value", "state") and "fill_by" not in shape.options
    return part.kind == Kind.PAINTED and plain and shape.options.get("bind") in part.drawn.reads


def text_of(part: Part, ink: Ink) -> tuple[str, bool]:
    """What a part says now, and whether it is bad."""
    return live_text(ink, part.drawn, part.shapes[0].options["bind"])


class Said:
    """Pictures of texts, kept until there is no more room for them; then they are forgotten and begun anew."""

    def __init__(self) -> None:
        self._atlas = Atlas()
        self._corners: dict[tuple[int, Hashable], tuple[int, int]] = {}
        self._kinds: dict[tuple[Any, ...], int] = {}
        self._kind_of: dict[int, int] = {}  # by part

    def tables(
        self, parts: Sequence[Part], rows: NDArray[np.intp], saying: Sequence[Hashable], ink: Ink
    ) -> tuple[list[Table], list[int]]:
        """Where what some parts say is copied from and to, and which must be painted for want of room.

        `saying` is whatever tells two texts of one kind of element apart.
        """
        found: list[tuple[int, int]] = []
        left: list[int] = []
        shown: list[int] = []
        for row, said in zip(rows.tolist(), saying, strict=True):
            kind = self._kind_of.get(row)
            if kind is None:
                kind = self._kind_of[row] = self._kinds.setdefault(likeness(parts[row], ink), len(self._kinds))
            corner = self._corners.get((kind, said)) or self._draw((kind, said), parts[row], ink)
            if corner is None:
                left.append(row)
            else:
                found.append(corner)
                shown.append(row)
        if not found:
            return [], left
        boxes, corners = np.array([parts[row].box for row in shown]), np.array(found)
        size = boxes[:, 2:] - boxes[:, :2]
        return [(boxes[:, 0], boxes[:, 1], corners[:, 0], corners[:, 1], size[:, 0], size[:, 1])], left

    @property
    def pixmap(self) -> Any:
        """The pixmap that the tables copy from."""
        return self._atlas.pixmap

    def make_room(self) -> None:
        """Forget every text if the atlas is nearly full: call it before a frame, never within one."""
        if self._atlas.is_nearly_full:
            self._atlas = Atlas()
            self._corners.clear()

    def _draw(self, key: tuple[int, Hashable], part: Part, ink: Ink) -> tuple[int, int] | None:
        left, top, right, bottom = part.box
        if right <= left or bottom <= top:
            return None
        corner = self._atlas.room(right - left, bottom - top)
        if corner is None:
            return None
        painter = self._atlas.painter()
        painter.setClipRect(*corner, right - left, bottom - top)
        part.paint(ink.on(painter, corner[0] - left, corner[1] - top))
        painter.end()
        self._corners[key] = corner
        return corner
