"""Commanding the plant: everything that will happen is shown before anything is sent, and the end is told in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.commandform import BARRED, CONFIRM, END, SAY, CommandForm
from hmi.client.commands import Commands
from hmi.client.hold import HoldButton
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk
from hmi.client.refusals import barred, complaint, is_growing, judged, refusal
from hmi.core import quality as q
from hmi.core.policy import rules_for
from hmi.core.setting import Unacceptable, exact_value, is_exact, with_unit
from hmi.core.tags import Tag

_HEADLINES: Final = {
    "confirmed": "Confirmed",
    "refused": "Refused: nothing was changed",
    "unknown": "Unknown: check the plant",
}


class CommandDialog(CommandForm):
    """Two steps: say what and why; see old and new side by side and execute. Cancel is always there.

    With touch the second step is a button that has to be held. What it shows as the plant's value is only ever what
    was read from the plant.
    """

    def __init__(self, desk: Desk, commands: Commands, tag: Tag, parent: QWidget | None = None) -> None:
        super().__init__(desk, tag, parent)
        self._commands = commands
        self._value: float | str = 0.0
        self._connect()
        self._begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes one step on, a held Enter no further; Escape leaves."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._enter()

    def refresh(self) -> None:
        """The value on the plant goes on while the dialog is open."""
        quality = int(self.desk.mirror.table.quality[self.tag.index])
        for label, mark in ((self.now, self.mark_now), (self.reading, self.mark_reading)):
            label.say(self._old())
            mark.show_quality(quality, self.desk.theme)
            mark.setVisible(not q.is_good(quality))
        self.pending.say(tr("pending") if self.tag.index in self.desk.mirror.pending else "")
        if self.steps.currentIndex() == CONFIRM:
            self.change.say(f"{self._old()}  →  {self._new()}" if self.tag.access != "w" else f"→  {self._new()}")
            self._judge()

    def proceed(self) -> None:
        """From saying to confirming, when what was said can be sent."""
        try:
            self._value = self.wish.value()
            self._rules = rules_for(self._policies, self._value)
            self._consider()
        except Unacceptable as why:
            self._complain(str(why))
            return
        self._complain("")
        why_text = self.why.text().strip()
        self.reason.say(tr("Why: {why}", why=why_text) if why_text else "")
        self.confirm.say(plant_text(self._rules.confirm))
        self.confirm.setVisible(bool(self._rules.confirm))
        self.confirmed.setVisible(bool(self._rules.confirm))
        self.confirmed.setChecked(False)
        self.second.setVisible(self._rules.second_person)
        self.steps.setCurrentIndex(CONFIRM)
        self.refresh()
        (self.confirmed if self._rules.confirm else self.execute).setFocus()

    def send(self) -> None:
        """Execute: the one place from which the window sends a write."""
        self.headline.say(tr("Sent. Waiting for the controller to confirm …"))
        self.outcome.say(f"{title_of(self.tag)}: {self._new()}")
        self.steps.setCurrentIndex(END)
        second = self.second.take() if self._rules.second_person else None
        self._commands.write(self.tag, self._value, self.why.text().strip(), self._rules.confirm, second)
        self.refresh()

    def _begin(self) -> None:
        why_not = barred(self.desk, self.tag, tuple(map(float, self.wish.choices)))
        self.barred.say(why_not)
        self.steps.setCurrentIndex(BARRED if why_not else SAY)
        if not why_not:
            self.wish.take_focus()
        self.refresh()

    def _enter(self) -> None:
        focused, step = self.focusWidget(), self.steps.currentIndex()
        if step == SAY and isinstance(focused, QPushButton) and focused in self.wish.buttons.values():
            if focused.isChecked():
                self.proceed()
            else:
                focused.click()  # to be seen chosen before it goes on
        elif isinstance(focused, QPushButton) and focused.isVisible():
            if not isinstance(focused, HoldButton):
                focused.click()
        elif step == SAY:
            self.proceed()
        elif step in (END, BARRED):
            self.close()

    def _typed(self) -> None:
        """Wrong input is told with the key that makes it wrong; what is only too short so far, quietly."""
        text = self.entry.text()
        try:
            if text.strip():
                self.wish.value()
        except Unacceptable as why:
            self._complain(str(why), "muted" if is_growing(self.tag, text) else "bad")
            return
        self._complain("")

    def _chose(self) -> None:
        """A choice that needs no reason needs no more words either."""
        self._complain("")
        if not rules_for(self._policies, self.wish.value()).reason:
            self.proceed()

    def _complain(self, text: str, role: str = "bad") -> None:
        self.complaint.play(role)
        self.complaint.say(words.sentence(text))

    def _consider(self) -> None:
        """What the gate would refuse is said before it is asked; it judges all the same."""
        decision = judged(self.desk, self.tag, self._policies, self._value, self.why.text())
        if not decision.allowed and decision.code != "interlock":  # those are shown as they come and go
            raise Unacceptable(refusal(self.desk, self.tag, decision))

    def _judge(self) -> None:
        """What stands against it at this moment: Execute waits for it, and for what is to be confirmed."""
        found = (complaint(interlock, self.desk.mirror.table) for interlock in self._rules.interlocks)
        complaints = [text for text in found if text]
        decision = judged(self.desk, self.tag, self._policies, self._value, self.why.text())
        if complaints:
            told = tr("Blocked: {why}", why="; ".join(complaints))
        elif not decision.allowed:
            told = refusal(self.desk, self.tag, decision)
        else:
            told = tr("No interlock stands against it") if self._rules.interlocks else ""
        self.interlocks.say(told)
        self.interlocks.play("muted" if decision.allowed else "bad")
        self.interlocks.setVisible(bool(told))
        agreed = self.second.is_given or not self._rules.second_person
        confirmed = self.confirmed.isChecked() or not self._rules.confirm
        self.execute.setEnabled(decision.allowed and confirmed and agreed)

    def _ended(self, tag: int, outcome: str, text: str) -> None:
        if tag == self.tag.index and self.steps.currentIndex() == END:
            self.headline.say(tr(_HEADLINES[outcome]))
            self.headline.play("" if outcome == "confirmed" else "bad")
            self.outcome.say(text)
            self.refresh()

    def _old(self) -> str:
        tag, table = self.tag, self.desk.mirror.table
        text = words.value_text(table, tag)
        if text == words.NO_VALUE:
            return text
        if is_exact(tag):
            text = str(exact_value(tag, int(table.raw[tag.index])))
        named = "" if tag.is_text or self.wish.momentary else self.wish.told(float(table.value[tag.index]))
        return named or f"{tr(text) if tag.type == 'bool' else text} {words.unit(tag)}".rstrip()

    def _new(self) -> str:
        if isinstance(self._value, str):
            return f"“{self._value}”"
        named = self.wish.told(self._value)
        if named:
            return named
        return with_unit(self.tag, self._value) if isinstance(self._value, int) else words.amount(self.tag, self._value)

    def _connect(self) -> None:
        self.next.clicked.connect(self.proceed)
        if isinstance(self.execute, HoldButton):
            self.execute.held.connect(self.send)
        else:
            self.execute.clicked.connect(self.send)
        self.confirmed.toggled.connect(self.refresh)
        self.second.changed.connect(self.refresh)
        self.wish.changed.connect(self._typed)
        self.wish.chosen.connect(self._chose)
        self._commands.ended.connect(self._ended)
        self._commands.moved.connect(self.refresh)


def place_over(dialog: QDialog, window: QWidget) -> None:
    """Open a dialog over the middle of the window, and no further out than its edges."""
    dialog.resize(dialog.sizeHint())  # adjustSize() would cut it down to a part of the display
    room = window.rect().translated(window.mapToGlobal(QPoint(0, 0)))
    place = room.center() - QPoint(dialog.width() // 2, dialog.height() // 2)
    dialog.move(max(room.left(), place.x()), max(room.top(), place.y()))
    dialog.open()
