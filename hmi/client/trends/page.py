"""The trend page: pens over minutes or days, live or standing still, with what is known of them beside and below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QShowEvent

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import TRENDS, Desk, Page
from hmi.client.trends.chooser import Chooser
from hmi.client.trends.compare import Tools
from hmi.client.trends.datepanel import DatePanel
from hmi.client.trends.events import Events
from hmi.client.trends.first import first_pens, first_span_s
from hmi.client.trends.groups import Groups
from hmi.client.trends.keys import act_of
from hmi.client.trends.lanes import names_of
from hmi.client.trends.layout import Sides, lay_out
from hmi.client.trends.limits import limits_of
from hmi.client.trends.penedits import PenEdits
from hmi.client.trends.penpanel import PenPanel
from hmi.client.trends.pens import MOST, Pen, can_be_drawn, is_sloped, narrow_scales, share_scales
from hmi.client.trends.pentable import PenTable, table_of
from hmi.client.trends.plot import Inked, Plot
from hmi.client.trends.query import Query, is_covered, is_of_use, request_of, windows_of
from hmi.client.trends.reading import Reading
from hmi.client.trends.shift import Shifts
from hmi.client.trends.toolbar import Toolbar
from hmi.client.trends.travel import Travel
from hmi.core.trends import TrendGroup
from hmi.link.messages import Reply

REDRAW_S: Final = 0.2
LAZIEST_S: Final = 0.5  # however little it moves, a new value is seen so soon
_ROWS: Final = 8  # of the table, more are scrolled
SETTLE_S: Final = 3.0  # what was measured just before a pen was chosen is on disk by then


class TrendsPage(Page):
    """History asked of the engine, live values from the mirror; the picture stays until the next one is complete."""

    key = TRENDS
    title = "Trends"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.pens: list[Pen] = []
        self._title = ""  # of the group that is shown
        self.plot = Plot(desk.theme, desk.zone, desk.mirror.now_ns())
        self.model = PenTable(desk)
        self.table = table_of(desk, self.model)
        self.chooser = Chooser(desk)
        self.toolbar = Toolbar()
        self.travel = Travel(desk, self.plot, self.toolbar, first_span_s(desk))
        self.reading = Reading(desk, self.plot, self.model, self.toolbar, self.travel)
        self._query = Query(desk.wire, self._came, self._settled)
        self._events, self._shifts = Events(desk, self._mark), Shifts(desk, self._rescale)
        self._asked: dict[str, Any] = {}  # of the engine, last
        self._drawn_at = 0.0
        self._ask_at = 0.0  # monotonic: when live history is asked again
        self.groups, self.pen_panel = Groups(desk, self.group_shown), PenPanel()
        self.dates = DatePanel(desk.zone, desk.mirror.now_ns)
        panels = {"groups": self.groups, "pens": self.chooser, "pen": self.pen_panel, "date": self.dates}
        bar = self.toolbar
        buttons = {"groups": bar.groups_button, "pens": bar.choose_button, "date": bar.date_button}
        self.sides = Sides(panels, buttons)
        lay_out(self, self.toolbar, self.plot, self.sides, self.table)
        self.edits, self.tools = PenEdits(self), Tools(self, bar.more_button)
        self._connect()
        self.show_tags(first_pens(desk.plant), self.travel.span_s)

    def _connect(self) -> None:
        self.travel.went.connect(self._settled)
        self.travel.settled.connect(self._settled)
        self.travel.dragged.connect(self._dragged)
        self.toolbar.pair_button.clicked.connect(self._pair)
        self.toolbar.fit_button.clicked.connect(self._rescale)
        self.toolbar.share_button.clicked.connect(self._rescale)
        self.toolbar.box_button.toggled.connect(self._arm_box)
        self.plot.boxed.connect(self._disarm_box)
        for side in (self.chooser, self.groups, self.pen_panel, self.dates):
            side.closed.connect(self.sides.close_panel)
        self.chooser.chosen.connect(self.choose)
        self.groups.chosen.connect(self.show_group)
        self.dates.asked.connect(self.travel.show_stretch)
        self.table.selectionModel().selectionChanged.connect(self._selected)

    def tags(self) -> NDArray[Any]:
        """Indexes of the tags on the trend."""
        return np.array([pen.tag.index for pen in self.pens], np.intp)

    @property
    def span_s(self) -> float:
        """How many seconds are in view."""
        return self.travel.span_s

    def show_tags(self, tags: tuple[int, ...], span_s: float) -> None:
        """Draw these tags, live, over so many seconds up to now."""
        drawable = [self.desk.plant.tags[tag] for tag in tags if can_be_drawn(self.desk.plant.tags[tag])]
        self.travel.begin(float(span_s))
        self.set_pens([Pen(tag, number, names_of(self.desk, tag)) for number, tag in enumerate(drawable[:MOST], 1)])
        self.ask()

    def show_group(self, group: TrendGroup) -> None:
        """Draw a group, live: its pens on their scales, over its length of time."""
        known = self.desk.plant.tag_index
        drawn = [(self.desk.plant.tags[known[pen.tag]], pen) for pen in group.pens if pen.tag in known]
        self.travel.begin(group.span_s)
        self.set_pens([Pen(tag, n, names_of(self.desk, tag), pen) for n, (tag, pen) in enumerate(drawn, 1)])
        self._title = plant_text(group.title)
        self.toolbar.told.say(self._title)
        self.ask()

    def group_shown(self, key: str, title: str) -> TrendGroup | None:
        """What is shown now as a group; None while there are no pens."""
        pens = tuple(pen.setting for pen in self.pens if not pen.shift_ns)
        return TrendGroup(key, title, self.travel.span_s, pens) if pens else None

    def refresh(self) -> None:
        """Take in live values; draw at most five times a second, and not before the picture has moved by a pixel."""
        mirror = self.desk.mirror
        now = mirror.now_ns()
        for pen in self.pens:
            pen.series.listen(mirror.table, now)
        if self._is_due():
            self.draw()

    def _is_due(self) -> bool:
        apart_s = max(REDRAW_S, min(LAZIEST_S, self.travel.span_s / max(1, self.plot.width())))
        return self.desk.clock.monotonic() - self._drawn_at >= apart_s

    def pulse(self, lit: bool) -> None:
        """Time goes on even where nothing changes; now and then history is asked again."""
        if self.travel.live and self._is_due():
            self.draw()
        if self.travel.live and self.desk.clock.monotonic() >= self._ask_at and not self.desk.mirror.link_down:
            self.ask()

    def restyle(self) -> None:
        """The theme has changed."""
        self.plot.restyle(self.desk.theme)
        for row in range(len(self.pens)):
            self.plot.recolour(row, self.model.colour(row))
        self.table.viewport().update()
        self.draw()

    def ready(self) -> bool:
        """Whether every pen has its history."""
        return not self._query.under_way and all(pen.series.window is not None for pen in self.pens)

    def dispose(self) -> None:
        """No answer may come any more."""
        self.travel.stop()
        self.reading.dispose()
        self._query.forget()
        self._events.forget()
        self._shifts.forget()

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
        args = request_of(self.travel.span(), self.desk.mirror.now_ns(), self.plot.width())
        if args is None:
            self.toolbar.told.say(tr("Nothing is recorded of the future"))
            return
        asked = {"tags": [pen.tag.name for pen in self.pens], **args}
        of_use = not self._asked or is_of_use(self._asked, self.travel.span(), self.plot.width())
        instead = not of_use or self._asked.get("tags") != asked["tags"]
        if self._query.ask("history", asked, instead):
            self._asked = asked
            first = any(pen.series.window is None for pen in self.pens)
            again_s = SETTLE_S if first else min(60.0, max(15.0, self.travel.span_s / 40))
            self._ask_at = self.desk.clock.monotonic() + again_s
            self._events.ask(args["from_ns"], args["to_ns"])
            self._shifts.ask(self.pens, self.travel.span(), self.plot.width())

    def _settled(self) -> None:
        """The view stands still for a moment: what came into it is asked for, where it is not known well enough."""
        self.draw()
        self.dates.show_span(self.travel.span())
        windows = [pen.series.window for pen in self.pens]
        if not is_covered(windows, self.travel.span(), self.desk.mirror.now_ns(), self.plot.width()):
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
            if pen.tag.name in windows and not pen.shift_ns:
                pen.series.take(windows[pen.tag.name])
        self.toolbar.told.say(self._title)
        self._rescale()

    def _mark(self) -> None:
        self.plot.show_events(self._events.of([pen.tag for pen in self.pens]))

    def draw(self) -> None:
        """Draw what is known now."""
        self._drawn_at = self.desk.clock.monotonic()
        now, span = self.desk.mirror.now_ns(), self.travel.span()
        if self.travel.live:
            self.plot.show_span(*span)
        columns = max(100, self.plot.width())
        for pen in self.pens:
            pen.draw(span, now, columns, self.toolbar.fit_button.isChecked(), 0 if self.travel.live else 1)
        share_scales(self.pens, self.toolbar.share_button.isChecked())
        narrow_scales(self.pens, self.travel.share)
        for pen, curve in zip(self.pens, self.plot.curves, strict=True):
            assert pen.strokes is not None
            curve.show_strokes(pen.strokes, pen.low, pen.high, roomy=not self.travel.live)
            if curve.selected:
                self._show_scale(pen)
        self.plot.show_scales([(pen.low, pen.high, words.unit(pen.tag)) for pen in self.pens])
        self.plot.show_gaps(sorted({gap for pen in self.pens if not pen.shift_ns for gap in pen.series.gaps}))
        self.reading.keep_up(now)

    def _rescale(self) -> None:
        self.draw()
        if self.travel.live:  # else drawing has read already
            self.reading.read()

    def _show_scale(self, pen: Pen) -> None:
        self.plot.show_scale(pen.low, pen.high, words.unit(pen.tag))
        self.plot.show_limits([] if pen.names else limits_of(self.desk.plant, pen.tag, pen.low, pen.high))

    def set_pens(self, pens: list[Pen], marked: int = 0) -> None:
        """Draw these pens, one of them as the chosen one; their history is not asked for."""
        self.pens, self._title = pens, ""
        self.model.put(pens)
        inks = [
            Inked(self.model.colour(row), is_sloped(pen.tag), pen.names, pen.setting.side)
            for row, pen in enumerate(pens)
        ]
        self.plot.show_pens(inks, self.desk.theme)
        self.chooser.show_pens([pen.tag.index for pen in pens])
        self.table.fit(_ROWS // 2 if self.desk.touch else _ROWS)
        now = self.desk.mirror.now_ns()
        for pen in pens:
            pen.series.listen(self.desk.mirror.table, now)
        if pens:
            self.table.selectRow(marked)
        self.travel.show_state()
        self._rescale()

    def choose(self, tags: tuple[int, ...], marked: int = 0) -> None:
        """Draw these tags in this order; pens that stay keep their history and their scale."""
        have = {pen.tag.index: pen for pen in self.pens if not pen.shift_ns}
        tags_of = self.desk.plant.tags
        pens = [have.get(tag) or Pen(tags_of[tag], 0, names_of(self.desk, tags_of[tag])) for tag in dict.fromkeys(tags)]
        pens += [pen for pen in self.pens if pen.shift_ns and pen.tag.index in tags]
        for number, pen in enumerate(pens, 1):
            pen.number = number
        self.set_pens(pens, marked)
        self.ask()

    def row(self) -> int:
        """The row of the chosen pen, -1 when there is none."""
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _selected(self) -> None:
        row = self.row()
        self.plot.choose(row)
        if 0 <= row < len(self.pens):
            self._show_scale(self.pens[row])
            self.pen_panel.show_pen(self.pens[row])

    def _dragged(self, was_live: bool) -> None:
        if was_live:
            self.draw()  # with what lies beyond; from then on the lines move with the view by themselves

    def _pair(self) -> None:
        self.plot.show_pair(self.toolbar.pair_button.isChecked())
        self.reading.read()

    def _arm_box(self, armed: bool) -> None:
        self.plot.boxing = armed

    def _disarm_box(self, *args: Any) -> None:
        self.toolbar.box_button.setChecked(False)

    def keyPressEvent(self, event: Any) -> None:
        found = act_of(event, self.plot.pair_ns is not None)
        if found is None:
            super().keyPressEvent(event)
            return
        name, numbers = found
        toolbar, travel = self.toolbar, self.travel
        acts: dict[str, Callable[..., None]] = {"nudge": self.plot.nudge, "move": travel.move_by, "go": travel.go}
        acts |= {"live": toolbar.live_button.click, "pair": toolbar.pair_button.click, "box": toolbar.box_button.click}
        acts |= {"groups": toolbar.groups_button.click, "pens": toolbar.choose_button.click}
        acts["date"] = toolbar.date_button.click
        acts[name](*numbers)
