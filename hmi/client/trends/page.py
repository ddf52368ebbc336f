"""The trend page: up to eight pens over minutes or days, live or standing still."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout

from hmi.client import words
from hmi.client.page import TRENDS, Desk, Page, panel
from hmi.client.table import Table
from hmi.client.trends.chooser import Chooser
from hmi.client.trends.pens import MOST, SPARE, SWATCH, WIDTHS, Pen, PenTable, SwatchDelegate, can_be_drawn, is_sloped
from hmi.client.trends.plot import Plot
from hmi.client.trends.toolbar import Toolbar
from hmi.core.alarms.rules import LEVEL_TYPES
from hmi.core.history import Window
from hmi.core.plant.model import Plant
from hmi.core.tags import NUMBER_TYPES
from hmi.link.messages import Reply

REDRAW_S: Final = 0.2
READ_S: Final = 0.5  # digits that change oftener cannot be read
SETTLE_S: Final = 3.0  # what was measured just before a pen was chosen is on disk by then
_SETTLED_MS: Final = 200  # after the last movement of a pan or zoom, history is asked
_FIRST_PENS: Final = 4


def first_pens(plant: Plant) -> tuple[int, ...]:
    """What an unasked trend shows: measurements of the first screen, those with alarm limits before others."""
    analog = {
        tag.index for tag in plant.tags if can_be_drawn(tag) and tag.type in NUMBER_TYPES and tag.unit not in ("", "1")
    }
    limited = {rule.tag for rule in plant.rules if rule.type in LEVEL_TYPES}
    for screen in plant.screens.values():
        bound = [tag for one in screen.elements for bind in one.binds.values() for tag in bind.inputs]
        found = sorted((tag for tag in dict.fromkeys(bound) if tag in analog), key=lambda tag: tag not in limited)
        if len(found) > 1:
            return tuple(found[:_FIRST_PENS])
    return tuple(sorted(analog, key=lambda tag: (tag not in limited, tag))[:_FIRST_PENS])


def first_span_s(desk: Desk) -> float:
    """What an unasked trend reaches back: ten minutes, or two while the engine has just started."""
    health = desk.mirror.health
    young = health is not None and desk.mirror.now_ns() - health.started_ns < 300 * 10**9
    return 120.0 if young else 600.0


class TrendsPage(Page):
    """History asked of the engine, live values from the mirror; the picture stays until the next one is complete."""

    key = TRENDS
    title = "Trends"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.pens: list[Pen] = []
        self.live = True
        self.span_s = first_span_s(desk)
        self.plot = Plot(desk.theme, desk.zone, desk.mirror.now_ns())
        self.model = PenTable(desk)
        self.table = Table(desk, self.model, WIDTHS, "No pens: choose tags to draw", SPARE)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setItemDelegateForColumn(SWATCH, SwatchDelegate(self.model))
        self.chooser = Chooser(desk)
        self.toolbar = Toolbar()
        self._cursor: int | None = None
        self._question = 0
        self._asking = False
        self._again = False  # the answer on its way is no longer the one wanted
        self._drawn_at = self._read_at = 0.0
        self._ask_at = 0.0  # monotonic: when live history is asked again
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLED_MS)
        self._settle.timeout.connect(self.ask)
        self._arrange()
        self._connect()
        self.show_tags(first_pens(desk.plant), self.span_s)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.toolbar)
        body = QHBoxLayout()
        body.setSpacing(8)
        frame = panel()
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self.plot)
        body.addWidget(frame, 1)
        body.addWidget(self.chooser)
        self.chooser.hide()
        column.addLayout(body, 1)
        column.addWidget(self.table)

    def _connect(self) -> None:
        self.toolbar.span_asked.connect(self.show_span)
        self.toolbar.move_asked.connect(self.move_by)
        self.toolbar.live_asked.connect(self._follow)
        self.toolbar.fit_button.clicked.connect(self.draw)
        self.toolbar.choose_button.toggled.connect(self.chooser.setVisible)
        self.chooser.closed.connect(self._close_chooser)
        self.chooser.chosen.connect(self._choose)
        self.plot.moved.connect(self._moved)
        self.plot.pointed.connect(self._pointed)
        self.table.selectionModel().selectionChanged.connect(self._selected)

    def tags(self) -> NDArray[Any]:
        """Indexes of the tags on the trend."""
        return np.array([pen.tag.index for pen in self.pens], np.intp)

    def show_tags(self, tags: tuple[int, ...], span_s: float) -> None:
        """Draw these tags, live, over so many seconds up to now."""
        drawable = [self.desk.plant.tags[tag] for tag in tags if can_be_drawn(self.desk.plant.tags[tag])]
        self.live, self.span_s = True, float(span_s)
        self._set_pens([Pen(tag, number) for number, tag in enumerate(drawable[:MOST], 1)])
        self.ask()

    def refresh(self) -> None:
        """Take in live values; draw at most four times a second."""
        mirror = self.desk.mirror
        now = mirror.now_ns()
        for pen in self.pens:
            pen.series.listen(mirror.table, now)
        if self.desk.clock.monotonic() - self._drawn_at >= REDRAW_S:
            self.draw()

    def pulse(self, lit: bool) -> None:
        """Time goes on even where nothing changes; now and then history is asked again."""
        if self.live:
            self.draw()
            if self.desk.clock.monotonic() >= self._ask_at and not self.desk.mirror.link_down:
                self.ask()

    def restyle(self) -> None:
        """The theme has changed."""
        self.plot.restyle(self.desk.theme)
        for row, curve in enumerate(self.plot.curves):
            curve.recolour(self.model.colour(row))
        self.table.viewport().update()
        self.draw()

    def ready(self) -> bool:
        """Whether every pen has its history."""
        return not self._asking and all(pen.series.window is not None for pen in self.pens)

    def dispose(self) -> None:
        """No answer may come any more."""
        self._settle.stop()
        self.desk.wire.forget(self._question)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for pen in self.pens:  # nothing was listened to while another page was in front
            pen.series.restart()
        self.refresh()
        self.ask()

    def ask(self) -> None:
        """Ask the engine for the history of every pen over what is in view and a little beyond."""
        if not self.pens:
            return
        if self._asking:
            self._again = True
            return
        start, stop = self._span()
        margin = (stop - start) // 4
        columns = max(200, min(2000, self.plot.width()))
        args = {
            "tags": [pen.tag.name for pen in self.pens],
            "from_ns": start - margin,
            "to_ns": min(stop + margin, self.desk.mirror.now_ns()),
            "points": columns * 3 // 2,
        }
        if args["to_ns"] <= args["from_ns"]:
            self.toolbar.told.say("Nothing is recorded of the future")
            return
        first = any(pen.series.window is None for pen in self.pens)
        self._ask_at = self.desk.clock.monotonic() + (SETTLE_S if first else min(60.0, max(15.0, self.span_s / 40)))
        self._asking = True
        self._question = self.desk.wire.ask("history", args, self._came)

    def _came(self, reply: Reply) -> None:
        self._asking = False
        if self._again:
            self._again = False
            self._settle.start()
        if not reply.ok:
            self.toolbar.told.say(f"No history: {reply.text}")
            return
        try:
            windows = {window.tag: window for window in map(Window.unpack, reply.body)}
        except (TypeError, ValueError) as error:
            self.toolbar.told.say(f"The engine's history cannot be read: {error}")
            return
        for pen in self.pens:
            if pen.tag.name in windows:
                pen.series.take(windows[pen.tag.name])
        self.toolbar.told.say("")
        self.draw()

    def draw(self) -> None:
        """Draw what is known now."""
        self._drawn_at = self.desk.clock.monotonic()
        now, span = self.desk.mirror.now_ns(), self._span()
        if self.live:
            self.plot.show_span(*span)
        columns = max(100, self.plot.width())
        for pen, curve in zip(self.pens, self.plot.curves, strict=True):
            pen.draw(span, now, columns, self.toolbar.fit_button.isChecked())
            assert pen.strokes is not None
            curve.show_strokes(pen.strokes, pen.low, pen.high)
            if curve.selected:
                self.plot.show_scale(pen.low, pen.high, words.unit(pen.tag))
        gaps = {gap for pen in self.pens for gap in pen.series.gaps}
        self.plot.show_gaps(sorted(gaps, key=lambda gap: gap.from_ns))
        if not self.live or self._drawn_at - self._read_at >= READ_S:
            self._read(now)

    def _span(self) -> tuple[int, int]:
        if not self.live:
            return self.plot.span_ns
        now = self.desk.mirror.now_ns()
        return now - int(self.span_s * 0.98e9), now + int(self.span_s * 0.02e9)

    def _read(self, now: int) -> None:
        self._read_at = self.desk.clock.monotonic()
        moment = now if self._cursor is None else min(self._cursor, now)
        self.model.read(moment)
        if self._cursor is None:
            start, stop = (words.when(edge, self.desk.zone) for edge in self._span())
            self.toolbar.moment.say(f"{start:%Y-%m-%d %H:%M} to {stop:%H:%M}" if not self.live else "")
        else:
            gap = self.plot.gap_at(self._cursor)
            text = words.source_time(self._cursor, self.desk.zone)[:-2]
            self.toolbar.moment.say(f"{text} · {gap}" if gap else text)

    def _set_pens(self, pens: list[Pen]) -> None:
        self.pens = pens
        self.model.put(pens)
        self.plot.show_pens([self.model.colour(row) for row in range(len(pens))], [is_sloped(pen.tag) for pen in pens])
        self.chooser.show_pens([pen.tag.index for pen in pens])
        self.table.fit(MOST)
        now = self.desk.mirror.now_ns()
        for pen in pens:
            pen.series.listen(self.desk.mirror.table, now)
        if pens:
            self.table.selectRow(0)
        self._show_state()
        self.draw()

    def _choose(self, tags: tuple[int, ...]) -> None:
        """Pens that stay keep their history."""
        have = {pen.tag.index: pen for pen in self.pens}
        pens = [have.get(tag) or Pen(self.desk.plant.tags[tag], 0) for tag in tags]
        for number, pen in enumerate(pens, 1):
            pen.number = number
        self._set_pens(pens)
        self.ask()

    def _selected(self) -> None:
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        for row, curve in enumerate(self.plot.curves):
            curve.selected = row in rows
            curve.setZValue(1 if curve.selected else 0)
            if curve.selected:
                pen = self.pens[row]
                self.plot.show_scale(pen.low, pen.high, words.unit(pen.tag))
        for curve in self.plot.curves:
            curve.update()

    def show_span(self, span_s: float) -> None:
        """Draw so many seconds up to now, live."""
        self.live, self.span_s = True, span_s
        self._show_state()
        self.draw()
        self.ask()

    def _follow(self, live: bool) -> None:
        self.live = live
        if self.live:
            start, stop = self.plot.span_ns
            self.span_s = (stop - start) / 1e9
        self._show_state()
        self.draw()
        self.ask()

    def _moved(self) -> None:
        """The operator panned or zoomed: the picture stands still, and history of what came into view is asked."""
        start, stop = self.plot.span_ns
        self.live, self.span_s = False, (stop - start) / 1e9
        self._show_state()
        if self.desk.clock.monotonic() - self._drawn_at >= REDRAW_S:
            self.draw()  # the scales and the table; the lines move with the view by themselves
        if not self._settle.isActive():
            self._settle.start()

    def move_by(self, share: float, zoom: float) -> None:
        """Shift by a share of the width (later is positive) and show `zoom` times as much time."""
        start, stop = self._span()
        middle, half = (start + stop) / 2 + share * (stop - start), (stop - start) / 2 * zoom
        self.live = False
        self.plot.show_span(int(middle - half), int(middle + half))
        self._moved()
        self.draw()

    def _pointed(self, moment: int | None) -> None:
        self._cursor = moment
        self._read(self.desk.mirror.now_ns())

    def _close_chooser(self) -> None:
        self.chooser.hide()
        self.toolbar.choose_button.setChecked(False)

    def _show_state(self) -> None:
        self.toolbar.show_state(self.live, self.span_s)

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.toolbar.live_button.click()
            return
        super().keyPressEvent(event)
