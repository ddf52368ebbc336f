"""The trend page: up to eight pens over minutes or days, live or standing still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import TRENDS, Desk, Page
from hmi.client.trends.chooser import Chooser
from hmi.client.trends.events import Events
from hmi.client.trends.first import first_pens, first_span_s
from hmi.client.trends.keys import act_of
from hmi.client.trends.lanes import names_of
from hmi.client.trends.layout import lay_out
from hmi.client.trends.limits import limits_of
from hmi.client.trends.pens import MOST, Pen, PenTable, can_be_drawn, is_sloped, share_scales, table_of
from hmi.client.trends.plot import Inked, Plot
from hmi.client.trends.query import Query, is_covered, request_of, windows_of
from hmi.client.trends.toolbar import Toolbar, moment_text, pair_text, span_text
from hmi.client.trends.views import View, Views
from hmi.link.messages import Reply

REDRAW_S: Final = 0.2
LAZIEST_S: Final = 0.5  # however little it moves, a new value is seen so soon
READ_S: Final = 0.5  # digits that change oftener cannot be read
SETTLE_S: Final = 3.0  # what was measured just before a pen was chosen is on disk by then
_SETTLED_MS: Final = 250  # so often during a drag or zoom scales and table are worked out, and history is asked


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
        self.table = table_of(desk, self.model)
        self.chooser = Chooser(desk)
        self.toolbar = Toolbar()
        self._cursor: int | None = None
        self._query = Query(desk.wire, self._came, self._settled)
        self._events = Events(desk, self._mark)
        self._views = Views()
        self._left = View(True, self.span_s)  # the view that a drag or zoom began from
        self._drawn_at = self._read_at = 0.0
        self._ask_at = 0.0  # monotonic: when live history is asked again
        self._settle = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settle.timeout.connect(self._settled)
        lay_out(self, self.toolbar, self.plot, self.chooser, self.table)
        self._connect()
        self.show_tags(first_pens(desk.plant), self.span_s)

    def _connect(self) -> None:
        self.toolbar.span_asked.connect(self.show_span)
        self.toolbar.move_asked.connect(self.move_by)
        self.toolbar.live_asked.connect(self._follow)
        self.toolbar.view_asked.connect(self.go)
        self.toolbar.moment_asked.connect(self.show_moment)
        self.toolbar.pair_button.clicked.connect(self._pair)
        self.toolbar.fit_button.clicked.connect(self._rescale)
        self.toolbar.share_button.clicked.connect(self._rescale)
        self.toolbar.choose_button.toggled.connect(self.chooser.setVisible)
        self.chooser.closed.connect(self._close_chooser)
        self.chooser.chosen.connect(self._choose)
        self.plot.moved.connect(self._moved)
        self.plot.pointed.connect(self._pointed)
        self.plot.paired.connect(self._read_now)
        self.table.selectionModel().selectionChanged.connect(self._selected)

    def tags(self) -> NDArray[Any]:
        """Indexes of the tags on the trend."""
        return np.array([pen.tag.index for pen in self.pens], np.intp)

    def show_tags(self, tags: tuple[int, ...], span_s: float) -> None:
        """Draw these tags, live, over so many seconds up to now."""
        drawable = [self.desk.plant.tags[tag] for tag in tags if can_be_drawn(self.desk.plant.tags[tag])]
        self.live, self.span_s = True, float(span_s)
        self._set_pens([Pen(tag, number, names_of(self.desk, tag)) for number, tag in enumerate(drawable[:MOST], 1)])
        self.ask()

    def refresh(self) -> None:
        """Take in live values; draw at most five times a second, and not before the picture has moved by a pixel."""
        mirror = self.desk.mirror
        now = mirror.now_ns()
        for pen in self.pens:
            pen.series.listen(mirror.table, now)
        if self._is_due():
            self.draw()

    def _is_due(self) -> bool:
        apart_s = max(REDRAW_S, min(LAZIEST_S, self.span_s / max(1, self.plot.width())))
        return self.desk.clock.monotonic() - self._drawn_at >= apart_s

    def pulse(self, lit: bool) -> None:
        """Time goes on even where nothing changes; now and then history is asked again."""
        if self.live and self._is_due():
            self.draw()
        if self.live and self.desk.clock.monotonic() >= self._ask_at and not self.desk.mirror.link_down:
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
        return not self._query.under_way and all(pen.series.window is not None for pen in self.pens)

    def dispose(self) -> None:
        """No answer may come any more."""
        self._settle.stop()
        self._query.forget()
        self._events.forget()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for pen in self.pens:  # nothing was listened to while another page was in front
            pen.series.restart()
        self.refresh()
        self.ask()

    def ask(self) -> None:
        """Ask the engine for the history of every pen, and for what happened, over what is in view and beyond."""
        if not self.pens:
            return
        args = request_of(self._span(), self.desk.mirror.now_ns(), self.plot.width())
        if args is None:
            self.toolbar.told.say(tr("Nothing is recorded of the future"))
            return
        if self._query.ask("history", {"tags": [pen.tag.name for pen in self.pens], **args}):
            first = any(pen.series.window is None for pen in self.pens)
            again_s = SETTLE_S if first else min(60.0, max(15.0, self.span_s / 40))
            self._ask_at = self.desk.clock.monotonic() + again_s
            self._events.ask(args["from_ns"], args["to_ns"])

    def _settled(self) -> None:
        """The view stands still for a moment: what came into it is asked for, where it is not known well enough."""
        self.draw()
        windows = [pen.series.window for pen in self.pens]
        if not is_covered(windows, self._span(), self.desk.mirror.now_ns(), self.plot.width()):
            self.ask()

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            self.toolbar.told.say(tr("No history: {why}", why=reply.text))
            return
        try:
            windows = windows_of(reply)
        except ValueError as error:
            self.toolbar.told.say(tr("The engine's history cannot be read: {why}", why=error))
            return
        for pen in self.pens:
            if pen.tag.name in windows:
                pen.series.take(windows[pen.tag.name])
        self.toolbar.told.say("")
        self._rescale()

    def _mark(self) -> None:
        self.plot.show_events(self._events.of([pen.tag for pen in self.pens]))

    def draw(self) -> None:
        """Draw what is known now."""
        self._drawn_at = self.desk.clock.monotonic()
        now, span = self.desk.mirror.now_ns(), self._span()
        if self.live:
            self.plot.show_span(*span)
        columns = max(100, self.plot.width())
        for pen in self.pens:
            pen.draw(span, now, columns, self.toolbar.fit_button.isChecked(), 0 if self.live else 1)
        if self.toolbar.share_button.isChecked():
            share_scales(self.pens)
        for pen, curve in zip(self.pens, self.plot.curves, strict=True):
            assert pen.strokes is not None
            curve.show_strokes(pen.strokes, pen.low, pen.high)
            if curve.selected:
                self._show_scale(pen)
        self.plot.show_gaps(sorted({gap for pen in self.pens for gap in pen.series.gaps}))
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
        start, stop = self._span()
        pair = self.plot.pair_ns
        self.model.read(moment, (start, min(stop, now)), pair)
        text = "" if self._cursor is None else self._told(self._cursor)
        if pair is not None and not text:
            text = pair_text(pair, self.desk.zone)
        elif not text and not self.live:
            text = span_text((start, stop), self.desk.zone)
        self.toolbar.moment.say(text)
        self.toolbar.show_moment(words.when((start + min(stop, now)) // 2, self.desk.zone))

    def _told(self, moment: int) -> str:
        text = moment_text(moment, self.desk.zone)
        told = self.plot.told_at(moment)
        self.plot.setToolTip(told)
        return f"{text} · {told.splitlines()[0]}" if told else text

    def _read_now(self) -> None:
        self._read(self.desk.mirror.now_ns())

    def _rescale(self) -> None:
        self.draw()
        self._read_now()

    def _show_scale(self, pen: Pen) -> None:
        self.plot.show_scale(pen.low, pen.high, words.unit(pen.tag))
        self.plot.show_limits([] if pen.names else limits_of(self.desk.plant, pen.tag, pen.low, pen.high))

    def _set_pens(self, pens: list[Pen]) -> None:
        self.pens = pens
        self.model.put(pens)
        inks = [Inked(self.model.colour(row), is_sloped(pen.tag), pen.names) for row, pen in enumerate(pens)]
        self.plot.show_pens(inks, self.desk.theme)
        self.chooser.show_pens([pen.tag.index for pen in pens])
        self.table.fit(MOST)
        now = self.desk.mirror.now_ns()
        for pen in pens:
            pen.series.listen(self.desk.mirror.table, now)
        if pens:
            self.table.selectRow(0)
        self._show_state()
        self._rescale()

    def _choose(self, tags: tuple[int, ...]) -> None:
        """Pens that stay keep their history."""
        have = {pen.tag.index: pen for pen in self.pens}
        tags_of = self.desk.plant.tags
        pens = [have.get(tag) or Pen(tags_of[tag], 0, names_of(self.desk, tags_of[tag])) for tag in tags]
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
                self._show_scale(self.pens[row])
            curve.update()

    def show_span(self, span_s: float) -> None:
        """Draw so many seconds up to now, live."""
        self._views.leave(self._view())
        self._show_view(View(True, span_s))

    def show_moment(self, moment: datetime) -> None:
        """Stand still around a date and time of the plant's clock."""
        middle = int(moment.replace(tzinfo=self.desk.zone).timestamp()) * 10**9
        half = int(self.span_s * 5e8)
        self._views.leave(self._view())
        self._show_view(View(False, self.span_s, middle - half, middle + half))

    def go(self, way: int) -> None:
        """To the view before (-1), or to the one that was gone back from (1)."""
        view = self._views.back(self._view()) if way < 0 else self._views.forward(self._view())
        if view is not None:
            self._show_view(view)

    def _view(self) -> View:
        return View(True, self.span_s) if self.live else View(False, self.span_s, *self.plot.span_ns)

    def _show_view(self, view: View) -> None:
        self.live, self.span_s = view.live, view.span_s
        if not view.live:
            self.plot.show_span(view.from_ns, view.to_ns)
        self._left = self._view()
        self._show_state()
        self._settled()

    def _follow(self, live: bool) -> None:
        self._views.leave(self._view())
        start, stop = self.plot.span_ns
        self._show_view(View(True, (stop - start) / 1e9) if live else View(False, self.span_s, start, stop))

    def _moved(self) -> None:
        """The operator panned or zoomed: the picture stands still, and history of what came into view is asked."""
        if not self._settle.isActive():
            self._views.leave(self._left)
            self._settle.start()
        start, stop = self.plot.span_ns
        was_live, self.live, self.span_s = self.live, False, (stop - start) / 1e9
        self._left = self._view()
        self._show_state()
        if was_live:
            self.draw()  # with what lies beyond; from then on the lines move with the view by themselves

    def move_by(self, share: float, zoom: float) -> None:
        """Shift by a share of the width (later is positive) and show `zoom` times as much time."""
        start, stop = self._span()
        middle, half = (start + stop) / 2 + share * (stop - start), (stop - start) / 2 * zoom
        self.live = False
        self.plot.show_span(int(middle - half), int(middle + half))
        self._moved()
        self.draw()

    def _pair(self) -> None:
        self.plot.show_pair(self.toolbar.pair_button.isChecked())
        self._read_now()

    def _pointed(self, moment: int | None) -> None:
        self._cursor = moment
        self._read(self.desk.mirror.now_ns())

    def _close_chooser(self) -> None:
        self.chooser.hide()
        self.toolbar.choose_button.setChecked(False)

    def _show_state(self) -> None:
        self.toolbar.show_state(self.live, self.span_s, self._views.has_back, self._views.has_forward)

    def keyPressEvent(self, event: Any) -> None:
        found = act_of(event, self.plot.pair_ns is not None)
        if found is None:
            super().keyPressEvent(event)
            return
        name, numbers = found
        acts: dict[str, Callable[..., None]] = {"nudge": self.plot.nudge, "move": self.move_by, "go": self.go}
        acts |= {"live": self.toolbar.live_button.click, "pair": self.toolbar.pair_button.click}
        acts[name](*numbers)
