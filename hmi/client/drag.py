"""Tags that are dragged: from a value on a screen, a tag's panel or a list, to a trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.theme import font
from hmi.core.plant.model import Plant

MIME: Final = "application/x-hmi-tags"  # names, a line each
_MOST: Final = 64
_PAD_PX: Final = 8


def mime_of(names: Sequence[str]) -> QMimeData:
    """Tags on their way; an editor gets their names."""
    data = QMimeData()
    text = "\n".join(names)
    data.setData(MIME, text.encode())
    data.setText(text)
    return data


def tags_in(data: QMimeData, plant: Plant) -> tuple[int, ...]:
    """Indexes of the tags that are dropped, each once; none for anything else."""
    if not data.hasFormat(MIME):
        return ()
    names = bytes(data.data(MIME).data()).decode("utf-8", "replace").split("\n")
    found = [tag.index for name in names[:_MOST] if (tag := plant.tag(name)) is not None]
    return tuple(dict.fromkeys(found))


def is_far(pressed: QPoint, now: QPoint) -> bool:
    """Whether the mouse was moved so far with its button down that it is no click."""
    return (now - pressed).manhattanLength() >= QApplication.startDragDistance()


def drag(source: QWidget, names: Sequence[str]) -> None:
    """Let the operator drag these tags from a widget; returns when they were dropped, or let go elsewhere."""
    made = QDrag(source)
    made.setMimeData(mime_of(names))
    made.setPixmap(_label(source, names[0]))
    made.exec(Qt.DropAction.CopyAction)


def _label(source: QWidget, text: str) -> QPixmap:
    width = source.fontMetrics().horizontalAdvance(text) + 2 * _PAD_PX
    made = QPixmap(width, 26)
    made.fill(source.palette().toolTipBase().color())
    painter = QPainter(made)
    painter.setFont(font(12))
    painter.setPen(source.palette().toolTipText().color())
    painter.drawText(made.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return made
