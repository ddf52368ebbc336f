"""What to do about an alarm: the rationalised text of its rule beside the list, and the way to its screen and trend."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms.summary import stands
from hmi.client.banner import AlarmMark
from hmi.client.page import Desk, Words, button
from hmi.core.alarms.rules import Rule
from hmi.link.messages import AlarmRow

WIDTH: Final = 320
_PARTS: Final = (
    "Do this",
    "Cause",
    "If nothing is done",
    "Time to respond",
    "Limit",
    "State",
    "Screen",
    "Class",
    "Alarm id",
)


class Help(QFrame):
    """The help of the alarm that is selected, and what the list had no room for."""

    screen_asked = Signal(str)
    trend_asked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.desk = desk
        self.rule: Rule | None = None
        self._screen = ""
        self.mark = AlarmMark(desk)
        self.title = Words("", px=16, bold=True)
        self.title.setWordWrap(True)
        self.tag = Words("", "muted", 12, elide=True)
        self.parts = {name: Words("", px=13) for name in _PARTS}
        self.jump = button("Go to screen")
        self.jump.clicked.connect(self._jump)
        self.trend = button("Trend")
        self.trend.clicked.connect(self._trend)
        self._arrange()

    def show_alarm(self, rule: Rule, row: AlarmRow, screen: str) -> None:
        """Tell about one alarm; `screen` is where it is at home."""
        self.rule, self._screen = rule, screen
        tag = self.desk.plant.tags[rule.tag]
        self.mark.show_mark(rule.priority, stands(row))
        self.title.say(rule.title or tag.description or rule.id)
        self.tag.say(tag.name)
        told = {
            "Do this": rule.action,
            "Cause": rule.cause,
            "If nothing is done": rule.effect,
            "Limit": self._limit(rule),
            "Time to respond": f"{rule.respond_min:g} min",
            "State": words.STATES.get(row.state, row.state) + (f" by {row.acked_by}" if row.acked_by else ""),
            "Screen": self.desk.plant.screens[screen].title if screen else "",
            "Class": ", ".join(part for part in (rule.class_, rule.consequence, rule.status) if part),
            "Alarm id": rule.id,
        }
        for name, text in told.items():
            self.parts[name].say(text or "–")
        self.jump.setEnabled(bool(screen))
        self.trend.setEnabled(tag.history != "off" and not tag.is_text)

    def _limit(self, rule: Rule) -> str:
        tag = self.desk.plant.tags[rule.tag]
        kind = words.TYPES.get(rule.type, rule.type)
        if rule.type == "bad":
            return "the measurement is bad"
        text = f"{kind} {words.amount(tag, rule.limit)}"
        if rule.deadband:
            text += f", returns {words.amount(tag, rule.deadband)} inside"
        if rule.on_delay_s:
            text += f", after {rule.on_delay_s:g} s"
        return text

    def _jump(self) -> None:
        self.screen_asked.emit(self._screen)

    def _trend(self) -> None:
        if self.rule is not None:
            self.trend_asked.emit((self.rule.tag,))

    def _arrange(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 14)
        outer.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        outer.addLayout(head)
        outer.addWidget(self.tag)
        outer.addWidget(self._texts(), 1)
        row = QHBoxLayout()
        row.addWidget(self.jump, 1)
        row.addWidget(self.trend, 1)
        outer.addLayout(row)

    def _texts(self) -> QScrollArea:
        inside = QWidget()
        texts = QVBoxLayout(inside)
        texts.setContentsMargins(0, 4, 4, 0)
        texts.setSpacing(2)
        for name, told in self.parts.items():
            told.setWordWrap(True)
            texts.addWidget(Words(name, "muted", 12, bold=True))
            texts.addWidget(told)
            texts.addSpacing(8)
        texts.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area
