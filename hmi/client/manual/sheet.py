"""The manual over the page: contents and search on one side, the chapter on the other; F1 opens it where one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QTextBrowser, QTextEdit, QVBoxLayout, QWidget

from hmi.client.language import ENGLISH, spoken, tr
from hmi.client.manual.book import Book, Section, anchor_of
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.table import Rows, Table
from hmi.client.theme import font
from hmi.plantfiles.folder import resources_folder

_SIZE: Final = (1180, 1000)
_CONTENTS_PX: Final = 300
_NARROW_PX: Final = 860  # below it the contents stand above the chapter
_INDENT: Final = "    "
_MOST_MARKED: Final = 200
_SHORTEST_MARKED: Final = 2  # letters
_SPACE_PX: Final = 8
_PICTURES: Final = "pictures"


class Chapter(QTextBrowser):
    """One chapter, as text: it opens nothing and loads nothing but the manual's own pictures, made to fit."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setOpenLinks(False)
        self.file = ""

    def put(self, file: str, markdown: str) -> None:
        """Show a chapter; markup of other kinds than Markdown is shown as text."""
        self.file = file
        features = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
        document = self.document()
        document.setDefaultFont(font(17 if self._desk.touch else 14))
        document.setMarkdown(markdown, features)
        document.setDocumentMargin(12)
        self._space()

    def _space(self) -> None:
        """Room between paragraphs, which Markdown gives none; tables stay close."""
        whole = QTextCursor(self.document())
        whole.beginEditBlock()  # laid out once, not after each paragraph
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            if cursor.currentTable() is None and block.textList() is None:
                look = block.blockFormat()
                look.setBottomMargin(_SPACE_PX)
                look.setTopMargin(2 * _SPACE_PX if look.headingLevel() else look.topMargin())
                cursor.setBlockFormat(look)
            block = block.next()
        whole.endEditBlock()

    def show_section(self, section: Section) -> None:
        """Bring a heading to the top."""
        block, anchor = self.document().begin(), anchor_of(section.title)
        while block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                self.moveCursor(QTextCursor.MoveOperation.End)  # from the end back, so that it stands on top
                self.setTextCursor(QTextCursor(block))
                return
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def mark(self, words: list[str]) -> None:
        """Set off every place that has one of the words."""
        marks: list[QTextEdit.ExtraSelection] = []
        look = QTextCharFormat()
        look.setBackground(self._desk.theme.colour("normal"))
        look.setForeground(self._desk.theme.colour("text"))
        for word in (word for word in words if len(word) >= _SHORTEST_MARKED):
            cursor = self.document().find(word)
            while not cursor.isNull() and len(marks) < _MOST_MARKED:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, look
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture of the manual as wide as there is room; nothing else from anywhere."""
        url = name if isinstance(name, QUrl) else QUrl(name)
        path = Path(url.path())
        if kind != QTextDocument.ResourceType.ImageResource or url.scheme() or path.parts[:-1] != (_PICTURES,):
            return None
        image = QImage(str(resources_folder() / "manual" / _PICTURES / path.name))
        width = min(image.width(), self.viewport().width() - 48)
        if image.isNull() or width <= 0:
            return None
        return image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)


class Manual(Overlay):
    """The book, open at a section; `keys_asked` when the list of keys is wanted instead."""

    keys_asked = Signal()

    def __init__(self, desk: Desk, host: QWidget, book: Book, first: Section | None) -> None:
        super().__init__(desk, host, _SIZE)
        self.book = book
        self.shown: list[Section] = []  # the rows of the contents, or of what was found
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(tr("Find in the manual"))
        self.entry.setAccessibleName(tr("Find in the manual"))
        self.entry.setMaxLength(120)
        self.entry.setClearButtonEnabled(True)
        self.model = Rows((tr("Chapter"),))
        self.contents = Table(desk, self.model, (0,), "", ())
        self.contents.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.contents.horizontalHeader().hide()
        self.told = Words("", "muted", 12, elide=True)
        self.chapter = Chapter(desk)
        self._arrange()
        self.entry.textChanged.connect(self._look)
        self.entry.returnPressed.connect(self._first)
        self.contents.selectionModel().currentRowChanged.connect(self._chosen)
        self.chapter.anchorClicked.connect(self._follow)
        self._list(book.sections, [])
        self.open(self.chapter)
        if first is not None:
            self.go(first)

    def go(self, section: Section) -> None:
        """Show a section, and mark it in the contents."""
        if section.file != self.chapter.file:
            self.chapter.put(section.file, self.book.texts[section.file])
        self.chapter.show_section(section)
        self.chapter.mark(self.entry.text().split())
        if section in self.shown:
            model = self.contents.selectionModel()
            model.blockSignals(True)
            self.contents.selectRow(self.shown.index(section))
            model.blockSignals(False)
            self.contents.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Words(tr("The manual"), px=20, bold=True))
        english = spoken() != ENGLISH
        head.addWidget(Words(tr("The manual is in English") if english else "", "muted", 12))
        head.addStretch(1)
        keys, leave = button(tr("Keys")), button(tr("Close"), "main")
        keys.clicked.connect(self._ask_keys)
        leave.clicked.connect(self.leave)
        head.addWidget(keys)
        head.addWidget(leave)
        self._side = QWidget()
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.entry)
        column.addWidget(self.contents, 1)
        column.addWidget(self.told)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.addWidget(self._side)
        self._body.addWidget(self.chapter, 1)
        self.column.addLayout(head)
        self.column.addLayout(self._body, 1)

    def _turn(self) -> None:
        """Contents beside the chapter, or above it where the display is upright."""
        room = self.place(self.rect())
        narrow = room.width() < _NARROW_PX
        self._body.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._side.setMaximumSize(QSize(16_777_215, room.height() // 3) if narrow else QSize(_CONTENTS_PX, 16_777_215))
        self._side.setMinimumWidth(0 if narrow else _CONTENTS_PX)

    def _list(self, sections: list[Section], lines: list[str]) -> None:
        self.shown = list(sections)
        if lines:
            rows = [(f"{one.title}: {line}",) for one, line in zip(sections, lines, strict=True)]
        else:
            rows = [(_INDENT * (one.depth - 1) + one.title,) for one in sections]
        self.model.put(rows)

    def _look(self, text: str) -> None:
        if not text.strip():
            self._list(self.book.sections, [])
            self.told.say("")
            self.chapter.mark([])
            return
        hits = self.book.find(text)
        self.chapter.mark(text.split())
        self._list([hit.section for hit in hits], [hit.line for hit in hits])
        found = tr("{count} found", count=len(hits)) if hits else tr("The manual has no section with all these words")
        self.told.say(found)

    def _first(self) -> None:
        if self.shown and self.entry.text().strip():
            self.contents.selectRow(0)

    def _chosen(self, row: QModelIndex) -> None:
        if 0 <= row.row() < len(self.shown):
            self.go(self.shown[row.row()])

    def _follow(self, link: QUrl) -> None:
        """To another section of the book; a link that leads out of it leads nowhere."""
        if link.scheme() or link.host():
            return
        place = link.path() or self.chapter.file
        section = self.book.at(f"{place}#{link.fragment()}" if link.fragment() else place)
        if section is not None:
            self.go(section)

    def _ask_keys(self) -> None:
        self.leave()
        self.keys_asked.emit()
