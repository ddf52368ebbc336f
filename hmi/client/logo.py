"""A plant's own logo: its shape in one quiet colour that reads by day and by night."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.client.language import plant_text
from hmi.client.page import Desk

_WIDEST: Final = 3.5  # times its height


class Logo(QWidget):
    """The logo of the plant that a desk shows, so many pixels high; it takes no room where there is none."""

    def __init__(self, desk: Desk, height: int) -> None:
        super().__init__()
        self._desk = desk
        self._text = desk.plant.branding.logo
        self._drawn: tuple[tuple[str, float], QImage] | None = None
        self._size = _size_of(self._text, height)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(plant_text(desk.plant.name))
        if not self.there:
            self.hide()

    @property
    def there(self) -> bool:
        """Whether the plant has one that can be drawn."""
        return not self._size.isEmpty()

    def sizeHint(self) -> QSize:
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.there:
            painter = QPainter(self)
            painter.drawImage(QRectF(self.rect()), self._image())
            painter.end()

    def _image(self) -> QImage:
        theme, ratio = self._desk.theme, self.devicePixelRatioF()
        colour = theme.accent if self._desk.plant.branding.accent_day else theme.text
        if self._drawn is None or self._drawn[0] != (colour, ratio):
            self._drawn = (colour, ratio), _shape(self._text, colour, self._size * ratio)
        return self._drawn[1]


def _size_of(text: str, height: int) -> QSize:
    if not text:
        return QSize()
    from PySide6.QtSvg import QSvgRenderer  # only a plant that has a drawing pays for it

    renderer = QSvgRenderer(text.encode())
    natural = renderer.viewBoxF().size() if renderer.isValid() else QSize()
    if natural.isEmpty():
        return QSize()
    return QSize(max(1, round(height * min(natural.width() / natural.height(), _WIDEST))), height)


def _shape(text: str, colour: str, size: QSize) -> QImage:
    """What the drawing covers, in one colour; what it leaves open stays open."""
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(text.encode())
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), colour)
    painter.end()
    return image
