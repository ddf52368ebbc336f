"""The interlocks tab: what keeps the machine from working, in words, with the values that it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hmi.client.choices import title_of, words_of
from hmi.client.faceplate.facts import BLOCKS, FULFILLED, UNKNOWN, Condition, standing
from hmi.client.faceplate.reading import Reading
from hmi.client.faceplate.tab import Tab, draw_standing, scrolled
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words
from hmi.core import quality as q

_ORDER: Final = (BLOCKS, UNKNOWN, FULFILLED)
_WORDS: Final = {BLOCKS: "Blocks", UNKNOWN: "Not known", FULFILLED: "Fulfilled"}


class Mark(QWidget):
    """How a condition stands, by shape."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self._state = desk, ""
        self.setFixedSize(22, 22)

    def show_state(self, state: str) -> None:
        """Draw another state."""
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_standing(painter, QRectF(self.rect()), self._state, self.desk)
        painter.end()


class ConditionLine(QFrame):
    """One condition: how it stands, what is to be done where it blocks, its values now, and what it is for."""

    def __init__(self, desk: Desk, condition: Condition, labels: Mapping[int, str]) -> None:
        super().__init__()
        self.desk, self.condition = desk, condition
        self.state = ""
        self.mark = Mark(desk)
        self.headline = Words("", px=13, bold=True)
        self.values = Words("", px=13)
        self.commands = Words(self._told_commands(), "muted", 12)
        self._inputs = list(condition.interlock.needs.inputs)
        self._readings = [Reading(desk, desk.plant.tags[index], labels) for index in self._inputs]
        self._seen: list[int] = []
        for told in (self.headline, self.values, self.commands):
            told.setWordWrap(True)
        self._arrange()
        self.refresh()

    def refresh(self) -> None:
        """Judge it as the values are now, if they are others."""
        seen = self.desk.mirror.table.version[self._inputs].tolist()
        if self.state and seen == self._seen:
            return
        self._seen = seen
        self.state, reason = standing(self.condition, self.desk.mirror.table)
        blocked = plant_text(self.condition.interlock.blocked)
        self.mark.show_state(self.state)
        told = tr(_WORDS[self.state])
        if self.state == UNKNOWN:
            told = tr("Not known, so it blocks: {reason}", reason=tr(reason))
        self.headline.say(f"{told} · {blocked}" if self.state == BLOCKS else told)
        self.values.say("\n".join(self._told(reading) for reading in self._readings))
        self.setAccessibleName(f"{self.headline.whole}. {self.values.whole}")

    def _told(self, reading: Reading) -> str:
        doubt = "" if q.is_good(reading.quality) else f" ({tr(q.word(reading.quality))})"
        return f"{reading.name}: {reading.text()}{doubt}"

    def _told_commands(self) -> str:
        plant, told = self.desk.plant, []
        for command in self.condition.commands:
            tag = plant.tags[command.tag]
            named = words_of(plant, tag) if command.values is not None else {}
            chosen = [named[int(value)] for value in sorted(command.values or ()) if int(value) in named]
            told.append(f"{title_of(tag)} ({', '.join(chosen)})" if chosen else title_of(tag))
        return tr("For: {commands}", commands=", ".join(told)) if told else tr("For the whole machine")

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 7)
        row.setSpacing(10)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        for told in (self.headline, self.values, self.commands):
            texts.addWidget(told)
        row.addLayout(texts, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self.desk.theme.colour("grid"))
        painter.end()


class Interlocks(Tab):
    """Every condition of the machine and its commands; what blocks comes first."""

    title = "Interlocks"

    def __init__(self, desk: Desk, conditions: tuple[Condition, ...], labels: Mapping[int, str]) -> None:
        super().__init__(desk)
        self.lines = [ConditionLine(desk, condition, labels) for condition in conditions]
        self.summary = Words("", px=13, bold=True)
        self._order: list[ConditionLine] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(6)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.addWidget(self.summary)
        outer.addLayout(head)
        outer.addWidget(scrolled(inside), 1)
        self.refresh()

    def refresh(self) -> None:
        for line in self.lines:
            line.refresh()
        order = sorted(self.lines, key=lambda line: _ORDER.index(line.state))
        if order != self._order:
            self._order = order
            for place, line in enumerate(order):
                self._column.insertWidget(place, line)
        against = sum(line.state != FULFILLED for line in self.lines)
        count = len(self.lines)
        self.summary.say(
            tr("{against} of {count} conditions stand against it", against=against, count=count)
            if against
            else tr("Every condition is fulfilled")
        )

    def restyle(self) -> None:
        for line in self.lines:
            line.mark.update()
            line.update()
