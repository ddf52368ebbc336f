"""The queue: jobs that are open, instructions that are due, and all others; found as somebody types."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.instructions.wording import title_of
from hmi.client.instructions.work import Work
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words
from hmi.client.search.block import folded
from hmi.client.table import Rows, Table

_WIDTHS: Final = (0, 132)
_EMPTY_PX: Final = 84  # of the list of open jobs while there is none, for the words that say so
_FEW: Final = 6  # open jobs that are shown without scrolling


class Queue(QWidget):
    """`job_chosen` carries a job's number, `instruction_chosen` an instruction's id."""

    job_chosen = Signal(str)
    instruction_chosen = Signal(str)

    def __init__(self, desk: Desk, work: Work) -> None:
        super().__init__()
        self.desk, self.work = desk, work
        self.jobs: list[str] = []
        self.instructions: list[str] = []
        self._lines: dict[str, str] = {}  # of each instruction, what is looked for in
        self._known: dict[str, dict[str, Any]] = {}  # what the engine says of each
        self._order: list[str] = []  # all of them, those that are due first
        self.open_title, self.title = Words(tr("Open jobs"), px=15, bold=True), Words("", px=15, bold=True)
        self.open_model = Rows((tr("Job"), tr("Where it stands")))
        self.model = Rows((tr("Instruction"), tr("When")))
        self.open_table = Table(desk, self.open_model, _WIDTHS, tr("No job is open"), (1,))
        self.table = Table(desk, self.model, _WIDTHS, tr("The plant has no work instructions"), (1,))
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(tr("Find an instruction"))
        self.entry.setAccessibleName(tr("Find an instruction"))
        self.entry.setClearButtonEnabled(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.open_title, self.open_table, self.title, self.entry):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        for table in (self.open_table, self.table):
            table.setSelectionMode(Table.SelectionMode.SingleSelection)
            table.horizontalHeader().hide()
        self.open_table.clicked.connect(self._job)
        self.open_table.activated.connect(self._job)
        self.table.clicked.connect(self._instruction)
        self.table.activated.connect(self._instruction)
        self.entry.textChanged.connect(self.look_for)
        self.entry.returnPressed.connect(self._first)
        work.listed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show what is open and what is due."""
        self.jobs = [str(row["id"]) for row in self.work.open]
        self.open_model.put([self._job_row(row) for row in self.work.open])
        self.open_table.fit(_FEW)
        if not self.jobs:
            self.open_table.setFixedHeight(_EMPTY_PX)
        self._known = {str(row["id"]): row for row in self.work.due}
        some = self.desk.plant.instructions
        self._order = [name for name in self._known if name in some]
        self._order += [name for name in some if name not in self._known]
        due = sum(bool(row["due"]) for row in self.work.due)
        self.title.say(tr("Instructions, {count} of them due", count=due) if due else tr("Instructions"))
        self.look_for()

    def look_for(self) -> None:
        """Show the instructions that have the words that are typed."""
        wanted = folded(self.entry.text()).split()
        if wanted and not self._lines:
            self._lines = _lines(self.desk)
        self.instructions = [
            n for n in self._order if not wanted or all(word in self._lines.get(n, "") for word in wanted)
        ]
        self.model.put([self._row(name, self._known.get(name)) for name in self.instructions])
        self.table.say_empty(
            tr("No instruction has these words") if wanted else tr("The plant has no work instructions")
        )

    def _job_row(self, row: dict[str, Any]) -> tuple[str, str]:
        context = " ".join(str(text) for name, text in row["context"].items() if name != "equipment")
        where = tr("step {place} of {count}", place=int(row["done"]) + 1, count=row["steps"])
        return " · ".join(part for part in (row["title"], context, row["id"]) if part), where

    def _row(self, name: str, row: dict[str, Any] | None) -> tuple[str, str]:
        one = self.desk.plant.instructions[name]
        return title_of(one), _when(row, self.desk) if row is not None else ""

    def _job(self, index: QModelIndex) -> None:
        if index.row() < len(self.jobs):
            self.job_chosen.emit(self.jobs[index.row()])

    def _instruction(self, index: QModelIndex) -> None:
        if index.row() < len(self.instructions):
            self.instruction_chosen.emit(self.instructions[index.row()])

    def _first(self) -> None:
        if self.instructions:
            self.instruction_chosen.emit(self.instructions[0])


def _lines(desk: Desk) -> dict[str, str]:
    """What each instruction is found by: its titles, and the machines that it is about with their codes."""
    about: dict[str, list[str]] = {}
    for machine in desk.plant.equipment.values():
        for name in machine.instructions:
            about.setdefault(name, []).append(f"{plant_text(machine.name)} {machine.code}")
    return {
        name: folded(" ".join((name, title_of(one), one.title, *about.get(name, ()), *one.skills)))
        for name, one in desk.plant.instructions.items()
    }


def _when(row: dict[str, Any], desk: Desk) -> str:
    """When an instruction is due, or how far its text has come."""
    if row["release"] == "withdrawn":
        return tr("withdrawn")
    if row["due"]:
        return tr("due now")
    if row["due_ns"]:
        return tr("due in {span}", span=words.age((int(row["due_ns"]) - desk.mirror.now_ns()) / 1e9))
    if row["left"] is not None:
        return tr("due in {count} counts", count=f"{float(row['left']):g}")
    return tr("to be read") if not row["steps"] else tr("draft") if row["release"] == "draft" else ""
