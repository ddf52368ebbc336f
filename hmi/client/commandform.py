"""What the window of a command looks like: the steps, one behind the other, each with its way out."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from hmi.client.choices import title_of
from hmi.client.hold import HoldButton
from hmi.client.language import tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words, button
from hmi.client.people.second import SecondPerson
from hmi.client.refusals import range_text
from hmi.client.wish import Reasons, Wish
from hmi.core.policy import rules_for
from hmi.core.tags import Tag

SAY, CONFIRM, END, BARRED = range(4)  # the steps
_LONGEST_REASON: Final = 200
_DESK_PX, _TOUCH_PX, _WITH_PAD_PX = 460, 600, 770  # a tablet held upright is 800 wide


class CommandForm(QDialog):
    """The steps of one command; what they say and do is told by the dialog that is made of it."""

    def __init__(self, desk: Desk, tag: Tag, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.tag = desk, tag
        self._policies = desk.plant.policies.get(tag.index, ())
        self._rules = rules_for(self._policies, "")
        self.wish = Wish(desk, tag, self._rules)
        self.entry = self.wish.entry
        self.reasons = Reasons(desk, _LONGEST_REASON, wide=self.wish.pad is not None)
        self.why = self.reasons.entry
        self.setWindowTitle(tr("Command: {name}", name=title_of(tag)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WITH_PAD_PX if self.wish.pad else _TOUCH_PX if desk.touch else _DESK_PX)
        self._make_labels()
        self.next = button(tr("Continue"), "main")
        self.confirmed = button(tr("I confirm this"), checkable=True)
        self.second = SecondPerson()
        self.execute = HoldButton(desk, tr("Hold to execute")) if desk.touch else button(tr("Execute"), "main")
        self.cancel_buttons: list[QPushButton] = []
        self.steps = QStackedWidget()
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """An edge of its own: not every station has a window manager that draws one."""
        painter = QPainter(self)
        painter.setPen(QPen(self.desk.theme.colour("line"), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _make_labels(self) -> None:
        self.now, self.reading = Words("", "value", 18, bold=True), Words("", "value", 18, bold=True)
        self.mark_now, self.mark_reading = QualityMark(self.desk.theme, 18), QualityMark(self.desk.theme, 18)
        self.pending = Words("", "muted", 13, bold=True)
        self.complaint = Words("", "bad", 13)
        self.change = Words("", "value", 24, bold=True)
        self.reason, self.interlocks, self.outcome = Words("", px=13), Words("", px=13), Words("", px=13)
        self.confirm = Words("", px=14, bold=True)
        self.headline = Words("", px=18, bold=True)
        self.barred = Words("", px=14)
        told = (self.headline, self.complaint, self.outcome, self.barred)
        for label in (*told, self.change, self.reason, self.confirm, self.interlocks):
            label.setWordWrap(True)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(4)
        column.addWidget(Words(title_of(self.tag), px=16, bold=True))
        column.addWidget(Words(self.tag.name, "muted", 12))
        column.addSpacing(12)
        column.addWidget(self.steps)
        self.steps.addWidget(self._say_step())
        self.steps.addWidget(self._confirm_step())
        self.steps.addWidget(self._end_step())
        self.steps.addWidget(self._barred_step())

    def _say_step(self) -> QWidget:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if self.tag.access != "w":
            form.addRow(Words(tr("Now"), "muted"), _beside(self.now, self.mark_now))
        form.addRow(Words(tr("Command") if self.wish.momentary else tr("New value"), "muted"), self.wish)
        if not self.wish.choices and not self.tag.is_text:
            form.addRow(Words(tr("Range"), "muted"), Words(range_text(self.tag, self._rules)))
        inner = QVBoxLayout()
        inner.addLayout(form)
        if self.wish.pad is None:
            form.addRow(Words(tr("Why"), "muted"), self.reasons)
            inner.addWidget(self.complaint)
            return self._step(inner, self.next)
        inner.addWidget(self.complaint)
        inner.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addLayout(inner, 1)
        both.addWidget(self.wish.pad, 0, Qt.AlignmentFlag.AlignTop)
        outer = QVBoxLayout()
        outer.addLayout(both)
        outer.addSpacing(8)
        outer.addWidget(Words(tr("Why"), "muted"))
        outer.addWidget(self.reasons)
        return self._step(outer, self.next)

    def _confirm_step(self) -> QWidget:
        inner = QVBoxLayout()
        inner.setSpacing(10)
        inner.addWidget(Words(tr("This will be written to the controller:"), "muted"))
        inner.addWidget(self.change)
        if not self.wish.choices and not self.tag.is_text:
            inner.addWidget(Words(tr("Range: {range}", range=range_text(self.tag, self._rules)), "muted", 13))
        for label in (self.reason, self.interlocks, self.confirm, self.second):
            inner.addWidget(label)
        inner.addWidget(self.confirmed, alignment=Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(Words(tr("Nothing has been sent yet."), "muted"))
        return self._step(inner, self.execute)

    def _end_step(self) -> QWidget:
        inner = QVBoxLayout()
        inner.setSpacing(10)
        inner.addWidget(self.headline)
        inner.addWidget(self.outcome)
        if self.tag.access != "w":
            caption = Words(tr("On the plant now"), "muted")
            inner.addLayout(_beside(caption, self.reading, self.mark_reading, self.pending))
        return self._step(inner, None)

    def _barred_step(self) -> QWidget:
        inner = QVBoxLayout()
        inner.setSpacing(10)
        inner.addWidget(Words(tr("You cannot command this from here"), "bad", 16, bold=True))
        inner.addWidget(self.barred)
        return self._step(inner, None)

    def _step(self, inner: QFormLayout | QVBoxLayout | QHBoxLayout, main: QPushButton | None) -> QWidget:
        step = QWidget()
        column = QVBoxLayout(step)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(inner)
        column.addStretch(1)
        column.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        leave = button(tr("Cancel") if main else tr("Close"))
        leave.clicked.connect(self.close)
        self.cancel_buttons.append(leave)
        row.addWidget(leave)
        if main is not None:
            row.addWidget(main)
        column.addLayout(row)
        return step


def _beside(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return row
