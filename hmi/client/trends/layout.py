"""Where the parts of the trend page are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.client.page import panel

_BAR_PX: Final = 14  # of the scroll bar, where a panel is higher than the plot


def lay_out(page: QWidget, toolbar: QWidget, plot: QWidget, sides: QWidget, table: QWidget) -> None:
    """The rows of buttons, the plot with room for a panel beside it, the table of pens."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(toolbar)
    body = QHBoxLayout()
    body.setSpacing(8)
    frame = panel()
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(4, 4, 4, 4)
    inside.addWidget(plot)
    body.addWidget(frame, 1)
    body.addWidget(sides)
    column.addLayout(body, 1)
    column.addWidget(table)


class Sides(QScrollArea):
    """The panels beside the plot: one at a time, so that it stays wide; a button stands for each that has one.

    A panel that is higher than the plot is scrolled.
    """

    def __init__(self, panels: Mapping[str, QWidget], buttons: Mapping[str, QAbstractButton]) -> None:
        super().__init__()
        self._panels, self._buttons = panels, buttons
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        for one in panels.values():
            column.addWidget(one)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        for button in buttons.values():
            button.clicked.connect(self._clicked)
        self.close_panel()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    @property
    def shown(self) -> str:
        """The name of the panel that is open, "" when none is."""
        return next((name for name, side in self._panels.items() if not side.isHidden()), "")

    def show_panel(self, name: str) -> None:
        """Open this one; "" closes whatever is open."""
        for key, side in self._panels.items():
            side.setVisible(key == name)
        for key, one in self._buttons.items():
            one.setChecked(key == name)
        if name:
            self.setFixedWidth(self._panels[name].width() + _BAR_PX)
        self.setVisible(bool(name))

    def toggle(self, name: str) -> None:
        """Open it, or close it if it is open."""
        self.show_panel("" if self.shown == name else name)

    def close_panel(self) -> None:
        """Close whatever is open."""
        self.show_panel("")

    def _clicked(self) -> None:
        pressed = self.sender()
        self.toggle(next(name for name, one in self._buttons.items() if one is pressed))
