"""The strip above the list while a flood lasts: since when, how many, and the way to the full list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from hmi.client import words
from hmi.client.alarms.annunciator import Annunciator
from hmi.client.alarms.model import AlarmModel
from hmi.client.language import tr
from hmi.client.page import Desk, Words, button
from hmi.core.alarms.flood import WINDOW_S


class FloodBar(QFrame):
    """There exactly while there is a flood; `turned` asks for the full list or back."""

    turned = Signal()

    def __init__(self, desk: Desk, calls: Annunciator) -> None:
        super().__init__()
        self.setObjectName("sheet")
        self.desk, self.calls = desk, calls
        self.told = Words("", px=14, bold=True, elide=True)
        self.detail = Words("", "muted", 13, elide=True)
        self.turn = button(tr("Full list (F12)"))
        self.turn.clicked.connect(self.turned)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(self.told, 2)
        row.addWidget(self.detail, 3)
        row.addWidget(self.turn)
        self.hide()

    def refresh(self) -> None:
        """Come, go, and count."""
        calls = self.calls
        self.setVisible(calls.flood.is_flood)
        if calls.flood.is_flood:
            since = words.clock_time(calls.flood_since_ns, self.desk.zone)
            self.told.say(tr("Flood of alarms since {time}: {count} came", time=since, count=calls.flood_count))

    def show_fold(self, model: AlarmModel) -> None:
        """What of it is shown."""
        self.turn.setText(tr("Fold (F12)") if not model.folded else tr("Full list (F12)"))
        how = tr("Every alarm is shown")
        if model.folded:
            how = tr("By machine, the first alarm of each")
        if model.folded and model.more:
            how = tr("By machine, the first alarm of each; {count} lines more", count=model.more)
        first = model.first_since(self.calls.flood_since_ns - round(WINDOW_S * 1e9))
        if self.calls.flood.is_flood and first >= 0:
            how = tr("First of all: {alarm}", alarm=model.belongings.title_of(first)) + " · " + how
        self.detail.say(how)
