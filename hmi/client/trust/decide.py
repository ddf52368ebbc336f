"""The sheet on which an administrator decides: what it means is said, the fingerprint compared, the reason given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.theme import font
from hmi.client.trust.words import in_groups
from hmi.core.policy import LONGEST_REASON
from hmi.link.messages import Reply

TITLES: Final = {
    "accept": "Trust this server",
    "refuse": "Refuse this server",
    "remove": "Forget this certificate",
    "renew": "Make a new certificate for this station",
    "use": "Put the new certificate into use",
}
_MEANS: Final = {
    "accept": "The engine will talk to whoever proves to own this certificate. Compare the whole fingerprint with what "
    "the server or its engineering tool shows, not over this network.",
    "refuse": "The engine will never talk to whoever shows this certificate, even where its issuer is trusted.",
    "remove": "It is forgotten: at the next connect the server is unknown again, and nothing comes from it until "
    "somebody decides.",
    "renew": "It is not used yet: every server must be told to trust it first, beside the present one.",
    "use": "From the next connect on it is the station's. A server that does not trust it yet refuses the station.",
}


class Decide(Overlay):
    """One decision; `done` gets what became of it, in words. Closes itself when it was done."""

    def __init__(
        self, desk: Desk, host: QWidget, act: str, facts: Mapping[str, Any], done: Callable[[str], None]
    ) -> None:
        super().__init__(desk, host, (720, 480) if desk.touch else (640, 400))
        self.act, self._facts, self._done = act, facts, done
        self.why = QLineEdit()
        self.compared = button(tr("I have compared the whole fingerprint"), "", checkable=True)
        self.complaint = Words("", "bad", 13)
        self.go = button(tr(TITLES[act]), "main")
        self._question = 0
        self._arrange()
        self.open(self.compared if act == "accept" else self.why)

    def send(self) -> None:
        """Ask the engine; what is wanted first is said."""
        why = self.why.text().strip()
        if self.act == "accept" and not self.compared.isChecked():
            self.complaint.say(tr("Compare the fingerprint first: whoever shows it will be believed"))
            return
        if not why:
            self.complaint.say(tr("Say why: the journal keeps it with your name"))
            self.why.setFocus()
            return
        self.go.setEnabled(False)
        args = {"act": self.act, "fingerprint": str(self._facts.get("fingerprint", "")), "why": why}
        self._question = self.desk.wire.ask("certificate", args, self._answered)

    def leave(self) -> None:
        self.desk.wire.forget(self._question)
        super().leave()

    def _answered(self, reply: Reply) -> None:
        if reply.ok:
            self._done(words.sentence(reply.text))
            self.leave()
            return
        self.go.setEnabled(True)
        self.complaint.say(words.sentence(reply.text))

    def _arrange(self) -> None:
        means = Words(tr(_MEANS[self.act]), px=14)
        for told in (means, self.complaint):
            told.setWordWrap(True)
        self.why.setPlaceholderText(tr("Why, for the journal"))
        self.why.setAccessibleName(tr("Why"))
        self.why.setMaxLength(LONGEST_REASON)
        self.why.returnPressed.connect(self.send)
        self.compared.setVisible(self.act == "accept")
        self.column.addWidget(Words(tr(TITLES[self.act]), px=18, bold=True))
        if self._facts:
            self.column.addWidget(Words(str(self._facts["name"]), px=15, bold=True, elide=True))
            mark = Words(in_groups(str(self._facts["fingerprint"])), px=15)
            mark.setFont(font(16, bold=True))
            mark.setAccessibleName(tr("Fingerprint (SHA-256)"))
            self.column.addWidget(mark)
        for part in (means, self.compared, self.why, self.complaint):
            self.column.addWidget(part)
        self.column.addStretch(1)
        row = QHBoxLayout()
        cancel = button(tr("Cancel"))
        cancel.clicked.connect(self.leave)
        self.go.clicked.connect(self.send)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        self.column.addLayout(row)
