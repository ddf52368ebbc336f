"""What opens over the pages for a moment: it takes the keyboard, Esc or a touch beside it closes it."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from hmi.client.page import Desk

_VEIL: Final = 120  # of 255: the page can still be read through it
_MARGIN: Final = 12


class Overlay(QWidget):
    """A sheet over the pages of one window, never over the alarm banner; `closed` when it goes.

    `host` is the widget it covers. It deletes itself when it is closed.
    """

    closed = Signal()

    def __init__(self, desk: Desk, host: QWidget, size: tuple[int, int]) -> None:
        super().__init__(host)
        self.desk, self._size = desk, size
        self._before: QWidget | None = None
        self.sheet = QFrame(self)
        self.sheet.setObjectName("sheet")
        self.column = QVBoxLayout(self.sheet)
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.setSpacing(8)
        host.installEventFilter(self)

    def open(self, focus: QWidget) -> None:
        """Come to the front; `focus` gets the keyboard."""
        self._before = QApplication.focusWidget()
        self._fit()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Go away; the keyboard returns to where it was."""
        if self.isHidden():
            return
        self.hide()
        host = self.parentWidget()
        if host is not None:
            host.removeEventFilter(self)
        if self._before is not None and shiboken6.isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.closed.emit()
        self.deleteLater()

    def place(self, room: QRect) -> QRect:
        """Where the sheet lies in the room there is: in the middle, nearer to the top."""
        width = min(self._size[0], room.width() - 2 * _MARGIN)
        height = min(self._size[1], room.height() - 2 * _MARGIN)
        return QRect((room.width() - width) // 2, max(_MARGIN, (room.height() - height) // 3), width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._fit()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            event.accept()  # what an overlay does not know must not move the page below it

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.sheet.geometry().contains(event.position().toPoint()):
            self.leave()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside."""
        stops = [one for one in self.sheet.findChildren(QWidget) if _is_stop(one, self)]
        if stops:
            focus = QApplication.focusWidget()
            at = stops.index(focus) if focus in stops else -1
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(self.desk.theme.background)
        veil.setAlpha(_VEIL)
        painter.fillRect(self.rect(), veil)
        painter.end()

    def _fit(self) -> None:
        host = self.parentWidget()
        if host is not None:
            self.setGeometry(host.rect())
            self.sheet.setGeometry(self.place(host.rect()))


def _is_stop(widget: QWidget, overlay: QWidget) -> bool:
    policy = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return bool(policy) and widget.isEnabled() and widget.isVisibleTo(overlay)
