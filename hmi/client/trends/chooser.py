"""Choosing pens: every tag that history keeps, found by any words of its name or description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMimeData, QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.client.drag import mime_of
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.table import Index, Rows, Table
from hmi.client.trends.pens import MOST, MOST_ASKED, can_be_drawn
from hmi.core.tags import Tag

WIDTH: Final = 380


def matching(tags: list[Tag], text: str) -> list[Tag]:
    """The tags whose name or description contains every word of a text."""
    wanted = text.lower().split()
    searched = [(tag, f"{tag.name} {tag.description} {plant_text(tag.description)}".lower()) for tag in tags]
    return [tag for tag, said in searched if all(word in said for word in wanted)]


class Offered(Rows):
    """Tags that can be dragged to the trend."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(columns)
        self.names: list[str] = []  # of the tags, a row each

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return mime_of([self.names[row] for row in sorted({index.row() for index in indexes})])


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
        self.model = Offered(("", tr("Tag")))
        self.table = Table(desk, self.model, (32, 0), tr("No tag has all these words"))
        self.table.horizontalHeader().hide()
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.told = Words("", "muted", 12)
        self.more = button(tr("More than {most}", most=MOST), checkable=True, tip=tr("They can hardly be told apart"))
        self.more.toggled.connect(self._fill)
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
        last = QHBoxLayout()
        last.addWidget(self.more)
        last.addWidget(leave, 1)
        column.addLayout(last)
        self.table.setDragEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.table.clicked.connect(self._clicked)
        self._fill()

    def show_pens(self, pens: list[int]) -> None:
        """Tick the tags that are on the trend."""
        self._pens = list(pens)
        if len(pens) > MOST:
            self.more.setChecked(True)
        if self.isVisible():
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()  # while nobody sees it, a list of all tags costs for nothing

    @property
    def most(self) -> int:
        """How many pens may be chosen."""
        return MOST_ASKED if self.more.isChecked() else MOST

    def _fill(self) -> None:
        self._shown = matching(self._all, self.search.text())
        self.model.names = [tag.name for tag in self._shown]
        self.model.put([("✓" if tag.index in self._pens else "", _described(tag)) for tag in self._shown])
        self.told.say(tr("{count} of {most} used", count=len(self._pens), most=self.most))

    def _clicked(self, index: Index) -> None:
        tag = self._shown[index.row()].index
        if tag in self._pens:
            self._pens.remove(tag)
        elif len(self._pens) < self.most:
            self._pens.append(tag)
        else:
            self.told.say(tr("At most {most} pens", most=self.most))
            return
        self._fill()
        self.chosen.emit(tuple(self._pens))


def _described(tag: Tag) -> str:
    return f"{plant_text(tag.description)}  ·  {tag.name}" if tag.description else tag.name
