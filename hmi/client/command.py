"""Commanding the plant: everything that will happen is shown before anything is sent, and the end is told in words."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hmi.client import words
from hmi.client.page import Desk, Words, button
from hmi.core.setting import Unacceptable, acceptable
from hmi.core.tags import Tag
from hmi.link.messages import Reply

_HEADLINES: Final = {
    "confirmed": "Confirmed",
    "refused": "Refused: nothing was changed",
    "unknown": "Unknown: check the plant",
}
_WRITE_S: Final = 10.0


def range_text(tag: Tag) -> str:
    """The range a tag may be set to, in words."""
    if tag.low is None and tag.high is None:
        return "no limits given"
    low = "any" if tag.low is None else words.number(tag.low, words.decimals(tag))
    high = "any" if tag.high is None else words.number(tag.high, words.decimals(tag))
    return f"{low} to {high} {words.unit(tag)}".rstrip()


def outcome_of(reply: Reply) -> str:
    """confirmed, refused or unknown; an answer that does not say is taken at its word."""
    body = reply.body if isinstance(reply.body, dict) else {}
    outcome = str(body.get("outcome", ""))
    return outcome if outcome in _HEADLINES else "confirmed" if reply.ok else "refused"


class Commands(QObject):
    """Sends writes and remembers them until the engine tells how they ended; outlives the dialogs that ask for them."""

    ended = Signal(int, str, str)  # tag index, outcome, text

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._questions: dict[int, int] = {}  # tag -> number of the question about it

    def write(self, tag: Tag, value: float | str, why: str) -> None:
        """Send one write; the tag is pending until the answer."""
        self.desk.mirror.set_pending(tag.index, True)
        done = partial(self._end, tag.index)
        self._questions[tag.index] = 0
        number = self.desk.wire.ask("write", {"tag": tag.name, "value": value, "why": why}, done, _WRITE_S)
        if tag.index in self._questions:
            self._questions[tag.index] = number

    def dispose(self) -> None:
        """The window's desk is cleared: no answer may come any more."""
        for number in self._questions.values():
            self.desk.wire.forget(number)
        self._questions.clear()

    def _end(self, tag: int, reply: Reply) -> None:
        self._questions.pop(tag, None)
        self.desk.mirror.set_pending(tag, False)
        self.ended.emit(tag, outcome_of(reply), words.sentence(reply.text))


class CommandDialog(QDialog):
    """Two steps: say what and why; see old and new side by side and execute. Cancel is always there."""

    def __init__(self, desk: Desk, commands: Commands, tag: Tag, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.tag, self._commands = desk, tag, commands
        self._value: float | str = 0.0
        self.setWindowTitle(f"Command: {tag.description or tag.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(words.unit(tag) or "new value")
        self.choices = QButtonGroup(self)
        self.why = QLineEdit()
        self.why.setPlaceholderText("for the journal")
        self.why.setMaxLength(200)
        self.now = Words("", "value", 18, bold=True)
        self.complaint = Words("", "bad", 13)
        self.complaint.setWordWrap(True)
        self.change = Words("", "value", 24, bold=True)
        self.reason = Words("", px=13)
        self.headline = Words("", px=18, bold=True)
        self.outcome = Words("", px=13)
        self.outcome.setWordWrap(True)
        self.next, self.execute = button("Continue", "main"), button("Execute", "main")
        self.cancel_buttons: list[QPushButton] = []
        self.steps = QStackedWidget()
        self._arrange()
        commands.ended.connect(self._ended)
        self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """An edge of its own: not every station has a window manager that draws one."""
        painter = QPainter(self)
        painter.setPen(QPen(self.desk.theme.colour("line"), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def refresh(self) -> None:
        """The value on the plant goes on while the dialog is open."""
        self.now.say(self._old())
        if self.steps.currentIndex() == 1:
            self.change.say(f"{self._old()}  →  {self._new()}")

    def proceed(self) -> None:
        """From saying to confirming, when what was said can be sent."""
        try:
            self._value = self._wished()
            if not self.why.text().strip():
                raise Unacceptable("Say why: the journal keeps the reason with the command")
        except Unacceptable as why:
            self.complaint.say(words.sentence(str(why)))
            return
        self.complaint.say("")
        self.reason.say(f"Why: {self.why.text().strip()}")
        self.steps.setCurrentIndex(1)
        self.execute.setFocus()
        self.refresh()

    def send(self) -> None:
        """Execute: the one place from which the window sends a write."""
        self.headline.say("Sent. Waiting for the controller to confirm …")
        self.outcome.say(f"{self.tag.description or self.tag.name}: {self._new()}")
        self.steps.setCurrentIndex(2)
        self._commands.write(self.tag, self._value, self.why.text().strip())

    def _ended(self, tag: int, outcome: str, text: str) -> None:
        if tag == self.tag.index and self.steps.currentIndex() == 2:
            self.headline.say(_HEADLINES[outcome])
            self.headline.play("" if outcome == "confirmed" else "bad")
            self.outcome.say(text)

    def _wished(self) -> float | str:
        if self.tag.type != "bool":
            return acceptable(self.tag, self.entry.text())
        if self.choices.checkedId() < 0:
            raise Unacceptable("Choose on or off")
        return float(self.choices.checkedId())

    def _old(self) -> str:
        tag, table = self.tag, self.desk.mirror.table
        text = words.value_text(table, tag)
        return text if text == words.NO_VALUE else f"{text} {words.unit(tag)}".rstrip()

    def _new(self) -> str:
        if isinstance(self._value, str):
            return f"“{self._value}”"
        if self.tag.type == "bool":
            return "on" if self._value else "off"
        return words.amount(self.tag, self._value)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(4)
        column.addWidget(Words(self.tag.description or self.tag.name, px=16, bold=True))
        column.addWidget(Words(self.tag.name, "muted", 12))
        column.addSpacing(12)
        column.addWidget(self.steps)
        self.steps.addWidget(self._say_step())
        self.steps.addWidget(self._confirm_step())
        self.steps.addWidget(self._end_step())
        self.next.clicked.connect(self.proceed)
        self.execute.clicked.connect(self.send)
        self.entry.returnPressed.connect(self.proceed)
        self.why.returnPressed.connect(self.proceed)

    def _say_step(self) -> QWidget:
        step = QWidget()
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(Words("Now", "muted"), self.now)
        form.addRow(Words("New value", "muted"), self._choice() if self.tag.type == "bool" else self.entry)
        if self.tag.type != "bool" and not self.tag.is_text:
            form.addRow(Words("Range", "muted"), Words(range_text(self.tag)))
        form.addRow(Words("Why", "muted"), self.why)
        return self._step(step, form, self.next)

    def _confirm_step(self) -> QWidget:
        inner = QVBoxLayout()
        inner.setSpacing(10)
        inner.addWidget(Words("This will be written to the controller:", "muted"))
        inner.addWidget(self.change)
        inner.addWidget(self.reason)
        inner.addWidget(Words("Nothing has been sent yet.", "muted"))
        return self._step(QWidget(), inner, self.execute)

    def _end_step(self) -> QWidget:
        inner = QVBoxLayout()
        inner.setSpacing(10)
        inner.addWidget(self.headline)
        inner.addWidget(self.outcome)
        return self._step(QWidget(), inner, None)

    def _step(self, step: QWidget, inner: QFormLayout | QVBoxLayout, main: QPushButton | None) -> QWidget:
        column = QVBoxLayout(step)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(inner)
        if main is self.next:
            column.addWidget(self.complaint)
        column.addStretch(1)
        column.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        leave = button("Cancel" if main else "Close")
        leave.clicked.connect(self.close)
        self.cancel_buttons.append(leave)
        row.addWidget(leave)
        if main is not None:
            row.addWidget(main)
        column.addLayout(row)
        return step

    def _choice(self) -> QWidget:
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        for number, text in ((1, "On"), (0, "Off")):
            made = button(text, checkable=True)
            self.choices.addButton(made, number)
            row.addWidget(made)
        row.addStretch(1)
        return row_widget


def place_over(dialog: QDialog, window: QWidget) -> None:
    """Open a dialog over the middle of the window."""
    dialog.adjustSize()
    middle = window.mapToGlobal(window.rect().center())
    dialog.move(middle - QPoint(dialog.width() // 2, dialog.height() // 2))
    dialog.open()
