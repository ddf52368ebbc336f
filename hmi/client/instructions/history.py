"""The jobs that were done at one machine, the newest first; one is opened by a touch."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.instructions.wording import title_of
from hmi.client.instructions.work import work_of
from hmi.client.language import tr
from hmi.client.page import Desk, Words
from hmi.client.table import Rows, Table
from hmi.link.messages import Reply

_WIDTHS: Final = (92, 0, 104)
_MOST: Final = 30
_STATES: Final = {"open": "open", "finished": "finished", "abandoned": "abandoned", "stopped": "stopped"}


class MachineJobs(QWidget):
    """`asked` when one of them is to be shown: it is the chosen one then."""

    asked = Signal()

    def __init__(self, desk: Desk, equipment: str) -> None:
        super().__init__()
        self.desk, self.equipment = desk, equipment
        self.work = work_of(desk)
        self.jobs: list[str] = []
        self._question = 0
        self._seen = -1  # the engine's count of what happened, when it was asked last
        self.model = Rows((tr("Time"), tr("Job"), tr("How it ended")))
        self.table = Table(desk, self.model, _WIDTHS, tr("No job was done here yet"))
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.horizontalHeader().hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Words(tr("Jobs at this machine"), px=14, bold=True))
        column.addWidget(self.table, 1)
        self.table.clicked.connect(self._chosen)
        self.table.activated.connect(self._chosen)

    def refresh(self) -> None:
        """Ask anew where something has happened since."""
        health = self.desk.mirror.health
        now = health.jobs if health is not None else 0
        if now != self._seen and not self.desk.mirror.link_down:
            self._seen = now
            self.desk.wire.forget(self._question)
            args = {"wanted": {"equipment": self.equipment}, "limit": _MOST}
            self._question = self.desk.wire.ask("jobs", args, self._came)

    def dispose(self) -> None:
        """No answer may come any more."""
        self.desk.wire.forget(self._question)

    def _came(self, reply: Reply) -> None:
        if reply.ok:
            self.jobs = [str(row["id"]) for row in reply.body]
            self.model.put([self._line(row) for row in reply.body])

    def _line(self, row: dict[str, Any]) -> tuple[str, str, str]:
        when = words.moment(int(row["started_ns"]), self.desk.zone, self.desk.mirror.now_ns())
        deviations = int(row["deviations"])
        one = self.desk.plant.instructions.get(str(row["instruction"]))
        title = title_of(one) if one is not None else str(row["title"])
        ended = tr(_STATES.get(str(row["state"]), "open"))
        if deviations and row["state"] == "finished":
            ended = tr("{count} deviations", count=deviations)
        return when, f"{title} ({', '.join(map(str, row['people']))})", ended

    def _chosen(self, index: QModelIndex) -> None:
        if index.row() < len(self.jobs):
            self.work.choose(self.jobs[index.row()])
            self.asked.emit()
