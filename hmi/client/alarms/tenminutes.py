"""The last ten minutes of one tag, small: what led to an alarm."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.client.language import tr
from hmi.client.page import Desk, Words
from hmi.client.trends.pens import Pen, can_be_drawn
from hmi.client.trends.strip import Strip
from hmi.core.history import Window
from hmi.core.tags import Tag
from hmi.link.messages import Reply

SPAN_NS: Final = 600_000_000_000
_HEIGHT: Final = 150
_ASK_S: Final = 20.0
_DRAW_S: Final = 1.0


class TenMinutes(QWidget):
    """Asks for history when another tag is shown and now and then; live values go on by themselves."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.strip = Strip(desk, [])
        self.strip.setFixedHeight(_HEIGHT)
        self.told = Words("", "muted", 12, elide=True)
        self._question = 0
        self._ask_at = self._draw_at = 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addWidget(self.told)

    def show_tag(self, tag: Tag) -> None:
        """Draw another tag; a text or one without history has nothing to draw."""
        self.setVisible(can_be_drawn(tag))
        if [pen.tag.name for pen in self.strip.pens] == [tag.name]:
            return
        self.strip.pens = [Pen(tag, 1)] if can_be_drawn(tag) else []
        self._ask_at = self._draw_at = 0.0
        self.told.say("")
        self.refresh()

    def refresh(self) -> None:
        """Time goes on."""
        now, mirror = self.desk.clock.monotonic(), self.desk.mirror
        for pen in self.strip.pens:
            pen.series.listen(mirror.table, mirror.now_ns())
        if self.strip.pens and now >= self._ask_at and not mirror.link_down:
            self._ask()
        if now >= self._draw_at:
            self._draw()

    def dispose(self) -> None:
        """No answer may come any more."""
        self.desk.wire.forget(self._question)

    def _span(self) -> tuple[int, int]:
        now = self.desk.mirror.now_ns()
        return now - SPAN_NS, now

    def _draw(self) -> None:
        self._draw_at = self.desk.clock.monotonic() + _DRAW_S
        self.strip.show_span(*self._span())

    def _ask(self) -> None:
        self._ask_at = self.desk.clock.monotonic() + _ASK_S
        self.desk.wire.forget(self._question)
        start, stop = self._span()
        args = {"tags": [pen.tag.name for pen in self.strip.pens], "from_ns": start, "to_ns": stop, "points": 300}
        self._question = self.desk.wire.ask("history", args, self._came)

    def _came(self, reply: Reply) -> None:
        try:
            if not reply.ok:
                raise ValueError(reply.text)
            windows = {window.tag: window for window in map(Window.unpack, reply.body)}
        except (TypeError, ValueError) as error:
            self.told.say(tr("No history: {why}", why=error))
            return
        for pen in self.strip.pens:
            if pen.tag.name in windows:
                pen.series.take(windows[pen.tag.name])
        self.told.say("")
        self._draw()
