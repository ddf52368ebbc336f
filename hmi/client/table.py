"""Tables of the window: plain rows of text, no proxy models, column widths by us; empty ones say so in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.client.tips import plain

DISPLAY: Final = int(Qt.ItemDataRole.DisplayRole)
ALIGN: Final = int(Qt.ItemDataRole.TextAlignmentRole)
TIP: Final = int(Qt.ItemDataRole.ToolTipRole)
RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
TOUCH_SHARE: Final = 1.16  # letters are larger there
NARROWEST: Final = 140  # px of a column that takes what is left
Index = QModelIndex | QPersistentModelIndex
_THIS_ROW_ALONE: Final = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class Rows(QAbstractTableModel):
    """Rows of text under named columns; a column named in `right` holds numbers."""

    def __init__(self, columns: Sequence[str], right: Sequence[str] = ()) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: list[tuple[str, ...]] = []
        self._align = [RIGHT if column in right else LEFT for column in columns]

    def put(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows; what did not change is not drawn again."""
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()
            return
        last = len(self.columns) - 1
        for number, row in enumerate(rows):
            if row != self.rows[number]:
                self.rows[number] = row
                self.dataChanged.emit(self.index(number, 0), self.index(number, last), [DISPLAY])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role == DISPLAY:
            return self.rows[index.row()][index.column()]
        if role == TIP:
            return plain(self.rows[index.row()][index.column()])
        if role == ALIGN:
            return self._align[index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == DISPLAY:
                return self.columns[section]
            if role == ALIGN:
                return self._align[section]
        return None


class Table(QTableView):
    """A table with the look of the program; `widths` in px per column, columns of width 0 share what is left.

    Where there is no room for all, the columns of `spare` go, the first of them first.
    """

    def __init__(
        self,
        desk: Desk,
        model: QAbstractItemModel,
        widths: Sequence[int],
        empty: str,
        spare: Sequence[int] = (),
        narrowest: int = NARROWEST,
    ) -> None:
        super().__init__()
        self.desk, self.empty, self._spare, self._narrowest = desk, empty, tuple(spare), narrowest
        self._widths = tuple(round(width * (TOUCH_SHARE if desk.touch else 1.0)) for width in widths)
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(48 if desk.touch else 32)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(20)

    def selectRow(self, row: int) -> None:
        """This row and no other, whatever keys are held: Qt's own way adds to the selection while Ctrl is down."""
        index = self.model().index(row, 0)
        if index.isValid():  # a row that is not there changes nothing, as in Qt's own
            self.selectionModel().setCurrentIndex(index, _THIS_ROW_ALONE)

    def say_empty(self, text: str) -> None:
        """What stands in the middle while there are no rows."""
        if text != self.empty:
            self.empty = text
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.spread()

    def spread(self) -> None:
        """Share the width among the columns, hiding spare ones where it is not enough."""
        room, shown = self.viewport().width(), list(range(len(self._widths)))
        for column in self._spare:
            if sum(self._widths[one] or self._narrowest for one in shown) > room:
                shown.remove(column)
        fixed = sum(self._widths[one] for one in shown)
        flexible = sum(not self._widths[one] for one in shown)
        rest = max(self._narrowest, (room - fixed) // flexible) if flexible else 0
        for column, width in enumerate(self._widths):
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, width or rest)

    def fit(self, most: int) -> None:
        """Be as high as its rows, but never higher than `most` of them."""
        rows = min(most, max(1, self.model().rowCount()))
        row, header = self.verticalHeader().defaultSectionSize(), self.horizontalHeader()
        head = 0 if header.isHidden() else header.sizeHint().height()
        self.setFixedHeight(head + rows * row + 2 * self.frameWidth())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.empty and not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.desk.theme.colour("muted"))
            painter.setFont(font(16))
            wrap = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.viewport().rect().adjusted(24, 24, -24, -24), wrap, self.empty)
            painter.end()
