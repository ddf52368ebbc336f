"""The pens of a trend as a table: which tag, what it reads at the cursor, between what it moved, on what scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk
from hmi.client.table import ALIGN, DISPLAY, LEFT, RIGHT, TIP, Index, Table
from hmi.client.theme import font
from hmi.client.trends.series import Series, Strokes
from hmi.core import quality as q
from hmi.core.tags import Tag

MOST: Final = 8
COLUMNS: Final = ("", "Pen", "Tag", "Value", "Minimum", "Maximum", "Mean", "Units", "Scale", "Quality")
PAIRED: Final = ("", "Pen", "Tag", "At A", "At B", "B − A", "Mean A to B", "Units", "Scale", "Quality")
SWATCH, TITLE, NAME, VALUE, MINIMUM, MAXIMUM, MEAN, UNIT, SCALE, QUALITY = range(len(COLUMNS))
WIDTHS: Final = (52, 0, 220, 96, 96, 96, 104, 64, 130, 90)
SPARE: Final = (NAME, SCALE, QUALITY, MEAN)
_NO_NAMES: Final[Mapping[int, str]] = {}
_NONE: Final = "–"


def can_be_drawn(tag: Tag) -> bool:
    """Whether a trend can show a tag: a number or a state that history keeps."""
    return not tag.is_text and tag.history != "off"


def is_sloped(tag: Tag) -> bool:
    """Whether neighbouring samples are joined by a straight line: a measurement; set-points and states are held."""
    return tag.type in ("float32", "float64") and tag.access == "r"


def scale_of(tag: Tag, low: float, high: float, fit: bool) -> tuple[float, float]:
    """The scale of a pen: its tag's range where the values keep within it, else what the values need."""
    if tag.type == "bool":
        return -0.1, 1.1
    if not fit and tag.low is not None and tag.high is not None and tag.high > tag.low:
        slack = (tag.high - tag.low) * 0.001
        inside = not math.isfinite(low) or (low >= tag.low - slack and high <= tag.high + slack)
        if inside:
            return tag.low, tag.high
    if not math.isfinite(low):
        return 0.0, 1.0
    margin = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    return low - margin, high + margin


class Pen:
    """One tag on the trend; `names` are those of its states, where it has any."""

    def __init__(self, tag: Tag, number: int, names: Mapping[int, str] = _NO_NAMES) -> None:
        self.tag, self.number, self.names = tag, number, names
        self.series = Series(tag)
        self.strokes: Strokes | None = None
        self.seen: Strokes | None = None  # of them, those in view
        self.low, self.high = scale_of(tag, math.nan, math.nan, False)

    def draw(self, span: tuple[int, int], now_ns: int, columns: int, fit: bool, beyond: int = 0) -> None:
        """Work out what to draw between two moments, and so many widths beyond for a drag, and on which scale."""
        start, stop = span
        width = (stop - start) * beyond
        self.strokes = self.series.strokes(start - width, stop + width, now_ns, columns * (1 + 2 * beyond))
        self.seen = self.strokes.between(start, stop)
        self.low, self.high = scale_of(self.tag, *self.seen.extremes(), fit)


def share_scales(pens: Sequence[Pen]) -> None:
    """Put pens of the same unit on one scale, so that their lines can be compared."""
    lines = [pen for pen in pens if not pen.names and pen.tag.type != "bool"]
    for unit in {pen.tag.unit for pen in lines}:
        alike = [pen for pen in lines if pen.tag.unit == unit]
        low, high = min(pen.low for pen in alike), max(pen.high for pen in alike)
        for pen in alike:
            pen.low, pen.high = low, high


class PenTable(QAbstractTableModel):
    """One row a pen; `read` puts in what stands at a moment, or at two and between them."""

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

    def read(self, moment_ns: int, span: tuple[int, int] = (0, 0), pair: tuple[int, int] | None = None) -> None:
        """Tell what every pen reads at a moment and in view, or at the cursors A and B."""
        if self._paired != (pair is not None):
            self._paired = pair is not None
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, VALUE, MEAN)
        for row, pen in enumerate(self.pens):
            texts = self._describe(pen, moment_ns, span, pair)
            if texts != self._texts[row]:
                self._texts[row] = texts
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1), [DISPLAY])

    def colour(self, row: int) -> QColor:
        """The colour of a pen."""
        return QColor(self.desk.theme.pens[row % len(self.desk.theme.pens)])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.pens)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role in (DISPLAY, TIP):
            return self._texts[index.row()][index.column()]
        if role == ALIGN:
            return RIGHT if VALUE <= index.column() <= MEAN else LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == DISPLAY:
                return tr((PAIRED if self._paired else COLUMNS)[section])
            if role == ALIGN:
                return RIGHT if VALUE <= section <= MEAN else LEFT
        return None

    def _describe(
        self, pen: Pen, moment_ns: int, span: tuple[int, int], pair: tuple[int, int] | None
    ) -> tuple[str, ...]:
        tag = pen.tag
        found = pen.strokes.at(moment_ns) if pen.strokes is not None else None
        numbers = _at_pair(pen, pair) if pair is not None else _in_view(pen, found, span)
        ends = [words.number(one, words.decimals(tag)) for one in (pen.low, pen.high)]
        scale = _NONE if pen.names else tr("{low} to {high}", low=ends[0], high=ends[1])
        quality = tr(words.sentence(q.word(found[1]))) if found else tr("Nothing recorded")
        title = plant_text(tag.description) or tag.name
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


def _in_view(pen: Pen, found: tuple[float, int] | None, span: tuple[int, int]) -> tuple[str, ...]:
    """Value, lowest, highest and mean over what is in view; of states only the one that is read."""
    if pen.names or pen.seen is None:
        return (_said(pen, found), _NONE, _NONE, _NONE)
    low, high = pen.seen.extremes()
    return (_said(pen, found), _number(pen, low), _number(pen, high), _number(pen, pen.seen.mean(*span), 1))


def _at_pair(pen: Pen, pair: tuple[int, int]) -> tuple[str, ...]:
    """Values at both cursors, their difference, and the mean between them."""
    if pen.strokes is None:
        return (_NONE,) * 4
    first, second = (pen.strokes.at(moment) for moment in pair)
    if pen.names:
        return (_said(pen, first), _said(pen, second), _NONE, _NONE)
    apart = second[0] - first[0] if first and second else math.nan
    between = pen.strokes.between(min(pair), max(pair)).mean(min(pair), max(pair))
    return (_said(pen, first), _said(pen, second), _number(pen, apart), _number(pen, between, 1))


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
    table = Table(desk, model, WIDTHS, tr("No pens: choose tags to draw"), SPARE)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setItemDelegateForColumn(SWATCH, SwatchDelegate(model))
    return table
