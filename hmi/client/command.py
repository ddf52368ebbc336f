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
from hmi.core.policy import Asked, Policy, Rules, Snapshot, complaint_of, decide, limits_of, rules_for
from hmi.core.setting import Unacceptable, acceptable, exact_value, is_exact, with_unit
from hmi.core.tags import Tag
from hmi.link.messages import Reply

_HEADLINES: Final = {
    "confirmed": "Confirmed",
    "refused": "Refused: nothing was changed",
    "unknown": "Unknown: check the plant",
}
_WRITE_S: Final = 10.0
_NO_RULES: Final = Rules()


def range_text(tag: Tag, rules: Rules = _NO_RULES) -> str:
    """The range a tag may be set to, in words."""
    low, high = limits_of(tag, rules)
    if low is None and high is None:
        return "no limits given"
    lowest = "any" if low is None else words.number(low, words.decimals(tag))
    highest = "any" if high is None else words.number(high, words.decimals(tag))
    text = f"{lowest} to {highest} {words.unit(tag)}".rstrip()
    return text if rules.max_step is None else f"{text}, at most {words.amount(tag, rules.max_step)} at once"


def outcome_of(reply: Reply) -> str:
    """confirmed, refused or unknown; an answer that does not say is taken at its word."""
    body = reply.body if isinstance(reply.body, dict) else {}
    outcome = str(body.get("outcome", ""))
    return outcome if outcome in _HEADLINES else "confirmed" if reply.ok else "refused"


class Commands(QObject):
    """Sends writes and remembers them until the engine tells how they ended; outlives the dialogs that ask for them."""

    ended = Signal(int, str, str)  # tag index, outcome, text
    moved = Signal()  # the plant has: an open dialog shows it

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._questions: dict[int, int] = {}  # tag -> number of the question about it

    def write(self, tag: Tag, value: float | str, why: str, confirmed: str = "") -> None:
        """Send one write, with the text that the person has confirmed; the tag is pending until the answer."""
        self.desk.mirror.set_pending(tag.index, True)
        done = partial(self._end, tag.index)
        self._questions[tag.index] = 0
        args = {"tag": tag.name, "value": value, "why": why} | ({"confirmed": confirmed} if confirmed else {})
        number = self.desk.wire.ask("write", args, done, _WRITE_S)
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
        self._policies: tuple[Policy, ...] = desk.plant.policies.get(tag.index, ())
        self._value: float | str = 0.0
        self._rules = rules_for(self._policies, "")
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
        self.interlocks = Words("", px=13)
        self.confirm = Words("", px=14, bold=True)
        self.confirmed = button("I confirm this", checkable=True)
        self.headline = Words("", px=18, bold=True)
        self.outcome = Words("", px=13)
        for label in (self.outcome, self.confirm, self.interlocks):
            label.setWordWrap(True)
        self.next, self.execute = button("Continue", "main"), button("Execute", "main")
        self.cancel_buttons: list[QPushButton] = []
        self.steps = QStackedWidget()
        self._arrange()
        commands.ended.connect(self._ended)
        commands.moved.connect(self.refresh)
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
            self._judge()

    def proceed(self) -> None:
        """From saying to confirming, when what was said can be sent."""
        try:
            self._value = self._wished()
            self._rules = rules_for(self._policies, self._value)
            self._consider()
        except Unacceptable as why:
            self.complaint.say(words.sentence(str(why)))
            return
        self.complaint.say("")
        self.reason.say(f"Why: {self.why.text().strip()}" if self.why.text().strip() else "")
        self.confirm.say(self._rules.confirm)
        self.confirm.setVisible(bool(self._rules.confirm))
        self.confirmed.setVisible(bool(self._rules.confirm))
        self.confirmed.setChecked(False)
        self.interlocks.setVisible(bool(self._rules.interlocks))
        self.steps.setCurrentIndex(1)
        (self.confirmed if self._rules.confirm else self.execute).setFocus()
        self.refresh()

    def send(self) -> None:
        """Execute: the one place from which the window sends a write."""
        self.headline.say("Sent. Waiting for the controller to confirm …")
        self.outcome.say(f"{self.tag.description or self.tag.name}: {self._new()}")
        self.steps.setCurrentIndex(2)
        self._commands.write(self.tag, self._value, self.why.text().strip(), self._rules.confirm)

    def _consider(self) -> None:
        """What the gate would refuse is said before it is asked; it judges all the same."""
        plant, mirror, station = self.desk.plant, self.desk.mirror, self.desk.station
        asked = Asked(
            value=self._value,
            why=self.why.text(),
            role=plant.role_at(station),
            station_kind=plant.station(station).kind,
            confirmed=True,
        )
        now = Snapshot(mirror.table.value, mirror.table.quality, mirror.age_s)
        decision = decide(self.tag, self._policies, asked, now)
        if not decision.allowed and decision.code != "interlock":  # those are shown as they come and go
            raise Unacceptable(decision.text)

    def _judge(self) -> None:
        """What stands against it at this moment: Execute waits for the interlocks and for what is to be confirmed."""
        table = self.desk.mirror.table
        found = (complaint_of(interlock, table.value, table.quality) for interlock in self._rules.interlocks)
        complaints = [complaint for complaint in found if complaint]
        self.interlocks.say("Blocked: " + "; ".join(complaints) if complaints else "No interlock stands against it")
        self.interlocks.play("bad" if complaints else "muted")
        self.execute.setEnabled(not complaints and (self.confirmed.isChecked() or not self._rules.confirm))

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
        if is_exact(tag) and text != words.NO_VALUE:
            text = str(exact_value(tag, int(table.raw[tag.index])))
        return text if text == words.NO_VALUE else f"{text} {words.unit(tag)}".rstrip()

    def _new(self) -> str:
        if isinstance(self._value, str):
            return f"“{self._value}”"
        if self.tag.type == "bool":
            return "on" if self._value else "off"
        if isinstance(self._value, int):
            return with_unit(self.tag, self._value)
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
        self.confirmed.toggled.connect(self.refresh)
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
            form.addRow(Words("Range", "muted"), Words(range_text(self.tag, self._rules)))
        form.addRow(Words("Why", "muted"), self.why)
        return self._step(step, form, self.next)

    def _confirm_step(self) -> QWidget:
        inner = QVBoxLayout()
        inner.setSpacing(10)
        inner.addWidget(Words("This will be written to the controller:", "muted"))
        inner.addWidget(self.change)
        inner.addWidget(self.reason)
        inner.addWidget(self.interlocks)
        inner.addWidget(self.confirm)
        inner.addWidget(self.confirmed, alignment=Qt.AlignmentFlag.AlignLeft)
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
