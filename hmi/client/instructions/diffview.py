"""Two revisions of an instruction side by side: the changed steps marked, changed words struck out and underlined."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from hmi.client.instructions.drawing import Drawing
from hmi.client.language import tr
from hmi.client.page import Desk, Words
from hmi.client.theme import font
from hmi.core.steps.diff import Difference, Part, Shown, words
from hmi.core.steps.model import Picture

_PICTURE_PX: Final = 180
_MARKS: Final = {"same": "", "changed": "≠", "moved": "↕", "added": "+", "removed": "−"}
_KINDS: Final = {
    "same": "the same",
    "changed": "changed",
    "moved": "moved",
    "added": "added",
    "removed": "removed",
}
_LONGEST: Final = 8000  # characters of one side that are compared word by word: longer ones are shown whole


class DiffView(QScrollArea):
    """What the older revision says on the left, the newer one on the right; steps that are the same by their titles."""

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__()
        self.desk, self._host = desk, host
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows: list[str] = []  # the titles, with the mark of each: what a test or a screen reader gets
        self.show_differences([])

    def show_differences(self, found: list[Difference], before: str = "", after: str = "") -> None:
        """Show them; `before` and `after` say which revisions these are."""
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        for column, text in enumerate((before, after)):
            grid.addWidget(Words(text, "muted", 14, bold=True, elide=True), 0, column)
        self.rows = []
        for one in found:
            self._add(grid, one)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(inside)

    def _add(self, grid: QGridLayout, one: Difference) -> None:
        mark, kind = _MARKS[one.kind], tr(_KINDS[one.kind])
        title = one.title if one.step else tr("The whole instruction")
        told = f"{mark} {title} · {kind}" if mark else title
        self.rows.append(told)
        row = grid.rowCount()
        head = Words(told, "" if mark else "muted", 15, bold=bool(mark))
        head.setWordWrap(True)
        grid.addWidget(head, row, 0, 1, 2)
        if one.kind == "same":
            return
        for column in (0, 1):
            grid.addWidget(self._side(one, column == 1), row + 1, column, Qt.AlignmentFlag.AlignTop)

    def _side(self, one: Difference, is_new: bool) -> QWidget:
        side = QFrame()
        side.setObjectName("raised")
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 4, 8, 4)
        for part in one.parts:
            text = part.after if is_new else part.before
            if text:
                column.addWidget(self._part(part, is_new))
        shown = one.after if is_new else one.before
        if one.before != one.after:
            for picture in shown:
                column.addWidget(self._picture(picture))
        if not column.count():
            column.addWidget(Words("–", "muted", 14))
        return side

    def _part(self, part: Part, is_new: bool) -> QLabel:
        made = QLabel(f"<b>{escape(_named(part.name))}:</b> {marked(part, is_new)}")
        made.setTextFormat(Qt.TextFormat.RichText)  # of our own making: everything that people wrote is escaped
        made.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        made.setWordWrap(True)
        made.setFont(font(14))
        return made

    def _picture(self, shown: Shown) -> Drawing:
        drawing = Drawing(self.desk, Picture(shown.file, shown.file), self._host, shown.kept)
        drawing.setFixedHeight(_PICTURE_PX)
        return drawing


def marked(part: Part, is_new: bool) -> str:
    """One side of what changed as HTML: what is only there is bold, and underlined (new) or struck out (old)."""
    own = part.after if is_new else part.before
    if not part.before or not part.after or len(own) > _LONGEST or len(part.before) > _LONGEST:
        return _line(own)
    kind, tag = ("added", "u") if is_new else ("removed", "s")
    pieces = []
    for what, text in words(part.before, part.after):
        if what == "same":
            pieces.append(_line(text))
        elif what == kind:
            pieces.append(f"<b><{tag}>{_line(text)}</{tag}></b>")
    return "".join(pieces)


def _line(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _named(name: str) -> str:
    """What a part of a step is called: its key, in words where it has any."""
    key, _, language = name.partition(" (")
    known = {"title": tr("Title"), "text": tr("Text"), "hazard": tr("Danger"), "intro": tr("Text")}
    said = known.get(key, key)
    return f"{said} ({language}" if language else said
