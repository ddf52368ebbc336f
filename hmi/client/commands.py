"""Writes under way: sent, pending, and ended as the engine says; the dialog that asks for them is `command`."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hmi.client import words
from hmi.client.page import Desk
from hmi.core.tags import Tag
from hmi.link.messages import Reply

OUTCOMES: Final = ("confirmed", "refused", "unknown")
_WRITE_S: Final = 10.0
_AGREED_S: Final = 30.0  # a password takes its time


def outcome_of(reply: Reply) -> str:
    """confirmed, refused or unknown; an answer that does not say is taken at its word."""
    body = reply.body if isinstance(reply.body, dict) else {}
    outcome = str(body.get("outcome", ""))
    return outcome if outcome in OUTCOMES else "confirmed" if reply.ok else "refused"


class Commands(QObject):
    """Sends writes and remembers them until the engine tells how they ended; outlives the dialogs that ask for them."""

    ended = Signal(int, str, str)  # tag index, outcome, text
    moved = Signal()  # the plant has: an open dialog shows it

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._questions: dict[int, int] = {}  # tag -> number of the question about it

    def write(
        self, tag: Tag, value: float | str, why: str, confirmed: str = "", second: dict[str, str] | None = None
    ) -> None:
        """Send one write, with the text that was confirmed and who else agreed; the tag is pending until the answer."""
        self.desk.mirror.set_pending(tag.index, True)
        done = partial(self._end, tag.index)
        self._questions[tag.index] = 0
        args: dict[str, Any] = {"tag": tag.name, "value": value, "why": why} | (
            {"confirmed": confirmed} if confirmed else {}
        )
        if second is not None:
            args["second"] = second
        number = self.desk.wire.ask("write", args, done, _WRITE_S if second is None else _AGREED_S)
        if tag.index in self._questions:
            self._questions[tag.index] = number

    def dispose(self) -> None:
        """The window's desk is cleared: no answer may come any more."""
        for number in self._questions.values():
            self.desk.wire.forget(number)
        self._questions.clear()

    def _end(self, tag: int, reply: Reply) -> None:
        self._questions.pop(tag, None)
        self.desk.mirror.set_pending(tag, False)
        self.ended.emit(tag, outcome_of(reply), words.sentence(reply.text))


def ask_command(desk: Desk, commands: Commands, tag: Tag, asker: QWidget) -> None:
    """Open the dialog that asks what a tag shall be set to, over the window of whoever asks."""
    from hmi.client.command import CommandDialog, place_over  # read in when somebody commands something

    place_over(CommandDialog(desk, commands, tag, asker), asker.window())
