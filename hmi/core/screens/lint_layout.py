"""The rules of good displays about what stands where: texts over each other, texts that do not read, colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.screens import palette
from hmi.core.screens.geometry import Ground, Writing, grounds, writings
from hmi.core.screens.model import Element, Screen, Shape, Symbol
from hmi.core.screens.svg import Drawing
from hmi.core.screens.vocabulary import SHAPES

MOST_CODES: Final = 8  # colours that mean something on one screen, the four of alarms among them
_ALARM_CODES: Final = 4
_TOUCHING: Final = 2.0  # design units that estimated texts may overlap
_CHUNK: Final = 512
_COLOURS_OF: Final[Mapping[str, tuple[str, ...]]] = {  # of shapes, where they name none
    "value": ("value",),
    "figure": ("value",),
    "state": ("value",),
    "word": ("value",),
    "scale": ("value", "normal", "accent"),
}

Say = Callable[[Element, str, str, str], None]  # element, rule, what, mend
_Boxes = NDArray[np.float64]


def lint_layout(screen: Screen, symbols: Mapping[str, Symbol], say: Say) -> None:
    """Note texts over each other and texts that do not read on what they stand on."""
    drawn = [(element, symbols[element.symbol]) for element in _in_order(screen) if element.symbol in symbols]
    texts = [(element, text) for element, symbol in drawn for text in writings(element, symbol)]
    if not texts:
        return
    boxes = np.array([text.box for _, text in texts], np.float64)
    _check_overlaps(texts, boxes, say)
    _check_contrast(drawn, texts, say)


def _in_order(screen: Screen) -> list[Element]:
    """As the elements are drawn: those without bindings first."""
    return sorted(screen.elements, key=lambda element: bool(element.binds))


def _check_overlaps(texts: list[tuple[Element, Writing]], boxes: _Boxes, say: Say) -> None:
    numbers: dict[object, int] = {}
    owner = np.array([numbers.setdefault(id(element), len(numbers)) for element, _ in texts], np.int64)
    # two live elements of one symbol are told elsewhere
    kind = np.array([numbers.setdefault(_kind(element), len(numbers)) for element, _ in texts], np.int64)
    told: set[tuple[int, int]] = set()
    for one, other in overlapping(boxes, _TOUCHING, owner, kind):
        (first, text), (second, more) = texts[one], texts[other]
        if (id(first), id(second)) not in told:
            told.add((id(first), id(second)))
            what = f"{_quoted(second, more)} lies over {_quoted(first, text)}"
            mend = f"Move it: the other stands at [{first.x:g}, {first.y:g}] (line {first.line})"
            say(second, "overlap", what, mend)


def _kind(element: Element) -> object:
    return element.symbol if element.binds else id(element)


def _quoted(element: Element, text: Writing) -> str:
    return f'the text "{text.text}"' if text.text else f"the {element.symbol}"


def overlapping(boxes: _Boxes, touching: float = 0.0, *apart: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """For each box the first of those before it that shares more than `touching` of its ground, if one does.

    Boxes with the same number in one of the columns `apart` are not compared.
    """
    low, high = boxes[:, :2] + touching / 2, boxes[:, 2:] - touching / 2
    numbers = np.arange(len(boxes))
    for start in range(0, len(boxes), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        shared = numbers[None, :] < numbers[chunk, None]
        for axis in (0, 1):
            shared &= (low[chunk, None, axis] < high[None, :, axis]) & (low[None, :, axis] < high[chunk, None, axis])
        for column in apart:
            shared &= column[chunk, None] != column[None, :]
        for row in np.flatnonzero(shared.any(axis=1)):
            yield int(shared[row].argmax()), int(row) + start


def _check_contrast(drawn: list[tuple[Element, Symbol]], texts: list[tuple[Element, Writing]], say: Say) -> None:
    """Texts must read on the topmost fill beneath them, by day and by night."""
    place = {id(element): number for number, (element, _) in enumerate(drawn)}
    found = [(place[id(element)], ground) for element, symbol in drawn for ground in grounds(element, symbol)]
    numbers = np.array([number for number, _ in found], np.int64)
    fills = np.array([ground.box for _, ground in found], np.float64).reshape(-1, 4)
    for element, text in texts:
        surface = _beneath(text, place[id(element)], numbers, fills, [ground for _, ground in found])
        if text.own_ground or palette.reads_on(text.role, surface):
            continue
        on = f"the {surface} fill" if surface else "a fill that changes with a state"
        mend = f"Write it in another colour, or beside: {text.role} reads on {_surfaces(text.role)}"
        say(element, "contrast", f"a text in the colour {text.role} does not read on {on}", mend)


def _surfaces(role: str) -> str:
    return ", ".join(sorted(palette.READS_ON.get(role, ()))) or "nothing"


def _beneath(text: Writing, order: int, numbers: NDArray[np.int64], fills: _Boxes, found: list[Ground]) -> str:
    """The colour of the topmost fill under the middle of a text; "" of one that changes."""
    x, y = (text.box[0] + text.box[2]) / 2, (text.box[1] + text.box[3]) / 2
    inside = (fills[:, 0] <= x) & (x <= fills[:, 2]) & (fills[:, 1] <= y) & (y <= fills[:, 3]) & (numbers <= order)
    under = np.flatnonzero(inside)
    return found[int(under[-1])].role if len(under) else "background"


def lint_colours(screen: Screen, symbols: Mapping[str, Symbol], drawing: Drawing | None) -> Iterator[tuple[str, str]]:
    """What is wrong with the number of colours of a screen, and how to mend it."""
    used = {role for element in screen.elements if element.symbol in symbols for role in hued(symbols[element.symbol])}
    extra = {_rough(colour) for text, _ in (drawing.colours if drawing else ()) if (colour := _hued(text))}
    total = _ALARM_CODES + len(used) + len(extra)
    if total > MOST_CODES:
        what = f"{total} colour codes are too many to be told apart ({len(extra)} of them in the backdrop)"
        yield what, f"{MOST_CODES} at most, alarms included: draw what is not live in greys"


def hued(symbol: Symbol) -> frozenset[str]:
    """The colour roles of a symbol that are more than a grey."""
    return frozenset(role for shape in symbol.shapes for role in _roles(shape) if role in palette.HUED)


def _roles(shape: Shape) -> Iterator[str]:
    kinds = SHAPES.get(shape.kind, {})
    named = [str(value) for key, value in shape.options.items() if kinds.get(key) == "role"]
    yield from named or _COLOURS_OF.get(shape.kind, ())


def _hued(text: str) -> palette.RGB | None:
    colour = palette.colour_of(text)
    return colour if colour and palette.chroma(colour) >= palette.HUE else None


def _rough(colour: palette.RGB) -> tuple[int, ...]:
    return tuple(channel // 32 for channel in colour)


def lint_drawing(drawing: Drawing) -> Iterator[tuple[int, str, str]]:
    """Colours of a backdrop that are kept for alarms, or cry for attention: line, what, mend."""
    for text, line in drawing.colours:
        colour = palette.colour_of(text)
        if colour is None or palette.chroma(colour) < palette.SATURATED:
            continue
        priority = palette.alarm_of(colour)
        what = f"{text} is the colour of alarms of priority {priority}" if priority else f"{text} is a saturated colour"
        yield line, what, "Draw it in greys: colour is for what needs a person"


def lint_proportions(screen: Screen, drawing: Drawing) -> Iterator[tuple[str, str]]:
    """A backdrop of another shape than its screen leaves margins, and does not fit what stands on it."""
    wide, high = (one / other for one, other in zip(screen.size, drawing.size, strict=True))
    if any(not 0.98 <= one / other <= 1.02 for one, other in pairwise((wide, high))):
        across, down = drawing.size
        what = f"the backdrop is {across:g} x {down:g}, another shape than the screen"
        yield what, f"Give it the shape of {screen.size[0]:g} x {screen.size[1]:g}"
