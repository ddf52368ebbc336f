"""The strip at the bottom, always there: how many alarms of each priority, and the one to look at first."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms.summary import Summary, Tally, calls, quiet, stands
from hmi.client.language import plant_text, tr
from hmi.client.marks import PriorityCount, draw_priority
from hmi.client.page import Desk, Words, button
from hmi.client.style import target_px
from hmi.client.theme import PRIORITIES
from hmi.link.messages import AlarmRow, Reply

_TOLD_S = 6.0  # how long the outcome of an acknowledgement stays readable


class AlarmMark(QWidget):
    """The symbol of the top alarm, blinking while nobody has answered it."""

    def __init__(self, desk: Desk, size: int = 28) -> None:
        super().__init__()
        self.desk, self._priority, self._filled = desk, 0, True
        self.setFixedSize(size, size)

    def show_mark(self, priority: int, filled: bool) -> None:
        """Priority 0 shows nothing."""
        if (priority, filled) != (self._priority, self._filled):
            self._priority, self._filled = priority, filled
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._priority:
            painter = QPainter(self)
            draw_priority(painter, QRectF(self.rect()), self._priority, self.desk.theme, self._filled)
            painter.end()


class Banner(QFrame):
    """Counts, the most important unacknowledged alarm with its age, and its Ack button; a click opens the list."""

    opened = Signal()
    silenced = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.desk = desk
        self.setFixedHeight(target_px(True) + 8 if desk.touch else 56)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Open the alarm list (F5)"))
        self.counts = {priority: PriorityCount(priority, desk.theme) for priority in PRIORITIES}
        self.mark = AlarmMark(desk)
        self.headline = Words("", px=15, bold=True, elide=True)
        self.detail = Words("", "muted", 12, elide=True)
        self.age = Words("", px=13)
        self.told = Words("", "muted", 13)
        self.ack = button(tr("Acknowledge"), "main", tr("Acknowledge this alarm (F8)"))
        self.ack.setCursor(Qt.CursorShape.ArrowCursor)
        self.ack.clicked.connect(self.acknowledge)
        self.silence = button(tr("Silence"), tip=tr("Stop the horn: alarms stay as they are (F4)"))
        self.silence.setCursor(Qt.CursorShape.ArrowCursor)
        self.silence.clicked.connect(self.silenced)
        self.silence.hide()
        self._summary = Summary()
        self._told_until = 0.0
        self._question = 0
        self._arrange()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        for made in self.counts.values():
            row.addWidget(made)
        row.addSpacing(8)
        row.addWidget(self.mark)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addStretch(1)
        texts.addWidget(self.headline)
        texts.addWidget(self.detail)
        texts.addStretch(1)
        row.addLayout(texts, 1)
        row.addWidget(self.told)
        row.addWidget(self.age)
        row.addWidget(self.silence)
        row.addWidget(self.ack)

    def show_alarms(self, summary: Summary, lit: bool) -> None:
        """Tell what stands now."""
        self._summary = summary
        theme = self.desk.theme
        for priority, made in self.counts.items():
            tally = summary.by_priority.get(priority, Tally())
            made.show_count(tally.count, tally.standing and (lit or not tally.calling), theme)
        if summary.top is not None:
            self._show_top(summary.top, lit)
        else:
            self._show_quiet(summary.total.count)
        self.ack.setVisible(summary.top is not None)
        self.ack.setEnabled(not self.desk.mirror.link_down)
        if self.desk.calls is not None:
            self.desk.calls.hear()
            self.silence.setVisible(bool(self.desk.calls.sounding))
        if self._told_until and self.desk.clock.monotonic() > self._told_until:
            self._told_until = 0.0
            self.told.say("")

    def acknowledge(self) -> None:
        """Acknowledge the alarm that is shown, and no other."""
        if self._summary.top is not None:
            rule = self.desk.plant.rules[self._summary.top.rule]
            self._question = self.desk.wire.ask("ack", {"alarms": [rule.id], "comment": ""}, self._acknowledged)

    def tell(self, text: str) -> None:
        """Say something for a few seconds."""
        self.told.say(words.sentence(text))
        self._told_until = self.desk.clock.monotonic() + _TOLD_S

    def dispose(self) -> None:
        """No answer may come any more."""
        self.desk.wire.forget(self._question)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def _acknowledged(self, reply: Reply) -> None:
        if not reply.ok:
            self.tell(reply.text)

    def _show_top(self, row: AlarmRow, lit: bool) -> None:
        rule = self.desk.plant.rules[row.rule]
        tag = self.desk.plant.tags[rule.tag]
        self.mark.show_mark(rule.priority, stands(row) and (lit or not calls(row)))
        self.headline.say(plant_text(rule.title or tag.description or rule.id))
        self.detail.show()
        what = tr("unacknowledged") if stands(row) else tr("returned to normal, unacknowledged")
        parts = [tag.name, what, tr("cannot be evaluated") if row.cannot_evaluate else "", self._doubt()]
        self.detail.say(" · ".join(part for part in parts if part))
        self.age.say(words.age((self.desk.mirror.now_ns() - row.raised_ns) / 1e9))

    def _doubt(self) -> str:
        if self.desk.mirror.link_down:
            return tr("as last heard, the engine is away")
        unjudged = self.desk.mirror.unjudged()
        if not unjudged:
            return ""
        text = "1 alarm cannot be evaluated" if unjudged == 1 else "{count} alarms cannot be evaluated"
        return tr(text, count=unjudged)

    def _show_quiet(self, standing: int) -> None:
        self.mark.show_mark(0, True)
        self.age.say("")
        self.detail.hide()
        if self.desk.mirror.link_down:
            self.headline.say(tr("Alarms are not known while the engine is away"))
        elif standing:
            text = "1 alarm standing, acknowledged" if standing == 1 else "{count} alarms standing, all acknowledged"
            self.headline.say(" · ".join(part for part in (tr(text, count=standing), self._doubt()) if part))
        else:
            self.headline.say(quiet(self.desk.mirror))
