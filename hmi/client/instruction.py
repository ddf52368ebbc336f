"""A work instruction of the plant on a sheet over the page, to be read beside the machine's values."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, button
from hmi.client.theme import font


class Instruction(Overlay):
    """Its text as it is written in the plant's folder; markup of other kinds than Markdown is shown as text."""

    def __init__(self, desk: Desk, host: QWidget, name: str) -> None:
        super().__init__(desk, host, (820, 900))
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)  # nothing outside of the plant's folder is opened from here
        self.text.document().setDefaultFont(font(17 if desk.touch else 15))
        features = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
        self.text.document().setMarkdown(desk.plant.texts.get(f"instructions/{name}.md", ""), features)
        self.column.addWidget(self.text, 1)
        leave = button(tr("Close"), "main")
        leave.clicked.connect(self.leave)
        self.column.addWidget(leave, 0, Qt.AlignmentFlag.AlignRight)
        self.open(self.text)
