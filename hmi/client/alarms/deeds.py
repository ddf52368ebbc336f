"""What a person does to the alarms of the list: acknowledge, reset, keep quiet, with a comment for the journal."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from hmi.client import words
from hmi.client.alarms.list import AlarmList
from hmi.client.alarms.model import AlarmModel
from hmi.client.alarms.quieting import QuietDialog
from hmi.client.alarms.standing import STANDING
from hmi.client.alarms.summary import waits
from hmi.client.command import place_over
from hmi.client.flow import Flow
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
        row = Flow(self)
        for name in (*_QUIETING, "reset", "confirm"):
            row.addWidget(self.buttons[name])
        row.addStretch()
        row.addWidget(self.comment)
        row.addWidget(self.buttons["ack_page"])
        row.addWidget(self.buttons["ack"])
        for name in _QUIETING:
            self.buttons[name].setProperty("act", name)
            self.buttons[name].clicked.connect(self._keep_quiet)
        self.buttons["ack"].clicked.connect(self.acknowledge_selected)
        self.buttons["ack_page"].clicked.connect(self.acknowledge_page)
        self.buttons["reset"].clicked.connect(self.reset_selected)
        self.buttons["confirm"].clicked.connect(self.confirm_selected)

    def acknowledge_selected(self) -> None:
        """Acknowledge the selected alarms that wait for it."""
        self._acknowledge(sorted(self.table.chosen))

    def acknowledge_page(self) -> None:
        """Acknowledge what waits among the lines that can be seen, the half-hidden last one excepted."""
        self._acknowledge(self.table.seen_rules())

    def reset_selected(self) -> None:
        """Release the selected alarms that are latched; the engine refuses those whose cause still stands."""
        self._ask("reset", self._ids("latched-acknowledged"), tr("Nothing here is latched and acknowledged."))

    def confirm_selected(self) -> None:
        """Tell the servers of the selected conditions that somebody has dealt with their causes."""
        self._ask("confirm", self._to_confirm(), tr("Nothing here waits for a confirmation."))

    def _acknowledge(self, rules: list[int]) -> None:
        rows = self.model.standing.rows
        ids = [self.desk.mirror.rules[one].id for one in rules if one in rows and waits(rows[one])]
        self._ask("ack", ids, tr("Nothing here waits for an acknowledgement."))

    def _ids(self, state: str) -> list[str]:
        rows = self.model.standing.rows
        own = [one for one in sorted(self.table.chosen) if one in rows and rows[one].condition is None]
        chosen = [one for one in own if rows[one].state == state]
        return [self.desk.mirror.rules[one].id for one in chosen]

    def _to_confirm(self) -> list[str]:
        rows = (self.model.standing.rows.get(one) for one in sorted(self.table.chosen))
        return [row.condition.id for row in rows if row is not None and row.condition and row.condition.confirm]

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
        rules = [self.desk.mirror.rules[one] for one in sorted(self.table.chosen)]
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
        to_confirm = some and view == STANDING and bool(self._to_confirm())
        shown = {
            "unshelve": view == SHELVED,
            "put_back": view == OUT_OF_SERVICE,
            "take_out": view != OUT_OF_SERVICE,
            "confirm": to_confirm,
        }
        enabled = {
            "reset": some and bool(self._ids("latched-acknowledged")),
            "ack_page": linked and self.model.standing.waiting(),
        }
        for name, made in self.buttons.items():  # once each: a button that flickers has everything laid out anew
            made.setVisible(shown.get(name, view == STANDING))
            made.setEnabled(enabled.get(name, some))
        self.comment.setVisible(view == STANDING)


def _buttons() -> dict[str, QPushButton]:
    return {
        "shelve": button(tr("Shelve …")),
        "unshelve": button(tr("Unshelve …")),
        "take_out": button(tr("Out of service …")),
        "put_back": button(tr("Return to service …")),
        "reset": button(tr("Reset"), "", tr("Release what is latched, once its cause is gone")),
        "confirm": button(tr("Confirm"), "", tr("Say to its server that the cause was dealt with")),
        "ack_page": button(tr("Acknowledge page"), "", tr("Every alarm that can be seen in the list now")),
        "ack": button(tr("Acknowledge selected"), "main", tr("Ctrl+Enter")),
    }
