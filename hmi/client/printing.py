"""A page of text and tables as PDF, A4, with a foot on every sheet: for books and journals that go into a file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

_DPI: Final = 300
_POINTS: Final = 72.0
_MARGIN_MM: Final = 15.0
_FOOT: Final = 22.0  # points that the foot takes
_TEXT_POINTS: Final = 8
_ON_PAPER: Final = """
body { margin: 0; font-size: 8pt } p, td, th, small { font-size: 8pt } td, th { padding: 2px 4px }
h1 { font-size: 15pt } h2 { font-size: 11pt } h3 { font-size: 9pt }
"""


def pdf_of(html: str, title: str, foot: str, landscape: bool = False) -> bytes:
    """The sheets of an HTML page without scripts and pictures; `foot` stands below each with its number.

    Text is as small as paper allows, whatever the page says for a screen.

    Needs a QGuiApplication, which it makes where there is none; lives on its thread.
    """
    application = QGuiApplication.instance() or QGuiApplication(["hmi"])
    assert application is not None
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(_DPI)
    side = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, side, margins, QPageLayout.Unit.Millimeter))
    _draw(writer, _laid_out(html, writer), foot)
    return bytes(buffer.data().data())


def _laid_out(html: str, writer: QPdfWriter) -> QTextDocument:
    room = writer.pageLayout().paintRectPoints()
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(QFont("sans-serif", _TEXT_POINTS))
    document.documentLayout().setPaintDevice(writer)
    document.setHtml(html.replace("</style>", f"{_ON_PAPER}</style>", 1))
    scale = _DPI / _POINTS
    document.setPageSize(QSizeF(room.width() * scale, (room.height() - _FOOT) * scale))
    return document


def _draw(writer: QPdfWriter, document: QTextDocument, foot: str) -> None:
    painter, size, count = QPainter(writer), document.pageSize(), document.pageCount()
    for number in range(count):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * size.height())
        shown = QRectF(0, number * size.height(), size.width(), size.height())
        context = QAbstractTextDocumentLayout.PaintContext()
        context.clip = shown
        painter.setClipRect(shown)
        document.documentLayout().draw(painter, context)
        painter.restore()
        _draw_foot(painter, size, foot, f"{number + 1} / {count}")
    painter.end()


def _draw_foot(painter: QPainter, size: QSizeF, foot: str, number: str) -> None:
    scale = _DPI / _POINTS
    box = QRectF(0, size.height() + 6 * scale, size.width(), (_FOOT - 6) * scale)
    painter.setFont(QFont("sans-serif", _TEXT_POINTS - 1))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, foot)
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, number)
