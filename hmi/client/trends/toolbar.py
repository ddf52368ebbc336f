"""The row above a trend: how much time, where to, live or standing still, and what the cursor reads."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from hmi.client.page import Words, button

PRESETS: Final = ((120, "2 min"), (600, "10 min"), (3600, "1 h"), (8 * 3600, "8 h"), (86400, "24 h"))
_MOVES: Final = (
    ("‹", "Earlier", -0.5, 1.0),
    ("›", "Later", 0.5, 1.0),
    ("+", "Zoom in", 0.0, 0.5),
    ("–", "Zoom out", 0.0, 2.0),
)


class Toolbar(QWidget):
    """`span_asked` carries seconds up to now; `move_asked` a shift as a share of the width and a zoom factor."""

    span_asked = Signal(float)
    move_asked = Signal(float, float)
    live_asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.presets, self.moves = QButtonGroup(self), QButtonGroup(self)
        self.presets.setExclusive(False)
        self.live_button = button("Live", checkable=True, tip="Follow the present (Space)")
        self.fit_button = button("Fit scales", checkable=True, tip="Scale pens to their values, not their range")
        self.choose_button = button("Pens …", checkable=True)
        self.told = Words("", "muted", 13, elide=True)
        self.moment = Words("", px=13)
        self._arrange()
        self.presets.idClicked.connect(self._preset)
        self.moves.idClicked.connect(self._move)
        self.live_button.clicked.connect(self._live)

    def show_state(self, live: bool, span_s: float) -> None:
        """Mark what the trend does now."""
        self.live_button.setChecked(live)
        self.live_button.setText("Live" if live else "Paused")
        for number, (span, _) in enumerate(PRESETS):
            self.presets.button(number).setChecked(live and abs(span - span_s) < 1)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, (_, title) in enumerate(PRESETS):
            made = button(title, checkable=True)
            self.presets.addButton(made, number)
            row.addWidget(made)
        row.addSpacing(8)
        for number, (text, tip, _, _) in enumerate(_MOVES):
            made = button(text, tip=tip)
            self.moves.addButton(made, number)
            row.addWidget(made)
        row.addSpacing(8)
        row.addWidget(self.live_button)
        row.addWidget(self.told, 1)
        row.addWidget(self.moment)
        row.addWidget(self.fit_button)
        row.addWidget(self.choose_button)

    def _preset(self, number: int) -> None:
        self.span_asked.emit(float(PRESETS[number][0]))

    def _move(self, number: int) -> None:
        self.move_asked.emit(*_MOVES[number][2:])

    def _live(self) -> None:
        self.live_asked.emit(self.live_button.isChecked())
