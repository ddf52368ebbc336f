"""What of the alarm list is shown: place, priority, state, class, a part of a text."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from hmi.client import words
from hmi.client.alarms.belongings import Belongings, Filter
from hmi.client.alarms.served import class_title
from hmi.client.flow import Flow
from hmi.client.language import tr
from hmi.client.page import Desk, button
from hmi.client.style import target_px
from hmi.client.theme import PRIORITIES

_STATES = (
    "unacknowledged",
    "acknowledged",
    "returned-unacknowledged",
    "latched-unacknowledged",
    "latched-acknowledged",
)


class FilterBar(QWidget):
    """Five choices and the way back to all; `changed` carries the Filter."""

    changed = Signal(object)

    def __init__(self, desk: Desk, belongings: Belongings) -> None:
        super().__init__()
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Find an alarm"))
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(110)
        self.place = _choice(tr("All places"), belongings.choices(), 190)
        numbers = [(str(one), tr("Priority {priority}", priority=one)) for one in PRIORITIES]
        self.priority = _choice(tr("All priorities"), numbers, 150)
        self.state = _choice(tr("All states"), [(one, tr(words.SHORT_STATES[one])) for one in _STATES], 150)
        self.class_ = _choice(tr("All classes"), [(one, class_title(one)) for one in belongings.classes], 120)
        self.clear = button(tr("Show all"))
        self.clear.hide()
        row = Flow(self)
        row.addWidget(self.text)
        for made in (self.place, self.priority, self.state, self.class_):
            made.setMinimumHeight(target_px(desk.touch))
            made.currentIndexChanged.connect(self._change)
            row.addWidget(made)
        row.addWidget(self.clear)
        self.text.textChanged.connect(self._change)
        self.clear.clicked.connect(self.show_all)

    def wanted(self) -> Filter:
        """What is chosen."""
        return Filter(
            place=str(self.place.currentData() or ""),
            priority=int(self.priority.currentData() or 0),
            state=str(self.state.currentData() or ""),
            class_=str(self.class_.currentData() or ""),
            text=self.text.text(),
        )

    def show_all(self) -> None:
        """Every alarm again."""
        for made in (self.place, self.priority, self.state, self.class_):
            made.setCurrentIndex(0)
        self.text.clear()

    def _change(self) -> None:
        wanted = self.wanted()
        self.clear.setVisible(not wanted.is_open)
        self.changed.emit(wanted)


def _choice(everything: str, choices: list[tuple[str, str]], width: int) -> QComboBox:
    made = QComboBox()
    made.addItem(everything, "")
    for key, title in choices:
        made.addItem(title, key)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    made.setMaximumWidth(width)
    made.setAccessibleName(everything)
    return made
