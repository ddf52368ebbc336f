"""The alarms tab: how every alarm of the machine stands, what to do about it, and its acknowledgement."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms.summary import calls, stands, urgency, waits
from hmi.client.banner import AlarmMark
from hmi.client.faceplate.tab import Tab, scrolled
from hmi.client.language import plant_text, tr
from hmi.client.marks import draw_priority
from hmi.client.mimic.quality import alarm_mark, is_hidden
from hmi.client.page import Desk, Words, button
from hmi.client.theme import font
from hmi.core.alarms.rules import Rule
from hmi.link.messages import AlarmRow, Reply

_TOLD_S: Final = 6.0
_HELP: Final = (("Do this", "action"), ("Cause", "cause"), ("If nothing is done", "effect"))


class LineMark(AlarmMark):
    """The symbol of an alarm, grey while it is normal, or the letter of what keeps it quiet in a dashed grey box."""

    letter = ""
    normal = 0  # the priority of an alarm that is normal

    def show_row(self, rule: Rule, row: AlarmRow | None, lit: bool) -> None:
        """Draw how an alarm stands."""
        mark = None if row is None else alarm_mark((rule.index,), {rule.index: row}, self.desk.plant.rules)
        now = ("" if mark is None else mark.badge, rule.priority if row is None else 0)
        if now != (self.letter, self.normal):
            self.letter, self.normal = now
            self.update()
        if row is None or self.letter:
            self.show_mark(0, True)
        else:
            self.show_mark(rule.priority, stands(row) and (lit or not calls(row)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A letter where something keeps the alarm quiet, else its symbol."""
        if not self.letter and not self.normal:
            super().paintEvent(event)
            return
        painter, colour = QPainter(self), self.desk.theme.colour("shelved")
        if self.normal:
            draw_priority(painter, QRectF(self.rect()), self.normal, self.desk.theme, faint=True)
            painter.end()
            return
        painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DashLine))
        painter.drawRect(self.rect().adjusted(2, 2, -3, -3))
        painter.setPen(self.desk.theme.colour("text"))
        painter.setFont(font(12, bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.letter)
        painter.end()


class AlarmLine(QFrame):
    """One alarm: its mark, title and state; opened, what it is about and what to do."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, rule: Rule) -> None:
        super().__init__()
        self.desk, self.rule = desk, rule
        self.mark = LineMark(desk, 22)
        tag = desk.plant.tags[rule.tag]
        self.title = Words(plant_text(rule.title or tag.description or rule.id), px=13, bold=True)
        self.state = Words("", "muted", 12)
        for told in (self.title, self.state):
            told.setWordWrap(True)
        self.help: QWidget | None = None  # made when it is first wanted: a machine has dozens of alarms
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._arrange()

    @property
    def is_open(self) -> bool:
        """Whether its help is shown."""
        return self.help is not None and not self.help.isHidden()

    def open(self, wanted: bool) -> None:
        """Show its help, or hide it."""
        if wanted and self.help is None:
            self.help = self._made_help()
            self._column.addWidget(self.help)
        if self.help is not None:
            self.help.setVisible(wanted)
        self.update()

    def refresh(self, lit: bool) -> None:
        """Tell how it stands now."""
        row = self.desk.mirror.alarms.get(self.rule.index)
        self.mark.show_row(self.rule, row, lit)
        self.state.say(self._told(row))
        self.setAccessibleName(
            f"{self.title.whole}, {tr('priority {priority}', priority=self.rule.priority)}, {self.state.whole}"
        )

    def _told(self, row: AlarmRow | None) -> str:
        mirror = self.desk.mirror
        if row is None:
            return tr("Not known: the engine is away") if mirror.link_down else tr("Normal")
        parts = [tr(words.STATES.get(row.state, row.state))]
        if is_hidden(row):
            if row.quiet_until_ns:
                parts.append(tr("until {time}", time=self._moment(row.quiet_until_ns)))
            parts += [part for part in (row.quiet_by, row.quiet_why) if part]
        elif row.raised_ns:
            parts.append(tr("since {time}", time=self._moment(row.raised_ns)))
        if row.cannot_evaluate:
            parts.append(tr("cannot be evaluated"))
        return " · ".join(parts)

    def _moment(self, ns: int) -> str:
        return words.moment(ns, self.desk.zone, self.desk.mirror.now_ns())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.desk.theme
        box = QRectF(self.rect())
        if self.is_open:
            painter.fillRect(box, theme.colour("raised"))
            painter.fillRect(QRectF(0, 0, 3, box.height()), theme.colour("accent"))
        painter.fillRect(QRectF(0, box.height() - 1, box.width(), 1), theme.colour("grid"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -2))
        painter.end()

    def _arrange(self) -> None:
        outer = self._column = QVBoxLayout(self)
        outer.setContentsMargins(12, 8 if self.desk.touch else 5, 12, 8 if self.desk.touch else 5)
        outer.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.state)
        row.addLayout(texts, 1)
        outer.addLayout(row)

    def _made_help(self) -> QWidget:
        made = QWidget()
        inner = QVBoxLayout(made)
        inner.setContentsMargins(32, 0, 0, 4)
        inner.setSpacing(1)
        for name, part in _HELP:
            told = Words(plant_text(getattr(self.rule, part)) or "–", px=13)
            told.setWordWrap(True)
            inner.addWidget(Words(tr(name), "muted", 12, bold=True))
            inner.addWidget(told)
            inner.addSpacing(4)
        return made


class MachineAlarms(Tab):
    """Standing alarms first, in display order; the one that is open can be acknowledged, and no other."""

    title = "Alarms"

    def __init__(self, desk: Desk, rules: tuple[Rule, ...]) -> None:
        super().__init__(desk)
        self.lines = {rule.index: AlarmLine(desk, rule) for rule in rules}
        self.told = Words("", "muted", 12, elide=True)
        self.ack = button(tr("Acknowledge"), "main")
        self.open: AlarmLine | None = None
        self._order: list[int] = []
        self._seen: tuple[int, bool] | None = None
        self._lit = True
        self._question = 0
        self._told_until = 0.0
        self._arrange()

    def _arrange(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for line in self.lines.values():
            line.chosen.connect(self.choose)
            self._column.addWidget(line)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolled(inside), 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 8, 6)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.ack)
        outer.addLayout(foot)
        self.ack.clicked.connect(self.acknowledge)

    def refresh(self) -> None:
        mirror = self.desk.mirror
        now = (mirror.alarms_version, mirror.link_down)
        if now != self._seen:
            first, self._seen = self._seen is None, now
            self._sort()
            self._show()
            if first:
                self._open_first()

    def pulse(self, lit: bool) -> None:
        self._lit = lit
        self._show()
        if self._told_until and self.desk.clock.monotonic() >= self._told_until:
            self._told_until = 0.0
            self.told.say("")

    def restyle(self) -> None:
        self._show()

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)

    def choose(self, line: AlarmLine) -> None:
        """Open an alarm and close the one before; choosing it again closes it."""
        before, self.open = self.open, None if line is self.open else line
        for one in (before, self.open):
            if one is not None:
                one.open(one is self.open)
        self._allow()

    def acknowledge(self) -> None:
        """Acknowledge the alarm that is open."""
        if self.open is not None:
            self._tell(tr("Acknowledging …"))
            args = {"alarms": [self.open.rule.id], "comment": ""}
            self._question = self.desk.wire.ask("ack", args, self._acknowledged)

    def _acknowledged(self, reply: Reply) -> None:
        self._tell(words.sentence(reply.text) or tr("Acknowledged" if reply.ok else "Not acknowledged"))

    def _tell(self, text: str) -> None:
        self.told.say(text)
        self._told_until = self.desk.clock.monotonic() + _TOLD_S

    def _sort(self) -> None:
        """What stands comes first; lines are only moved when the order is another one."""
        rules, alarms = self.desk.plant.rules, self.desk.mirror.alarms
        known = [index for index in self.lines if index in alarms]
        standing = sorted(known, key=lambda i: (is_hidden(alarms[i]), urgency(rules[i], alarms[i])))
        order = standing + [i for i in self.lines if i not in alarms]
        if order != self._order:
            self._order = order
            for place, index in enumerate(order):
                self._column.insertWidget(place, self.lines[index])

    def _open_first(self) -> None:
        """Whoever comes to look while something stands wants to know what to do."""
        row = self.desk.mirror.alarms.get(self._order[0]) if self._order else None
        if row is not None and not is_hidden(row):
            self.choose(self.lines[self._order[0]])

    def _show(self) -> None:
        for line in self.lines.values():
            line.refresh(self._lit)
        self._allow()

    def _allow(self) -> None:
        mirror = self.desk.mirror
        row = None if self.open is None else mirror.alarms.get(self.open.rule.index)
        self.ack.setEnabled(row is not None and waits(row) and not mirror.link_down)
