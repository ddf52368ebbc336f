"""An element taken apart: what never moves goes to the backdrop, and every moving part gets the road that suits it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic.codes import Code, codes_of
from hmi.client.mimic.compile import Compiled, Drawn, is_live
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.overlap import pairs
from hmi.client.mimic.paint import GROUNDS, draw_ground, draw_moving, draw_shapes, value_is_number, value_place
from hmi.client.mimic.reach import Pixels, ground_reach, reach_of
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Shape

MOST_DECIMALS: Final = 9
_INDICATORS: Final = {"level": "FILL", "bar": "FILL", "scale": "SCALE", "heads": "HEADS"}


class Kind(IntEnum):
    """How a part is drawn."""

    STILL = 0  # shapes that never change
    GROUND = 1  # what stands still of one shape
    CODED = 2  # a picture for each of a few states
    NUMBER = 3  # digits
    FILL = 4  # how full something is
    SCALE = 5  # pointers
    HEADS = 6  # a row of bars
    PAINTED = 7  # anything else, by the painter


@dataclass(slots=True)
class Part:
    """Some shapes of one element that are drawn together, and the pixels they may touch."""

    kind: Kind
    number: int  # of the element
    drawn: Drawn
    shapes: tuple[Shape, ...]
    box: Pixels
    codes: tuple[Code, ...] = field(default=())

    def paint(self, ink: Ink) -> None:
        """Draw the part as the reference painter does."""
        if self.kind == Kind.GROUND:
            draw_ground(ink, self.drawn, self.shapes[0])
        elif self.kind == Kind.STILL:
            draw_shapes(ink, self.drawn, self.shapes)
        else:
            for shape in self.shapes:
                draw_moving(ink, self.drawn, shape)


def take_apart(compiled: Compiled, ink: Ink, plant: Plant) -> tuple[list[Part], list[Part]]:
    """What lies in the backdrop, and what is drawn over it whenever it changes, each from the lowest to the highest.

    What never changes lies beneath everything that does, but for what lies over a moving part of a live element.
    """
    parts: list[Part] = []
    for number, drawn in enumerate(compiled.drawn):
        parts += _parts(number, drawn, ink, plant) if drawn.live else _still(number, drawn)
    above = _moving(parts)
    ground = [part for part, is_above in zip(parts, above, strict=True) if not is_above]
    moving = [part for part, is_above in zip(parts, above, strict=True) if is_above]
    for part in moving:
        if part.kind == Kind.STILL:
            part.kind = Kind.CODED  # the picture of one state, that never changes
    return ground, moving


def _still(number: int, drawn: Drawn) -> list[Part]:
    return [Part(Kind.STILL, number, drawn, drawn.symbol.shapes, (0, 0, 0, 0))]


def _parts(number: int, drawn: Drawn, ink: Ink, plant: Plant) -> list[Part]:
    parts: list[Part] = []
    for shape in drawn.symbol.shapes:
        if shape.kind in GROUNDS and (shape.kind != "value" or _has_still_unit(ink, drawn, shape)):
            parts.append(Part(Kind.GROUND, number, drawn, (shape,), ground_reach(ink, drawn, shape)))
        part = _part(number, drawn, shape, ink, plant)
        if part is not None and not _joined(parts, part):
            parts.append(part)
    return parts


def _part(number: int, drawn: Drawn, shape: Shape, ink: Ink, plant: Plant) -> Part | None:
    kind, codes = _kind(drawn, shape, ink, plant)
    if kind is None:
        return None
    return Part(kind, number, drawn, (shape,), reach_of(ink, drawn, shape), codes)


def _kind(drawn: Drawn, shape: Shape, ink: Ink, plant: Plant) -> tuple[Kind | None, tuple[Code, ...]]:
    """The road of the moving part of a shape; None when it never shows anything."""
    if not is_live(shape):
        return Kind.STILL, ()
    if shape.kind in _INDICATORS:
        bound = shape.kind == "heads" or shape.options.get("bind") in drawn.reads
        return (Kind[_INDICATORS[shape.kind]] if bound else Kind.PAINTED), ()
    if shape.kind in ("value", "state") and shape.options.get("bind") not in drawn.reads:
        return None, ()
    if shape.kind in CODED_KINDS:
        codes = codes_of(drawn, shape, plant)
        if codes is not None:
            return Kind.CODED, tuple(codes)
    number = shape.kind == "value" and value_is_number(drawn, shape.options, ink)
    return (Kind.NUMBER if number and 0 <= drawn.decimals <= MOST_DECIMALS else Kind.PAINTED), ()


CODED_KINDS: Final = frozenset("rect ellipse path polyline text glyph runmark unknown value state".split())


def _has_still_unit(ink: Ink, drawn: Drawn, shape: Shape) -> bool:
    place = value_place(ink, drawn, shape.options)
    return bool(place.unit) and place.is_unit_still and shape.options["bind"] in drawn.reads


def _joined(parts: list[Part], part: Part) -> bool:
    """Let a shape be drawn in one picture with the states right below it, where nothing else lies between."""
    below = parts[-1] if parts else None
    if below is None or below.kind != Kind.CODED or part.kind not in (Kind.CODED, Kind.STILL):
        return False
    if not _overlap(below.box, part.box):
        return False
    below.shapes += part.shapes
    below.codes += tuple(code for code in part.codes if code not in below.codes)
    left, top, right, bottom = below.box
    below.box = (
        min(left, part.box[0]),
        min(top, part.box[1]),
        max(right, part.box[2]),
        max(bottom, part.box[3]),
    )
    return True


def _overlap(one: Pixels, other: Pixels) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _moving(parts: list[Part]) -> NDArray[np.bool_]:
    """Which parts cannot lie in the backdrop: those that move, and what lies over one of them."""
    kinds: NDArray[Any] = np.array([part.kind for part in parts], np.int8)
    moves = kinds > Kind.GROUND
    low, high = pairs(np.array([part.box for part in parts]))
    while True:
        lifted = np.zeros(len(parts), bool)
        lifted[high[moves[low]]] = True
        if not (lifted & ~moves).any():
            return moves
        moves |= lifted
