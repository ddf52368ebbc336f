"""The strip at the bottom, always there: how many alarms of each priority, and the one to look at first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.client import words
from hmi.client.alarms.nosound import NoSound
from hmi.client.alarms.own import note_of, place_title, text_of
from hmi.client.alarms.served import doubt_of, origin
from hmi.client.alarms.summary import Summary, Tally, calls, quiet, stands
from hmi.client.language import tr
from hmi.client.marks import PriorityCount, draw_priority
from hmi.client.page import Desk, Words, button
from hmi.client.style import target_px
from hmi.client.theme import PRIORITIES
from hmi.client.tips import plain
from hmi.core.alarms.station import is_own
from hmi.link.messages import AlarmRow, Reply

_TOLD_S: Final = 6.0  # how long the outcome of an acknowledgement stays readable
_NARROW_PX: Final = 1000
_TOP_PX: Final = 48  # height of a row for the alarm alone


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
        self._low = target_px(True) + 8 if desk.touch else 56
        self.setFixedHeight(self._low)
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
        self.no_sound = NoSound(desk)
        self.kept = Words("", "muted", 12)
        self._summary = Summary()
        self._told_until = 0.0
        self._question = 0
        self._arrange()

    def _arrange(self) -> None:
        self._rows = QGridLayout(self)
        self._rows.setContentsMargins(16, 0, 16, 0)
        self._rows.setHorizontalSpacing(20)
        self._rows.setVerticalSpacing(0)
        self._rows.setColumnStretch(1, 1)
        self._top, top = _strip()
        top.addWidget(self.mark)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addStretch(1)
        texts.addWidget(self.headline)
        texts.addWidget(self.detail)
        texts.addStretch(1)
        top.addLayout(texts, 1)
        top.addWidget(self.told)
        counted, counts = _strip()
        for made in self.counts.values():
            counts.addWidget(made)
        counts.addWidget(self.kept)
        answers, answer = _strip()
        answer.addWidget(self.no_sound)
        answer.addWidget(self.age)
        answer.addWidget(self.silence)
        answer.addWidget(self.ack)
        self._rows.addWidget(counted, 0, 0)
        self._rows.addWidget(self._top, 0, 1)
        self._rows.addWidget(answers, 0, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is upright, what the alarm is called has a row of its own: it must be read, not guessed."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW_PX
        if narrow == (self._rows.itemAtPosition(1, 0) is None):
            self._rows.removeWidget(self._top)
            self._rows.addWidget(self._top, *((1, 0, 1, 3) if narrow else (0, 1)))
            self.setFixedHeight(self._low + (_TOP_PX if narrow else 0))

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
        self.no_sound.refresh()
        self._show_kept(summary)
        if self._told_until and self.desk.clock.monotonic() > self._told_until:
            self._told_until = 0.0
            self.told.say("")

    def _show_kept(self, summary: Summary) -> None:
        """How many alarms are kept quiet, by the letters that they bear on the screens."""
        text = " ".join(f"{letter}{count}" for letter, count in zip("SDO", summary.kept, strict=True) if count)
        if text != self.kept.whole:
            self.kept.say(text)
            shelved, suppressed, out = summary.kept
            told = "{shelved} shelved, {suppressed} suppressed by design, {out} out of service"
            self.kept.setToolTip(plain(tr(told, shelved=shelved, suppressed=suppressed, out=out)))

    def acknowledge(self) -> None:
        """Acknowledge the alarm that is shown, and no other."""
        if self._summary.top is not None:
            rule = self.desk.mirror.rules[self._summary.top.rule]
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
        rule = self.desk.mirror.rules[row.rule]
        tag = self.desk.plant.tags[rule.tag] if rule.tag >= 0 and row.condition is None else None
        self.mark.show_mark(rule.priority, stands(row) and (lit or not calls(row)))
        self.headline.say(text_of(rule, rule.title or (tag.description if tag else "") or rule.id))
        self.detail.show()
        what = tr("unacknowledged") if stands(row) else tr("returned to normal, unacknowledged")
        doubt = doubt_of(row) if row.condition is not None else tr("cannot be evaluated") if row.cannot_evaluate else ""
        where = tag.name if tag else place_title() if is_own(rule) else origin(row)
        parts = [where, note_of(row), what, doubt, self._doubt()]
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


def _strip() -> tuple[QWidget, QHBoxLayout]:
    """Things side by side."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    return made, row
