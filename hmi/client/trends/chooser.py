"""Choosing pens: every tag that history keeps, found by any words of its name or description."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.table import Index, Rows, Table
from hmi.client.trends.pens import MOST, can_be_drawn
from hmi.core.tags import Tag

WIDTH: Final = 380


def matching(tags: list[Tag], text: str) -> list[Tag]:
    """The tags whose name or description contains every word of a text."""
    wanted = text.lower().split()
    searched = [(tag, f"{tag.name} {tag.description} {plant_text(tag.description)}".lower()) for tag in tags]
    return [tag for tag, said in searched if all(word in said for word in wanted)]


class Chooser(QFrame):
    """A side panel; `chosen` carries the indexes of the tags whenever one is put in or taken out."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._all = [tag for tag in desk.plant.tags if can_be_drawn(tag)]
        self._shown: list[Tag] = []
        self._pens: list[int] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a tag"))
        self.search.setClearButtonEnabled(True)
        self.model = Rows(("", tr("Tag")))
        self.table = Table(desk, self.model, (32, 0), tr("No tag has all these words"))
        self.table.horizontalHeader().hide()
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.told = Words("", "muted", 12)
        leave = button(tr("Done"))
        leave.clicked.connect(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(Words(tr("Pens"), px=14, bold=True))
        head.addWidget(self.told, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(leave)
        self.search.textChanged.connect(self._fill)
        self.table.clicked.connect(self._clicked)
        self._fill()

    def show_pens(self, pens: list[int]) -> None:
        """Tick the tags that are on the trend."""
        self._pens = list(pens)
        self._fill()

    def _fill(self) -> None:
        self._shown = matching(self._all, self.search.text())
        self.model.put([("✓" if tag.index in self._pens else "", _described(tag)) for tag in self._shown])
        self.told.say(tr("{count} of {most} used", count=len(self._pens), most=MOST))

    def _clicked(self, index: Index) -> None:
        tag = self._shown[index.row()].index
        if tag in self._pens:
            self._pens.remove(tag)
        elif len(self._pens) < MOST:
            self._pens.append(tag)
        else:
            self.told.say(tr("At most {most} pens", most=MOST))
            return
        self._fill()
        self.chosen.emit(tuple(self._pens))


def _described(tag: Tag) -> str:
    return f"{plant_text(tag.description)}  ·  {tag.name}" if tag.description else tag.name
