"""Where words stand on an element: found once, so that badges can be put between them."""

from __future__ import annotations

from PySide6.QtGui import QImage, QPainter

from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.digits import write_number
from hmi.client.mimic.ink import THOUSANDS, Ink
from hmi.client.mimic.paint import draw_shapes, value_place
from hmi.client.mimic.quality import NO_VALUE
from hmi.core.screens.model import Shape

Stretches = list[tuple[float, float]]  # left and right of every text, physical pixels
_TOO_LATE = ("badges",)  # are put between the words themselves


class Spans:
    """The stretches of each element that words take; of numbers the widest that their range makes."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        self._found: dict[tuple[int, str], Stretches] = {}

    def of(self, drawn: Drawn) -> Stretches:
        """The stretches of one element; not to be changed, they are kept."""
        tag = drawn.shown
        text = self._ink.table.text.get(tag.index, "") if tag is not None and tag.is_text else ""
        found = self._found.get((id(drawn), text))
        if found is None:
            found = self._found[id(drawn), text] = self._measure(drawn)
        return found

    def _measure(self, drawn: Drawn) -> Stretches:
        nowhere = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(nowhere)
        painter.setClipRect(0, 0, 0, 0)
        ink = self._ink.on(painter)
        for shape in drawn.symbol.shapes:
            if shape.kind == "value" and shape.options.get("bind") in drawn.reads and not _is_text(drawn):
                self._widest(ink, drawn, shape)
            elif shape.kind not in _TOO_LATE:
                draw_shapes(ink, drawn, (shape,))
        painter.end()
        return ink.spans

    @staticmethod
    def _widest(ink: Ink, drawn: Drawn, shape: Shape) -> None:
        ends = (drawn.scale.low, drawn.scale.high)
        texts = [NO_VALUE, *(f"{end:,.{max(0, drawn.decimals)}f}".replace(",", THOUSANDS) for end in ends)]
        place = value_place(ink, drawn, shape.options)
        write_number(ink, place.area, max(texts, key=len), place.unit, "text", shape.options)


def _is_text(drawn: Drawn) -> bool:
    return drawn.shown is not None and drawn.shown.is_text
