"""What equipment is doing, told by shape: outlines of a state, signs of running and rest, question marks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF, QTransform

from hmi.client.language import plant_text, tr
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import ON_FILL, Ink, is_running
from hmi.client.mimic.outline import outline
from hmi.client.mimic.quality import pen
from hmi.core import quality as q
from hmi.core.screens.vocabulary import MODES

_WHEN: Final = {True: "running", False: "stopped", None: "unknown"}


def glyph(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A path drawn only in one state of the equipment, in the colour that reads on that state's fill."""
    name = options.get("by", "")
    if name not in drawn.reads or not options.get("d"):
        return
    running = is_running(ink, drawn, name, options)
    if _WHEN[running] != options.get("when", "running"):
        return
    role = options.get("line") or ON_FILL[running]
    width = max(1.0, float(options.get("width", 2)) * ink.scale)
    ink.painter.setPen(pen(role, ink.theme, width))
    ink.painter.setBrush(ink.theme.colour(role) if options.get("solid") else Qt.BrushStyle.NoBrush)
    corner, one = ink.point(drawn, 0, 0, True), ink.point(drawn, 1, 1, True)
    place = QTransform(one.x() - corner.x(), 0, 0, one.y() - corner.y(), corner.x(), corner.y())
    ink.painter.drawPath(place.map(outline(options["d"])))


def runmark(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A triangle while equipment works, a square at rest, a question mark when nobody knows."""
    name = options.get("bind", "")
    if name not in drawn.reads:
        return
    running = is_running(ink, drawn, name, options)
    area = ink.box(drawn, options)
    half, centre = min(area.width(), area.height()) / 2, area.center()
    ink.spans.append((centre.x() - half, centre.x() + half))  # no badge may hide it
    if running is None:
        _question(ink, area, 2 * half)
        return
    corners = ((-0.62, -0.8), (0.82, 0.0), (-0.62, 0.8)) if running else ((-1, -1), (1, -1), (1, 1), (-1, 1))
    reach = half if running else half * 0.62
    ink.painter.setPen(Qt.PenStyle.NoPen)
    ink.painter.setBrush(ink.theme.colour(ON_FILL[running]))
    ink.painter.drawPolygon(QPolygonF([QPointF(centre.x() + x * reach, centre.y() + y * reach) for x, y in corners]))


def unknown(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A question mark where a value would be drawn, while it is not known."""
    name = options.get("bind", "")
    if name in drawn.reads and not is_known(*ink.read(drawn, name)):
        _question(ink, ink.box(drawn, options), float(options.get("size", 26)) * ink.scale)


def is_known(value: float, quality: int) -> bool:
    """Whether there is a value at all."""
    return quality < q.BAD and not math.isnan(value)


def _question(ink: Ink, area: QRectF, px: float) -> None:
    ink.write(area, "?", px, "bad", "centre", bold=True)


def mode_word(drawn: Drawn, value: float) -> str:
    """The name of a mode: the element's own words, else those of PackML's unit modes."""
    own, number = drawn.element.options.get("modes"), f"{value:.0f}"
    return plant_text(own.get(number, number)) if own else tr(MODES.get(number, number))
