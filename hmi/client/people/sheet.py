"""The sheet to sign in on: a name and a password; for a change of shift a PIN, or a badge held to the reader."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hmi.client import words
from hmi.client.language import tr
from hmi.client.logo import Logo
from hmi.client.numberpad import NumberPad
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.people.notice import HEIGHT, OwnersNotice
from hmi.client.people.present import Present
from hmi.link.messages import Reply

KINDS: Final = ("password", "pin", "badge")
_NAMES, _ACROSS = 9, 3  # people to choose from with a finger; others type their names
_TITLES: Final = {"password": "Password", "pin": "PIN", "badge": "Badge"}
_HINTS: Final = {
    "password": "Your password",
    "pin": "Your PIN: it will do where you have signed in with your password in the last twelve hours",
    "badge": "Hold your badge to the reader",
}


class SignIn(Overlay):
    """Closes by itself once somebody is signed in; a password that somebody else gave is changed before."""

    def __init__(self, desk: Desk, host: QWidget, present: Present) -> None:
        wide = host.width() > host.height()
        size = ((860, 620) if wide else (500, 1120)) if desk.touch else (480, 380)
        self.notice = OwnersNotice(desk.plant.people.notice) if desk.plant.people.notice else None
        super().__init__(desk, host, (size[0], size[1] + (HEIGHT if self.notice else 0)))
        self._beside = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._present = present
        self._kind = KINDS[0]
        self.name = QLineEdit()
        self.names = QGridLayout()
        self._buttons: list[QPushButton] = []
        self.secret = QLineEdit()
        self.new = QLineEdit()
        self.again = QLineEdit()
        self.complaint = Words("", "bad", 13)
        self.hint = Words("", "muted", 12)
        self.kinds: dict[str, QPushButton] = {}
        self.go = button(tr("Sign in"), "main")
        self._pad: NumberPad | None = None
        self._gone = False  # an answer may come when the window has been closed over it
        self._arrange()
        self.choose(present.kind)
        self.open(self.name)
        desk.wire.ask("people", {}, self._listed)

    def choose(self, kind: str) -> None:
        """Another way to say who one is."""
        self._kind = kind
        self.kinds[kind].setChecked(True)
        self.name.setVisible(kind != "badge")
        for one in self._buttons:
            one.setVisible(kind != "badge")
        self.hint.say(tr(_HINTS[kind]))
        self.secret.clear()
        self.secret.setAccessibleName(tr(_TITLES[kind]))
        if self._pad is not None:
            self._pad.setVisible(kind == "pin")
        (self.secret if self.name.text() or kind == "badge" else self.name).setFocus()

    def _chosen(self, name: str) -> None:
        self.name.setText(name)
        self.secret.setFocus()

    def send(self) -> None:
        """Ask the engine to let this person in, or to take the new password."""
        self.complaint.say("")
        self.go.setEnabled(False)
        if not self.new.isHidden():
            self._change()
        else:
            self._present.sign_in(self.name.text().strip(), self.secret.text(), self._kind, self._answered)

    def _sign_out(self) -> None:
        self._present.sign_out()
        self.leave()

    def _lock(self) -> None:
        self._present.lock()
        self.leave()

    def _change(self) -> None:
        if self.new.text() != self.again.text():
            self._refused(tr("That was not the same twice"))
            return
        self._present.change_password(self.secret.text(), self.new.text(), self._changed)

    def hideEvent(self, event: QHideEvent) -> None:
        self._gone = True
        super().hideEvent(event)

    def _answered(self, reply: Reply) -> None:
        if self._gone:
            return
        if not reply.ok:
            self._refused(words.sentence(reply.text))
        elif self._present.person is not None and self._present.person["must_change"]:
            self._ask_for_new()
        else:
            self.leave()

    def _changed(self, reply: Reply) -> None:
        if self._gone:
            return
        if reply.ok:
            self.leave()
        else:
            self._refused(words.sentence(reply.text))

    def _refused(self, text: str) -> None:
        self.go.setEnabled(True)
        self.complaint.say(text)
        entry = self.secret if self.new.isHidden() else self.new
        entry.selectAll()
        entry.setFocus()

    def _ask_for_new(self) -> None:
        """The password in use is known to whoever gave it."""
        self.go.setEnabled(True)
        self.go.setText(tr("Change the password"))
        for one in (self.name, self.secret, *self.kinds.values()):
            one.setEnabled(False)
        self.new.show()
        self.again.show()
        self.hint.say(tr("Somebody else gave you this password. Take one that only you know: a sentence you remember"))
        self.new.setFocus()

    def _listed(self, reply: Reply) -> None:
        """The names of those who have an account; whoever types is not disturbed."""
        if self._gone:
            return
        if reply.text:
            self.complaint.say(words.sentence(reply.text))
        rows: list[dict[str, Any]] = reply.body if reply.ok and isinstance(reply.body, list) else []
        for place, one in enumerate(rows[:_NAMES]):
            made = button(str(one["full_name"] or one["name"]), "choice")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, name=str(one["name"]): self._chosen(name))
            self._buttons.append(made)
            self.names.addWidget(made, place // _ACROSS, place % _ACROSS)
        if reply.ok and not rows and not reply.text:
            text = "Nobody has an account here yet: hmi user add NAME --role administer makes the first one"
            self.complaint.say(tr(text))

    def _arrange(self) -> None:
        self.name.setPlaceholderText(tr("Name"))
        self.name.setMaxLength(64)
        self.name.returnPressed.connect(self.secret.setFocus)
        self.name.setAccessibleName(tr("Name"))
        for entry, text in ((self.secret, ""), (self.new, tr("New password")), (self.again, tr("Once more"))):
            entry.setEchoMode(QLineEdit.EchoMode.Password)
            entry.setPlaceholderText(text)
            entry.setAccessibleName(text)
            entry.setMaxLength(256)
        self.new.hide()
        self.again.hide()
        self.secret.returnPressed.connect(self._enter)
        self.new.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._enter)
        self.hint.setWordWrap(True)
        self.complaint.setWordWrap(True)
        body, fields = QBoxLayout(self._beside), QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(Words(tr("Sign in"), px=18, bold=True), 1)
        head.addWidget(Logo(self.desk, 28))
        self.column.addLayout(head)
        if self.notice is not None:
            self.column.addWidget(self.notice)
        self.column.addLayout(body, 1)
        body.addLayout(fields, 1)
        fields.addLayout(self._kinds_row())
        fields.addWidget(self.name)
        fields.addLayout(self.names)
        for one in (self.secret, self.hint, self.new, self.again, self.complaint):
            fields.addWidget(one)
        fields.addStretch(1)
        if self.desk.touch:
            self._pad = NumberPad(self.secret, negative=False, decimals=False)
            for key in "±.":
                self._pad.keys[key].hide()
            body.addWidget(self._pad)
        self.column.addLayout(self._end_row())

    def _kinds_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        group = QButtonGroup(self)
        for kind in KINDS:
            made = button(tr(_TITLES[kind]), "choice")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, kind=kind: self.choose(kind))
            group.addButton(made)
            self.kinds[kind] = made
            row.addWidget(made)
        return row

    def _end_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        leave = button(tr("Cancel"))
        leave.clicked.connect(self.leave)
        self.go.clicked.connect(self.send)
        if self._present.person is not None:
            out = button(tr("Sign out"))
            out.clicked.connect(self._sign_out)
            lock = button(tr("Lock"), "", tr("Lock this station: screens and alarms go on (Ctrl+Shift+L)"))
            lock.clicked.connect(self._lock)
            row.addWidget(out)
            row.addWidget(lock)
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(self.go)
        return row

    def _enter(self) -> None:
        if self.go.isEnabled():
            self.send()
