"""What to do about an alarm: the rationalised text of its rule beside the list, and the ways on from it."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms import own
from hmi.client.alarms.belongings import Belongings
from hmi.client.alarms.limits import limit_text
from hmi.client.alarms.served import help_texts, origin
from hmi.client.alarms.summary import stands
from hmi.client.alarms.tenminutes import TenMinutes
from hmi.client.banner import AlarmMark
from hmi.client.language import plant_text, tr
from hmi.client.mimic.quality import is_hidden
from hmi.client.page import Desk, Words, button
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.sayings import rate
from hmi.core.alarms.station import is_own
from hmi.core.tags import Tag
from hmi.link.messages import AlarmRow, Reply

WIDTH: Final = 340
_LOW_PX: Final = 420  # of it, where it lies below the list
_FREE: Final = 16_777_215  # Qt's own largest
PARTS: Final = (
    "Kept by a server",
    "Just now",
    "Do this",
    "Time to respond",
    "Cause",
    "If nothing is done",
    "State",
    "Condition",
    "Severity",
    "Occurrence",
    "Comment",
    "Last told",
    "Why it is so",
    "Limit",
    "Basis of the limit",
    "Suppressed while",
    "Screen",
    "Class",
    "Alarm id",
)
_ELSEWHERE: Final = ("Time to respond", "Why it is so")  # parts that are told at other times
_NS: Final = 1e9
_LONG_MIN: Final = 240  # beyond it nobody reckons in minutes


class Help(QFrame):
    """The help of the alarm that is chosen, and what the list had no room for."""

    screen_asked = Signal(str)
    trend_asked = Signal(object)
    faceplate_asked = Signal(str)
    instruction_asked = Signal(str, str, str)  # its id, that of the machine, that of the alarm

    def __init__(self, desk: Desk, belongings: Belongings) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.lie(False)
        self.desk, self.belongings = desk, belongings
        self.rule: Rule | None = None
        self._row: AlarmRow | None = None
        self._question = 0
        self.mark = AlarmMark(desk)
        self.title = Words("", px=16, bold=True)
        self.title.setWordWrap(True)
        self.tag = Words("", "muted", 12, elide=True)
        self.parts = {name: Words("", px=13) for name in PARTS}
        self.heads = {name: Words(tr(name), "muted", 12, bold=True) for name in PARTS}
        self.lately = TenMinutes(desk)
        self.jump = button(tr("Go to screen"))
        self.trend = button(tr("Trend"))
        self.faceplate = button(tr("Faceplate"))
        self.instruction = button(tr("Instruction"))
        self._arrange()
        self.jump.clicked.connect(self._jump)
        self.trend.clicked.connect(self._trend)
        self.faceplate.clicked.connect(self._faceplate)
        self.instruction.clicked.connect(self._instruction)

    def lie(self, below: bool) -> None:
        """Below the list it is as wide as that and not high, beside it the other way round; the rest is scrolled to."""
        self.setMinimumWidth(0 if below else WIDTH)
        self.setMaximumSize(*((_FREE, _LOW_PX) if below else (WIDTH, _FREE)))

    def show_alarm(self, rule: Rule, row: AlarmRow) -> None:
        """Tell about one alarm as it stands."""
        is_other = self.rule is None or rule.id != self.rule.id
        moved = is_other or self._row is None or row.state != self._row.state
        self.rule, self._row = rule, row
        tag = self.desk.plant.tags[rule.tag] if rule.tag >= 0 else None
        self.mark.show_mark(0 if is_hidden(row) else rule.priority, stands(row))
        self.title.say(self.belongings.title_of(rule.index))
        self.tag.say(tag.name if tag else own.place_title() if is_own(rule) else origin(row))
        texts = self._texts(rule, row) if row.condition is None else help_texts(self.desk, row)
        for name in PARTS:
            if name not in _ELSEWHERE:
                self._tell(name, texts.get(name, ""))
        self.refresh()
        if moved:
            self._explain()
        if is_other:
            self.lately.setVisible(tag is not None)
            if tag is not None:
                self.lately.show_tag(tag)
            self._allow(rule, tag)

    def refresh(self) -> None:
        """Time goes on: how long there is left to respond."""
        if self.rule is not None and self._row is not None:
            self._tell("Time to respond", self._time_left(self.rule, self._row))
            self.lately.refresh()

    def restyle(self) -> None:
        """The theme has changed."""
        self.lately.strip.update()

    def dispose(self) -> None:
        """No answer may come any more."""
        self.desk.wire.forget(self._question)
        self.lately.dispose()

    def _texts(self, rule: Rule, row: AlarmRow) -> dict[str, str]:
        home = self.belongings.home[rule.index]
        parts = (own.class_of(rule.class_), tr(rule.consequence) if rule.consequence else "", tr(rule.status))
        return {
            "Just now": own.note_of(row),
            "Do this": own.text_of(rule, rule.action) or "–",
            "Cause": own.text_of(rule, rule.cause) or "–",
            "If nothing is done": own.text_of(rule, rule.effect) or "–",
            "Limit": self._limit(rule),
            "Basis of the limit": plant_text(rule.basis),
            "Suppressed while": rule.suppress_when,
            "State": self._state(row),
            "Screen": plant_text(self.desk.plant.screens[home].title) if home else "",
            "Class": ", ".join(part for part in parts if part),
            "Alarm id": rule.id,
        }

    def _tell(self, name: str, text: str) -> None:
        self.parts[name].say(text)
        for label in (self.heads[name], self.parts[name]):
            label.setVisible(bool(text))

    def _time_left(self, rule: Rule, row: AlarmRow) -> str:
        """How long there is to respond, and while it stands, how much of that is left."""
        if not rule.respond_min:
            return "" if row.condition is not None else tr("not known")
        whole = tr("{minutes} min", minutes=f"{rule.respond_min:g}")
        if rule.respond_min > _LONG_MIN:
            whole = words.age(rule.respond_min * 60)
        if not stands(row) or is_hidden(row) or not row.raised_ns:
            return whole
        left = rule.respond_min * 60 - (self.desk.mirror.now_ns() - row.raised_ns) / _NS
        if left < 0:
            return tr("{whole}: over for {age}", whole=whole, age=words.age(-left))
        return tr("{whole}: {left} left", whole=whole, left=words.age(math.ceil(left)))

    def _state(self, row: AlarmRow) -> str:
        state = tr(words.STATES.get(row.state, row.state))
        if row.acked_by and not is_hidden(row):
            state = tr("{state} by {name}", state=state, name=row.acked_by)
        if is_hidden(row):
            until = words.moment(row.quiet_until_ns, self.desk.zone, self.desk.mirror.now_ns())
            ends = tr("until {time}", time=until) if row.quiet_until_ns else ""
            permit = tr("permit {permit}", permit=row.permit) if row.permit else ""
            state = " · ".join(part for part in (state, ends, row.quiet_by, row.quiet_why, permit) if part)
        return f"{state} · {tr('cannot be evaluated')}" if row.cannot_evaluate else state

    def _limit(self, rule: Rule) -> str:
        if is_own(rule):
            return tr("after {seconds} s", seconds=f"{rule.on_delay_s:g}") if rule.on_delay_s else ""
        tag = self.desk.plant.tags[rule.tag]
        if rule.type == "bad":
            return tr("the measurement is bad")
        kind = tr(words.TYPES.get(rule.type, rule.type))
        amount = limit_text(self.desk.mirror.table, rule)
        if rule.type == "rate":
            amount = f"{rate(rule):g} {words.unit(tag)}/{rule.per}"
        text = " ".join(part for part in (kind, amount) if part)
        if rule.deadband and rule.type != "rate":
            text += tr(", returns {amount} inside", amount=words.amount(tag, rule.deadband))
        if rule.on_delay_s:
            text += tr(", after {seconds} s", seconds=f"{rule.on_delay_s:g}")
        return text

    def _explain(self) -> None:
        """Whatever keeps an alarm quiet or held is explained by the engine, with the values that have a say."""
        assert self.rule is not None and self._row is not None
        self.desk.wire.forget(self._question)
        self._tell("Why it is so", "")
        if is_hidden(self._row) or self._row.cannot_evaluate or self.rule.suppress_when:
            self._question = self.desk.wire.ask("explain", {"alarm": self.rule.id}, self._explained)

    def _explained(self, reply: Reply) -> None:
        lines = reply.body if reply.ok and isinstance(reply.body, list) else [reply.text]
        self._tell("Why it is so", "\n".join(str(line) for line in lines))

    def _allow(self, rule: Rule, tag: Tag | None) -> None:
        self.jump.setEnabled(bool(self.belongings.home[rule.index]))
        self.trend.setEnabled(tag is not None and tag.history != "off" and not tag.is_text)
        self.faceplate.setEnabled(bool(self.belongings.machine[rule.index]))
        self.instruction.setEnabled(f"instructions/{rule.instruction}.md" in self.desk.plant.texts)

    def _jump(self) -> None:
        if self.rule is not None:
            self.screen_asked.emit(self.belongings.home[self.rule.index])

    def _trend(self) -> None:
        if self.rule is not None:
            self.trend_asked.emit((self.rule.tag,))

    def _faceplate(self) -> None:
        if self.rule is not None:
            self.faceplate_asked.emit(self.belongings.machine[self.rule.index])

    def _instruction(self) -> None:
        if self.rule is not None:
            machine = self.belongings.machine[self.rule.index]
            self.instruction_asked.emit(self.rule.instruction, machine, self.rule.id)

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
        area, texts = self._scrolled_texts()
        outer.addWidget(area, 1)
        ways = QGridLayout()
        ways.setSpacing(6)
        for place, made in enumerate((self.jump, self.faceplate, self.trend, self.instruction)):
            ways.addWidget(made, place // 2, place % 2)
        if self.desk.touch:  # large buttons would leave no room for what is to be read
            texts.insertLayout(texts.count() - 1, ways)
        else:
            outer.addLayout(ways)

    def _scrolled_texts(self) -> tuple[QScrollArea, QVBoxLayout]:
        inside = QWidget()
        texts = QVBoxLayout(inside)
        texts.setContentsMargins(0, 2, 4, 0)
        texts.setSpacing(1)
        for place, (name, told) in enumerate(self.parts.items()):
            told.setWordWrap(True)
            self.heads[name].setContentsMargins(0, 7 if place else 0, 0, 0)
            texts.addWidget(self.heads[name])
            texts.addWidget(told)
            if name == "If nothing is done":
                texts.addSpacing(8)
                texts.addWidget(self.lately)
        texts.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area, texts
