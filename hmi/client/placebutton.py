"""One row of the column of places: where it leads, what is folded below it, and the alarms there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from hmi.client.alarms.summary import Tally
from hmi.client.language import tr
from hmi.client.marks import draw_priority
from hmi.client.places import Place
from hmi.client.theme import Theme, font
from hmi.client.tips import plain

WIDTH: Final = 232
_INDENT: Final = 14
_FOLD_PX: Final = 24  # of the triangle that opens and closes what is below


class PlaceButton(QAbstractButton):
    """One row: where it leads, and the most urgent alarm below with the count of alarms.

    `fold_asked` carries its key when what stands below it is to be shown or hidden, `moved` how many rows further
    the keyboard shall go.
    """

    fold_asked = Signal(str)
    moved = Signal(int)

    def __init__(self, place: Place, title: str, theme: Theme, height: int) -> None:
        super().__init__()
        self.place, self.title = place, title
        self.open = True  # what stands below it is shown
        self._theme, self._height, self._tally, self._lit = theme, height, Tally(), True
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self._height)

    def show_tally(self, tally: Tally, lit: bool, theme: Theme) -> None:
        """The alarms below this place; the symbol blinks with `lit` while one of them calls."""
        now = (tally, tally.standing and (lit or not tally.calling), theme)
        if now != (self._tally, self._lit, self._theme):
            self._tally, self._lit, self._theme = now
            self.setAccessibleName(self.title + self._alarms_in_words())
            self.update()

    def show_open(self, is_open: bool) -> None:
        """What stands below is shown, or not."""
        if is_open != self.open:
            self.open = is_open
            self.update()

    def _alarms_in_words(self) -> str:
        count, priority = self._tally.count, self._tally.priority
        if not count:
            return ""
        text = ", 1 alarm of priority {priority}" if count == 1 else ", {count} alarms, highest priority {priority}"
        return tr(text, count=count, priority=priority)

    def nextCheckState(self) -> None:
        """The window decides where it is, not the click."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setDown(False)
        if not self.rect().contains(event.position().toPoint()) or event.button() != Qt.MouseButton.LeftButton:
            return
        if self.place.is_group or (self.place.children and self._fold_box().contains(event.position())):
            self.fold_asked.emit(self.place.key)
        else:
            self.click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        fold = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}.get(Qt.Key(event.key()))
        activate = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if self.place.children and ((fold is not None and fold == self.open) or (activate and self.place.is_group)):
            self.fold_asked.emit(self.place.key)
        elif activate and event.key() != Qt.Key.Key_Space:
            self.click()
        else:
            super().keyPressEvent(event)

    def _left(self) -> float:
        return 8.0 + _INDENT * min(self.place.depth, 4)

    def _fold_box(self) -> QRectF:
        return QRectF(0, 0, self._left() + _FOLD_PX, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, box = self._theme, QRectF(self.rect())
        if self.isChecked():
            painter.fillRect(box, theme.colour("selection"))
        elif self.underMouse():
            painter.fillRect(box, theme.colour("raised"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("on_selection" if self.isChecked() else "accent"), 2))
            painter.drawRect(box.adjusted(2, 2, -2, -2))
        if self.place.children:
            self._draw_fold(painter, box)
        self._draw_words(painter, box)
        if self._tally.count:
            self._draw_alarms(painter, box)
        painter.end()

    def _draw_fold(self, painter: QPainter, box: QRectF) -> None:
        x, y = self._left() + _FOLD_PX / 2 - 4, box.center().y()
        corners = [(-5, -3), (5, -3), (0, 4)] if self.open else [(-3, -5), (4, 0), (-3, 5)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("on_selection" if self.isChecked() else "muted"))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))

    def _draw_words(self, painter: QPainter, box: QRectF) -> None:
        theme, place = self._theme, self.place
        role = "on_selection" if self.isChecked() else "muted" if place.is_group else "text"
        painter.setPen(theme.colour(role))
        painter.setFont(font(13 if place.depth else 14, bold=self.isChecked() or not place.depth))
        room = box.adjusted(self._left() + _FOLD_PX - 4, 0, -68 if self._tally.count else -36, 0)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        self.setToolTip("" if text == self.text() else plain(self.text()))
        if not self._tally.count:
            painter.setPen(theme.colour("on_selection" if self.isChecked() else "muted"))
            painter.setFont(font(11))
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box.adjusted(0, 0, -12, 0), side, place.hint)

    def _draw_alarms(self, painter: QPainter, box: QRectF) -> None:
        theme, size = self._theme, 20.0
        mark = QRectF(box.right() - 60, box.center().y() - size / 2, size, size)
        if self.isChecked():  # alarm colours keep their own ground
            painter.fillRect(QRectF(mark.left() - 5, mark.top() - 3, 58, size + 6), theme.colour("raised"))
        draw_priority(painter, mark, self._tally.priority, theme, filled=self._lit)
        painter.setPen(theme.colour("text"))
        painter.setFont(font(13, bold=True))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(mark.right() + 6, box.top(), 30, box.height()), side, str(self._tally.count))
