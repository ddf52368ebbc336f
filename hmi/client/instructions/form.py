"""What the player looks like: where the step, its picture, the machine, the answer and the ways out of it stand."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.client.hold import HoldButton
from hmi.client.instructions.ending import Ending
from hmi.client.instructions.text import StepText
from hmi.client.language import tr
from hmi.client.page import Desk, Words, button, panel

_BESIDE_PX: Final = 760  # from this width on the picture stands beside the text
_LONGEST: Final = 1000
_THUMB_PX: Final = 240  # of the button that goes on, where it is hit by a thumb in a glove
_ASIDE: Final = (("skip", "Leave out …"), ("note", "Remark …"), ("abandon", "Give up …"))


class PlayerForm(QWidget):
    """The parts of the player; what they show and do is told by the player that is made of them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._make()
        self._arrange()

    def _make(self) -> None:
        self.head = Words("", "muted", 14, elide=True)
        self.back = button(tr("List"), "flat")
        self.title = Words("", px=26 if self.desk.touch else 22, bold=True)
        self.title.setWordWrap(True)
        self.hazard = panel("notice")
        self.hazard_text = Words("", px=17, bold=True)
        self.hazard_text.setWordWrap(True)
        QVBoxLayout(self.hazard).addWidget(self.hazard_text)
        self.text = StepText(self.desk)
        self.told = Words("", px=15, bold=True)
        self.told.setWordWrap(True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.main = button("", "main")
        if self.desk.touch:
            self.main.setMinimumWidth(_THUMB_PX)
        self.hold = HoldButton(self.desk, tr("Hold to send"))
        self.cancel = button(tr("Cancel"))
        self.discard = button(tr("Forget it"))
        for one in (self.hold, self.cancel, self.discard):  # what is not there yet must not make the page wider
            one.hide()
        self.others: dict[str, QPushButton] = {act: button(tr(text), "flat") for act, text in _ASIDE}
        self.ending = Ending(self.desk)

    def _arrange(self) -> None:
        self.pictures = QVBoxLayout()
        self.body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.body.setSpacing(12)
        self.body.addWidget(self.text, 3)
        self.body.addLayout(self.pictures, 2)
        self.place = QVBoxLayout()  # of the live values and of the entry
        self.place.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.head, 1)
        self.step_part = QFrame()
        column = QVBoxLayout(self.step_part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.hazard)
        column.addWidget(self.title)
        self.middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.middle.setSpacing(16)
        self.middle.addLayout(self.body, 1)
        self.middle.addLayout(self.place)
        column.addLayout(self.middle, 1)
        column.addWidget(self.told)
        column.addWidget(self.reason)
        column.addLayout(self._ways())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(head)
        whole.addWidget(self.step_part, 1)
        whole.addWidget(self.ending, 1)

    def _ways(self) -> QHBoxLayout:
        ways = QHBoxLayout()
        ways.setSpacing(6)
        for one in self.others.values():
            ways.addWidget(one)
        ways.addStretch(1)
        ways.addWidget(self.discard)
        ways.addWidget(self.cancel)
        ways.addWidget(self.main)
        ways.addWidget(self.hold)
        return ways

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _BESIDE_PX
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        upright = self.desk.touch and self.height() > self.width()  # a tablet in one hand: the picture below the text
        lying = self.desk.touch and wide and self.width() > self.height()  # a tablet held across has no height to spare
        self.body.setDirection(across if wide and not lying and not upright else down)
        self.middle.setDirection(across if lying else down)
        self.middle.setStretch(1, 1 if lying else 0)
