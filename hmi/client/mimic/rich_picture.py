"""A picture of the plant on a screen: a photograph or a snapshot, never called live, and honest when it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QImageReader

from hmi.client.language import tr
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.quality import pen
from hmi.core.tags import TagTable

KINDS: Final = (".png", ".jpg", ".jpeg")
MOST_BYTES: Final = 10_000_000
MOST_PIXELS: Final = 4096  # across and down
_FORMATS: Final = ("png", "jpeg")


class Pictures:
    """The pictures a window has, by their file in the plant's folder; lives on the Qt thread."""

    def __init__(self) -> None:
        self._images: dict[str, QImage] = {}
        self.digests: dict[str, str] = {}  # by file, of what came, so that it need not come twice

    def take(self, file: str, data: bytes) -> str:
        """Keep the picture of a file; returns why it cannot be shown, "" when it can."""
        self._images.pop(file, None)
        if not file.lower().endswith(KINDS):
            return f"{file} is not a picture that can be shown: use png or jpg."
        if len(data) > MOST_BYTES:
            return f"{file} is larger than {MOST_BYTES // 1_000_000} MB: make it smaller."
        image = _read(data)
        if image is None:
            return f"{file} is damaged, or more than {MOST_PIXELS} pixels wide or high: save it anew as png or jpg."
        self._images[file] = image
        return ""

    def of(self, file: str) -> QImage | None:
        """The picture of a file, None when the window has none."""
        return self._images.get(file)


def _read(data: bytes) -> QImage | None:
    """Decode a picture whose size is known to be bearable before a pixel of it is read."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if reader.format().toStdString() not in _FORMATS or not 0 < max(size.width(), size.height()) <= MOST_PIXELS:
        return None
    image = reader.read()
    return None if image.isNull() else image


_OF: Final[WeakKeyDictionary[TagTable, Pictures]] = WeakKeyDictionary()


def pictures_of(table: TagTable) -> Pictures:
    """The pictures that belong to the plant of a mirror's columns."""
    return _OF.setdefault(table, Pictures())


def picture(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The element's picture as large as it fits, marked as not live; a plain tile that says so when there is none."""
    file = str(drawn.element.options.get("picture", ""))
    area, size = ink.box(drawn, options), float(options.get("size", 18)) * ink.scale
    ink.painter.fillRect(area, ink.theme.colour("raised"))
    image = pictures_of(ink.table).of(file)
    middle = QRectF(area.left(), area.center().y() - 1.3 * size, area.width(), 1.3 * size)
    if image is None:
        ink.write(middle, tr("No picture"), size, "text", "centre")
        ink.write(middle.translated(0, 1.3 * size), file, size, "muted", "centre")
    else:
        fitted = image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, fitted.width(), fitted.height())
        place.moveCenter(area.center())
        ink.painter.drawImage(place, image)
        foot = QRectF(area.left(), area.bottom() - 1.4 * size, area.width(), 1.4 * size)
        ink.painter.fillRect(foot, ink.theme.colour("raised"))
        ink.write(foot.adjusted(6 * ink.scale, 0, -6 * ink.scale, 0), tr("Picture, not live"), size, "muted")
    ink.painter.setBrush(Qt.BrushStyle.NoBrush)
    ink.painter.setPen(pen("line", ink.theme, max(1.0, 1.5 * ink.scale)))
    ink.painter.drawRect(area)
