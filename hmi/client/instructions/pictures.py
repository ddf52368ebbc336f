"""Pictures of instructions in the window: drawings and photographs, asked of the engine once and kept while it is open.

A job shows what it began with: its pictures are those that the station kept then. Drawings of the plant's files are
in the window already; all others are asked for as soon as the job is known: they are there when the link is not.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any, Final

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Signal
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtSvg import QSvgRenderer

from hmi.client.page import Desk
from hmi.core.steps.model import Picture, Procedure
from hmi.link.messages import Reply

log = logging.getLogger(__name__)
FOLDER: Final = "instructions/"
_LONGEST_PX: Final = 4000  # of a photograph's side, as it is held
_MOST_PIXELS: Final = 120_000_000  # of a file that is looked at: more is no photograph
_MOST_HELD: Final = 200


class Pictures(QObject):
    """What the window has of them, by name; `came` with the name of one that has arrived. On the Qt thread."""

    came = Signal(str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.desk = desk
        self._data: dict[str, bytes] = {}
        self._asked: set[str] = set()

    def data(self, picture: Picture, kept: str = "") -> bytes | None:
        """What a picture shows; None when it is not here yet: it is asked for. `kept` is its name as a job keeps it."""
        drawing = self.desk.plant.pictures.get(FOLDER + picture.file, "").encode()
        if drawing and (not kept or kept == kept_name(drawing)):
            return drawing
        name = kept or self._mark(picture.file)
        if name not in self._data:
            self._ask(name, picture.file, kept)
        return self._data.get(name)

    def expect(self, procedure: Procedure) -> None:
        """Have all pictures of a job at hand."""
        for file, kept in procedure.drawings.items():
            self.data(Picture(file), kept)

    def name(self, picture: Picture, kept: str = "") -> str:
        """By which it `came`."""
        return kept or self._mark(picture.file)

    def _mark(self, file: str) -> str:
        return f"{file} {self.desk.plant.texts.get(FOLDER + file, '')}"

    def _ask(self, name: str, file: str, kept: str) -> None:
        if name in self._asked or self.desk.mirror.link_down:
            return
        self._asked.add(name)
        verb, args = ("job_attachment", {"attachment": kept}) if kept else ("instruction_picture", {"file": file})
        self.desk.wire.ask(verb, args, lambda reply: self._take(name, reply))

    def _take(self, name: str, reply: Reply) -> None:
        self._asked.discard(name)
        data = reply.body.get("data") if reply.ok and isinstance(reply.body, dict) else None
        if not isinstance(data, bytes):
            log.info("no picture %s: %s", name, reply.text)
            return
        while len(self._data) >= _MOST_HELD:
            self._data.pop(next(iter(self._data)))
        self._data[name] = data
        self.came.emit(name)


def kept_name(drawing: bytes) -> str:
    """The name under which a station keeps a drawing."""
    return f"{hashlib.blake2b(drawing, digest_size=20).hexdigest()}.svg"


def rendered(data: bytes | None, is_drawing: bool) -> QSvgRenderer | QImage | None:
    """A picture ready to be painted; None for what is no picture."""
    if not data:
        return None
    if is_drawing:
        renderer = QSvgRenderer(QByteArray(data))
        return renderer if renderer.isValid() else None
    return _photograph(data)


def _photograph(data: bytes) -> QImage | None:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if bytes(reader.format().data()) not in (b"png", b"jpeg") or not size.isValid():
        return None
    if size.width() * size.height() > _MOST_PIXELS:
        return None
    if max(size.width(), size.height()) > _LONGEST_PX:
        reader.setScaledSize(_shrunk(size))
    image = reader.read()
    return None if image.isNull() else image


def _shrunk(size: QSize) -> QSize:
    share = _LONGEST_PX / max(size.width(), size.height())
    return QSize(max(1, round(size.width() * share)), max(1, round(size.height() * share)))


def pictures_of(desk: Desk) -> Pictures:
    """The pictures of this window's link: one for all of its pages."""
    found: Any = desk.wire.findChild(Pictures)
    if isinstance(found, Pictures):
        found.desk = desk
        return found
    return Pictures(desk, desk.wire)
