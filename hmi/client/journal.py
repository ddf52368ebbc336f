"""The journal: what happened, who did it and why; read from the engine when the page is shown and when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import JOURNAL, Desk, Page, Words, button
from hmi.client.table import Rows, Table
from hmi.core import quality as q
from hmi.core.tags import Tag
from hmi.link.messages import Reply

LIMIT: Final = 500
_CATEGORIES: Final = (
    ("", "All"),
    ("alarm", "Alarms"),
    ("write", "Commands"),
    ("connection", "Connections"),
    ("system", "System"),
)
_COLUMNS: Final = ("Time", "What", "Event", "Subject", "Value", "By", "Why and result")
_WIDTHS: Final = (166, 100, 130, 0, 176, 160, 0)
_SPARE: Final = (5, 1)


def described(record: Mapping[str, Any], desk: Desk) -> tuple[str, ...]:
    """One record as a row of the table."""
    tag = _tag_of(record, desk)
    by = " · ".join(str(record[part]) for part in ("user", "station") if record.get(part))
    why = " · ".join(str(record[part]) for part in ("why", "result") if record.get(part))
    return (
        words.source_time(int(record.get("time_ns", 0)), desk.zone)[:19],
        tr(words.sentence(str(record.get("category", "")))),
        tr(words.sentence(str(record.get("event", "")))),
        str(record.get("subject", "")),
        _value(record, tag),
        by,
        why,
    )


def _tag_of(record: Mapping[str, Any], desk: Desk) -> Tag | None:
    subject = str(record.get("subject", ""))
    if record.get("category") == "alarm":
        rule = next((rule for rule in desk.plant.rules if rule.id == subject), None)
        return desk.plant.tags[rule.tag] if rule else None
    return desk.plant.tag(subject)


def _value(record: Mapping[str, Any], tag: Tag | None) -> str:
    value, old = record.get("value"), record.get("old")
    if value is None:
        return ""
    if bool(q.is_bad(int(record.get("quality", 0)))):
        return q.word(int(record["quality"]))
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
        self.search.setClearButtonEnabled(True)
        self.told = Words("", "muted", 13, elide=True)
        self.reload = button(tr("Refresh"))
        self._category = ""
        self._rows: list[tuple[str, ...]] = []
        self._question = 0
        self._asked = False  # a question is under way
        self._arrange()
        self.categories.idClicked.connect(self._choose)
        self.search.textChanged.connect(self._filter)
        self.reload.clicked.connect(self.read)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        for number, (category, title) in enumerate(_CATEGORIES):
            made = button(tr(title), checkable=True)
            made.setChecked(category == "")
            self.categories.addButton(made, number)
            head.addWidget(made)
        head.addSpacing(8)
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(240)
        head.addWidget(self.search)
        head.addWidget(self.told, 1)
        head.addWidget(self.reload)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    def read(self) -> None:
        """Ask the engine for the last records."""
        self.desk.wire.forget(self._question)
        args: dict[str, Any] = {"limit": LIMIT}
        if self._category:
            args["category"] = self._category
        self._asked = True
        self.told.say(tr("Reading …"))
        self._question = self.desk.wire.ask("journal", args, self._came)

    def ready(self) -> bool:
        return not self._asked

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)

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
        wanted = self.search.text().strip().lower()
        rows = [row for row in self._rows if not wanted or any(wanted in cell.lower() for cell in row)]
        self.model.put(rows)
        self.table.say_empty(tr("No record has this text") if wanted and self._rows else tr("No records"))
        now = self.desk.mirror.now_ns()
        text = "1 record, as of {time}" if len(rows) == 1 else "{count} records, newest first, as of {time}"
        self.told.say(tr(text, count=len(rows), time=words.clock_time(now, self.desk.zone)))
