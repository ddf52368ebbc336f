"""A button for fingers: it has to be held, so that a touch in passing sends nothing."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from hmi.client.page import Desk

HOLD_S: Final = 1.5
_STEP_MS: Final = 30
_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HoldButton(QPushButton):
    """`held` after it was held for 1.5 s, with a bar that grows; let go before, nothing happens."""

    held = Signal()

    def __init__(self, desk: Desk, text: str) -> None:
        super().__init__(text)
        self.desk = desk
        self.share = 0.0  # of the time it has to be held
        self._since = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self.tick)
        self.setAutoDefault(False)
        self.setProperty("kind", "main")
        self.pressed.connect(self._begin)
        self.released.connect(self.let_go)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(200, 0))

    def tick(self) -> None:
        """Let the bar grow; when it is full, that was it."""
        self.share = min(1.0, (self.desk.clock.monotonic() - self._since) / HOLD_S)
        self.update()
        if self.share >= 1.0:
            self.let_go()
            self.held.emit()

    def let_go(self) -> None:
        """Not held any more."""
        self._timer.stop()
        self.share = 0.0
        self.update()

    def _begin(self) -> None:
        self._since = self.desk.clock.monotonic()
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS:
            if not event.isAutoRepeat():
                self._begin()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS:
            if not event.isAutoRepeat():
                self.let_go()
            return
        super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.share > 0:
            painter = QPainter(self)
            bar = QRectF(4, self.height() - 11, (self.width() - 8) * self.share, 7)
            painter.fillRect(bar, self.desk.theme.colour("on_selection"))
            painter.end()
