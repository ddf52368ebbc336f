"""What came from the plant server and waits: one thing after the other, until a person agrees to it or does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.sentences import said
from hmi.core.policy import LONGEST_REASON
from hmi.link.messages import Reply


class Arrived(Overlay):
    """The oldest thing that waits, with who published it, why, and who vouches for it; closes when nothing waits."""

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__(desk, host, (720, 440) if desk.touch else (640, 340))
        self.waiting: list[Mapping[str, Any]] = []
        self.title, self.what = Words("", px=18, bold=True), Words("", px=15, bold=True, elide=True)
        self.facts, self.complaint = Words("", px=14), Words("", "bad", 13)
        self.why = QLineEdit()
        self.agree = button(tr("Agree"), "main")
        self.refuse = button(tr("Do not use"))
        self._question = 0
        self._arrange()
        self.open(self.why)
        self._ask()

    def leave(self) -> None:
        self.desk.wire.forget(self._question)
        super().leave()

    def decide(self, accept: bool) -> None:
        """Say so to the engine, which knows who may."""
        why = self.why.text().strip()
        if not accept and not why:
            self.complaint.say(tr("Say why: whoever published it wants to know"))
            self.why.setFocus()
            return
        self._enable(False)
        args = {"id": int(self.waiting[0]["id"]), "accept": accept, "why": why}
        self._question = self.desk.wire.ask("inbox_decide", args, self._decided)

    def _decided(self, reply: Reply) -> None:
        if not reply.ok:
            self._enable(True)
            self.complaint.say(words.sentence(reply.text))
            return
        self.why.clear()
        self._ask()

    def _ask(self) -> None:
        self._enable(False)
        self._question = self.desk.wire.ask("inbox", {}, self._came)

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            self.complaint.say(words.sentence(reply.text))
            return
        self.waiting = [row for row in reply.body if row["state"] == "waiting"]
        if self.waiting:
            self._show(self.waiting[0])
        else:
            self.leave()

    def _show(self, row: Mapping[str, Any]) -> None:
        self._enable(True)
        self.complaint.say("")
        count = len(self.waiting)
        self.title.say(tr("From the plant server") if count == 1 else tr("From the plant server, 1 of {n}", n=count))
        version = tr("plant files, version {version}", version=row["version"])
        kind = version if row["kind"] == "plant" else tr("orders")
        self.what.say(f"{words.sentence(kind)} · {row['name']}")
        signed = row["signed_by"]
        vouched = (
            tr("Signed with the key {key}", key=signed) if signed else tr("Signed by nobody whom this station trusts")
        )
        lines = [tr("Published by {user}", user=row["by"]), row["why"], vouched, words.sentence(said(row["said"]))]
        self.facts.say("\n".join(line for line in lines if line))

    def _enable(self, on: bool) -> None:
        self.agree.setEnabled(on)
        self.refuse.setEnabled(on)

    def _arrange(self) -> None:
        for told in (self.facts, self.complaint):
            told.setWordWrap(True)
        self.why.setPlaceholderText(tr("Why, for the journal"))
        self.why.setAccessibleName(tr("Why"))
        self.why.setMaxLength(LONGEST_REASON)
        for part in (self.title, self.what, self.facts, self.why, self.complaint):
            self.column.addWidget(part)
        self.column.addStretch(1)
        row = QHBoxLayout()
        close = button(tr("Close"))
        close.clicked.connect(self.leave)
        self.agree.clicked.connect(self._agree)
        self.refuse.clicked.connect(self._refuse)
        row.addStretch(1)
        for one in (close, self.refuse, self.agree):
            row.addWidget(one)
        self.column.addLayout(row)

    def _agree(self) -> None:
        self.decide(True)

    def _refuse(self) -> None:
        self.decide(False)
