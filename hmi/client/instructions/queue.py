"""The queue: jobs that are open, instructions that are due, and all others; found as somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms.own import text_of
from hmi.client.instructions.orders import Orders, asked_for, context_of
from hmi.client.instructions.wording import title_of
from hmi.client.instructions.work import Work
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words
from hmi.client.search.block import folded
from hmi.client.style import target_px
from hmi.client.table import Rows, Table

_WIDTHS: Final = (0, 132)
_EMPTY_PX: Final = 84  # of the list of open jobs while there is none, for the words that say so
_FEW: Final = 6  # open jobs that are shown without scrolling
_UNRELEASED: Final = {"draft": "draft", "reviewed": "reviewed"}
SORTED: Final = {"": "newest", "order": "order", "equipment": "machine", "alarm": "alarm"}


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
        self.orders = Orders(desk)
        self.order: Mapping[str, Any] | None = None  # for which an instruction is still to be chosen
        self.by = QComboBox()
        self.by.addItems([tr(text) for text in SORTED.values()])
        self.by.setAccessibleName(tr("Open jobs sorted by"))
        self.by.setMinimumHeight(target_px(desk.touch))
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(tr("Find an instruction"))
        self.entry.setAccessibleName(tr("Find an instruction"))
        self.entry.setClearButtonEnabled(True)
        self._arrange()
        self._connect()
        self.fill()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.open_title, 1)
        head.addWidget(self.by)
        column.addLayout(head)
        for part in (self.open_table, self.orders, self.title, self.entry):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        for table in (self.open_table, self.table):
            table.setSelectionMode(Table.SelectionMode.SingleSelection)
            table.horizontalHeader().hide()

    def _connect(self) -> None:
        self.open_table.clicked.connect(self._job)
        self.open_table.activated.connect(self._job)
        self.orders.chosen.connect(self._order_chosen)
        self.table.clicked.connect(self._instruction)
        self.table.activated.connect(self._instruction)
        self.entry.textChanged.connect(self.look_for)
        self.entry.returnPressed.connect(self._first)
        self.by.activated.connect(self.fill)
        self.work.listed.connect(self.fill)

    def fill(self) -> None:
        """Show what is open and what is due."""
        by = list(SORTED)[max(0, self.by.currentIndex())]
        rows = sorted(self.work.open, key=lambda row: self._rank(by, row)) if by else self.work.open
        self.jobs = [str(row["id"]) for row in rows]
        self.open_model.put([self._job_row(row, by) for row in rows])
        self.open_table.fit(_FEW)
        if not self.jobs:
            self.open_table.setFixedHeight(_EMPTY_PX)
        self.orders.fill(self.work.orders, self.work.arrived)
        if self.order is not None and self.order["id"] not in {row["id"] for row in self.work.orders}:
            self.order = None
        self._known = {str(row["id"]): row for row in self.work.due}
        some = self.desk.plant.instructions
        self._order = [name for name in self._known if name in some]
        self._order += [name for name in some if name not in self._known]
        self._head()
        self.look_for()

    def _head(self) -> None:
        due = sum(bool(row["due"]) for row in self.work.due)
        said = tr("Instructions, {count} of them due", count=due) if due else tr("Instructions")
        self.title.say(asked_for(self.order) if self.order is not None else said)

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

    def _rank(self, by: str, row: dict[str, Any]) -> tuple[bool, str]:
        """Those that have what they are sorted by come first, in the order of its words."""
        lead = self._lead(by, row)
        return not lead, lead.casefold()

    def _lead(self, by: str, row: dict[str, Any]) -> str:
        """What a job is sorted by, in words: its order, its machine, the alarm that it was started from."""
        named = str(row["context"].get(by, ""))
        if by == "equipment":
            machine = self.desk.plant.equipment.get(named or next(iter(row["equipment"]), ""))
            return plant_text(machine.name) if machine is not None else named
        if by == "alarm" and named:
            rule = next((rule for rule in self.desk.plant.all_rules if rule.id == named), None)
            return text_of(rule, rule.title) or named if rule is not None else named
        return named

    def _job_row(self, row: dict[str, Any], by: str) -> tuple[str, str]:
        apart = ("equipment", "alarm", by)
        context = " ".join(str(text) for name, text in row["context"].items() if name not in apart)
        where = tr("step {place} of {count}", place=int(row["done"]) + 1, count=row["steps"])
        one = self.desk.plant.instructions.get(str(row["instruction"]))
        title = title_of(one) if one is not None else str(row["title"])
        return " · ".join(part for part in (self._lead(by, row), title, context, str(row["id"])) if part), where

    def _row(self, name: str, row: dict[str, Any] | None) -> tuple[str, str]:
        one = self.desk.plant.instructions[name]
        return title_of(one), _when(row, self.desk) if row is not None else ""

    def _job(self, index: QModelIndex) -> None:
        if index.row() < len(self.jobs):
            self.job_chosen.emit(self.jobs[index.row()])

    def _instruction(self, index: QModelIndex) -> None:
        if index.row() < len(self.instructions):
            self._choose(self.instructions[index.row()])

    def _first(self) -> None:
        if self.instructions:
            self._choose(self.instructions[0])

    def _order_chosen(self, row: Mapping[str, Any]) -> None:
        """An order is begun by its instruction; one that names none waits until a person has chosen it."""
        self.order = row if self.order is None or self.order["id"] != row["id"] else None  # once more: not after all
        named = str(row.get("instruction", ""))
        if self.order is not None and named in self.desk.plant.instructions:
            self._choose(named)
        else:
            self._head()

    def _choose(self, instruction: str) -> None:
        order, self.order = self.order, None
        self.work.wanted = context_of(order) if order is not None else {}
        self.instruction_chosen.emit(instruction)
        self.work.wanted = {}  # whoever showed it has taken it over
        self._head()


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
    return tr("to be read") if not row["steps"] else tr(_UNRELEASED.get(str(row["release"]), ""))
