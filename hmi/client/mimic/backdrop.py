"""The drawing beneath a screen: an SVG of the plant's files, rendered once for each size."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen


def draw_backdrop(painter: QPainter, screen: Screen, plant: Plant, origin: tuple[float, float], scale: float) -> None:
    """Draw a screen's backdrop over the whole screen, its proportions kept; nothing where it has none."""
    text = plant.backdrops.get(screen.backdrop) if screen.backdrop else None
    if not text:
        return
    from PySide6.QtSvg import QSvgRenderer  # only a screen that has a drawing pays for it

    renderer = QSvgRenderer(text.encode())
    natural = renderer.defaultSize()
    if not renderer.isValid() or natural.isEmpty():
        return
    across, down = screen.size[0] * scale, screen.size[1] * scale
    fit = min(across / natural.width(), down / natural.height())
    width, height = natural.width() * fit, natural.height() * fit
    left, top = origin[0] + (across - width) / 2, origin[1] + (down - height) / 2
    renderer.render(painter, QRectF(left, top, width, height))
