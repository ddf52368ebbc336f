"""A trend on paper: picture, figures of its pens, what happened meanwhile; as PDF, or the picture alone as PNG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from hmi.client.language import tr
from hmi.client.theme import FAMILIES
from hmi.client.trends.export_files import in_words, whole
from hmi.core.aggregate import Aggregates
from hmi.core.listing import Answer

KINDS: Final = ("Minimum2", "Maximum2", "TimeAverage", "StandardDeviationSample", "Count")
COLUMNS: Final = ("", "Pen", "Tag", "Minimum", "Maximum", "Mean", "Std. deviation", "Values", "Known")
WIDTHS: Final = (4, 26, 22, 9, 9, 9, 11, 8, 7)  # shares of the page
_DPI: Final = 200
_TEXT_PT: Final = 8.5
_ROW: Final = 1.75  # heights of a line
_PICTURE: Final = 0.58  # of the height of the first page at most


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper beside the figures: texts are ready to be read."""

    title: str
    lines: tuple[str, ...]  # below the title: plant, time, zone
    foot: str  # who exported it and when
    image: QImage
    pens: Sequence[tuple[QColor, str, str, Callable[[float], str]]]  # colour, title, tag, how its numbers are written
    events: tuple[str, ...] = ()  # in order of time
    statistics: dict[str, Aggregates] = field(default_factory=dict)
    columns: tuple[str, ...] = field(default_factory=lambda: tuple(tr(name) for name in COLUMNS))  # on the Qt thread
    page_of: str = field(default_factory=lambda: tr("Page {page} of {pages}"))
    happened: str = field(default_factory=lambda: tr("What happened meanwhile"))


class PictureFile:
    """A picture that becomes a PNG file; it takes no answers."""

    def __init__(self, path: Path, image: QImage) -> None:
        self._path, self._image = path, image

    def add(self, answer: Answer) -> None:
        """A picture has all that is in it."""

    def keep(self) -> None:
        """Write it."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._image.save(buffer, "PNG")  # type: ignore[call-overload] # its stub wants bytes, it itself refuses them
        _save(self._path, buffer.data())

    def drop(self) -> None:
        """Nothing was written before it was kept."""


class ReportFile:
    """A paper that becomes a PDF file with the figures that come as answers."""

    def __init__(self, path: Path, paper: Paper) -> None:
        self._path, self._paper = path, paper

    def add(self, answer: Answer) -> None:
        """The figures of one pen over the whole time."""
        if isinstance(answer, Aggregates):
            self._paper.statistics[answer.tag] = answer

    def keep(self) -> None:
        """Write it."""
        _save(self._path, pdf_of(self._paper))

    def drop(self) -> None:
        """Nothing was written before it was kept."""


def figures_of(paper: Paper) -> list[tuple[str, ...]]:
    """The table of the pens, a row each."""
    rows: list[tuple[str, ...]] = []
    for number, (_, title, tag, written) in enumerate(paper.pens, 1):
        found = paper.statistics.get(tag)
        if found is None:
            rows.append((str(number), title, tag, *("–",) * 5, ""))
            continue
        low, high, mean, spread, count = (float(found.of(kind)[0]) for kind in KINDS)
        numbers = tuple("–" if one != one else written(one) for one in (low, high, mean, spread))
        rows.append((str(number), title, tag, *numbers, f"{count:.0f}", f"{100 * float(found.covered[0]):.1f} %"))
    return rows


def pdf_of(paper: Paper) -> QByteArray:
    """The whole document."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(paper.title)
    writer.setCreator("hmi")
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, QMarginsF(12, 10, 12, 10),
                    QPageLayout.Unit.Millimeter)
    )  # fmt: skip
    painter = QPainter(writer)
    try:
        pages = _Sheets(painter, writer, paper, 0).draw()
        _Sheets(painter, writer, paper, pages).draw()
    finally:
        painter.end()
    return buffer.data()


class _Sheets:
    """The pages of one paper, one after the other; with `pages` 0 they are only counted."""

    def __init__(self, painter: QPainter, writer: QPdfWriter, paper: Paper, pages: int) -> None:
        self._painter, self._writer, self._paper, self._pages = painter, writer, paper, pages
        self._room = QRectF(0, 0, writer.width(), writer.height())
        self._row = _TEXT_PT * _DPI / 72 * _ROW
        self._y = 0.0
        self._page = 1

    def draw(self) -> int:
        """Draw them all; gives how many there are."""
        paper = self._paper
        self._foot()
        self._line(paper.title, 1.7, bold=True)
        for line in paper.lines:
            self._line(line)
        self._picture()
        self._cells(paper.columns, bold=True)
        for row, (colour, *_) in zip(figures_of(paper), paper.pens, strict=True):
            self._cells(row, colour)
        if paper.events:
            self._y += self._row / 2
            self._line(paper.happened, 1.15, bold=True)
        for event in paper.events:
            self._line(event)
        return self._page

    def _font(self, share: float = 1.0, bold: bool = False) -> None:
        font = QFont()
        font.setFamilies(list(FAMILIES))
        font.setPointSizeF(_TEXT_PT * share)
        font.setBold(bold)
        self._painter.setFont(font)

    def _take(self, height: float) -> float:
        """Room for the next thing, on the next page where this one is full; gives where it begins."""
        if self._y + height > self._room.height() - 1.5 * self._row:
            if self._pages:
                self._writer.newPage()
            self._page, self._y = self._page + 1, 0.0
            self._foot()
        at, self._y = self._y, self._y + height
        return at

    def _line(self, text: str, share: float = 1.0, bold: bool = False) -> None:
        at = self._take(self._row * share)
        self._font(share, bold)
        self._text(QRectF(0, at, self._room.width(), self._row * share), text)

    def _text(self, place: QRectF, text: str, right: bool = False) -> None:
        if not self._pages:
            return
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        short = self._painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        self._painter.setPen(QColor("black"))
        self._painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, short)

    def _picture(self) -> None:
        image, width = self._paper.image, self._room.width()
        height = min(width * image.height() / max(1, image.width()), _PICTURE * self._room.height())
        shown = height * image.width() / max(1, image.height())
        at = self._take(height + self._row)
        if self._pages:
            self._painter.drawImage(QRectF((width - shown) / 2, at + self._row / 4, shown, height), image)

    def _cells(self, row: Sequence[str], colour: QColor | None = None, bold: bool = False) -> None:
        at, left, share = self._take(self._row), 0.0, self._room.width() / sum(WIDTHS)
        if not self._pages:
            return
        self._font(bold=bold)
        for place, (text, width) in enumerate(zip(row, WIDTHS, strict=True)):
            box = QRectF(left * share, at, (width - 0.8) * share, self._row)
            if place == 0 and colour is not None:
                self._painter.fillRect(box.adjusted(0, self._row * 0.15, -share, -self._row * 0.15), colour)
                self._painter.setPen(QColor("black" if colour.lightnessF() > 0.6 else "white"))
                self._painter.drawText(box.adjusted(0, 0, -share, 0), Qt.AlignmentFlag.AlignCenter, text)
            else:
                self._text(box, text, right=place > 2)
            left += width
        self._painter.fillRect(QRectF(0, at + self._row, self._room.width(), 1), QColor("#B4B4B4"))

    def _foot(self) -> None:
        place = QRectF(0, self._room.height() - self._row, self._room.width(), self._row)
        self._font()
        self._text(place, self._paper.foot)
        self._text(place, self._paper.page_of.format(page=self._page, pages=self._pages), right=True)


def _save(path: Path, data: QByteArray) -> None:
    with whole(path) as part, in_words(path):
        part.write_bytes(data.data())
