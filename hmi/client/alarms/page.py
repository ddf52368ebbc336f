"""The alarm list: what stands, in display order, with its help and its acknowledgement."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.client import words
from hmi.client.alarms.help import Help
from hmi.client.alarms.model import PRIORITY, SPARE, WIDTHS, AlarmModel, PriorityDelegate
from hmi.client.alarms.summary import Rollup, Tally, quiet, waits
from hmi.client.marks import PriorityCount
from hmi.client.page import ALARMS, Desk, Page, Words, button
from hmi.client.table import Table
from hmi.client.theme import PRIORITIES
from hmi.link.messages import Reply

TOLD_S: Final = 6.0  # how long an outcome stays readable


class AlarmsPage(Page):
    """Acknowledges what was selected, or what can be seen; never more than can be seen."""

    key = ALARMS
    title = "Alarms"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rollup = Rollup(desk.plant)
        self.model = AlarmModel(desk, self._rollup.home)
        self.table = Table(desk, self.model, WIDTHS, "No alarms", SPARE)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setItemDelegateForColumn(PRIORITY, PriorityDelegate(self.model))
        self.help = Help(desk)
        self.counts = {priority: PriorityCount(priority, desk.theme) for priority in PRIORITIES}
        self.told = Words("", "muted", 13, elide=True)
        self.comment = QLineEdit()
        self.comment.setPlaceholderText("Comment for the journal")
        self.comment.setMaxLength(200)
        self.ack_selected = button("Acknowledge selected", "main")
        self.ack_page = button("Acknowledge page", tip="Every alarm that can be seen in the list now")
        self._seen = (-1, False, -1)
        self._question = 0
        self._told_until = 0.0
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        for made in self.counts.values():
            head.addWidget(made)
        head.addWidget(self.told, 1)
        self.comment.setMinimumWidth(160)
        self.comment.setMaximumWidth(260)
        head.addWidget(self.comment, 1)
        head.addWidget(self.ack_page)
        head.addWidget(self.ack_selected)
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(self.table, 1)
        body.addWidget(self.help)
        self.help.hide()
        column.addLayout(head)
        column.addLayout(body, 1)

    def _connect(self) -> None:
        self.ack_selected.clicked.connect(self.acknowledge_selected)
        self.ack_page.clicked.connect(self.acknowledge_page)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.doubleClicked.connect(self._jump_to_selected)
        self.help.screen_asked.connect(self.asked)
        self.help.trend_asked.connect(self.trend_asked)

    def refresh(self) -> None:
        mirror = self.desk.mirror
        now = (mirror.alarms_version, mirror.link_down, mirror.unjudged())
        if now == self._seen:
            return
        self._seen = now
        self.model.put()
        unknown = mirror.link_down and not mirror.alarms
        self.table.say_empty("Alarms are not known while the engine is away" if unknown else quiet(mirror))
        self._show_counts(True)
        self._allow()

    def pulse(self, lit: bool) -> None:
        self.model.tick(lit)
        self._show_counts(lit)

    def restyle(self) -> None:
        self._show_counts(True)
        self.table.viewport().update()

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)

    def acknowledge_selected(self) -> None:
        """Acknowledge the selected alarms that wait for it."""
        self._acknowledge(sorted({index.row() for index in self.table.selectionModel().selectedRows()}))

    def acknowledge_page(self) -> None:
        """Acknowledge what waits among the rows that can be seen, the half-hidden last one excepted."""
        self._acknowledge(self.visible_rows())

    def visible_rows(self) -> list[int]:
        """Rows that are wholly on screen now."""
        view = self.table.viewport().rect()
        rects = ((row, self.table.visualRect(self.model.index(row, PRIORITY))) for row in range(len(self.model.rows)))
        return [row for row, rect in rects if rect.isValid() and rect.top() >= 0 and rect.bottom() <= view.bottom()]

    def _acknowledge(self, rows: list[int]) -> None:
        ids = [self.model.rule(row).id for row in rows if waits(self.model.rows[row])]
        if not ids:
            self._tell("Nothing here waits for an acknowledgement.")
            return
        args = {"alarms": ids, "comment": self.comment.text().strip()}
        self._tell(f"Acknowledging {words.count(len(ids), 'alarm')} …")
        self._question = self.desk.wire.ask("ack", args, self._acknowledged)

    def _acknowledged(self, reply: Reply) -> None:
        self._tell(words.sentence(reply.text) or ("Acknowledged." if reply.ok else "Not acknowledged."))
        if reply.ok:
            self.comment.clear()

    def _selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self._allow()
        self.help.setVisible(bool(rows))
        if not rows:
            return
        current = self.table.currentIndex()
        row = current.row() if current.isValid() and current in rows else rows[0].row()
        rule = self.model.rule(row)
        self.help.show_alarm(rule, self.model.rows[row], self._rollup.home[rule.index])

    def _jump_to_selected(self) -> None:
        if self.help.rule is not None:
            self.asked.emit(self._rollup.home[self.help.rule.index])

    def select(self, row: int) -> None:
        """Select one row alone."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row, PRIORITY), flags)

    def _allow(self) -> None:
        linked = not self.desk.mirror.link_down
        self.ack_selected.setEnabled(linked and self.table.selectionModel().hasSelection())
        self.ack_page.setEnabled(linked and any(waits(row) for row in self.model.rows))

    def _show_counts(self, lit: bool) -> None:
        summary = self._rollup.summary(self.desk.mirror.alarms)
        for priority, made in self.counts.items():
            tally = summary.by_priority.get(priority, Tally())
            made.show_count(tally.count, tally.standing and (lit or not tally.calling), self.desk.theme)
        if self.desk.clock.monotonic() >= self._told_until:
            total = summary.total
            standing = f"{words.count(total.count, 'alarm')}, {total.waiting} unacknowledged"
            self.told.say(standing if total.count else "")

    def _tell(self, text: str) -> None:
        self.told.say(text)
        self._told_until = self.desk.clock.monotonic() + TOLD_S
