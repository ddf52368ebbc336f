"""The way around: screens as the plant's hierarchy with the alarms below each, and the pages every plant has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from hmi.client.alarms.summary import Summary, Tally
from hmi.client.drag import MIME
from hmi.client.language import plant_text, tr
from hmi.client.page import ALARMS, INSTRUCTIONS, JOURNAL, SYSTEM, TRENDS
from hmi.client.placebutton import WIDTH, PlaceButton
from hmi.client.places import Place, trail
from hmi.client.style import target_px
from hmi.client.theme import Theme

PAGES: Final = (
    (TRENDS, "Trends", "F6"),
    (ALARMS, "Alarms", "F5"),
    (JOURNAL, "Journal", "F7"),
    (INSTRUCTIONS, "Instructions", "Ctrl+I"),
    (SYSTEM, "System", "F9"),
)
_ALL_OPEN: Final = 16  # a plant of so many places is shown as a whole, a bigger one its upper floors
_LAST_LEVEL: Final = "L4"


class Navigation(QFrame):
    """The column of places; `asked` carries the key of the one chosen, `window_asked` that of one for a new window."""

    asked = Signal(str)
    window_asked = Signal(str)

    def __init__(self, places: Sequence[Place], theme: Theme, touch: bool) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setAcceptDrops(True)
        self.setFixedWidth(WIDTH + (88 if touch else 0))
        self.theme = theme
        self.places = list(places)
        self.buttons: dict[str, PlaceButton] = {}
        self._menu_of = ""  # the place whose menu is open
        self.folded = _folded_at_first(self.places)
        self._way: set[str] = set()  # the places above where the window is: open for as long as it is there
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        height = target_px(True) if touch else 34
        for place in self.places:
            column.addWidget(self._button(place, plant_text(place.title), height))
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        column.addSpacing(8)
        column.addWidget(rule)
        column.addSpacing(8)
        for key, title, keys in PAGES:
            column.addWidget(self._button(Place(key, title, 0, "" if touch else keys), tr(title), height))
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self._show_folds()

    def show_place(self, key: str) -> None:
        """Mark where the window is, and open the way to it."""
        for own, made in self.buttons.items():
            made.setChecked(own == key)
        self._way = {place.key for place in trail(self.places, key)[:-1]}
        self._show_folds()
        if key in self.buttons:
            self.area.ensureWidgetVisible(self.buttons[key], 0, 40)

    def show_alarms(self, summary: Summary, lit: bool) -> None:
        """Mark every place with the alarms below it."""
        for key, made in self.buttons.items():
            tally = summary.total if key == ALARMS else summary.by_screen.get(key, Tally())
            made.show_tally(tally, lit, self.theme)

    def fold(self, key: str) -> None:
        """Hide what stands below a place, or show it again."""
        if self._is_open(key):
            self.folded.add(key)
            self._way.discard(key)
        else:
            self.folded.discard(key)
        self._show_folds()

    def put_folded(self, keys: Collection[str]) -> None:
        """Have these places folded and no others."""
        self.folded = {key for key in keys if key in self.buttons}
        self._show_folds()

    def focus(self) -> None:
        """Give the keyboard to the place where the window is."""
        marked = next((made for made in self.buttons.values() if made.isChecked() and not made.isHidden()), None)
        (marked or next(iter(self.buttons.values()))).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step(self, step: int) -> None:
        """The keyboard goes from row to row."""
        shown = [made for made in self.buttons.values() if not made.isHidden()]
        at = next((number for number, made in enumerate(shown) if made.hasFocus()), 0)
        shown[max(0, min(len(shown) - 1, at + step))].setFocus(Qt.FocusReason.TabFocusReason)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        made = self.childAt(event.pos())
        if isinstance(made, PlaceButton) and not made.place.is_group:
            menu = QMenu(self)
            self._menu_of = made.place.key
            action = menu.addAction(tr("Open in a window of its own"))
            action.triggered.connect(self._ask_window)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """A tag that is dragged over the trends opens them, so that it can be dropped there."""
        over = self.childAt(event.position().toPoint())
        if isinstance(over, PlaceButton) and over.place.key == TRENDS and not over.isChecked():
            self.asked.emit(TRENDS)
        event.ignore()  # nothing is dropped on the places themselves

    def _show_folds(self) -> None:
        hidden: set[str] = set()
        for place in self.places:  # parents come before what is below them
            if place.parent in hidden or (place.parent and not self._is_open(place.parent)):
                hidden.add(place.key)
            self.buttons[place.key].setVisible(place.key not in hidden)
            self.buttons[place.key].show_open(self._is_open(place.key))

    def _is_open(self, key: str) -> bool:
        return key not in self.folded or key in self._way

    def _button(self, place: Place, title: str, height: int) -> PlaceButton:
        made = PlaceButton(place, title, self.theme, height)
        made.clicked.connect(self._clicked)
        made.fold_asked.connect(self.fold)
        made.moved.connect(self.step)
        self.buttons[place.key] = made
        return made

    def _ask_window(self) -> None:
        self.window_asked.emit(self._menu_of)

    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, PlaceButton):
            self.asked.emit(sender.place.key)


def _folded_at_first(places: Sequence[Place]) -> set[str]:
    """Diagnostics are looked for when they are needed; a big plant shows its upper floors alone."""
    shallow = {place.parent for place in places if place.hint != _LAST_LEVEL}
    big = sum(place.hint != _LAST_LEVEL for place in places) > _ALL_OPEN
    return {one.key for one in places if one.children and (one.key not in shallow or (big and one.depth))}
