"""The pens of a trend as a table: which tag, what it reads at the cursor, between what it moved, on what scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from hmi.client import words
from hmi.client.drag import MIME, mime_of, tags_in
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk
from hmi.client.table import ALIGN, DISPLAY, LEFT, RIGHT, TIP, Index, Table
from hmi.client.theme import font
from hmi.client.tips import plain
from hmi.client.trends.pens import Pen
from hmi.core import quality as q

_FIRST: Final = ("", "Pen", "Tag")
_LAST: Final = ("Std. dev.", "Units", "Scale", "Quality")
COLUMNS: Final = (*_FIRST, "Value", "Minimum", "Maximum", "Mean", *_LAST)
PAIRED: Final = (*_FIRST, "At A", "At B", "B − A", "Mean A to B", *_LAST)
SWATCH, TITLE, NAME, VALUE, MINIMUM, MAXIMUM, MEAN, DEVIATION, UNIT, SCALE, QUALITY = range(len(COLUMNS))
WIDTHS: Final = (52, 0, 220, 112, 88, 88, 100, 100, 64, 124, 150)
_TITLE_PX: Final = 240  # a title is worth more than the columns that can be spared
SPARE: Final = (NAME, QUALITY, DEVIATION, SCALE, MEAN)
_NONE: Final = "–"
_NO_MEANS: Final[Mapping[str, float]] = {}
_ABOUT: Final = "≈ "  # worked out of what is drawn, in which several values are one column
_FLAGS: Final = Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled


class PenTable(QAbstractTableModel):
    """One row a pen; `read` puts in what stands at a moment, or at two and between them.

    `dropped` carries the tags (their indexes) that were dragged there, and before which row.
    """

    dropped = Signal(object, int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.pens: list[Pen] = []
        self._texts: list[tuple[str, ...]] = []
        self._paired = False

    def put(self, pens: list[Pen]) -> None:
        """Begin with these pens."""
        self.beginResetModel()
        self.pens = pens
        self._texts = [("",) * len(COLUMNS)] * len(pens)
        self.endResetModel()
        self.read(0)

    def read(
        self,
        moment_ns: int,
        span: tuple[int, int] = (0, 0),
        pair: tuple[int, int] | None = None,
        means: Mapping[str, float] = _NO_MEANS,
    ) -> None:
        """Tell what every pen reads at a moment and in view, or at the cursors A and B.

        `means` are those that history itself has worked out, by tag; for others they are estimated from what is drawn.
        """
        if self._paired != (pair is not None):
            self._paired = pair is not None
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, VALUE, DEVIATION)
        for row, pen in enumerate(self.pens):
            texts, before = self._describe(pen, moment_ns, span, pair, means.get(pen.tag.name)), self._texts[row]
            changed = [column for column, text in enumerate(texts) if text != before[column]]
            if changed:
                self._texts[row] = texts
                self.dataChanged.emit(self.index(row, changed[0]), self.index(row, changed[-1]), [DISPLAY])

    def colour(self, row: int) -> QColor:
        """The colour of a pen."""
        return QColor(self.desk.theme.pens[row % len(self.desk.theme.pens)])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.pens)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role == DISPLAY:
            return self._texts[index.row()][index.column()]
        if role == TIP:
            return plain(self._texts[index.row()][index.column()])
        if role == ALIGN:
            return RIGHT if VALUE <= index.column() <= DEVIATION else LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == DISPLAY:
                return tr((PAIRED if self._paired else COLUMNS)[section])
            if role == ALIGN:
                return RIGHT if VALUE <= section <= DEVIATION else LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | _FLAGS

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = sorted({index.row() for index in indexes})
        return mime_of([self.pens[row].tag.name for row in rows])

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        tags = tags_in(data, self.desk.plant)
        if tags:
            before = row if row >= 0 else parent.row() if parent.isValid() else len(self.pens)
            self.dropped.emit(tags, before)
        return False  # the page puts the rows in their new order; the view must take none away

    def _describe(
        self, pen: Pen, moment_ns: int, span: tuple[int, int], pair: tuple[int, int] | None, mean: float | None
    ) -> tuple[str, ...]:
        tag = pen.tag
        found = pen.strokes.at(moment_ns) if pen.strokes is not None else None
        numbers = _at_pair(pen, pair, mean) if pair is not None else _in_view(pen, found, span, mean)
        ends = [words.number(one, words.decimals(tag)) for one in (pen.low, pen.high)]
        scale = _NONE if pen.names else tr("{low} to {high}", low=ends[0], high=ends[1])
        quality = tr(words.sentence(q.word(found[1]))) if found else tr("Nothing recorded")
        if found and pen.strokes is not None and pen.strokes.is_late(moment_ns):
            quality = f"{quality} · {tr('fetched later')}"
        title = plant_text(tag.description) or tag.name
        title = f"{title} · {pen.said}" if pen.said else title
        return ("", title, tag.name, *numbers, words.unit(tag), scale, quality)


def _said(pen: Pen, found: tuple[float, int] | None) -> str:
    """What is read: the name of a state, a number, or that it is not known."""
    if found is None:
        return _NONE
    value = found[0]
    if math.isnan(value):
        return words.NO_VALUE
    return pen.names.get(round(value)) or words.number(value, words.decimals(pen.tag))


def _number(pen: Pen, value: float, more: int = 0) -> str:
    return words.number(value, words.decimals(pen.tag) + more) if math.isfinite(value) else _NONE


def _in_view(pen: Pen, found: tuple[float, int] | None, span: tuple[int, int], mean: float | None) -> tuple[str, ...]:
    """Value, lowest, highest, mean and deviation over what is in view; of states only the one that is read."""
    if pen.names or pen.seen is None:
        return (_said(pen, found), *(_NONE,) * 4)
    low, high = pen.seen.extremes()
    return (_said(pen, found), _number(pen, low), _number(pen, high), *_moments(pen, span, mean))


def _moments(pen: Pen, span: tuple[int, int], exact: float | None) -> tuple[str, str]:
    """Mean and standard deviation over time, told to be estimates where they are."""
    if pen.strokes is None:
        return _NONE, _NONE
    seen = pen.strokes.between(*span)
    about = _ABOUT if seen.is_thinned() else ""
    mean, deviation = (_number(pen, one, 1) for one in seen.moments(*span))
    told = deviation if deviation == _NONE else about + deviation
    if exact is not None and about:
        return _number(pen, exact, 1), told
    return (mean if mean == _NONE else about + mean), told


def _at_pair(pen: Pen, pair: tuple[int, int], mean: float | None) -> tuple[str, ...]:
    """Values at both cursors, their difference, mean and deviation between them."""
    if pen.strokes is None:
        return (_NONE,) * 5
    first, second = (pen.strokes.at(moment) for moment in pair)
    if pen.names:
        return (_said(pen, first), _said(pen, second), *(_NONE,) * 3)
    apart = second[0] - first[0] if first and second else math.nan
    return (_said(pen, first), _said(pen, second), _number(pen, apart), *_moments(pen, (min(pair), max(pair)), mean))


class SwatchDelegate(QStyledItemDelegate):
    """The pen's colour with its number, as it stands at the end of its line."""

    def __init__(self, model: PenTable) -> None:
        super().__init__(model)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        colour = self._model.colour(index.row())
        middle = QRectF(option.rect).center()
        box = QRectF(middle.x() - 12, middle.y() - 9, 24, 18)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._model.desk.theme.colour("raised"))
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(font(12, bold=True))
        painter.setPen(QColor("#000000" if colour.lightnessF() > 0.6 else "#FFFFFF"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(index.row() + 1))
        painter.restore()


def table_of(desk: Desk, model: PenTable) -> Table:
    """The table on the screen; one pen of it is the chosen one."""
    table = Table(desk, model, WIDTHS, tr("No pens: choose tags to draw"), SPARE, _TITLE_PX)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setItemDelegateForColumn(SWATCH, SwatchDelegate(model))
    table.setDragEnabled(True)
    table.setAcceptDrops(True)
    table.setDropIndicatorShown(True)
    table.setDragDropOverwriteMode(False)
    return table
