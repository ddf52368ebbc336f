"""The mark of a place where no alarm can be heard: a loudspeaker crossed out, for as long as that is so."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.client.page import Desk
from hmi.client.tips import plain

_SIZE = 26


class NoSound(QWidget):
    """Hidden while the horn can be heard, as far as anybody knows."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(_SIZE, _SIZE)

    def refresh(self) -> None:
        """Come or go."""
        fault = "" if self.desk.calls is None else self.desk.calls.horn.fault
        if bool(fault) == self.isHidden():
            self.setVisible(bool(fault))
            self.setToolTip(plain(fault))
            self.setAccessibleName(fault)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self.desk.theme, QRectF(self.rect()).adjusted(3, 3, -3, -3)
        corners = ((0.0, 0.35), (0.25, 0.35), (0.55, 0.08), (0.55, 0.92), (0.25, 0.65), (0.0, 0.65))
        places = [QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in corners]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        painter.drawPolygon(QPolygonF(places))
        painter.setPen(QPen(theme.colour("bad"), 2.6, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(box.topLeft(), box.bottomRight()))
        painter.end()
