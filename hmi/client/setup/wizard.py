"""The sheet of a first start: one step after the other, over screens and alarms that go on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.people.present import Present
from hmi.client.setup.ready import CertificateStep, ReadyStep, ServerStep
from hmi.client.setup.steps import AccountStep, Answers, SetupStep, StationStep


class Wizard(Overlay):
    """Goes away by its own buttons alone: nobody makes half a station by touching beside it."""

    finished = Signal()
    put_off = Signal()  # later

    def __init__(self, desk: Desk, host: QWidget, present: Present, answers: Answers) -> None:
        super().__init__(desk, host, (900, 1000) if desk.touch else (680, 600))
        self.answers = answers
        self.station = StationStep(desk, answers)
        self.account = AccountStep(desk, answers, present)
        self.certificate = CertificateStep(desk, answers)
        self.server = ServerStep(desk, answers) if desk.plant.server.url else None
        steps = (self.station, self.account, self.certificate, self.server, ReadyStep(desk, answers))
        self.steps: list[SetupStep] = [one for one in steps if one is not None]
        self.stack = QStackedWidget()
        self.title = Words("", px=18, bold=True)
        self.count = Words("", "muted", 13)
        self.complaint = Words("", "bad", 14)
        self.back, self.later, self.next = button(tr("Back")), button(tr("Later")), button("", "main")
        self._gone = False
        self._arrange()
        self.open(self.next)
        self._show(min(answers.step, len(self.steps) - 1))

    @property
    def step(self) -> SetupStep:
        """The one in front."""
        return self.steps[self.answers.step]

    def forward(self) -> None:
        """Act on the answer, then to the next step; the last one ends it."""
        if not self.next.isEnabled():
            return
        self.complaint.say("")
        self.next.setEnabled(False)
        self.step.do(self._did)

    def leave(self) -> None:
        self._gone = True
        super().leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _did(self, complaint: str) -> None:
        if self._gone:
            return
        self.next.setEnabled(True)
        self.complaint.say(complaint)
        if complaint:
            return
        if self.answers.step + 1 < len(self.steps):
            self._show(self.answers.step + 1)
        else:
            self.leave()
            self.finished.emit()

    def _show(self, step: int) -> None:
        self.answers.step = step
        last = step == len(self.steps) - 1
        self.complaint.say("")
        self.title.say(tr(self.step.title))
        self.count.say(tr("Step {number} of {count}", number=step + 1, count=len(self.steps)))
        self.back.setVisible(step > 0)
        self.later.setVisible(not last)
        self.next.setText(tr("Begin to work") if last else tr("Next"))
        self.stack.setCurrentIndex(step)
        self.step.enter()
        first = next((one for one in self.step.entries if one.isEnabled()), None)
        (first or self.next).setFocus()

    def _backward(self) -> None:
        self._show(max(0, self.answers.step - 1))

    def _put_off(self) -> None:
        self.leave()
        self.put_off.emit()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.count)
        self.column.addLayout(head)
        for one in self.steps:
            self.stack.addWidget(one)
        self.column.addWidget(self.stack, 1)
        self.complaint.setWordWrap(True)
        self.column.addWidget(self.complaint)
        row = QHBoxLayout()
        row.addWidget(self.later)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.next)
        self.column.addLayout(row)
        self.later.clicked.connect(self._put_off)
        self.back.clicked.connect(self._backward)
        self.next.clicked.connect(self.forward)
        for entry in (self.account.again, self.account.pin):
            entry.returnPressed.connect(self.forward)
