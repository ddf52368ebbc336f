"""What every tab of a faceplate has, and the strip of buttons that lead to them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QScrollArea, QSizePolicy, QWidget

from hmi.client.language import tr
from hmi.client.marks import draw_priority
from hmi.client.page import Desk
from hmi.client.style import target_px
from hmi.client.theme import font

_MARK_PX: Final = 16
ALARMS, INTERLOCKS = "alarms", "interlocks"
MARKED: Final = (ALARMS, INTERLOCKS)  # tabs that tell of what waits behind them


class Tab(QWidget):
    """One side of a machine; only the one in front is refreshed."""

    title = ""  # in English: translated when it is shown

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def refresh(self) -> None:
        """The mirror has changed; at most 20 times a second, and once whenever the tab comes to the front."""

    def pulse(self, lit: bool) -> None:
        """Twice a second: ages grow, symbols that ask for attention blink with `lit`."""

    def restyle(self) -> None:
        """The theme has changed."""

    def dispose(self) -> None:
        """It goes away for good: no answer may reach it any more."""


class TabButton(QAbstractButton):
    """The name of a tab, underlined while it is in front; a mark tells of what waits behind it."""

    def __init__(self, desk: Desk, name: str, text: str) -> None:
        super().__init__()
        self.desk, self.name = desk, name
        self._mark = 0  # priority of an alarm; -1: something blocks
        self._filled = True
        self.setText(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(font(13, bold=True))  # as wide as it gets

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 12 + (_MARK_PX + 4 if self.name in MARKED else 0)
        return QSize(width, target_px(self.desk.touch))

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.sizeHint().height())

    def show_mark(self, mark: int, filled: bool = True) -> None:
        """Show an alarm's priority, -1 for something that blocks, 0 for nothing."""
        if (mark, filled) == (self._mark, self._filled):
            return
        if mark != self._mark:
            told = {-1: tr("something blocks"), 0: ""}.get(mark, tr("alarm of priority {priority}", priority=mark))
            self.setAccessibleName(f"{self.text()}, {told}" if told else self.text())
        self._mark, self._filled = mark, filled
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self.desk.theme, QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            painter.fillRect(box.adjusted(0, 2, 0, 0), theme.colour("raised"))
            painter.fillRect(QRectF(0, box.height() - 3, box.width(), 3), theme.colour("accent"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(box.adjusted(1, 3, -1, -4))
        painter.setPen(theme.colour("text" if self.isChecked() or self.underMouse() else "muted"))
        painter.setFont(font(13, bold=self.isChecked()))
        width = painter.fontMetrics().horizontalAdvance(self.text()) + (_MARK_PX + 4 if self._mark else 0)
        left = (box.width() - width) / 2
        painter.drawText(box.adjusted(left, 0, 0, -2), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._mark:
            top = (box.height() - _MARK_PX) / 2 - 1
            self._draw_mark(painter, QRectF(left + width - _MARK_PX, top, _MARK_PX, _MARK_PX))
        painter.end()

    def _draw_mark(self, painter: QPainter, box: QRectF) -> None:
        if self._mark > 0:
            draw_priority(painter, box, self._mark, self.desk.theme, self._filled)
        else:
            draw_standing(painter, box, "blocks", self.desk)


class TabStrip(QWidget):
    """The names of all tabs in one row, or in as few as they fit in."""

    chosen = Signal(str)

    def __init__(self, desk: Desk, names: dict[str, str], width: int) -> None:
        super().__init__()
        self.buttons = {name: TabButton(desk, name, text) for name, text in names.items()}
        self._group = QButtonGroup(self)
        columns = _columns([button.sizeHint().width() for button in self.buttons.values()], width - 8)
        grid = QGridLayout(self)
        grid.setContentsMargins(4, 0, 4, 0)
        grid.setSpacing(0)
        for place, button in enumerate(self.buttons.values()):
            self._group.addButton(button)
            grid.addWidget(button, place // columns, place % columns)
        self._group.buttonClicked.connect(self._clicked)

    def _clicked(self, button: QAbstractButton) -> None:
        assert isinstance(button, TabButton)
        self.chosen.emit(button.name)


def _columns(widths: list[int], room: int) -> int:
    """How many tabs stand in a row, so that none is cut off."""
    for rows in range(1, len(widths)):
        columns = -(-len(widths) // rows)
        widest = [max(widths[column::columns]) for column in range(columns)]
        if sum(widest) <= room:
            return columns
    return 1


def draw_standing(painter: QPainter, box: QRectF, state: str, desk: Desk) -> None:
    """The mark of a condition by shape: a tick when fulfilled, a cross when it blocks, a question mark when unknown."""
    theme = desk.theme
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = box.adjusted(3, 3, -3, -3)
    if state == "fulfilled":
        painter.setPen(QPen(theme.colour("muted"), 2))
        painter.drawPolyline([_at(inner, 0, 0.55), _at(inner, 0.38, 0.95), _at(inner, 1, 0.05)])
    elif state == "blocks":
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("text"))
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(QPen(theme.colour("raised"), 2))
        cross = inner.adjusted(1, 1, -1, -1)
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())
    else:
        painter.setPen(QPen(theme.colour("stale"), 1.4, Qt.PenStyle.DashLine))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
        painter.setFont(font(box.height() * 0.62, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
    painter.restore()


def _at(box: QRectF, across: float, down: float) -> QPointF:
    return QPointF(box.left() + across * box.width(), box.top() + down * box.height())


def scrolled(inside: QWidget) -> QScrollArea:
    """A column of lines that can be longer than the faceplate is high."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area
