"""The operate tab: the machine's own small screen, drawn by the same canvas as every screen."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from hmi.client.faceplate.tab import Tab
from hmi.client.mimic.canvas import Mimic
from hmi.client.page import Desk
from hmi.core.screens.model import Screen


class Operate(Tab):
    """Live values and commands of one machine; `mimic` carries the signals of its elements."""

    title = "Operate"

    def __init__(self, desk: Desk, screen: Screen) -> None:
        super().__init__(desk)
        self.mimic = Mimic(screen, desk.plant, desk.mirror, desk.theme)
        self.mimic.setMinimumSize(120, 90)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.mimic)

    def refresh(self) -> None:
        self.mimic.refresh()

    def pulse(self, lit: bool) -> None:
        self.mimic.refresh()  # it has ages and blinking symbols of its own

    def restyle(self) -> None:
        self.mimic.set_theme(self.desk.theme)
