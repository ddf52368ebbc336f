"""The way around: screens as the plant's hierarchy with the alarms below each, and the pages every plant has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from hmi.client.alarms.summary import Summary, Tally
from hmi.client.marks import draw_priority
from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS
from hmi.client.theme import Theme, font
from hmi.core.screens.model import Screen

WIDTH: Final = 216
_PAGES: Final = ((TRENDS, "Trends"), (ALARMS, "Alarms"), (JOURNAL, "Journal"), (SYSTEM, "System"))


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go."""

    key: str
    title: str
    depth: int = 0  # below the top of the hierarchy
    hint: str = ""  # the level, or the key that leads here


def hierarchy(screens: Mapping[str, Screen]) -> list[Place]:
    """The screens in file order, every one right below its parent."""
    places: list[Place] = []

    def descend(parent: str, depth: int) -> None:
        for screen in screens.values():
            above = screen.parent if screen.parent in screens and screen.parent != screen.id else ""
            if above == parent and all(place.key != screen.id for place in places):
                places.append(Place(screen.id, screen.title or screen.id, depth, f"L{screen.level}"))
                descend(screen.id, depth + 1)

    descend("", 0)
    seen = {place.key for place in places}
    rest = [Place(one.id, one.title or one.id, 0, f"L{one.level}") for one in screens.values() if one.id not in seen]
    return places + rest  # screens that are each other's parents still can be reached


class PlaceButton(QAbstractButton):
    """One row: where it leads, and the most urgent alarm below with the count of alarms."""

    def __init__(self, place: Place, theme: Theme, height: int) -> None:
        super().__init__()
        self.place = place
        self._theme, self._height, self._tally, self._lit = theme, height, Tally(), True
        self.setText(place.title)
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(place.title)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self._height)

    def show_tally(self, tally: Tally, lit: bool, theme: Theme) -> None:
        """The alarms below this place; the symbol blinks with `lit` while one of them calls."""
        now = (tally, tally.standing and (lit or not tally.calling), theme)
        if now != (self._tally, self._lit, self._theme):
            self._tally, self._lit, self._theme = now
            alarms = f", {tally.count} alarms, highest priority {tally.priority}" if tally.count else ""
            self.setAccessibleName(self.place.title + alarms)
            self.update()

    def nextCheckState(self) -> None:
        """The window decides where it is, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, box = self._theme, QRectF(self.rect())
        if self.isChecked():
            painter.fillRect(box, theme.colour("selection"))
        elif self.underMouse():
            painter.fillRect(box, theme.colour("raised"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        self._draw_words(painter, box)
        if self._tally.count:
            self._draw_alarms(painter, box)
        painter.end()

    def _draw_words(self, painter: QPainter, box: QRectF) -> None:
        theme, left = self._theme, 16 + 16 * self.place.depth
        role = "on_selection" if self.isChecked() else "text"
        painter.setPen(theme.colour(role))
        painter.setFont(font(13 if self.place.depth else 14, bold=self.isChecked() or not self.place.depth))
        room = box.adjusted(left, 0, -68 if self._tally.count else -44, 0)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if not self._tally.count:
            painter.setPen(theme.colour("on_selection" if self.isChecked() else "muted"))
            painter.setFont(font(11))
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box.adjusted(0, 0, -12, 0), side, self.place.hint)

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


class Navigation(QFrame):
    """The column on the left; `asked` carries the key of the place that was chosen."""

    asked = Signal(str)

    def __init__(self, screens: Mapping[str, Screen], theme: Theme, touch: bool) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setFixedWidth(WIDTH + (24 if touch else 0))
        self.theme = theme
        height = 52 if touch else 36
        self.buttons: dict[str, PlaceButton] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        keys = dict(zip((TRENDS, ALARMS, JOURNAL, SYSTEM), ("F6", "F5", "F7", "F9"), strict=True))
        for place in hierarchy(screens):
            column.addWidget(self._button(place, height))
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        column.addSpacing(8)
        column.addWidget(rule)
        column.addSpacing(8)
        for key, title in _PAGES:
            column.addWidget(self._button(Place(key, title, 0, keys[key]), height))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_place(self, key: str) -> None:
        """Mark where the window is."""
        for own, made in self.buttons.items():
            made.setChecked(own == key)

    def show_alarms(self, summary: Summary, lit: bool) -> None:
        """Mark every place with the alarms below it."""
        for key, made in self.buttons.items():
            tally = summary.total if key == ALARMS else summary.by_screen.get(key, Tally())
            made.show_tally(tally, lit, self.theme)

    def _button(self, place: Place, height: int) -> PlaceButton:
        made = PlaceButton(place, self.theme, height)
        made.clicked.connect(self._clicked)
        self.buttons[place.key] = made
        return made

    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, PlaceButton):
            self.asked.emit(sender.place.key)
