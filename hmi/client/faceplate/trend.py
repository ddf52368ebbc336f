"""The trend tab: what the machine did lately, out of history and live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout

from hmi.client.faceplate.reading import Reading
from hmi.client.faceplate.tab import Tab
from hmi.client.language import tr
from hmi.client.page import Desk, Words, button
from hmi.client.theme import font
from hmi.client.tips import plain
from hmi.client.trends.pens import MOST, Pen, can_be_drawn
from hmi.client.trends.strip import Strip
from hmi.core.history import Window
from hmi.link.messages import Reply

SPANS_MIN: Final = (2, 10, 60)
_FIRST_MIN: Final = 10
_REDRAW_S: Final = 0.5
_ASK_S: Final = 20.0  # history is asked again so often: live values alone would forget what a restart kept


class PenRow(QAbstractButton):
    """One pen in words: its number as on the line, its name, what it reads now; chosen, its scale is shown."""

    def __init__(self, strip: Strip, place: int, labels: Mapping[int, str]) -> None:
        super().__init__()
        self._strip, self._place = strip, place
        self.pen = strip.pens[place]
        self.reading = Reading(strip.desk, self.pen.tag, labels)
        self.value = ""
        self.setCheckable(True)
        self.setChecked(place == 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(self.reading.name)
        self.setToolTip(plain(self.pen.tag.name))

    def sizeHint(self) -> QSize:
        return QSize(240, 34 if self._strip.desk.touch else 24)

    def say(self, value: str) -> None:
        """What it reads now."""
        if value != self.value:
            self.value = value
            self.setAccessibleName(f"{self.text()}, {value}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._strip.desk.theme
        box, colour = QRectF(self.rect()), self._strip.colour(self._place)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        swatch = QRectF(6, (box.height() - 16) / 2, 18, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(swatch, 2, 2)
        painter.setFont(font(11, bold=True))
        painter.setPen(QColor("#000000" if colour.lightnessF() > 0.6 else "#FFFFFF"))
        painter.drawText(swatch, Qt.AlignmentFlag.AlignCenter, str(self.pen.number))
        painter.setFont(font(13, bold=True))
        painter.setPen(theme.colour("value"))
        room = box.adjusted(32, 0, -8, 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, right, self.value)
        left = room.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(self.value) - 12, 0)
        painter.setFont(font(13, bold=self.isChecked()))
        painter.setPen(theme.colour("text"))
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(left.width()))
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class Trend(Tab):
    """Asks the engine for history when it is first seen, and now and then; live values go on by themselves."""

    title = "Trend"

    def __init__(self, desk: Desk, tags: tuple[int, ...], labels: Mapping[int, str]) -> None:
        super().__init__(desk)
        drawable = [tag for tag in map(desk.plant.tags.__getitem__, tags) if can_be_drawn(tag)]
        self.strip = Strip(desk, [Pen(tag, number) for number, tag in enumerate(drawable[:MOST], 1)])
        self.rows = [PenRow(self.strip, place, labels) for place in range(len(self.strip.pens))]
        self.told = Words("", "muted", 12, elide=True)
        self.span_min = SPANS_MIN[0] if _is_young(desk) else _FIRST_MIN
        self.spans = {span: button(tr("{span} min", span=span), checkable=True) for span in SPANS_MIN}
        self._question = 0
        self._ask_at = 0.0
        self._drawn_at = -1.0
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.strip, 1)
        rows = QVBoxLayout()
        rows.setSpacing(4)
        chosen = QButtonGroup(self)
        for row in self.rows:
            chosen.addButton(row)
            rows.addWidget(row)
        chosen.buttonClicked.connect(self._choose)
        if self.desk.touch:  # large buttons below the rows would leave no room for the trend
            foot = QHBoxLayout()
            foot.addLayout(rows, 1)
            foot.addLayout(self._arranged_spans(), 0)
            column.addLayout(foot)
            column.addWidget(self.told)
        else:
            column.addLayout(rows)
            foot = self._arranged_spans()
            foot.insertWidget(0, self.told, 1)
            column.addLayout(foot)

    def _arranged_spans(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        spans = QButtonGroup(self)
        for span, made in self.spans.items():
            made.setChecked(span == self.span_min)
            spans.addButton(made, span)
            row.addWidget(made)
        spans.idClicked.connect(self.show_span)
        return row

    def refresh(self) -> None:
        """Take in live values; draw at most twice a second."""
        mirror, clock = self.desk.mirror, self.desk.clock.monotonic()
        for pen in self.strip.pens:
            pen.series.listen(mirror.table, mirror.now_ns())
        for row in self.rows:
            row.say(row.reading.text())
        if clock >= self._ask_at and not mirror.link_down:
            self._ask()
        if clock - self._drawn_at >= _REDRAW_S or self._drawn_at < 0:
            self._draw()

    def pulse(self, lit: bool) -> None:
        """Time goes on even where nothing changes."""
        self.refresh()

    def restyle(self) -> None:
        self.update()

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)

    def come(self) -> None:
        """It was hidden: live values were missed, so history has to fill in."""
        for pen in self.strip.pens:
            pen.series.restart()
        self._ask_at, self._drawn_at = 0.0, -1.0

    def show_span(self, span_min: int) -> None:
        """Draw so many minutes up to now."""
        self.span_min = span_min
        self._ask_at, self._drawn_at = 0.0, -1.0
        self.refresh()

    def _choose(self, row: QAbstractButton) -> None:
        assert isinstance(row, PenRow)
        self.strip.chosen = self.rows.index(row)
        self.strip.update()

    def _span(self) -> tuple[int, int]:
        now = self.desk.mirror.now_ns()
        return now - self.span_min * 60_000_000_000, now

    def _draw(self) -> None:
        self._drawn_at = self.desk.clock.monotonic()
        self.strip.show_span(*self._span())

    def _ask(self) -> None:
        if not self.strip.pens:
            return
        self._ask_at = self.desk.clock.monotonic() + _ASK_S
        self.desk.wire.forget(self._question)
        start, stop = self._span()
        args = {"tags": [pen.tag.name for pen in self.strip.pens], "from_ns": start, "to_ns": stop, "points": 400}
        self._question = self.desk.wire.ask("history", args, self._came)

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            self.told.say(tr("No history: {why}", why=reply.text))
            return
        try:
            windows = {window.tag: window for window in map(Window.unpack, reply.body)}
        except (TypeError, ValueError) as error:
            self.told.say(tr("No history: {why}", why=error))
            return
        for pen in self.strip.pens:
            if pen.tag.name in windows:
                pen.series.take(windows[pen.tag.name])
        self.told.say("")
        self._draw()


def _is_young(desk: Desk) -> bool:
    """Whether the engine has only just begun to record: ten minutes would show next to nothing."""
    health = desk.mirror.health
    return health is not None and desk.mirror.now_ns() - health.started_ns < 300 * 10**9
