"""The search palette: type a part of anything, see what it is and where, Enter goes there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words
from hmi.client.search.index import Found, Index, Search
from hmi.client.table import Rows, Table

_SLICE: Final = 2  # blocks looked at between two events of the keyboard: a few ms, far below a frame
_MOVES: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


class Entry(QLineEdit):
    """Where one types; the keys that move through the list go there."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _MOVES.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
        else:
            super().keyPressEvent(event)


class Palette(Overlay):
    """Looks while one types; `chosen` carries the thing that Enter or a click picked.

    A code reader types a whole code and Enter at once: that opens the machine before the list has been written.
    """

    chosen = Signal(object)

    def __init__(self, desk: Desk, host: QWidget, index: Index) -> None:
        super().__init__(desk, host, (820, 640 if desk.touch else 520))
        self.results: list[Found] = []
        self._index, self._search = index, Search(index, "")
        self._wanted = False  # Enter came before the search was done
        self.entry = Entry()
        self.entry.setPlaceholderText(tr("Screen, tag, alarm, machine, instruction"))
        self.entry.setAccessibleName(tr("Search"))
        self.entry.setMaxLength(120)
        self.model = Rows((tr("Kind"), tr("Name"), tr("Place")))
        self.table = Table(desk, self.model, (120, 0, 0), "", ())
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.horizontalHeader().hide()
        self.told = Words("", "muted", 12)
        self.column.addWidget(self.entry)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.told)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.look)
        self.entry.textChanged.connect(self.begin)
        self.entry.moved.connect(self.move_choice)
        self.entry.returnPressed.connect(self.choose)
        self.table.clicked.connect(self._clicked)
        self.open(self.entry)
        self.begin("")

    def begin(self, text: str) -> None:
        """Another text was typed: look anew."""
        self._search, self._wanted = Search(self._index, text), False
        self._timer.start()
        self.look()

    def look(self) -> None:
        """One slice of the search; the list shows what was found so far."""
        going = all(self._search.step() for _ in range(_SLICE if self._index.whole else 1))
        if not going:
            self._timer.stop()
            if not self._search.text.strip():
                self._read_ahead()
        self._show()
        if not going and self._wanted:
            self.choose()

    def choose(self) -> None:
        """Take the result that is marked, or the best one as soon as everything has been looked at."""
        if machine := self._index.machine_of(self.entry.text()):
            self._take(Found("equipment", machine, 0.0))
        elif self._timer.isActive() and self._search.text.strip():
            self._wanted = True
        elif self.results:
            self._take(self.results[max(0, self.table.currentIndex().row())])

    def move_choice(self, step: int) -> None:
        """Up or down in the list."""
        if self.results:
            row = max(0, min(len(self.results) - 1, self.table.currentIndex().row() + step))
            self.table.selectRow(row)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _read_ahead(self) -> None:
        """Nothing is looked for: read in what has not been yet, a part at a time."""
        if self._index.grow():
            self._timer.start()

    def _show(self) -> None:
        best = self._search.best()
        if best != self.results:
            self.results = best
            self.model.put([self._index.described(one) for one in best])
            self.table.selectRow(0)
        self._tell()

    def _tell(self) -> None:
        typed = self.entry.text().strip()
        if not typed:
            self.table.say_empty(tr("Type a part of a name, in any order"))
        elif not self._timer.isActive():
            self.table.say_empty(tr("Nothing in this plant has that in its name"))
        self.told.say(tr("↑ ↓ to choose, Enter to open, Esc to close") if self.results else "")

    def _clicked(self, index: QModelIndex) -> None:
        self._take(self.results[index.row()])

    def _take(self, found: Found) -> None:
        self.leave()
        self.chosen.emit(found)
