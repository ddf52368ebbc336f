"""The revisions of an instruction: what has changed, how far it has come, and the signatures that release it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.instructions.diffview import DiffView
from hmi.client.instructions.wording import title_of
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.style import target_px
from hmi.core.steps.diff import changed, compared
from hmi.core.steps.model import Instruction, Procedure
from hmi.link.messages import Reply

JUDGE_S: Final = 30.0  # a password takes its time, and others may be judged before it
_SIZE: Final = (1200, 940)
_ACTS: Final = {"review": "Sign as reviewed …", "release": "Release …", "withdraw": "Withdraw …"}
_POSSIBLE: Final = {
    "draft": ("review", "withdraw"),
    "reviewed": ("release", "withdraw"),
    "released": ("withdraw",),
    "withdrawn": ("review",),
}
STATES: Final = {"draft": "draft", "reviewed": "reviewed", "released": "released", "withdrawn": "withdrawn"}


class Revisions(Overlay):
    """Compares what the plant's files say with what this station has kept; `signed` once somebody has signed."""

    signed = Signal()

    def __init__(self, desk: Desk, host: QWidget, name: str) -> None:
        super().__init__(desk, host, _SIZE)
        self.instruction: Instruction = desk.plant.instructions[name]
        self.row: dict[str, Any] = {}
        self.kept: list[dict[str, Any]] = []
        self.now: Procedure | None = None
        self._act = ""
        self._gone = False  # an answer may come when it has been closed
        title = tr("Revisions: {title}", title=title_of(self.instruction))
        self.title = Words(title, px=22, bold=True, elide=True)
        self.stand = Words("", px=15, bold=True)
        self.stand.setWordWrap(True)
        self.older = QComboBox()
        self.older.setAccessibleName(tr("Compare with"))
        self.older.setMinimumHeight(target_px(desk.touch))
        self.view = DiffView(desk, host)
        self.told = Words("", "bad", 15)
        self.told.setWordWrap(True)
        self.name, self.secret, self.why = QLineEdit(), QLineEdit(), QLineEdit()
        self.acts: dict[str, QPushButton] = {act: button(tr(text)) for act, text in _ACTS.items()}
        self.sign, self.cancel = button(tr("Sign"), "main"), button(tr("Cancel"))
        self.close_ = button(tr("Close"))
        self._arrange()
        self._connect()
        self.closed.connect(self._leave)
        self.open(self.older)
        self.ask()

    def ask(self) -> None:
        """Ask the engine how it stands, and what was kept."""
        wire, name = self.desk.wire, self.instruction.id
        wire.ask("instructions", {}, self._take_rows)
        wire.ask("instruction_now", {"instruction": name}, self._take_now)
        wire.ask("instruction_revisions", {"instruction": name}, self._take_kept)

    def compare(self, place: int) -> None:
        """Show what differs from one of the revisions that were kept."""
        if 0 <= place < len(self.kept):
            row = self.kept[place]
            self.desk.wire.ask("procedure", {"key": row["key"]}, partial(self._take_before, row))

    def choose(self, act: str) -> None:
        """Begin to sign; "" no longer."""
        self._act = act
        self.told.say("")
        for one in (self.name, self.secret, self.sign, self.cancel):
            one.setVisible(bool(act))
        self.why.setVisible(act == "withdraw")
        possible = _POSSIBLE.get(str(self.row.get("release", "")), ())
        for name, one in self.acts.items():
            one.setVisible(not act and name in possible)
        if act:
            self.name.setText(self.desk.who if self.desk.present is not None and self.desk.present.person else "")
            (self.secret if self.name.text() else self.name).setFocus()
        self._fit()

    def put_name_under(self) -> None:
        """Send the signature: name and password, both each time, under the text as it was read."""
        args = {
            "instruction": self.instruction.id,
            "act": self._act,
            "digest": str(self.row.get("digest", "")),
            "name": self.name.text().strip(),
            "secret": self.secret.text(),
            "why": self.why.text().strip(),
        }
        self.secret.clear()
        self.sign.setEnabled(False)
        self.desk.wire.ask("instruction_sign", args, self._answered, JUDGE_S)

    def _answered(self, reply: Reply) -> None:
        if self._gone:
            return
        self.sign.setEnabled(True)
        if reply.ok:
            self.why.clear()
            self.choose("")
            self.signed.emit()
            self.ask()
        self.told.play("" if reply.ok else "bad")
        self.told.say(reply.text)

    def _take_rows(self, reply: Reply) -> None:
        if self._gone or not reply.ok:
            return
        found = (row for row in reply.body if row["id"] == self.instruction.id)
        self.row = next(found, {})
        self.stand.say(self._stands())
        if not self._act:
            told = self.told.whole
            self.choose("")
            self.told.say(told)

    def _take_now(self, reply: Reply) -> None:
        if self._gone:
            return
        if not reply.ok:
            self.told.say(reply.text)
            return
        self.now = msgspec.convert(reply.body, Procedure)
        self.compare(self.older.currentIndex())

    def _take_kept(self, reply: Reply) -> None:
        if self._gone or not reply.ok:
            return
        self.kept = list(reply.body)
        self.older.clear()
        self.older.addItems([self._called(row) for row in self.kept])
        self.older.setEnabled(bool(self.kept))
        other = (place for place, row in enumerate(self.kept) if row["digest"] != self.row.get("digest"))
        self.older.setCurrentIndex(next(other, 0))
        self.compare(self.older.currentIndex())
        if not self.kept:
            self.view.show_differences([])
            self.told.play("")
            self.told.say(tr("Never carried out or signed at this station: there is nothing to compare it with"))

    def _take_before(self, row: dict[str, Any], reply: Reply) -> None:
        if self._gone or self.now is None or not reply.ok:
            return
        before = msgspec.convert(reply.body, Procedure)
        found = compared(before, self.now)
        after = tr("Revision {number} of the plant's files", number=self.now.revision)
        self.view.show_differences(found, self._called(row), after)
        if not changed(found):
            self.view.show_differences([], self._called(row), tr("The same"))

    def _called(self, row: dict[str, Any]) -> str:
        signed = row["signed"][-1] if row["signed"] else None
        said = f"{tr(STATES[signed['state']])}: {signed['name']}" if signed else tr("kept for a job")
        when = words.source_time(int(row["time_ns"]), self.desk.zone)[:16]
        return f"{tr('revision {number}', number=row['revision'])} · {when} · {said}"

    def _stands(self) -> str:
        """How far the text has come, and by whom."""
        row = self.row
        parts = [
            tr("revision {number}", number=row.get("revision", "")),
            tr(STATES.get(str(row.get("release", "")), "draft")),
            tr("reviewed by {name}", name=row["reviewed_by"]) if row.get("reviewed_by") else "",
            tr("released by {name}", name=row["released_by"]) if row.get("released_by") else "",
            str(row.get("on", "")),
            str(row.get("why", "")),
        ]
        return " · ".join(part for part in parts if part)

    def _connect(self) -> None:
        self.older.activated.connect(self.compare)
        self.sign.clicked.connect(self.put_name_under)
        self.cancel.clicked.connect(self._cancel)
        self.close_.clicked.connect(self.leave)
        self.secret.returnPressed.connect(self.put_name_under)
        for act, one in self.acts.items():
            one.setProperty("act", act)
            one.clicked.connect(self._chosen)

    def _chosen(self) -> None:
        self.choose(str(self.sender().property("act")))

    def _cancel(self) -> None:
        self.choose("")

    def _leave(self) -> None:
        self._gone = True

    def _arrange(self) -> None:
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        for field, text in ((self.name, tr("Name")), (self.secret, tr("Password")), (self.why, tr("Why?"))):
            field.setPlaceholderText(text)
            field.setAccessibleName(text)
            field.setMaxLength(300)
            field.setMinimumWidth(120)
            field.hide()
        head = QHBoxLayout()
        head.addWidget(Words(tr("Compare with"), "muted", 14))
        head.addWidget(self.older, 1)
        signing = QHBoxLayout()
        signing.setSpacing(8)
        for field in (self.why, self.name, self.secret):
            signing.addWidget(field, 1)
        foot = QHBoxLayout()
        for one in self.acts.values():
            foot.addWidget(one)
            one.hide()
        foot.addStretch(1)
        for one in (self.close_, self.cancel, self.sign):
            foot.addWidget(one)
        self.cancel.hide()
        self.sign.hide()
        column: QVBoxLayout = self.column
        column.addWidget(self.title)
        column.addWidget(self.stand)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.told)
        column.addLayout(signing)
        column.addLayout(foot)
