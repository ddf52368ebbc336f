"""The text of a step, as Markdown that opens nothing and loads nothing, and the drawings beside it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QTextCursor, QTextDocument, QTextList
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QWidget

from hmi.client.overlay import Overlay
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.core.steps.model import Picture

FOLDER: Final = "instructions/"
_SPACE_PX: Final = 10
_LIST_PX: Final = 3
_FEATURES: Final = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class StepText(QTextBrowser):
    """Markdown; `asked` carries where a link leads inside of the plant: kind and id."""

    asked = Signal(str, str)

    def __init__(self, desk: Desk, px: float = 0) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDefaultFont(font(px or (19 if desk.touch else 16)))
        self.document().setDocumentMargin(2)
        self.viewport().setAutoFillBackground(False)  # it lies on its panel like every other text
        self.anchorClicked.connect(self._clicked)

    def put(self, markdown: str) -> None:
        """Show a text; markup of other kinds is shown as text."""
        self.document().setMarkdown(markdown, _FEATURES)
        self._space()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _space(self) -> None:
        """Room between paragraphs, which Markdown gives none; lists stay close."""
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            look = block.blockFormat()
            look.setBottomMargin(_LIST_PX if isinstance(cursor.currentList(), QTextList) else _SPACE_PX)
            cursor.setBlockFormat(look)
            block = block.next()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing, from nowhere: pictures stand beside the text."""
        return None

    def _clicked(self, url: QUrl) -> None:
        kind, _, name = url.toString().partition(":")
        self.asked.emit(kind, name)


class Drawing(QWidget):
    """One drawing of the plant's files, as large as there is room; a touch shows it over the whole window."""

    def __init__(self, desk: Desk, picture: Picture, host: QWidget | None = None) -> None:
        super().__init__()
        self.desk, self.picture, self._host = desk, picture, host
        self._renderer = QSvgRenderer(QByteArray(desk.plant.pictures.get(FOLDER + picture.file, "").encode()))
        self._renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self.setAccessibleName(picture.text)
        self.setToolTip(picture.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if host is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_there(self) -> bool:
        """Whether there is anything to be seen."""
        return self._renderer.isValid()

    def sizeHint(self) -> QSize:
        return QSize(360, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._host is not None and self.rect().contains(event.position().toPoint()):
            Large(self.desk, self._host, self.picture)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.is_there:
            self._renderer.render(painter, QRectF(self.rect()))
        else:
            painter.setPen(self.desk.theme.colour("muted"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.picture.text or self.picture.file)
        painter.end()


class Large(Overlay):
    """A drawing over the whole window; a touch anywhere closes it."""

    def __init__(self, desk: Desk, host: QWidget, picture: Picture) -> None:
        super().__init__(desk, host, (4000, 4000))
        self.drawing = Drawing(desk, picture)
        self.drawing.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.drawing.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.column.addWidget(self.drawing, 1)
        self.open(self.drawing)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.leave()
