"""The top of a faceplate: which machine it is, how it does, and the handle by which it is moved."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.client.banner import AlarmMark
from hmi.client.language import plant_text, tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words, button
from hmi.client.style import target_px
from hmi.core import quality as q
from hmi.core.plant.equipment import Equipment

STEP_PX: Final = 24  # one press of an arrow key; a tenth of it with Shift
_ARROWS: Final = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


class TitleBar(QWidget):
    """Name, code, alarm mark and worst quality of a machine; `moved` tells how far since it was `grabbed`."""

    grabbed = Signal()
    moved = Signal(QPoint)
    pinned = Signal(bool)
    closed = Signal()

    def __init__(self, desk: Desk, equipment: Equipment) -> None:
        super().__init__()
        self.desk = desk
        self.alarm = AlarmMark(desk, 24)
        self.alarm.hide()
        self.name = Words(plant_text(equipment.name) or equipment.id, px=15, bold=True, elide=True)
        self.code = Words(equipment.code or equipment.id, "muted", 12, elide=True)
        self.mark = QualityMark(desk.theme, 16)
        self.quality = Words("", px=12, bold=True)
        self.pin = button(tr("Pin"), tip=tr("Keep it open when the screen changes"), checkable=True)
        self.leave = button("×", "flat", tr("Close (Esc)"))
        self.leave.setAccessibleName(tr("Close"))
        self._held: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setFixedHeight(target_px(desk.touch) + 14)
        self.setAccessibleName(tr("{machine}: the arrow keys move it", machine=self.name.whole))
        self.pin.toggled.connect(self.pinned)
        self.leave.clicked.connect(self.closed)
        self._arrange()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 6, 4)
        row.setSpacing(8)
        row.addWidget(self.alarm)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        texts.addWidget(self.name)
        texts.addWidget(self.code)
        texts.addStretch(1)
        row.addLayout(texts, 1)
        row.addWidget(self.mark)
        row.addWidget(self.quality)
        for made in (self.pin, self.leave):
            made.setCursor(Qt.CursorShape.ArrowCursor)
            row.addWidget(made)

    def show_alarm(self, priority: int, filled: bool) -> None:
        """The most urgent alarm of the machine; 0 none."""
        self.alarm.show_mark(priority, filled)
        if self.alarm.isHidden() == bool(priority):
            self.alarm.setVisible(bool(priority))
        self.alarm.setAccessibleName(tr("alarm of priority {priority}", priority=priority) if priority else "")

    def show_quality(self, quality: int) -> None:
        """The worst quality of anything on the faceplate, as a mark and a word; nothing while all is good."""
        good = bool(q.is_good(quality))
        self.mark.show_quality(quality, self.desk.theme)
        self.quality.say("" if good else tr(q.word(quality)))
        if self.mark.isHidden() != good:
            self.mark.setVisible(not good)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.globalPosition().toPoint()
            self.grabbed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self.moved.emit(event.globalPosition().toPoint() - self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _ARROWS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.grabbed.emit()
        self.moved.emit(way * (STEP_PX // 10 if fine else STEP_PX))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.desk.theme
        painter.fillRect(self.rect(), theme.colour("raised"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("frame"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(self.rect().adjusted(2, 2, -3, -4))
        painter.end()
