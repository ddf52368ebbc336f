"""What is known of one tag: value, quality in words, times, alarms; opened by picking it on a screen."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms.limits import limit_now, limit_text
from hmi.client.banner import AlarmMark
from hmi.client.choices import states_of
from hmi.client.drag import drag, is_far
from hmi.client.language import plant_text, tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words, button
from hmi.client.theme import font
from hmi.core import quality as q
from hmi.core.alarms.rules import Rule
from hmi.core.setting import is_writable
from hmi.core.tags import Tag

WIDTH: Final = 320


class Scale(QWidget):
    """One horizontal scale with the normal range, the alarm limits and the value on it."""

    def __init__(self, desk: Desk, tag: Tag, rules: list[Rule]) -> None:
        super().__init__()
        self.desk, self.tag = desk, tag
        found = [(limit_now(desk.mirror.table, rule), rule.priority) for rule in rules]
        self._limits = [(limit, priority) for limit, priority in found if math.isfinite(limit)]
        values = [limit for limit, _ in self._limits] + [one for one in (tag.low, tag.high) if one is not None]
        self.low, self.high = (min(values), max(values)) if values else (0.0, 0.0)
        self._value = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(self.high > self.low)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 40, 48)

    def show_value(self, value: float) -> None:
        """Move the pointer."""
        if value != self._value:
            self._value = value
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.desk.theme
        track = QRectF(8, 14, self.width() - 16, 10)
        painter.fillRect(track, theme.colour("grid"))
        rising = [limit for limit, _ in self._limits if limit > (self.low + self.high) / 2]
        falling = [limit for limit, _ in self._limits if limit <= (self.low + self.high) / 2]
        left, right = self._x(max(falling, default=self.low)), self._x(min(rising, default=self.high))
        painter.fillRect(QRectF(left, track.top(), right - left, track.height()), theme.colour("normal"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(track)
        for limit, _ in self._limits:
            x = self._x(limit)
            painter.setPen(QPen(theme.colour("line"), 2))
            painter.drawLine(QPointF(x, track.top() - 4), QPointF(x, track.bottom() + 4))
        painter.setPen(theme.colour("muted"))
        painter.setFont(font(11))
        places = words.decimals(self.tag)
        below = QRectF(8, 30, self.width() - 16, 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, words.number(self.low, places))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, words.number(self.high, places))
        if math.isfinite(self._value):
            x = self._x(min(max(self._value, self.low), self.high))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("value"))
            painter.drawPolygon(QPolygonF([QPointF(x, 14), QPointF(x - 6, 3), QPointF(x + 6, 3)]))
        painter.end()

    def _x(self, value: float) -> float:
        return 8 + (self.width() - 16) * (value - self.low) / (self.high - self.low)


class _AlarmLine(QWidget):
    """One alarm of the tag: its mark, what it is about, its limit and how it stands."""

    def __init__(self, desk: Desk, rule: Rule, tag: Tag) -> None:
        super().__init__()
        self.rule, self.mark = rule, AlarmMark(desk, 22)
        self.what = Words("", px=13, elide=True)
        self.state = Words("", "muted", 12, elide=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self.mark)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.what)
        texts.addWidget(self.state)
        row.addLayout(texts, 1)

    def refresh(self, desk: Desk) -> None:
        row = desk.mirror.alarms.get(self.rule.index)
        self.mark.show_mark(self.rule.priority, row is not None)
        limit = "" if self.rule.type == "bad" else limit_text(desk.mirror.table, self.rule)
        self.what.say(words.sentence(f"{tr(words.TYPES.get(self.rule.type, self.rule.type))} {limit}".rstrip()))
        self.state.say(tr("Normal") if row is None else tr(words.STATES.get(row.state, row.state)))


class TagPanel(QFrame):
    """The side panel of one tag; `closed` when it is sent away, `trend_asked` and `commanded` carry the tag."""

    closed = Signal()
    trend_asked = Signal(object)
    commanded = Signal(str)

    def __init__(self, desk: Desk, tag: Tag) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setFixedWidth(WIDTH)
        self.desk, self.tag = desk, tag
        self._pressed = QPoint()
        self._states = {} if tag.is_text else states_of(desk.plant, tag)
        rules = [rule for rule in desk.plant.rules if rule.tag == tag.index]
        self.value = Words("", "value", 30, bold=True)
        self.mark = QualityMark(desk.theme, 18)
        self.quality = Words("", px=13)
        self.quality.setWordWrap(True)
        self.scale = Scale(desk, tag, rules)
        self.age, self.source = Words(), Words()
        self.lines = [_AlarmLine(desk, rule, tag) for rule in rules]
        self.trend = button(tr("Trend, last 10 minutes"))
        self.trend.clicked.connect(self._ask_trend)
        self.trend.setEnabled(tag.history != "off" and not tag.is_text)
        self.command = button(tr("Command …"), "main")
        self.command.clicked.connect(self._ask_command)
        self.command.setVisible(is_writable(tag))
        self.leave = button("×", "flat", tr("Close"))
        self.leave.clicked.connect(self.closed)
        self._arrange()
        self.refresh()

    def refresh(self) -> None:
        """Tell what the mirror knows now."""
        tag, table = self.tag, self.desk.mirror.table
        quality = int(table.quality[tag.index])
        self.value.say(self._value_now())
        self.mark.show_quality(quality, self.desk.theme)
        self.mark.setVisible(not q.is_good(quality))
        reason = tr(q.reason(quality))
        if bool(q.is_bad(quality)) and table.received[tag.index]:
            last = words.value_text(table, tag, last=True)
            value = f"{last} {words.unit(tag)}".rstrip()
            reason += "" if last == words.NO_VALUE else f"; {tr('the last value was {value}', value=value)}"
        if tag.index in self.desk.mirror.pending:
            reason = f"{tr('a command is under way')}; {reason}"
        self.quality.say(words.sentence(reason))
        good = math.nan if bool(q.is_bad(quality)) else float(table.value[tag.index])
        self.scale.show_value(good)
        for line in self.lines:
            line.refresh(self.desk)
        self.pulse()

    def _value_now(self) -> str:
        """A state in the words that the screens have for it, anything else as it reads."""
        table, tag = self.desk.mirror.table, self.tag
        value = float(table.value[tag.index])
        if tag.is_text or math.isnan(value) or bool(q.is_bad(int(table.quality[tag.index]))):
            return words.value_text(table, tag)
        return self._states.get(int(value)) or words.value_text(table, tag)

    def pulse(self) -> None:
        """Ages grow."""
        age = self.desk.mirror.age_s(self.tag.index)
        self.age.say(tr("{age} ago", age=words.age(age)) if math.isfinite(age) else tr("never"))
        self.source.say(words.source_time(int(self.desk.mirror.table.time[self.tag.index]), self.desk.zone))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The tag can be dragged to a trend."""
        if event.buttons() & Qt.MouseButton.LeftButton and is_far(self._pressed, event.position().toPoint()):
            drag(self, [self.tag.name])

    def _ask_trend(self) -> None:
        self.trend_asked.emit((self.tag.index,))

    def _ask_command(self) -> None:
        self.commanded.emit(self.tag.name)

    def _arrange(self) -> None:
        tag = self.tag
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 12, 16)
        column.setSpacing(6)
        head = QHBoxLayout()
        title = Words(plant_text(tag.description) or tag.name, px=16, bold=True)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        head.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(Words(tag.name, "muted", 12, elide=True))
        column.addSpacing(8)
        reading = QHBoxLayout()
        reading.setSpacing(8)
        reading.addWidget(self.value)
        reading.addWidget(Words(words.unit(tag), "muted", 16), 0, Qt.AlignmentFlag.AlignBottom)
        reading.addStretch(1)
        column.addLayout(reading)
        column.addWidget(self.scale)
        quality = QHBoxLayout()
        quality.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        quality.addWidget(self.quality, 1)
        column.addLayout(quality)
        column.addSpacing(8)
        column.addLayout(self._facts())
        if self.lines:
            column.addSpacing(12)
            column.addWidget(Words(tr("Alarms"), "muted", 12, bold=True))
            for line in self.lines:
                column.addWidget(line)
        column.addStretch(1)
        column.addWidget(self.command)
        column.addWidget(self.trend)

    def _facts(self) -> QGridLayout:
        tag = self.tag
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        origin = tag.connection or tr("derived")
        facts = (("Changed", self.age), ("Source time", self.source), ("From", Words(origin, elide=True)))
        for row, (name, told) in enumerate((*facts, ("Address", Words(tag.address, elide=True)))):
            grid.addWidget(Words(tr(name), "muted"), row, 0)
            grid.addWidget(told, row, 1)
        return grid
