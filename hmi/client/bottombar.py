"""The tablet's way around: large targets along the lower edge, where the thumbs are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from hmi.client.language import tr
from hmi.client.page import ALARMS, TRENDS, button
from hmi.client.style import target_px

_BUTTONS: Final = (
    ("navigation", "Screens"),
    ("back", "Back"),
    ("home", "First screen"),
    ("alarms", "Alarms"),
    ("trends", "Trends"),
    ("search", "Search"),
    ("scan", "Scan"),
)
_PLACES: Final = {"alarms": ALARMS, "trends": TRENDS}


class BottomBar(QFrame):
    """Seven targets; `asked` carries the name of an action of the shell."""

    asked = Signal(str)

    def __init__(self, touch: bool = True) -> None:
        super().__init__()
        self.setObjectName("bottom")
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        for action, text in _BUTTONS:
            made = button(tr(text), checkable=action in _PLACES)
            made.setProperty("action", action)
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            made.setMinimumWidth(target_px(touch))
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(self._clicked)
            self.buttons[action] = made
            row.addWidget(made, 1)

    def show_place(self, key: str, has_past: bool) -> None:
        """Mark where the window is."""
        for action, place in _PLACES.items():
            self.buttons[action].setChecked(place == key)
        self.buttons["back"].setEnabled(has_past)

    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, QPushButton):
            if sender.isCheckable():
                sender.setChecked(not sender.isChecked())  # the window decides where it is, not the finger
            self.asked.emit(str(sender.property("action")))
