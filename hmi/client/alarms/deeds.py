"""What a person does to the alarms of the list: acknowledge, reset, keep quiet, with a comment for the journal."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from hmi.client import words
from hmi.client.alarms.list import AlarmList
from hmi.client.alarms.model import AlarmModel
from hmi.client.alarms.quieting import QuietDialog
from hmi.client.alarms.standing import STANDING
from hmi.client.alarms.summary import waits
from hmi.client.command import place_over
from hmi.client.language import tr
from hmi.client.page import Desk, button
from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED
from hmi.link.messages import Reply

_QUIETING = ("shelve", "unshelve", "take_out", "put_back")


class Deeds(QWidget):
    """The buttons below the list; `told` says in words how something ended."""

    told = Signal(str)

    def __init__(self, desk: Desk, model: AlarmModel, table: AlarmList) -> None:
        super().__init__()
        self.desk, self.model, self.table = desk, model, table
        self.comment = QLineEdit()
        self.comment.setPlaceholderText(tr("Comment for the journal"))
        self.comment.setMaxLength(200)
        self.comment.setMinimumWidth(110)
        self.comment.setMaximumWidth(260)
        self.buttons = _buttons()
        self._question = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for name in (*_QUIETING, "reset"):
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        row.addWidget(self.comment, 1)
        row.addWidget(self.buttons["ack_page"])
        row.addWidget(self.buttons["ack"])
        for name in _QUIETING:
            self.buttons[name].setProperty("act", name)
            self.buttons[name].clicked.connect(self._keep_quiet)
        self.buttons["ack"].clicked.connect(self.acknowledge_selected)
        self.buttons["ack_page"].clicked.connect(self.acknowledge_page)
        self.buttons["reset"].clicked.connect(self.reset_selected)

    def acknowledge_selected(self) -> None:
        """Acknowledge the selected alarms that wait for it."""
        self._acknowledge(sorted(self.table.chosen))

    def acknowledge_page(self) -> None:
        """Acknowledge what waits among the lines that can be seen, the half-hidden last one excepted."""
        self._acknowledge(self.table.seen_rules())

    def reset_selected(self) -> None:
        """Release the selected alarms that are latched; the engine refuses those whose cause still stands."""
        self._ask("reset", self._ids("latched-acknowledged"), tr("Nothing here is latched and acknowledged."))

    def _acknowledge(self, rules: list[int]) -> None:
        rows = self.model.standing.rows
        ids = [self.desk.plant.rules[one].id for one in rules if one in rows and waits(rows[one])]
        self._ask("ack", ids, tr("Nothing here waits for an acknowledgement."))

    def _ids(self, state: str) -> list[str]:
        rows = self.model.standing.rows
        chosen = [one for one in sorted(self.table.chosen) if one in rows and rows[one].state == state]
        return [self.desk.plant.rules[one].id for one in chosen]

    def _ask(self, verb: str, ids: list[str], nothing: str) -> None:
        if not ids:
            self.told.emit(nothing)
            return
        self.told.emit(tr("Sent for {count} …", count=len(ids)))
        args = {"alarms": ids, "comment": self.comment.text().strip()}
        self._question = self.desk.wire.ask(verb, args, self._answered)

    def _answered(self, reply: Reply) -> None:
        self.told.emit(words.sentence(reply.text) or tr("Acknowledged" if reply.ok else "Not acknowledged"))
        if reply.ok:
            self.comment.clear()

    def _keep_quiet(self) -> None:
        act = str(self.sender().property("act"))
        rules = [self.desk.plant.rules[one] for one in sorted(self.table.chosen)]
        if rules:
            made = QuietDialog(self.desk, act, rules, self)
            made.ended.connect(self._quieted)
            place_over(made, self.window())

    def _quieted(self, well: bool, text: str) -> None:
        self.told.emit(words.sentence(text))

    def dispose(self) -> None:
        """No answer may come any more."""
        self.desk.wire.forget(self._question)

    def allow(self) -> None:
        """What can be done to what is chosen in the list that is shown."""
        linked, view = not self.desk.mirror.link_down, self.model.view
        some = linked and bool(self.table.chosen)
        shown = {
            "unshelve": view == SHELVED,
            "put_back": view == OUT_OF_SERVICE,
            "take_out": view != OUT_OF_SERVICE,
        }
        for name, made in self.buttons.items():
            made.setVisible(shown.get(name, view == STANDING))
            made.setEnabled(some)
        self.comment.setVisible(view == STANDING)
        self.buttons["reset"].setEnabled(some and bool(self._ids("latched-acknowledged")))
        waiting = any(waits(row) for row in self.model.standing.rows.values())
        self.buttons["ack_page"].setEnabled(linked and waiting)


def _buttons() -> dict[str, QPushButton]:
    return {
        "shelve": button(tr("Shelve …")),
        "unshelve": button(tr("Unshelve …")),
        "take_out": button(tr("Out of service …")),
        "put_back": button(tr("Return to service …")),
        "reset": button(tr("Reset"), "", tr("Release what is latched, once its cause is gone")),
        "ack_page": button(tr("Acknowledge page"), "", tr("Every alarm that can be seen in the list now")),
        "ack": button(tr("Acknowledge selected"), "main", tr("Ctrl+Enter")),
    }
