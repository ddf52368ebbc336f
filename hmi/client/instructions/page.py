"""The page of work instructions: queue, player and machine side by side on a workstation, one at a time on a tablet."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.client.instructions.beside import Beside
from hmi.client.instructions.live import tags_of
from hmi.client.instructions.player import Player
from hmi.client.instructions.queue import Queue
from hmi.client.instructions.work import Answer, work_of
from hmi.client.language import tr
from hmi.client.page import INSTRUCTIONS, Desk, Page, Words, panel

_QUEUE_PX: Final = 440
_BOTH_PX: Final = 1000  # from this width on queue and player stand side by side
_THREE_PX: Final = 1160  # and from this on the machine stands beside them
_NARROW_PX: Final = 360  # of the queue then
_PLAYER, _BESIDE = 5, 4  # shares of the rest


class InstructionsPage(Page):
    """What is open and due, and the job that is being done."""

    key = INSTRUCTIONS
    title = "Instructions"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.work = work_of(desk)
        self.queue = Queue(desk, self.work)
        self.player = Player(desk, self.work, self)
        self.nothing = Words(tr("Choose a job that is open, or an instruction to start one"), "muted", 16)
        self.nothing.setWordWrap(True)
        self.side, self.main = QWidget(), panel()
        side = QVBoxLayout(self.side)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.queue)
        inside = QVBoxLayout(self.main)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self.nothing)
        inside.addWidget(self.player, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.side)
        row.addWidget(self.main, _PLAYER)
        self.beside = Beside(desk)
        row.addWidget(self.beside, _BESIDE)
        for mine, theirs in ((self.asked, self.beside.asked), (self.picked, self.beside.picked)):
            theirs.connect(mine)
        self.beside.commanded.connect(self.commanded)
        self.beside.faceplate_asked.connect(self.faceplate_asked)
        self.queue.job_chosen.connect(self.work.choose)
        self.queue.instruction_chosen.connect(self._ask_instruction)
        self.queue.orders.waiting_asked.connect(self._ask_arrived)
        self.player.left.connect(self._leave)
        self.player.asked.connect(self._go)
        self.work.moved.connect(self._moved)
        self.work.started.connect(self._moved)
        self.work.answered.connect(self._answered)
        self._fit()

    def tags(self) -> NDArray[Any]:
        """Those of the step, and of the machine where that stands beside it."""
        step = self.player.held.step if self.player.held is not None and self.work.chosen else None
        found = {tag.index for tag in tags_of(self.desk, step)} if step is not None else set()
        return np.array(sorted(found | (self.beside.tags() if self.beside.isVisible() else set())), np.intp)

    def refresh(self) -> None:
        self.work.refresh()
        self.player.refresh()
        self.beside.refresh()

    def pulse(self, lit: bool) -> None:
        self.player.pulse()
        self.player.refresh()
        if who := self.work.waits_for(""):  # a job that somebody began while the link was away
            self.nothing.say(
                tr("Kept, but not sent: {name} has to sign in, so that it counts under that name", name=who)
            )
        self.beside.refresh()

    def restyle(self) -> None:
        self.player.forget()
        self.beside.restyle()
        self._fit()

    def ready(self) -> bool:
        return bool(self.work.due) or not self.desk.plant.instructions

    def dispose(self) -> None:
        self.player.dispose()
        self.beside.dispose()
        self.work.moved.disconnect(self._moved)
        self.work.started.disconnect(self._moved)
        self.work.answered.disconnect(self._answered)
        self.work.listed.disconnect(self.queue.fill)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Both side by side where there is room; else the player alone while a job is chosen."""
        both, chosen = self.width() >= _BOTH_PX and not self.desk.touch, bool(self.work.chosen)
        three = both and chosen and self.width() >= _THREE_PX
        held = self.work.held.get(self.work.chosen) if three else None
        three = self.beside.show_job(held, (self.width() - _NARROW_PX) * _BESIDE // (_PLAYER + _BESIDE)) and three
        self.beside.setVisible(three)
        self.side.setVisible(both or not chosen)
        self.side.setFixedWidth(_NARROW_PX if three else _QUEUE_PX) if both else self.side.setMaximumWidth(16_777_215)
        self.main.setVisible(both or chosen)
        self.nothing.setVisible(not chosen)
        self.player.setVisible(chosen)
        self.player.back.setVisible(not both)
        if chosen:
            self.player.show_job()

    def _moved(self, job: str) -> None:
        if job in ("", self.work.chosen):
            self._fit()

    def _answered(self, answer: Answer) -> None:
        if not answer.job and not answer.ok:
            self.nothing.say(answer.text)
            self._fit()

    def _leave(self) -> None:
        self.work.choose("")

    def _go(self, kind: str, name: str) -> None:
        """Where a link in a text leads, inside of the plant."""
        if kind == "screen" and name in self.desk.plant.screens:
            self.asked.emit(name)
        elif kind == "equipment" and name in self.desk.plant.equipment:
            self.faceplate_asked.emit(name)
        elif kind == "instruction":
            self._ask_instruction(name)

    def _ask_arrived(self) -> None:
        from hmi.client.arrived import Arrived

        # What was agreed to is listed at once: the count of what waits may be the same again by then.
        Arrived(self.desk, self.parentWidget() or self).closed.connect(self.work.read)

    def _ask_instruction(self, name: str) -> None:
        self.instruction_asked.emit(name, "", "")
