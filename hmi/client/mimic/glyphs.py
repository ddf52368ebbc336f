"""Letters as pictures: each glyph once per font, colour and quarter of a pixel, to be copied wherever it is needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF

from hmi.client.mimic.atlas import Atlas
from hmi.client.mimic.ink import GLYPHS, THOUSANDS, letters_of
from hmi.client.theme import Theme

POINT, MINUS, QUESTION = 10, 11, 12
PHASES: Final = 4  # Qt sets letters to quarters of a pixel
_PAD: Final = 1


@dataclass(frozen=True, slots=True)
class Strip:
    """Glyphs side by side, a row for each phase: where in the atlas, how big, and how a glyph stands in its cell."""

    x: int
    y: int
    width: int  # of one cell
    height: int
    left: int  # from a cell's left edge to where the pen stands
    rise: int  # from a cell's upper edge to the base line
    digit: float  # widths of glyphs
    point: float
    minus: float
    question: float
    thousands: float


def digits_of(atlas: Atlas, theme: Theme, px: float, bold: bool, role: str) -> Strip | None:
    """The digits of a font in the colour of a role, and the question mark of a bad value; None: the atlas is full."""
    letters, metrics = letters_of(px, bold)
    shape = metrics.tightBoundingRect(GLYPHS)
    rise, fall = math.ceil(-shape.top()) + 1, math.ceil(shape.bottom()) + 1
    widths = [metrics.horizontalAdvance(sign) for sign in GLYPHS]
    width, height = math.ceil(max(widths)) + 2 * _PAD + 1, rise + fall
    corner = atlas.room(width * len(GLYPHS), height * PHASES)
    if corner is None:
        return None
    painter = atlas.painter()
    painter.setFont(letters)
    for place, sign in enumerate(GLYPHS):
        painter.setPen(theme.colour("bad" if place == QUESTION else role))
        for phase in range(PHASES):
            x, y = corner[0] + place * width + _PAD, corner[1] + phase * height + rise
            painter.drawText(QPointF(x + phase / PHASES, y), sign)
    painter.end()
    thousands = metrics.horizontalAdvance(THOUSANDS)
    return Strip(
        *corner, width, height, _PAD, rise, widths[0], widths[POINT], widths[MINUS], widths[QUESTION], thousands
    )


@dataclass(frozen=True, slots=True)
class Word:
    """One text as a picture, a row for each phase."""

    x: int
    y: int
    width: int
    height: int
    left: int
    rise: int


def word_of(atlas: Atlas, theme: Theme, text: str, px: float, role: str) -> Word | None:
    """A text in the colour of a role; None: the atlas is full."""
    letters, metrics = letters_of(px, False)
    width = math.ceil(metrics.horizontalAdvance(text)) + 2 * _PAD + 3
    rise, fall = math.ceil(metrics.ascent()) + 1, math.ceil(metrics.descent()) + 1
    corner = atlas.room(width, (rise + fall) * PHASES)
    if corner is None:
        return None
    painter = atlas.painter()
    painter.setFont(letters)
    painter.setPen(theme.colour(role))
    for phase in range(PHASES):
        y = corner[1] + phase * (rise + fall) + rise
        painter.drawText(QPointF(corner[0] + _PAD + phase / PHASES, y), text)
    painter.end()
    return Word(*corner, width, rise + fall, _PAD, rise)
