"""The journal: what happened, who did it and why; read from the engine when the page is shown and when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QVBoxLayout

from hmi.client import words
from hmi.client.flow import Flow
from hmi.client.language import tr
from hmi.client.page import JOURNAL, Desk, Page, Words, button
from hmi.client.sentences import said
from hmi.client.table import Rows, Table
from hmi.client.takeaway import Takeaway
from hmi.core import quality as q
from hmi.core.alarms.station import is_reserved
from hmi.core.steps.kept import INSTRUCTION, JOB
from hmi.core.steps.releases import RELEASE
from hmi.core.tags import Tag
from hmi.link.messages import Reply

LIMIT: Final = 500
EXPORTED: Final = 10_000  # records in one file
_PATIENCE_S: Final = 30.0
_CATEGORIES: Final = (
    ("", "All"),
    ("alarm", "Alarms"),
    ("write", "Commands"),
    ("note", "Notes"),
    ("connection", "Connections"),
    ("system", "System"),
)
_COLUMNS: Final = ("Time", "What", "Event", "Subject", "Value", "By", "Why and result")
_WIDTHS: Final = (160, 96, 150, 0, 130, 120, 0)
_SPARE: Final = (5, 1)
_SHARES: Final = (12, 8, 10, 22, 15, 12, 21)  # of a sheet of paper


def described(record: Mapping[str, Any], desk: Desk) -> tuple[str, ...]:
    """One record as a row of the table."""
    tag = _tag_of(record, desk)
    by = " · ".join(str(record[part]) for part in ("user", "station") if record.get(part))
    state = str(record.get("result") or "")
    result = tr(words.STATES[state]) if state in words.STATES else said(state)
    parts = (str(record.get("why") or ""), result)  # a person's words stay as they are
    why = " · ".join(part for part in parts if part)
    return (
        words.second(int(record.get("time_ns", 0)), desk.zone),
        tr(words.sentence(str(record.get("category", "")))),
        tr(words.sentence(str(record.get("event", "")))),
        str(record.get("subject", "")),
        _value(record, tag, desk),
        by,
        why,
    )


_FOR_PROGRAMS: Final = (JOB, INSTRUCTION, RELEASE)  # the values of these; their results say the same in words


def _tag_of(record: Mapping[str, Any], desk: Desk) -> Tag | None:
    subject = str(record.get("subject", ""))
    if record.get("category") == "alarm":
        rule = next((rule for rule in desk.plant.rules if rule.id == subject), None)
        return desk.plant.tags[rule.tag] if rule else None
    return desk.plant.tag(subject)


def _about(record: Mapping[str, Any], desk: Desk) -> str:
    """When a note is about, which may be long before it was written."""
    start = words.source_time(int(record.get("source_ns") or 0), desk.zone)[:16]
    value = record.get("value")
    return f"{start} · {words.age(value)}" if isinstance(value, int | float) else start


def _value(record: Mapping[str, Any], tag: Tag | None, desk: Desk) -> str:
    value, old = record.get("value"), record.get("old")
    if record.get("category") == "note":
        return _about(record, desk)
    if value is None or value != value or record.get("category") in _FOR_PROGRAMS:
        return ""  # not a number: an alarm that was suppressed before it ever stood
    if isinstance(value, str) and record.get("category") == "alarm":
        # What a server said of a condition of its own stays as it is; what the station says of itself is known.
        return said(value) if is_reserved(str(record.get("subject", ""))) else value
    if bool(q.is_bad(int(record.get("quality", 0)))):
        return tr(q.word(int(record["quality"])))
    text = _one(value, tag)
    return f"{_one(old, tag)} → {text}" if old is not None else text


def _one(value: Any, tag: Tag | None) -> str:
    if isinstance(value, str):
        return value
    return words.amount(tag, float(value)) if tag is not None else f"{float(value):g}"


class JournalPage(Page):
    """The last records, newest first; a category is asked of the engine, a text is looked for in what came."""

    key = JOURNAL
    title = "Journal"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.model = Rows([tr(name) for name in _COLUMNS])
        self.table = Table(desk, self.model, _WIDTHS, tr("Nothing has been read yet"), _SPARE)
        self.categories = QButtonGroup(self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find in what is shown"))
        self.search.setToolTip(tr("Enter looks through the whole journal"))
        self.search.setClearButtonEnabled(True)
        self.told = Words("", "muted", 13, elide=True)
        self.reload = button(tr("Refresh"))
        self.export = button(tr("Export …"), "", tr("What is chosen here, on paper or as a table"))
        self.out = Takeaway(desk, self, tr("Journal"), [tr(name) for name in _COLUMNS], _SHARES)
        self._category = ""
        self._sought = ""  # what the engine was asked to look for
        self._rows: list[tuple[str, ...]] = []
        self._question = 0
        self._export = 0  # a question, too
        self._asked = False  # a question is under way
        self._arrange()
        self.categories.idClicked.connect(self._choose)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.read)
        self.reload.clicked.connect(self.read)
        self.export.clicked.connect(self.take_out)
        self.out.told.connect(self.told.say)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = Flow()
        for number, (category, title) in enumerate(_CATEGORIES):
            made = button(tr(title), checkable=True)
            made.setChecked(category == "")
            self.categories.addButton(made, number)
            head.addWidget(made)
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(240)
        head.addWidget(self.search)
        head.addWidget(self.told)
        head.addWidget(self.export)
        head.addWidget(self.reload)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    def read(self) -> None:
        """Ask the engine for the last records."""
        self.desk.wire.forget(self._question)
        self._sought = self.search.text().strip()
        args = self._wanted(LIMIT)
        self._asked = True
        self.told.say(tr("Reading …"))
        self._question = self.desk.wire.ask("journal", args, self._came)

    def take_out(self) -> None:
        """Ask for all that is chosen here, as far back as one answer goes, and where to put it."""
        self.told.say(tr("Reading …"))
        self.desk.wire.forget(self._export)
        self._export = self.desk.wire.ask("journal", self._wanted(EXPORTED), self._taken, _PATIENCE_S)

    def _wanted(self, limit: int) -> dict[str, Any]:
        chosen = {"category": self._category, "text": self._sought}
        return {"limit": limit} | {name: value for name, value in chosen.items() if value}

    def _taken(self, reply: Reply) -> None:
        if not reply.ok:
            self.told.say(words.sentence(reply.text))
            return
        records, desk = sorted(reply.body or [], key=lambda record: int(record.get("id", 0)), reverse=True), self.desk
        self._filter()
        self.out.choose(lambda: [described(record, desk) for record in records])

    def ready(self) -> bool:
        return not self._asked

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)
        self.desk.wire.forget(self._export)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    def _choose(self, number: int) -> None:
        self._category = _CATEGORIES[number][0]
        self.read()

    def _came(self, reply: Reply) -> None:
        self._asked = False
        if not reply.ok:
            self.told.say(words.sentence(reply.text))
            return
        records = sorted(reply.body or [], key=lambda record: int(record.get("id", 0)), reverse=True)
        self._rows = [described(record, self.desk) for record in records]
        self._filter()

    def _filter(self) -> None:
        text = self.search.text().strip()
        wanted = "" if text == self._sought else text.lower()  # what the engine found need not be shown in its words
        rows = [row for row in self._rows if not wanted or any(wanted in cell.lower() for cell in row)]
        self.model.put(rows)
        sought = (wanted and self._rows) or (self._sought and not self._rows)
        self.table.say_empty(tr("No record has this text") if sought else tr("No records"))
        now = self.desk.mirror.now_ns()
        said_so = "1 record, as of {time}" if len(rows) == 1 else "{count} records, newest first, as of {time}"
        self.told.say(tr(said_so, count=len(rows), time=words.clock_time(now, self.desk.zone)))
