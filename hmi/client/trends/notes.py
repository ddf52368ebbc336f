"""A note in the shift log about what a trend shows: kept in the journal for good, marked on every trend of its tag."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.sentences import said
from hmi.client.trends.toolbar import moment_text, span_text
from hmi.core.notes import objection
from hmi.core.tags import Tag
from hmi.link.messages import Reply

_SIZE, _TOUCH_SIZE = (620, 420), (680, 560)
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
When = tuple[str, tuple[int, int]]  # what it is called, from when to when (ns)


class NoteSheet(Overlay):
    """Asks for words, for the time and the tag they are about; Ctrl+Enter keeps them. Nothing typed is lost by a no."""

    def __init__(self, desk: Desk, host: QWidget, whens: list[When], tag: Tag | None) -> None:
        """`whens` are the times to choose from, the usual one first."""
        super().__init__(desk, host, _TOUCH_SIZE if desk.touch else _SIZE)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(tr("What is to be remembered?"))
        self.text.setTabChangesFocus(True)
        self.whens, self.abouts = QButtonGroup(self), QButtonGroup(self)
        self.complaint = Words("", "bad", 13)
        self.complaint.setWordWrap(True)
        self.keep_button, self.leave_button = button(tr("Keep note"), "main"), button(tr("Cancel"))
        self._whens, self._tag, self._question = whens, tag, 0
        self._arrange()
        self.keep_button.clicked.connect(self.keep)
        self.leave_button.clicked.connect(self.leave)
        self.closed.connect(self._forget)
        self.open(self.text)

    def _arrange(self) -> None:
        self.column.addWidget(Words(tr("Note in the shift log"), px=16, bold=True))
        self.column.addWidget(self.text, 1)
        times = [f"{name}: {self._said(span)}" for name, span in self._whens]
        self.column.addWidget(Words(tr("It is about"), "muted", 12))
        self.column.addLayout(_choices(self.whens, times, across=False))
        tags = [title_of(self._tag)] if self._tag is not None else []
        self.column.addLayout(_choices(self.abouts, [*tags, tr("The whole plant")], across=True))
        self.column.addWidget(self.complaint)
        row = QHBoxLayout()
        row.addWidget(Words(tr("Written by {user} at {station}", **self._by()), "muted", 12), 1)
        row.addWidget(self.leave_button)
        row.addWidget(self.keep_button)
        self.column.addLayout(row)

    def _by(self) -> dict[str, object]:
        return {"user": self.desk.user or "–", "station": self.desk.station or "–"}

    def _said(self, span: tuple[int, int]) -> str:
        zone = self.desk.zone
        return span_text(span, zone) if span[1] > span[0] else moment_text(span[0], zone)

    def keep(self) -> None:
        """Have the engine keep it."""
        span = self._whens[max(0, self.whens.checkedId())][1]
        text, now = self.text.toPlainText(), self.desk.mirror.now_ns()
        if why := objection(text, span, now):
            self.complaint.say(words.sentence(said(why)))
            return
        is_plant = self._tag is None or self.abouts.checkedId() == 1
        tag = "" if is_plant or self._tag is None else self._tag.name
        self.keep_button.setEnabled(False)
        self.complaint.say(tr("Sent. Waiting for the engine …"))
        args = {"text": text, "tag": tag, "from_ns": span[0], "to_ns": span[1]}
        self._question = self.desk.wire.ask("note", args, self._came)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _CTRL:
            self.keep()
        else:
            super().keyPressEvent(event)

    def _came(self, reply: Reply) -> None:
        if reply.ok:
            self.leave()
            return
        self.keep_button.setEnabled(True)
        self.complaint.say(words.sentence(reply.text))

    def _forget(self) -> None:
        self.desk.wire.forget(self._question)


def _choices(group: QButtonGroup, texts: list[str], across: bool) -> QHBoxLayout | QVBoxLayout:
    box: QHBoxLayout | QVBoxLayout = QHBoxLayout() if across else QVBoxLayout()
    box.setSpacing(6)
    for number, text in enumerate(texts):
        made = button(text, checkable=True)
        made.setChecked(number == 0)
        group.addButton(made, number)
        box.addWidget(made)
    if across:
        box.addStretch(1)
    return box
