"""A table of any length as PDF, A4 on its side: its head and a foot on every sheet; any thread may make one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

Line = Sequence[str]
_DPI: Final = 300
_MARGIN_MM: Final = 12.0
_POINTS: Final = 7.5
_PAD: Final = 6.0  # of a cell, in dots
_CORNER: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_WORDS: Final = _CORNER | int(Qt.TextFlag.TextWordWrap)
_ANYWHERE: Final = _CORNER | int(Qt.TextFlag.TextWrapAnywhere)
_TALLEST: Final = 40.0  # lines in one cell: what is longer is cut


def table_pdf(title: str, columns: Line, widths: Sequence[float], lines: Iterable[Line], foot: str) -> bytes:
    """The sheets of a table; `widths` are the columns' shares of the sheet, `foot` stands below with the number."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(_DPI)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    side = QPageLayout.Orientation.Landscape
    writer.setPageLayout(QPageLayout(size, side, margins, QPageLayout.Unit.Millimeter))
    painter = QPainter(writer)
    try:
        _Sheets(painter, writer, widths).draw(title, columns, list(lines), foot)
    finally:
        painter.end()
    return bytes(buffer.data().data())


class _Sheets:
    """The pen, and where the columns stand."""

    def __init__(self, painter: QPainter, writer: QPdfWriter, widths: Sequence[float]) -> None:
        self._painter, self._writer = painter, writer
        self._plain, self._bold = QFont("sans-serif"), QFont("sans-serif", weight=QFont.Weight.Bold)
        for made in (self._plain, self._bold):
            made.setPointSizeF(_POINTS)
        self._metrics = QFontMetricsF(self._plain, writer)
        self._wide, self._high = float(writer.width()), float(writer.height())
        shares = [width / sum(widths) * self._wide for width in widths]
        self._spots = list(zip([0.0, *accumulate(shares)], shares, strict=False))
        self._row = self._metrics.lineSpacing()

    def draw(self, title: str, columns: Line, lines: list[Line], foot: str) -> None:
        sheets = list(self._sheets(lines, self._high - 5 * self._row))
        for number, sheet in enumerate(sheets, 1):
            if number > 1:
                self._writer.newPage()
            top = self._text(0.0, 0.0, self._wide / 2, title, self._bold)
            top = self._line(top + self._row, columns, 2 * _PAD + self._row, self._bold)
            for line, height in sheet:
                top = self._line(top, line, height, self._plain)
            self._foot(foot, f"{number} / {len(sheets)}")

    def _sheets(self, lines: list[Line], room: float) -> Iterator[list[tuple[Line, float]]]:
        """The lines of each sheet with their heights; one sheet at least."""
        sheet: list[tuple[Line, float]] = []
        left = room
        for line in lines:
            height = self._height(line)
            if height > left and sheet:
                yield sheet
                sheet, left = [], room
            sheet.append((line, height))
            left -= height
        yield sheet

    def _height(self, line: Line) -> float:
        tall = max((self._tall(text, width) for (_, width), text in zip(self._spots, line, strict=False)), default=0.0)
        return min(max(tall, self._row), _TALLEST * self._row) + 2 * _PAD

    def _tall(self, text: str, width: float) -> float:
        if self._metrics.horizontalAdvance(text) <= width - 2 * _PAD:  # most are
            return self._row
        box = QRectF(0, 0, width - 2 * _PAD, self._high)
        return self._metrics.boundingRect(box, self._wrap(text, width), text).height()

    def _wrap(self, text: str, width: float) -> int:
        """Between words, unless one of them is wider than its column."""
        widest = max(map(self._metrics.horizontalAdvance, text.split()), default=0.0)
        return _ANYWHERE if widest > width - 2 * _PAD else _WORDS

    def _line(self, top: float, line: Line, height: float, font: QFont) -> float:
        for (left, width), text in zip(self._spots, line, strict=False):
            box = QRectF(left + _PAD, top + _PAD, width - 2 * _PAD, height - 2 * _PAD)
            self._painter.setFont(font)
            self._painter.drawText(box, self._wrap(text, width), text)
        self._painter.setPen(QPen(QColor("#999999"), 1))
        self._painter.drawLine(0, round(top + height), round(self._wide), round(top + height))
        self._painter.setPen(QPen(QColor("black"), 1))
        return top + height

    def _text(self, left: float, top: float, width: float, text: str, font: QFont) -> float:
        self._painter.setFont(font)
        self._painter.drawText(QRectF(left, top, width, self._row), _CORNER, text)
        return top + self._row

    def _foot(self, foot: str, number: str) -> None:
        box = QRectF(0, self._high - self._row, self._wide, self._row)
        self._painter.setFont(self._plain)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignLeft, foot)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignRight, number)
