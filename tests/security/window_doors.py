"""Every way to ask for a write in the window: by mouse, by keyboard, by finger, from screen, faceplate, panel and step.

The window is a real one at the running engine. It sees most of what the gate would refuse before it asks, and then
offers no way on: such an attempt ends at the glass, is no request, and stands in no journal.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hmi.client.command import CommandDialog
from hmi.client.commandform import BARRED, CONFIRM, END, SAY
from hmi.client.hold import HoldButton
from hmi.client.page import INSTRUCTIONS
from hmi.client.window import Window
from hmi.clock import MachineClock
from hmi.core.steps.model import Number, Write
from hmi.link.socket import connect
from tests.client.person import Person, opened
from tests.security.doors import WHY, Told
from tests.security.guarded import Guarded, instruction_of

AT_THE_GLASS = "stopped at the glass"
PATIENCE_MS = 30_000


class Room:
    """A window at the engine of the trial, and a person in front of it."""

    def __init__(self, qtbot: Any, plant: Guarded, touch: bool = False) -> None:
        self.qtbot, self.plant, self.touch = qtbot, plant, touch
        data, clock = plant.station.data, MachineClock()
        engine = SimpleNamespace(
            open_link=lambda: connect(data, program="window", user="anna", station="desk", clock=clock), up=False
        )
        self.window: Window = opened(qtbot, engine, clock, touch)  # type: ignore[arg-type]
        self.person = Person(self.window, engine, clock)  # type: ignore[arg-type]
        self.until(lambda: self.window.shell is not None and self.window.wire.mirror is not None)
        self.until(lambda: self.quality("door.speed") == "good")

    @property
    def shell(self) -> Any:
        """What is in the window."""
        return self.window.shell

    def quality(self, tag: str) -> str:
        """How the window shows a tag."""
        from hmi.core import quality as q

        mirror = self.window.wire.mirror
        assert mirror is not None
        return q.word(int(mirror.table.quality[mirror.plant.tag(tag).index]))

    def until(self, wanted: Callable[[], Any]) -> None:
        """Beat until a state is there."""

        def looked() -> bool:
            self.window.frame.beat()
            return bool(wanted())

        self.qtbot.waitUntil(looked, timeout=PATIENCE_MS)

    def close(self) -> None:
        """Go away."""
        self.window.stop()

    # -- what a person does

    def hit(self, widget: Any, at: Any = None) -> None:
        """With the finger at a tablet, else with the mouse."""
        (self.person.tap if self.touch else self.person.click)(widget, at)

    def screen(self) -> Any:
        """The mimic of the trial's screen, in front."""
        self.shell.go("doors")
        return self.shell.page.mimic

    def dialog(self) -> CommandDialog | None:
        """The command that is open, if one is."""
        found = [one for one in self.shell.findChildren(CommandDialog) if one.isVisible()]
        return found[0] if found else None

    def finish(self, value: float) -> Told:
        """Go through the dialog as far as it lets one."""
        dialog = self.dialog()
        assert dialog is not None, "no command has opened"
        try:
            return self._through(dialog, value)
        finally:
            dialog.close()
            self.window.activateWindow()

    def _through(self, dialog: CommandDialog, value: float) -> Told:
        if dialog.steps.currentIndex() == BARRED:
            return Told(False, dialog.barred.text(), AT_THE_GLASS)
        self._say(dialog, value)
        if dialog.steps.currentIndex() == SAY:
            self.hit(dialog.next)
        self.window.frame.beat()
        if dialog.steps.currentIndex() != CONFIRM:
            return Told(False, dialog.complaint.text(), AT_THE_GLASS)
        if not dialog.execute.isEnabled():
            return Told(False, dialog.interlocks.text(), AT_THE_GLASS)
        self._execute(dialog)
        if dialog.steps.currentIndex() != END:
            return Told(False, "Execute did nothing", AT_THE_GLASS)
        self.until(lambda: "Waiting" not in dialog.headline.text())
        return Told(dialog.headline.text() == "Confirmed", dialog.outcome.text())

    def _say(self, dialog: CommandDialog, value: float) -> None:
        if dialog.wish.choices:
            if not dialog.wish.momentary:
                self.hit(dialog.wish.buttons[int(value)])
        elif dialog.wish.pad is not None:
            for digit in f"{value:g}":
                self.hit(dialog.wish.pad.keys[digit])
        else:
            QTest.keyClicks(dialog.entry, f"{value:g}")
        if dialog.steps.currentIndex() == SAY and dialog.why.isVisible():
            if dialog.reasons.buttons:
                self.hit(dialog.reasons.buttons[0])
            else:
                self.hit(dialog.why)
                QTest.keyClicks(dialog.why, WHY)

    def _execute(self, dialog: CommandDialog) -> None:
        if not isinstance(dialog.execute, HoldButton):
            self.hit(dialog.execute)
            return
        self.person.press(dialog.execute)
        self.until(lambda: dialog.steps.currentIndex() != CONFIRM or not dialog.execute.isEnabled())
        self.person.release(dialog.execute)


WindowDoor = Callable[[Room, str, float], Told]


def on_the_screen(room: Room, tag: str, value: float) -> Told:
    """An element of a screen, with the mouse or a finger."""
    room.hit(*room.person.element(room.screen(), write=tag))
    return room.finish(value)


def by_keyboard(room: Room, tag: str, value: float) -> Told:
    """The same, by keys alone: Tab to the element, Enter to open it, Enter to go on, Enter to execute."""
    mimic = room.screen()
    mimic.setFocus()
    for _ in range(3 * len(mimic.compiled.drawn)):
        if mimic._focused is not None and mimic.compiled.drawn[mimic._focused].element.write == tag:
            break
        room.person.key(Qt.Key.Key_Tab)
    room.person.key(Qt.Key.Key_Return)
    dialog = room.dialog()
    assert dialog is not None
    if dialog.steps.currentIndex() == BARRED:
        return room.finish(value)
    room.person.type(f"{value:g}")
    dialog.why.setFocus()
    room.person.type(WHY)
    room.person.key(Qt.Key.Key_Return)
    room.window.frame.beat()
    if dialog.steps.currentIndex() != CONFIRM or not dialog.execute.isEnabled():
        told = Told(False, dialog.complaint.text() or dialog.interlocks.text(), AT_THE_GLASS)
        room.person.key(Qt.Key.Key_Return)  # and once more: it must not help
        assert room.dialog() is None or dialog.steps.currentIndex() != END
        if room.dialog() is not None:
            dialog.close()
        return told
    room.person.key(Qt.Key.Key_Return)
    room.until(lambda: "Waiting" not in dialog.headline.text())
    told = Told(dialog.headline.text() == "Confirmed", dialog.outcome.text())
    dialog.close()
    return told


def on_the_faceplate(room: Room, tag: str, value: float) -> Told:
    """The operate tab of a machine's faceplate."""
    room.screen()
    room.shell.page.faceplate_asked.emit("cell")
    plate = room.shell.above.faceplates.of("cell")
    room.hit(*room.person.element(plate.tabs["operate"].mimic, write=tag))
    try:
        return room.finish(value)
    finally:
        plate.title.leave.click()


def from_the_tag_panel(room: Room, tag: str, value: float) -> Told:
    """The panel of one tag, beside the screen: Command."""
    room.screen()
    room.shell.show_tag(tag)
    room.hit(room.shell.page.side.command)
    return room.finish(value)


def past_the_dialog(room: Room, tag: str, value: float) -> Told:
    """What sends writes for all dialogs, asked directly: a window whose own checks have gone."""
    commands, ended = room.shell.commands, []
    commands.ended.connect(lambda index, outcome, text: ended.append((outcome, text)))
    commands.write(room.window.wire.plant.tag(tag), value, WHY, "everything")
    room.until(lambda: ended)
    return Told(ended[0][0] == "confirmed", ended[0][1])


def past_the_window(room: Room, tag: str, value: float) -> Told:
    """The window's wire itself, with a question that no part of the window would ask."""
    heard: list[Any] = []
    room.window.wire.ask("write", {"tag": tag, "value": value, "why": WHY, "confirmed": True}, heard.append)
    room.until(lambda: heard)
    return Told(heard[0].ok, heard[0].text)


def in_a_step(room: Room, tag: str, value: float) -> Told:
    """The player of work instructions: a number is typed, then Send."""
    room.shell.go(INSTRUCTIONS)
    player, work = room.shell.page.player, room.shell.page.work
    work.start(instruction_of(tag), {})
    room.until(lambda: player.held is not None and isinstance(player.held.step, Number) and player.entry is not None)
    QTest.keyClicks(player.entry.first(), f"{value:g}")
    room.hit(player.main)
    room.until(lambda: isinstance(player.held.step, Write) and not work.waiting(player.held.job.id))
    room.until(player.main.isEnabled)
    answers: list[Any] = []
    work.answered.connect(answers.append)
    room.hit(player.main)
    room.until(lambda: answers)
    work.answered.disconnect(answers.append)
    told = Told(answers[0].ok, answers[0].text, answers[0].code)
    if not told.done:
        gone: list[Any] = []
        work.answered.connect(gone.append)
        work.act(player.held, "abandon", None, "trial")
        room.until(lambda: gone)
        work.answered.disconnect(gone.append)
    work.choose("")
    return told


WINDOW_DOORS: dict[str, WindowDoor] = {
    "window: an element of a screen": on_the_screen,
    "window: keys alone": by_keyboard,
    "window: a faceplate": on_the_faceplate,
    "window: a tag's panel": from_the_tag_panel,
    "window: past the dialog": past_the_dialog,
    "window: past the window": past_the_window,
    "window: a step of an instruction": in_a_step,
}
