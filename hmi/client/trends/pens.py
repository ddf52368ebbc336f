"""The pens of a trend as a table: which tag, what it reads at the cursor, between what it moved, on what scale."""

from __future__ import annotations

import math
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from hmi.client import words
from hmi.client.page import Desk
from hmi.client.table import ALIGN, DISPLAY, LEFT, RIGHT, TIP, Index
from hmi.client.theme import font
from hmi.client.trends.series import Series, Strokes
from hmi.core import quality as q
from hmi.core.tags import Tag

MOST: Final = 8
COLUMNS: Final = ("", "Pen", "Tag", "Value", "Minimum", "Maximum", "Unit", "Scale", "Quality")
SWATCH, TITLE, NAME, VALUE, MINIMUM, MAXIMUM, UNIT, SCALE, QUALITY = range(len(COLUMNS))
WIDTHS: Final = (52, 0, 220, 96, 96, 96, 64, 130, 90)
SPARE: Final = (NAME, SCALE)


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
    """One tag on the trend."""

    def __init__(self, tag: Tag, number: int) -> None:
        self.tag, self.number = tag, number
        self.series = Series(tag)
        self.strokes: Strokes | None = None
        self.seen: Strokes | None = None  # of them, those in view
        self.low, self.high = scale_of(tag, math.nan, math.nan, False)

    def draw(self, span: tuple[int, int], now_ns: int, columns: int, fit: bool) -> None:
        """Work out what to draw between two moments (and beyond, for a drag), and on which scale."""
        start, stop = span
        width = stop - start
        self.strokes = self.series.strokes(start - width, stop + width, now_ns, columns * 3)
        self.seen = self.strokes.between(start, stop)
        self.low, self.high = scale_of(self.tag, *self.seen.extremes(), fit)


class PenTable(QAbstractTableModel):
    """One row a pen; `read` puts in what stands at a moment."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.pens: list[Pen] = []
        self._texts: list[tuple[str, ...]] = []

    def put(self, pens: list[Pen]) -> None:
        """Begin with these pens."""
        self.beginResetModel()
        self.pens = pens
        self._texts = [("",) * len(COLUMNS)] * len(pens)
        self.endResetModel()
        self.read(0)

    def read(self, moment_ns: int) -> None:
        """Tell what every pen reads at a moment."""
        for row, pen in enumerate(self.pens):
            texts = self._describe(pen, moment_ns)
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
            return RIGHT if VALUE <= index.column() <= MAXIMUM else LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == DISPLAY:
                return COLUMNS[section]
            if role == ALIGN:
                return RIGHT if VALUE <= section <= MAXIMUM else LEFT
        return None

    def _describe(self, pen: Pen, moment_ns: int) -> tuple[str, ...]:
        tag, places = pen.tag, words.decimals(pen.tag)
        found = pen.strokes.at(moment_ns) if pen.strokes is not None else None
        low, high = pen.seen.extremes() if pen.seen is not None else (math.nan, math.nan)
        value = words.NO_VALUE if found and math.isnan(found[0]) else words.number(found[0], places) if found else "–"
        edges = [words.number(one, places) if math.isfinite(one) else "–" for one in (low, high)]
        ends = [words.number(one, places) for one in (pen.low, pen.high)]
        scale = "off / on" if tag.type == "bool" else f"{ends[0]} to {ends[1]}"
        quality = words.sentence(q.word(found[1])) if found else "Nothing recorded"
        return ("", tag.description or tag.name, tag.name, value, *edges, words.unit(tag), scale, quality)


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
