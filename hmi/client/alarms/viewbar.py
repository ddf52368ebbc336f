"""The lists of the alarm page, one click away each, with how many alarms are in them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from hmi.client.alarms.standing import STANDING, Standing
from hmi.client.language import tr
from hmi.client.page import button
from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED, SUPPRESSED

FIGURES: Final = "figures"
_TITLES: Final = {
    STANDING: "Alarms",
    SHELVED: "Shelved",
    SUPPRESSED: "Suppressed",
    OUT_OF_SERVICE: "Out of service",
    FIGURES: "Figures",
}


class ViewBar(QWidget):
    """`chosen` carries the name of a list, or FIGURES."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.view = STANDING
        self.buttons = {view: button(tr(title), checkable=True) for view, title in _TITLES.items()}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for view, made in self.buttons.items():
            made.setProperty("view", view)
            self._group.addButton(made)
            row.addWidget(made)
        self._group.buttonClicked.connect(self._clicked)

    def show_view(self, view: str) -> None:
        """Which one is in front."""
        self.view = view
        self.buttons[view].setChecked(True)

    def show_counts(self, standing: Standing, ends_soon: int) -> None:
        """How many are kept quiet in each way; and how many shelves end within five minutes."""
        for view in (SHELVED, SUPPRESSED, OUT_OF_SERVICE):
            text = f"{tr(_TITLES[view])} {standing.count(view)}"
            if view == SHELVED and ends_soon:
                text = tr("{list} · {count} soon", list=text, count=ends_soon)
            if text != self.buttons[view].text():
                self.buttons[view].setText(text)

    def _clicked(self, made: QAbstractButton) -> None:
        self.chosen.emit(str(made.property("view")))
