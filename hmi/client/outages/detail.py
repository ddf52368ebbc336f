"""All that is known of one link, in words; and the way out of safe mode."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.outages.wording import name_of
from hmi.client.page import Desk, Words, button
from hmi.client.sentences import said
from hmi.core.links import BAD, Link

_FACTS = ("What happened", "What that means", "What to do")


class LinkDetail(QFrame):
    """One link; `leave_asked` carries the reason for which safe mode is to be left."""

    leave_asked = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.desk = desk
        self.title = Words("", px=15, bold=True)
        self.told = {name: Words("–") for name in _FACTS}
        self.reply = Words("", "bad", 13)
        self.reason = QLineEdit()
        self.leave = button(tr("Leave safe mode"), "main")
        self.leaving = QWidget()
        self._arrange()
        self.reason.textChanged.connect(self._reason_changed)
        self.reason.returnPressed.connect(self._ask)
        self.leave.clicked.connect(self._ask)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 10, 16, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.title, 0, 0, 1, 2)
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, told) in enumerate(self.told.items(), 1):
            told.setWordWrap(True)
            told.setAlignment(top)
            told.setMinimumHeight(2 * told.fontMetrics().lineSpacing() + 2)  # a page must not jump
            grid.addWidget(Words(tr(name), "muted"), row, 0, top)
            grid.addWidget(told, row, 1)
        self.reason.setPlaceholderText(tr("Why it can be left: kept in the journal"))
        self.reply.setWordWrap(True)
        line = QHBoxLayout(self.leaving)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.reason, 1)
        line.addWidget(self.leave)
        grid.addWidget(self.leaving, len(_FACTS) + 1, 0, 1, 2)
        grid.addWidget(self.reply, len(_FACTS) + 2, 0, 1, 2)
        self.leaving.hide()
        self.reply.hide()
        self.leave.setEnabled(False)

    def show_link(self, link: Link, safe_mode: bool) -> None:
        """Tell of this link; `safe_mode`: it is the engine, and there is something to leave."""
        self.title.say(f"{name_of(link)} · {tr(link.word)}")
        self.title.play("bad" if link.state == BAD else "")
        for name, text in zip(_FACTS, (link.reason, link.means, link.do), strict=True):
            self.told[name].say(words.sentence(said(text)) or "–")
        self.leaving.setVisible(safe_mode)
        self.reply.setVisible(bool(self.reply.whole))

    def answered(self, text: str) -> None:
        """What the engine said to the wish to leave safe mode; "" it is left."""
        self.reply.say(words.sentence(text))
        self.reply.setVisible(bool(text))
        if not text:
            self.reason.clear()

    def _reason_changed(self) -> None:
        self.leave.setEnabled(bool(self.reason.text().strip()))

    def _ask(self) -> None:
        if self.leave.isEnabled():
            self.leave_asked.emit(self.reason.text().strip())
