"""Trend groups beside the trend: those of the plant, one's own, and a field to keep what is shown as one more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.table import Index, Rows, Table
from hmi.client.trends.owngroups import OwnGroups
from hmi.core.trends import TrendGroup, id_of

WIDTH: Final = 380
_TITLE_MOST: Final = 80


class Groups(QFrame):
    """A side panel; `chosen` carries the group that was picked. `shown` tells what the trend shows now, to be kept."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk, shown: Callable[[str, str], TrendGroup | None]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._desk, self._shown, self._own = desk, shown, OwnGroups(desk)
        self._rows: list[tuple[TrendGroup, str]] = []  # and the key of one's own, "" for the plant's
        self.model = Rows(("", "", ""))
        self.table = Table(desk, self.model, (0, 56, 110), tr("The plant has no trend groups"))
        self.table.horizontalHeader().hide()
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.title = QLineEdit()
        self.title.setMaxLength(_TITLE_MOST)
        self.title.setPlaceholderText(tr("Name of a new group"))
        self.keep_button = button(tr("Keep"), tip=tr("Keep these pens and this length of time, for me at this station"))
        self.drop_button = button(tr("Remove"), tip=tr("Remove the marked group, if it is one of mine"))
        self.told = Words("", "muted", 12)
        self.told.setWordWrap(True)
        self._arrange()
        self.table.clicked.connect(self._clicked)
        self.table.selectionModel().selectionChanged.connect(self._marked)
        self.keep_button.clicked.connect(self._keep)
        self.drop_button.clicked.connect(self._drop)
        self.title.returnPressed.connect(self._keep)
        self.fill()

    def fill(self) -> None:
        """List the groups there are now."""
        own = self._own.read()
        self._rows = [(group, "") for group in self._desk.plant.trends.values()]
        self._rows += [(group, key) for key, group in own.items()]
        self.model.put([self._described(group, key) for group, key in self._rows])
        self._marked()

    def group(self, key: str) -> TrendGroup | None:
        """The plant's group of an id."""
        return self._desk.plant.trends.get(key)

    def _described(self, group: TrendGroup, key: str) -> tuple[str, str, str]:
        pens = tr("{count} pens", count=len(group.pens))
        return (plant_text(group.title) if not key else group.title, tr("mine") if key else "", pens)

    def _clicked(self, index: Index) -> None:
        self.chosen.emit(self._rows[index.row()][0])

    def _chosen_row(self) -> int:
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _marked(self) -> None:
        row = self._chosen_row()
        self.drop_button.setEnabled(0 <= row < len(self._rows) and bool(self._rows[row][1]))

    def _keep(self) -> None:
        title = self.title.text().strip()
        if not title:
            self.told.say(tr("Give it a name first"))
            return
        own: Mapping[str, TrendGroup] = self._own.read()
        same = next((key for key, group in own.items() if group.title.casefold() == title.casefold()), "")
        group = self._shown(same or id_of(title, [*own, *self._desk.plant.trends]), title)
        if group is None:
            self.told.say(tr("There are no pens to keep"))
            return
        why = self._own.keep(group)
        self.told.say(tr("Not kept: {why}", why=why) if why else tr("Kept: {title}", title=title))
        if not why:
            self.title.clear()
            self.fill()

    def _drop(self) -> None:
        row = self._chosen_row()
        if 0 <= row < len(self._rows) and self._rows[row][1]:
            group, key = self._rows[row]
            why = self._own.drop(key)
            self.told.say(tr("Not removed: {why}", why=why) if why else tr("Removed: {title}", title=group.title))
            self.fill()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(Words(tr("Trend groups"), px=14, bold=True))
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.keep_button)
        column.addLayout(row)
        column.addWidget(self.told)
        last = QHBoxLayout()
        leave = button(tr("Done"))
        leave.clicked.connect(self.closed)
        last.addWidget(self.drop_button)
        last.addWidget(leave, 1)
        column.addLayout(last)
        for one in (self.title, self.keep_button, self.drop_button):
            one.setVisible(self._own.are_kept)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
