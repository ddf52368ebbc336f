"""The text of a step, as Markdown that opens nothing and loads nothing."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QTextCursor, QTextDocument, QTextList
from PySide6.QtWidgets import QTextBrowser

from hmi.client.page import Desk
from hmi.client.theme import font

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
