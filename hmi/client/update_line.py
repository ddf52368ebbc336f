"""An update that is prepared at the station, on the System page: what it is, what it waits for, and to agree to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.client import words
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.sentences import said
from hmi.link.messages import Reply

_WINDOW: Final = re.compile(r"(?P<days>.+) (?P<begin>\d\d:\d\d) to (?P<end>\d\d:\d\d)")
_EVERY: Final = 10  # pulses, of half a second, between two looks


class UpdateLine:
    """Asks the engine while the page is in front; `button` is there while an update is prepared, and tells all of it.

    `tell` is given the line of facts. Lives on the Qt thread.
    """

    def __init__(self, desk: Desk, page: QWidget, tell: Callable[[str], None]) -> None:
        self._desk, self._page, self._tell = desk, page, tell
        self._question = self._pulses = 0
        self.told: Mapping[str, Any] = {}
        self.sheet: UpdateSheet | None = None
        self.button = button(tr("Update …"), "", tr("What is prepared here and waits for somebody to agree"))
        self.button.clicked.connect(self.open)
        self.button.hide()

    def pulse(self) -> None:
        """Twice a second while the page is in front."""
        self._pulses += 1
        if self._pulses % _EVERY == 0:
            self.ask()

    def ask(self) -> None:
        """Ask the engine what is prepared."""
        self.dispose()
        self._question = self._desk.wire.ask("update", {}, self._came)

    def dispose(self) -> None:
        """No answer may come any more."""
        self._desk.wire.forget(self._question)

    def open(self) -> None:
        """Tell all of it, and let a person agree."""
        self.sheet = UpdateSheet(self._desk, self._page.parentWidget() or self._page, self.ask)
        self.sheet.closed.connect(self._closed)
        self.sheet.show_told(self.told)

    def _closed(self) -> None:
        self.sheet = None

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            self._tell("–")  # not known: neither that there is none, nor that what was shown is still so
            return
        self.told = told = reply.body if isinstance(reply.body, dict) else {}
        self.button.setVisible(bool(told))
        self._tell(_line(self._desk, told) if told else tr("none"))
        if self.sheet is not None:
            self.sheet.show_told(told)


class UpdateSheet(Overlay):
    """The prepared update, and the way to agree to it in two steps; closes when nothing is prepared any more."""

    def __init__(self, desk: Desk, host: QWidget, again: Callable[[], None]) -> None:
        super().__init__(desk, host, (720, 360) if desk.touch else (640, 300))
        self._again = again
        self._question = 0
        self.told: Mapping[str, Any] = {}
        self.title, self.text, self.said = Words("", px=18, bold=True), Words("", px=14), Words("", "bad", 13)
        self.put = button(tr("Put it into use …"), "main")
        self.agree = button(tr("Agree: put it into use now"), "main")
        self.leaves = button(tr("Close"))
        self._arrange()
        self.open(self.leaves)

    def show_told(self, told: Mapping[str, Any]) -> None:
        """What the engine says now."""
        if not told:
            self.leave()
            return
        if told["to"] != self.told.get("to"):
            self.agree.hide()
            self.said.say("")
        self.told = told
        self.title.say(tr("Update: version {to} is ready", to=told["to"]))
        self.text.say("\n".join(_sentences(self.desk, told)))
        may = bool(told["waits"] and told["may"] and not told["agreed"])
        self.agree.setVisible(may and not self.agree.isHidden())
        self.put.setVisible(may and self.agree.isHidden())

    def leave(self) -> None:
        self.desk.wire.forget(self._question)
        super().leave()

    def _begin(self) -> None:
        self.put.hide()
        self.said.play("")
        self.said.say(tr("The engine stops for some seconds: no alarms and no values meanwhile."))
        self.agree.show()
        self.leaves.setFocus()

    def _send(self) -> None:
        self.agree.hide()
        self.leaves.setFocus()
        self._question = self.desk.wire.ask("update_agree", {"to": self.told["to"]}, self._answered)

    def _answered(self, reply: Reply) -> None:
        self.said.play("" if reply.ok else "bad")
        self.said.say(words.sentence(reply.text))
        self._again()

    def _arrange(self) -> None:
        self.put.clicked.connect(self._begin)
        self.agree.clicked.connect(self._send)
        self.leaves.clicked.connect(self.leave)
        self.agree.hide()
        for one in (self.title, self.text, self.said):
            one.setWordWrap(True)
            self.column.addWidget(one)
        self.column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        for made in (self.leaves, self.put, self.agree):
            row.addWidget(made)
        self.column.addLayout(row)


def _line(desk: Desk, told: Mapping[str, Any]) -> str:
    """All of it in a line that may be cut short."""
    if told["agreed"]:
        return tr("{to} is agreed to, by {name}", to=told["to"], name=told["agreed"])
    if not told["tested_ns"]:
        return tr("{to} is ready", to=told["to"])
    when = words.moment(told["tested_ns"], desk.zone, desk.mirror.now_ns())
    return tr("{to} is ready, tested {when}", to=told["to"], when=when)


def _sentences(desk: Desk, told: Mapping[str, Any]) -> list[str]:
    found = [tr("In use is {over}.", over=told["over"]), _proof(desk, told), _waits(told)]
    if told["held"]:
        found.append(tr("Now it would disturb: {held}.", held=said(str(told["held"]))))
    if told["waits"] and not told["may"] and not told["agreed"]:
        found.append(tr("To agree takes the role {role}.", role=tr(told["role"])))
    return found


def _proof(desk: Desk, told: Mapping[str, Any]) -> str:
    if not told["tested_ns"]:
        return tr("It is signed and for this plant.")
    when = words.moment(told["tested_ns"], desk.zone, desk.mirror.now_ns())
    return tr("Its self-test passed on a copy of the records: {when}.", when=when)


def _waits(told: Mapping[str, Any]) -> str:
    if told["agreed"]:
        return tr("{name} has agreed: it is put into use as soon as nothing is disturbed.", name=told["agreed"])
    if not told["waits"]:
        return tr("Nothing waits for an answer: hmi update --wait at the station prepares it again.")
    if told["window"]:
        text = "It waits for the maintenance window ({window}), or for somebody to agree."
        return tr(text, window=_window(str(told["window"])))
    return tr("It waits for somebody to agree.")


def _window(text: str) -> str:
    """When work on the station is allowed, in the operator's words: sat, sun 02:00 to 04:00."""
    if (parts := _WINDOW.fullmatch(text)) is None:
        return text
    days = ", ".join(tr(day) for day in parts["days"].split(", "))
    return tr("{days} {begin} to {end}", days=days, begin=parts["begin"], end=parts["end"])
