"""Where a number and its unit stand: worked out once for a box, so that a frame only adds widths."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QRectF

from hmi.client.mimic.ink import LEAST_PX, Ink, drop_of, letters_of, whole

_SHIFT: Final = {"left": 0.0, "centre": -0.5, "right": -1.0}  # of the text's own width, from where it is anchored


@dataclass(frozen=True, slots=True)
class Place:
    """A line of digits beginning at `anchor + shift * width`, its unit `gap` behind it; physical pixels."""

    area: QRectF
    px: float
    bold: bool
    align: str
    room: float  # that the digits have
    anchor: float
    shift: float
    baseline: int
    unit: str
    unit_px: float
    unit_drop: float
    gap: float

    @property
    def is_unit_still(self) -> bool:
        """Whether the unit stands in one place whatever the digits are."""
        return self.shift == _SHIFT["right"]

    def start(self, width: float) -> float:
        """Where digits of a width begin."""
        return self.anchor + self.shift * min(width, self.room)

    def unit_area(self, width: float) -> QRectF:
        """The room of the unit behind digits of a width."""
        left = quarter(self.start(width) + min(width, self.room) + self.gap)
        return QRectF(left, self.area.top() + self.unit_drop, self.area.right() - left, self.area.height())


def quarter(pixel: float) -> float:
    """The quarter of a pixel on which a unit that moves is put: letters are drawn on quarters anyway."""
    return math.floor(pixel * 4) / 4


def place_of(ink: Ink, area: QRectF, unit: str, options: Mapping[str, Any]) -> Place:
    """The place of a number in a box: right-aligned digits end where the column of units (`unit_room`) begins."""
    px, bold = max(LEAST_PX, float(options.get("size", 22)) * ink.scale), bool(options.get("bold"))
    small, gap, kept = max(LEAST_PX, px * 0.76), 5 * ink.scale, float(options.get("unit_room", 0)) * ink.scale
    metrics, unit_metrics = letters_of(px, bold)[1], letters_of(small, False)[1]
    room = area.width() - (max(unit_metrics.horizontalAdvance(unit) + gap, kept) if unit else kept)
    align = options.get("align", "right")
    return Place(
        area=area,
        px=px,
        bold=bold,
        align=align,
        room=room,
        anchor=area.left() - _SHIFT[align] * room,
        shift=_SHIFT[align],
        baseline=whole(area.center().y() + drop_of(px, bold)),
        unit=unit,
        unit_px=small,
        unit_drop=(metrics.capHeight() - unit_metrics.capHeight()) / 2,
        gap=gap,
    )


def write_number(ink: Ink, area: QRectF, text: str, unit: str, role: str, options: Mapping[str, Any]) -> None:
    """A number with its unit in a box."""
    place = place_of(ink, area, unit, options)
    write_digits(ink, place, text, role)
    write_unit(ink, place, text)


def write_digits(ink: Ink, place: Place, text: str, role: str) -> None:
    """The digits alone; made smaller, then cut, where they do not fit."""
    area = place.area
    if not place.unit:
        room = QRectF(area.left(), area.top(), place.room, area.height())
        ink.write(room, text, place.px, role, place.align, place.bold)
        return
    width = min(place.room, letters_of(place.px, place.bold)[1].horizontalAdvance(text))
    ink.write(QRectF(place.start(width), area.top(), width, area.height()), text, place.px, role, "left", place.bold)


def write_unit(ink: Ink, place: Place, text: str) -> None:
    """The unit behind some digits."""
    if place.unit:
        width = letters_of(place.px, place.bold)[1].horizontalAdvance(text)
        ink.write(place.unit_area(width), place.unit, place.unit_px, "muted")
