"""Small grey words on an element: not in automatic, interlocked, out of service; over no number if there is room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from PySide6.QtCore import QRectF, Qt

from hmi.client.language import plant_text, tr
from hmi.client.mimic.compile import EDGE, Drawn
from hmi.client.mimic.ink import LEAST_PX, Ink, letters_of
from hmi.client.mimic.quality import NO_VALUE, pen
from hmi.client.mimic.rich_marks import is_known, mode_word
from hmi.core.screens.model import Shape
from hmi.core.screens.vocabulary import MODES

_SIGNS: Final = {"mode": "MODE", "interlock": "LCK", "oos": "OOS"}
_MODE_SIGNS: Final = {"Manual": "MAN", "Maintenance": "MNT"}
_SIZE: Final = 13.0
_LEAST_PX: Final = 11.0  # as the badges of quality
# How much it is worth not to hide a pixel of each; the bodies of symbols by their boxes
_WORTH: Final[Mapping[str, float]] = {
    **dict.fromkeys(("value", "figure"), 20.0),
    **dict.fromkeys(("runmark", "state", "word", "mode", "fault", "segments"), 8.0),
    **dict.fromkeys(("spark", "scale", "strip"), 2.0),
    "text": 1.0,
    **dict.fromkeys(("ellipse", "level", "bar", "meter", "heads"), 0.2),
}
_WORDS: Final = frozenset({"text", "value", "figure", "state", "word", "mode", "fault"})
_BADGE_WORTH: Final = 50.0
Taken = tuple[QRectF, float]


def badges(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The words of what is not as usual, in one row where they hide least: at the lower left if nothing is there."""
    signs = [sign for name in options.get("shows", ()) if (sign := badge_sign(ink, drawn, name))]
    if not signs:
        return
    letters, metrics = letters_of(max(_LEAST_PX, _SIZE * ink.scale), False)
    pad, height = 3 * ink.scale, metrics.capHeight() + 4 * ink.scale
    taken, areas = list(_taken(ink, drawn)), list[QRectF]()
    for sign in signs:
        width = metrics.horizontalAdvance(sign) + 2 * pad
        beside = [areas[-1].translated(areas[-1].width() + pad, 0)] if areas else []
        areas.append(_best(ink, drawn, beside, taken, (width, height)))
        taken.append((areas[-1].adjusted(-pad, 0, pad, 0), _BADGE_WORTH))
    ink.painter.setFont(letters)
    for sign, area in zip(signs, areas, strict=True):
        ink.painter.setPen(pen("shelved", ink.theme, 1.0))
        ink.painter.setBrush(ink.theme.colour("raised"))
        ink.painter.drawRect(area)
        ink.painter.setPen(ink.theme.colour("text"))
        ink.painter.drawText(area, Qt.AlignmentFlag.AlignCenter, sign)


def badge_sign(ink: Ink, drawn: Drawn, name: str) -> str:
    """The word of one badge: "" when there is nothing to tell, a question mark after it when it is not known."""
    if name not in drawn.reads:
        return ""
    value, quality = ink.read(drawn, name)
    if not is_known(value, quality):
        return tr(_SIGNS[name]) + "?"
    if name != "mode":
        return tr(_SIGNS[name]) if value > 0 else ""
    if value in drawn.element.options.get("automatic", (1,)):
        return ""
    known = "" if "modes" in drawn.element.options else MODES.get(f"{value:.0f}", "")
    return tr(_MODE_SIGNS[known]) if known in _MODE_SIGNS else mode_word(drawn, value)[:3].upper()


def _best(ink: Ink, drawn: Drawn, first: list[QRectF], taken: list[Taken], size: tuple[float, float]) -> QRectF:
    """Where a badge hides least of its element: beside the one before, else lower before upper, left before right."""
    width, height = size
    box, beyond = ink.box(drawn, {}), (EDGE / 2 - 1.5) * ink.scale
    lefts = (box.left(), box.center().x() - width / 2, box.right() - width)
    tops = (box.bottom() + beyond - height, box.top() - beyond, box.center().y() - height / 2)
    places = [QRectF(one.x(), one.y(), width, height) for one in first]
    places += [QRectF(x, y, width, height) for y, x in product(tops, lefts)]
    edge = EDGE / 2 * ink.scale
    inside = box.adjusted(-edge, -edge, edge, edge)

    def hidden(order: int) -> float:
        place = places[order]
        lost = width * height - _shared(place, inside)  # would not be drawn
        habit = order * height  # one place for all as long as it hides next to nothing
        return habit + _BADGE_WORTH * lost + sum(worth * _shared(place, area) for area, worth in taken)

    return places[min(range(len(places)), key=hidden)]


def _shared(one: QRectF, other: QRectF) -> float:
    both = one.intersected(other)
    return max(0.0, both.width()) * max(0.0, both.height())


def _taken(ink: Ink, drawn: Drawn) -> Iterator[Taken]:
    """The ground that numbers, words and signs stand on, and how much each is worth."""
    for shape in drawn.symbol.shapes:
        worth = _WORTH.get(shape.kind)
        if worth is None or shape.options.get("bind", next(iter(drawn.reads))) not in drawn.reads:
            continue
        yield (_written(ink, drawn, shape) if shape.kind in _WORDS else ink.box(drawn, shape.options)), worth


def _written(ink: Ink, drawn: Drawn, shape: Shape) -> QRectF:
    """The ground of a line of text: as high as its capitals; as wide as it can become, where that is known."""
    options, area = shape.options, ink.box(drawn, shape.options)
    metrics = letters_of(max(LEAST_PX, float(options.get("size", 22)) * ink.scale), bool(options.get("bold")))[1]
    width, half = area.width(), metrics.capHeight() / 2
    if shape.kind == "text":
        width = metrics.horizontalAdvance(_still_text(drawn, options.get("text", "")))
    elif shape.kind in ("value", "figure"):
        ends = [f"{end:,.{max(0, drawn.decimals)}f}" for end in (drawn.scale.low, drawn.scale.high)]
        unit = f" {drawn.unit}" if drawn.unit and options.get("unit", True) else ""
        width = metrics.horizontalAdvance(max(NO_VALUE, *ends, key=len) + unit)
        area.setRight(area.right() - (0 if unit else float(options.get("unit_room", 0)) * ink.scale))
    width = min(width, area.width())
    align = options.get("align", "left" if shape.kind == "text" else "right")
    left = {"left": area.left(), "centre": area.center().x() - width / 2, "right": area.right() - width}[align]
    return QRectF(left, area.center().y() - half, width, 2 * half)


def _still_text(drawn: Drawn, text: str) -> str:
    if text == "$label":
        return plant_text(drawn.element.label)
    return plant_text(str(drawn.element.options.get(text[1:], ""))) if text.startswith("$") else text
