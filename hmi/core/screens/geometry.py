"""Where the shapes of an element stand on its screen, and about how much room its words take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hmi.core.screens.model import Element, Shape, Symbol

Box = tuple[float, float, float, float]  # left, top, right, bottom in design units

WRITTEN: Final = frozenset({"text", "value", "state", "figure", "word", "mode", "fault"})
_FILLED: Final = frozenset({"rect", "ellipse"})
_WIDE: Final = 0.56  # of its height that a letter takes, on average
_LIVE_LETTERS: Final = 5  # of a value that is not known yet
_SIZES: Final = {"text": 18.0, "value": 22.0, "state": 20.0}


@dataclass(frozen=True, slots=True)
class Writing:
    """One text or number of an element, where it probably stands."""

    box: Box
    role: str  # colour
    own_ground: bool  # it changes its colour with the fill it stands on
    text: str  # "" of what is live


@dataclass(frozen=True, slots=True)
class Ground:
    """One filled shape that texts may stand on."""

    box: Box
    role: str  # colour; "" of a fill that changes with a state


def shape_box(element: Element, symbol: Symbol, options: Mapping[str, Any]) -> Box:
    """Where a shape of an element stands: stretched with it, or measured from its edges."""
    x, y = float(options.get("x", 0)), float(options.get("y", 0))
    width, height = element.width, element.height
    across, down = symbol.size
    if symbol.stretch:
        fx, fy = width / across, height / down
        w, h = float(options.get("w", across - x)), float(options.get("h", down - y))
        left, top = element.x + x * fx, element.y + y * fy
        return left, top, left + w * fx, top + h * fy
    x, y = x + (width if x < 0 else 0), y + (height if y < 0 else 0)
    w, h = float(options.get("w", 0)), float(options.get("h", 0))
    left, top = element.x + x, element.y + y
    return left, top, left + (w if w > 0 else width - x + w), top + (h if h > 0 else height - y + h)


def writings(element: Element, symbol: Symbol) -> Iterator[Writing]:
    """The texts and numbers of an element that are there all the time."""
    for shape in symbol.shapes:
        if shape.kind not in WRITTEN or "shown_by" in shape.options:
            continue
        text, letters = _letters(element, shape)
        if letters:
            box = _inked(shape_box(element, symbol, shape.options), element, shape, letters)
            role = shape.options.get("colour", "text" if shape.kind == "text" else "value")
            yield Writing(box, str(role), "fill_by" in shape.options, text)


def grounds(element: Element, symbol: Symbol) -> Iterator[Ground]:
    """The filled boxes of an element, lowest first."""
    for shape in symbol.shapes:
        if shape.kind in _FILLED and "shown_by" not in shape.options:
            if "fill_by" in shape.options:
                yield Ground(shape_box(element, symbol, shape.options), "")
            elif "fill" in shape.options:
                yield Ground(shape_box(element, symbol, shape.options), str(shape.options["fill"]))


def _letters(element: Element, shape: Shape) -> tuple[str, float]:
    """The text of a shape, and how many letters wide it is."""
    if shape.kind == "text":
        text = text_of(element, str(shape.options.get("text", "")))
        return text, sum(1.0 if ord(sign) < 0x2E80 else 1.8 for sign in text)
    if shape.options.get("bind") not in element.binds:
        return "", 0.0
    return "", _LIVE_LETTERS


def text_of(element: Element, text: str) -> str:
    """What a text of a symbol says on an element: `$label` and its like are the element's own."""
    if text == "$label":
        return element.label
    return str(element.options.get(text[1:], "")) if text.startswith("$") else text


def _inked(box: Box, element: Element, shape: Shape, letters: float) -> Box:
    """The part of a shape's box that the letters probably take; one line, in the middle of its height."""
    left, top, right, bottom = box
    size = float(shape.options.get("size", _SIZES.get(shape.kind, 20.0)))
    if shape.kind == "text":
        size = float(element.options.get("size_of_text", size))
    width = min(letters * size * _WIDE, max(0.0, right - left))
    middle, half = (top + bottom) / 2, size * 0.36  # of capitals and digits
    usual = "left" if shape.kind == "text" else "right" if shape.kind == "value" else "centre"
    align = element.options.get("align", shape.options.get("align", usual))
    start = left if align == "left" else right - width if align == "right" else (left + right - width) / 2
    return start, middle - half, start + width, middle + half
