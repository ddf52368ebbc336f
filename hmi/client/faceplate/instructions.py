"""The instructions tab: which work instructions are about this machine, and which jobs were done at it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.faceplate.tab import Tab, scrolled
from hmi.client.instructions.history import MachineJobs
from hmi.client.language import plant_text
from hmi.client.page import INSTRUCTIONS, Desk, button
from hmi.client.search.index import titles_of


class Instructions(Tab):
    """The titles, each a button; `asked` carries the id of the one that was pressed, and the machine's.

    `place_asked` when a job that was done here is to be shown.
    """

    title = "Instructions"
    asked = Signal(str, str, str)
    place_asked = Signal(str)

    def __init__(self, desk: Desk, instructions: tuple[str, ...], equipment: str = "") -> None:
        super().__init__(desk)
        self.equipment = equipment
        self.jobs = MachineJobs(desk, equipment)
        self.jobs.asked.connect(self._job)
        titles = titles_of(desk.plant)
        self.buttons = {one: button(plant_text(titles.get(one) or plain(one))) for one in instructions}
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(16, 12, 16, 12)
        lines.setSpacing(8)
        for one, made in self.buttons.items():
            made.setProperty("instruction", one)
            made.clicked.connect(self._pressed)
            lines.addWidget(made)
        lines.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inside), 1)
        column.addWidget(self.jobs, 1)

    def refresh(self) -> None:
        self.jobs.refresh()

    def dispose(self) -> None:
        self.jobs.dispose()

    def _pressed(self) -> None:
        self.asked.emit(str(self.sender().property("instruction")), self.equipment, "")

    def _job(self) -> None:
        self.place_asked.emit(INSTRUCTIONS)


def plain(instruction: str) -> str:
    """An instruction's id as a title, for one whose file is not there yet: filler-overflow, Filler overflow."""
    return words.sentence(instruction.replace("-", " ").replace("_", " "))
