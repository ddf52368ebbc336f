"""Orders that came from the plant server and were agreed to: what is to be made, until a job for it was carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.table import Rows, Table

_WIDTHS: Final = (0, 132)
_FEW: Final = 5  # orders that are shown without scrolling
_CARRIED: Final = ("order", "product", "lot", "equipment")  # of an order, what its jobs are known by


class Orders(QWidget):
    """The list of them, hidden while there is none; `chosen` carries the row of the one that is to be begun.

    `waiting_asked`: what came and waits for a person is to be shown.
    """

    chosen = Signal(object)
    waiting_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.rows: list[Mapping[str, Any]] = []
        self.title = Words(tr("Orders from the plant server"), px=15, bold=True)
        self.waiting = button("", "", tr("What came from there and waits for a person"))
        self.model = Rows((tr("Order"), tr("Where it stands")))
        self.table = Table(desk, self.model, _WIDTHS, "", (1,))
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.horizontalHeader().hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.waiting)
        column.addLayout(head)
        column.addWidget(self.table)
        self.waiting.clicked.connect(self.waiting_asked)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)

    def fill(self, rows: list[dict[str, Any]], waiting: int = 0) -> None:
        """Show these, those that are due first, and that so many things wait for somebody who agrees to them."""
        self.rows = sorted(rows, key=lambda row: (not row.get("due"), str(row.get("due", ""))))
        self.model.put([(self._said(row), where(row)) for row in self.rows])
        self.table.fit(_FEW)
        self.table.setVisible(bool(self.rows))
        self.waiting.setText(tr("to be agreed to: {count} …", count=waiting))
        self.waiting.setVisible(bool(waiting))
        self.setVisible(bool(self.rows or waiting))

    def _said(self, row: Mapping[str, Any]) -> str:
        """An order in one line: its number, what and how much, the lot, the machine, and until when."""
        amount = f"{float(row.get('quantity', 1.0)):g} {row['unit']}" if row.get("unit") else ""
        machine = self.desk.plant.equipment.get(str(row.get("equipment", "")))
        parts = (
            str(row["id"]),
            " ".join(part for part in (amount, str(row.get("product", ""))) if part),
            tr("lot {lot}", lot=row["lot"]) if row.get("lot") else "",
            plant_text(machine.name) if machine is not None else "",
            tr("due {time}", time=str(row["due"]).replace("T", " ")) if row.get("due") else "",
        )
        return " · ".join(part for part in parts if part)

    def _choose(self, index: QModelIndex) -> None:
        if index.row() < len(self.rows):
            self.chosen.emit(self.rows[index.row()])


def where(row: Mapping[str, Any]) -> str:
    """How far an order has come, by the jobs that were started for it."""
    states = [str(job["state"]) for job in row.get("jobs", ())]
    if going := states.count("open"):
        return tr("in work") if going == 1 else tr("in work: {count} jobs", count=going)
    if "finished" in states:
        return tr("partly done")  # by another instruction than the one it asks for
    return tr("given up") if states else tr("to begin")


def context_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What a job of this order is for: its order, product, lot and machine, as far as the order says."""
    said = dict(row) | {"order": row["id"]}
    return {name: text for name in _CARRIED if (text := str(said.get(name, "")))}


def asked_for(row: Mapping[str, Any]) -> str:
    """What is still to be chosen of an order that names no instruction."""
    return words.sentence(tr("choose the instruction for the order {order}", order=row["id"]))
