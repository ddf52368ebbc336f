"""A window that nobody leaves by accident: the whole display, no title, and a question before it is closed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button


class Leaving(Overlay):
    """Asks whether this window is to be closed; `agreed` when it is, and nothing happens otherwise."""

    agreed = Signal()

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__(desk, host, (520, 220))
        told = Words(tr("The plant goes on without it. Alarms are no longer seen at this place."), px=14)
        told.setWordWrap(True)
        self.column.addWidget(Words(tr("Leave the program?"), px=18, bold=True))
        self.column.addWidget(told)
        self.column.addStretch(1)
        stay, leave = button(tr("Stay"), "main"), button(tr("Leave the program"))
        stay.clicked.connect(self.leave)
        leave.clicked.connect(self.agree)
        row = QHBoxLayout()
        row.addWidget(leave)
        row.addStretch(1)
        row.addWidget(stay)
        self.column.addLayout(row)
        self.open(stay)
        stay.setDefault(True)

    def agree(self) -> None:
        """Close the window."""
        self.leave()
        self.agreed.emit()
