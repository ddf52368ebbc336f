"""The fault console: every link of the station, what its state means and what to do; and the outages of thirty days."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hmi.client import words
from hmi.client.language import tr
from hmi.client.outages.detail import LinkDetail
from hmi.client.outages.wording import link_row, ordered, outage_row, window_link
from hmi.client.page import OUTAGES, SYSTEM, Desk, Page, Words, button
from hmi.client.table import Rows, Table
from hmi.core.links import BAD, NOTE, Link
from hmi.link.messages import Reply

DAYS: Final = 30
_LINKS_EVERY: Final = 4  # pulses: every two seconds while it is in front
_OUTAGES_EVERY: Final = 120
_LINK_COLUMNS: Final = ("Link", "State", "For", "What that means")
_LINK_WIDTHS: Final = (120, 150, 104, 0)
_OUTAGE_COLUMNS: Final = ("When", "For", "What", "Why")
_OUTAGE_WIDTHS: Final = (160, 104, 140, 0)
_SPARE: Final = (2,)
_LEAST_ROWS: Final = 4  # of a table, its head among them


class OutagesPage(Page):
    """Lives on the Qt thread; asks the engine for links while it is in front, and shows those that it knew last."""

    key = OUTAGES
    title = "Outages"
    level = 4

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.links: list[Link] = []  # as the engine told them last
        self.shown: list[Link] = []
        self.chosen = ""
        self.link_rows = Rows([tr(name) for name in _LINK_COLUMNS])
        self.outage_rows = Rows([tr(name) for name in _OUTAGE_COLUMNS])
        self.table = Table(desk, self.link_rows, _LINK_WIDTHS, tr("Nothing heard of links yet"), _SPARE)
        self.history = Table(desk, self.outage_rows, _OUTAGE_WIDTHS, tr("Reading …"), _SPARE)
        self.detail = LinkDetail(desk)
        self.summary = Words("", px=15, bold=True)
        self.told = Words("", "muted", 13)
        self.system = button(tr("System page"))
        self.reload = button(tr("Refresh"))
        self._pulses = 0
        self._questions: dict[str, int] = {}
        self._arrange()
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.table.clicked.connect(self._pick)
        self.table.activated.connect(self._pick)
        self.detail.leave_asked.connect(self._leave_safe_mode)
        self.system.clicked.connect(self._go_to_system)
        self.reload.clicked.connect(self.ask_all)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        head.addWidget(self.system)
        column.addLayout(head)
        column.addWidget(self.table, 3)
        column.addWidget(self.detail)
        below = QHBoxLayout()
        below.addWidget(Words(tr("Outages of {days} days", days=DAYS), px=14, bold=True))
        below.addWidget(self.told, 1)
        below.addWidget(self.reload)
        column.addLayout(below)
        column.addWidget(self.history, 2)
        for table in (self.table, self.history):
            table.setMinimumHeight(_LEAST_ROWS * table.verticalHeader().defaultSectionSize())

    # -- what is asked

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask_all()

    def ask_all(self) -> None:
        """Ask the engine how the links are and which outages there were."""
        self._ask("links", {}, self._links_came)
        self._ask("outages", {"days": DAYS}, self._outages_came)

    def pulse(self, lit: bool) -> None:
        self._pulses += 1
        if self._pulses % _LINKS_EVERY == 0:
            self._ask("links", {}, self._links_came)
        if self._pulses % _OUTAGES_EVERY == 0:
            self._ask("outages", {"days": DAYS}, self._outages_came)
        self._show()

    def refresh(self) -> None:
        self._show()

    def ready(self) -> bool:
        return bool(self.links) and self.history.empty != tr("Reading …")

    def dispose(self) -> None:
        for question in self._questions.values():
            self.desk.wire.forget(question)

    def _ask(self, verb: str, args: dict[str, Any], came: Any) -> None:
        if self.desk.mirror.link_down:
            return  # what was told last stays, and says so
        self.desk.wire.forget(self._questions.get(verb, 0))
        self._questions[verb] = self.desk.wire.ask(verb, args, came)

    def _links_came(self, reply: Reply) -> None:
        if reply.ok:
            self.links = msgspec.convert(reply.body, list[Link])
            self._show()

    def _outages_came(self, reply: Reply) -> None:
        self.history.say_empty(tr("No outage in {days} days", days=DAYS) if reply.ok else words.sentence(reply.text))
        if reply.ok:
            self.outage_rows.put([outage_row(one, self.desk) for one in reply.body])
            now = words.clock_time(self.desk.mirror.now_ns(), self.desk.zone)
            self.told.say(tr("{count} in all, as of {time}", count=len(reply.body), time=now))

    # -- what is shown

    def _show(self) -> None:
        self.shown = ordered([window_link(self.desk), *self.links])
        self.link_rows.put([link_row(link, self.desk) for link in self.shown])
        self._make_room()
        bad, notes = (sum(link.state == state for link in self.shown) for state in (BAD, NOTE))
        self.summary.say(_summed_up(bad, notes))
        self.summary.play("bad" if bad else "")
        shown = next((link for link in self.shown if link.id == self.chosen), self.shown[0])
        health = self.desk.mirror.health
        self.detail.show_link(shown, shown.id == "engine" and health is not None and bool(health.safe_mode))
        number = self.shown.index(shown)
        if self.table.currentIndex().row() != number:
            self.table.selectRow(number)

    def _make_room(self) -> None:
        """The links take no more room than their rows need: the rest is for the outages."""
        row, head = self.table.verticalHeader().defaultSectionSize(), self.table.horizontalHeader().sizeHint().height()
        needed = head + len(self.shown) * row + 2 * self.table.frameWidth()
        self.table.setMinimumHeight(min(needed, _LEAST_ROWS * row))
        self.table.setMaximumHeight(needed)

    def _pick(self, index: QModelIndex) -> None:
        if index.row() < len(self.shown):
            self.chosen = self.shown[index.row()].id
            self._show()

    def _go_to_system(self) -> None:
        self.asked.emit(SYSTEM)

    def _leave_safe_mode(self, why: str) -> None:
        self._ask("leave_safe_mode", {"why": why}, self._left)

    def _left(self, reply: Reply) -> None:
        self.detail.answered("" if reply.ok else reply.text)
        self._ask("links", {}, self._links_came)


def _summed_up(bad: int, notes: int) -> str:
    if bad:
        return tr("1 link is broken") if bad == 1 else tr("{count} links are broken", count=bad)
    if notes:
        return tr("1 link wants a look") if notes == 1 else tr("{count} links want a look", count=notes)
    return tr("Every link is as it should be")
