"""A job that is at its end: what was done, what was not as it should be, and the record to take away."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.instructions.record import answer_words, as_json, write_pdf
from hmi.client.instructions.work import Held
from hmi.client.language import tr
from hmi.client.page import Desk, Words, button
from hmi.client.table import Rows, Table
from hmi.core.steps.events import Event
from hmi.core.steps.kept import said
from hmi.core.steps.model import Procedure

_COLUMNS: Final = ("Time", "What", "By")
_STATES: Final = {
    "finished": "The job is finished",
    "abandoned": "The job was given up",
    "stopped": "The job was stopped: its instruction was withdrawn",
}


class Ending(QWidget):
    """The story of one job, with its record as PDF and as JSON."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.held: Held | None = None
        self.headline = Words("", px=22, bold=True)
        self.deviations = Words("", px=15)
        self.told = Words("", "muted", 13, elide=True)
        self.model = Rows([tr(name) for name in _COLUMNS])
        self.table = Table(desk, self.model, (90, 0, 140), "", (2,))
        self.pdf, self.json = button(tr("Record as PDF …"), "main"), button(tr("Record as JSON …"))
        foot = QHBoxLayout()
        foot.addWidget(self.told, 1)
        foot.addWidget(self.json)
        foot.addWidget(self.pdf)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.headline)
        column.addWidget(self.deviations)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.pdf.clicked.connect(self._pdf)
        self.json.clicked.connect(self._json)

    def show_job(self, held: Held) -> None:
        """Show how it ended."""
        self.held, job = held, held.job
        self.headline.say(tr(_STATES.get(job.state, "The job is finished")))
        count = len(job.deviations)
        found = tr("Without deviations") if not count else tr("{count} deviations", count=count)
        why = job.events[-1].why if job.state != "finished" and job.events else ""
        self.deviations.say(" · ".join(part for part in (why, found) if part))
        zone, procedure = self.desk.zone, held.procedure
        self.model.put([(words.clock_time(one.time_ns, zone), _line(one, procedure), one.user) for one in job.events])

    def save_pdf(self, path: Path) -> None:
        """Write the record as PDF; what goes wrong is said."""
        if self.held is not None and self.held.procedure is not None:
            fault = write_pdf(path, self.held.job, self.held.procedure, self.desk.plant.name, self.desk.zone)
            self.told.say(fault or tr("Written to {path}", path=path))

    def save_json(self, path: Path) -> None:
        """Write the record as JSON; what goes wrong is said."""
        if self.held is None or self.held.procedure is None:
            return
        try:
            path.write_bytes(as_json(self.held.job, self.held.procedure))
        except OSError as error:
            self.told.say(tr("It cannot be written: {why}", why=error.strerror or ""))
        else:
            self.told.say(tr("Written to {path}", path=path))

    def _pdf(self) -> None:
        if path := self._asked("pdf"):
            self.save_pdf(path)

    def _json(self) -> None:
        if path := self._asked("json"):
            self.save_json(path)

    def _asked(self, ending: str) -> Path | None:
        name = f"job-{self.held.job.id}.{ending}" if self.held else f"job.{ending}"
        found, _ = QFileDialog.getSaveFileName(self, tr("Record of the job"), name, f"*.{ending}")
        return Path(found) if found else None


def _line(event: Event, procedure: Procedure | None) -> str:
    """One event in a line: what was found, and what was not as it should be."""
    if procedure is None or event.kind not in ("answered", "went") or event.value is None:
        return " · ".join(part for part in (said(event) or tr(event.kind), event.why) if part)
    found = f"{event.title}: {answer_words(event, procedure)}"
    return " · ".join(part for part in (found, event.deviation, event.why) if part)
