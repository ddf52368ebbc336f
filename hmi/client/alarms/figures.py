"""The figures page: how well the alarms serve, over a day, a week or a month; each figure leads to its events."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from hmi.client import words
from hmi.client.alarms.annals import Annals
from hmi.client.alarms.own import text_of
from hmi.client.alarms.reckoning import Actor, Line, actors, event, lines, percent
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.style import target_px
from hmi.client.table import Rows, Table
from hmi.core.alarms.kpi import DAY, SECOND, Places, measure
from hmi.core.alarms.telling import Telling
from hmi.core.plant.positions import Responsibility

SPANS_DAYS: Final = (1, 7, 30)
_SPANS: Final = {1: "24 h", 7: "7 days", 30: "30 days"}
_FIGURES: Final = ("Figure", "Value", "Target", "At most", "Judged")
_ACTORS: Final = ("Most frequent alarm", "Count", "Share", "What would help")
_EVENTS: Final = ("Time", "Alarm", "Priority", "Stood for")
HOUR: Final = 3600 * SECOND
_MOST_EVENTS: Final = 1000  # the newest of them are listed


class Figures(QWidget):
    """Read when it comes to the front and when another span is chosen; click a figure or an alarm for its events."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.annals = Annals(desk, self._came)
        self.days = SPANS_DAYS[0]
        self.spans = {days: button(tr(_SPANS[days]), checkable=True) for days in SPANS_DAYS}
        self.told = Words("", "muted", 13, elide=True)
        self.figure_rows = Rows([tr(one) for one in _FIGURES], [tr(one) for one in _FIGURES[1:4]])
        self.actor_rows = Rows([tr(one) for one in _ACTORS], [tr(one) for one in _ACTORS[1:3]])
        self.event_rows = Rows([tr(one) for one in _EVENTS], [tr("Stood for")])
        self.figure_table = Table(desk, self.figure_rows, (0, 62, 70, 88, 124), tr("Nothing has been read yet"))
        self.actor_table = Table(desk, self.actor_rows, (0, 68, 64, 186), tr("No alarm came in this time"))
        self.event_table = Table(desk, self.event_rows, (160, 0, 74, 100), tr("Pick a figure to see its events"))
        self.event_title = Words("", px=14, bold=True, elide=True)
        self.figures: list[Line] = []
        self.actors: list[Actor] = []
        self._whole: Telling | None = None  # what was told at all positions
        self._telling: Telling | None = None  # and at the one that is shown
        self._answers = Responsibility(desk.plant)
        self.positions = QComboBox()
        self._offer_positions()
        self._arrange()

    def _offer_positions(self) -> None:
        """That of this station first of all; nothing to choose where the plant names none."""
        plant = self.desk.plant
        self.positions.addItem(tr("All positions"), "")
        for one in plant.positions:
            self.positions.addItem(plant_text(one.name), one.id)
        own = plant.position_at(self.desk.station)
        self.show_position(own.id if own else "")
        self.positions.setMinimumHeight(target_px(self.desk.touch))
        self.positions.setAccessibleName(tr("All positions"))
        self.positions.setVisible(bool(plant.positions))
        self.positions.currentIndexChanged.connect(self._show)

    def come(self) -> None:
        """It is in front: read."""
        self.show_span(self.days)

    def show_span(self, days: int) -> None:
        """The figures of so many days up to now."""
        self.days = days
        self.spans[days].setChecked(True)
        self.told.say(tr("Reading …"))
        now = self.desk.mirror.now_ns()
        self.annals.read(now - days * DAY, now)

    def ready(self) -> bool:
        """Whether everything has come."""
        return not self.annals.asking

    def dispose(self) -> None:
        """No answer may come any more."""
        self.annals.dispose()

    def show_figure(self, line: int) -> None:
        """The events that a figure was counted from."""
        if 0 <= line < len(self.figures):
            self._show_events(self.figures[line].name, self.figures[line].places)

    def show_actor(self, line: int) -> None:
        """The events of one of the most frequent alarms."""
        if 0 <= line < len(self.actors):
            self._show_events(self._title(self.actors[line].rule), self.actors[line].places)

    def _came(self) -> None:
        if self.annals.fault:
            self.told.say(tr("The journal cannot be read: {why}", why=self.annals.fault))
            return
        self._whole = self.annals.telling()
        self._show()

    def show_position(self, position: str) -> None:
        """What was told at one operator position; at all of them with ""."""
        self.positions.setCurrentIndex(max(0, self.positions.findData(position)))

    def _show(self) -> None:
        if self._whole is None:
            return
        position = str(self.positions.currentData() or "")
        telling = self._telling = self._whole.narrowed(self._concerned(position)) if position else self._whole
        kpi = measure(telling.told, self.annals.complete_ns, self.annals.to_ns)
        self.figures, self.actors = lines(kpi, telling.told), actors(kpi, telling.told)
        self.figure_rows.put([(one.name, one.value, one.target, one.most, tr(one.judged)) for one in self.figures])
        rows = [(self._title(one.rule), str(one.count), percent(one.share), one.suggestion) for one in self.actors]
        self.actor_rows.put(rows)
        self.event_rows.put([])
        self.event_title.say("")
        begin = words.source_time(self.annals.complete_ns, self.desk.zone)[:16]
        text = "{count} alarms annunciated since {time}"
        if self.annals.to_ns - self.annals.complete_ns < DAY - HOUR:
            text = "{count} alarms annunciated since {time}, less than a day: what is said of a day is scaled up"
        if self.annals.is_cut:
            text = "{count} alarms annunciated since {time}; there are too many to go further back"
        self.told.say(tr(text, count=kpi.count, time=begin))

    def _concerned(self, position: str) -> NDArray[np.bool_]:
        """Which alarms are told at a position; those that the plant has no longer are everybody's."""
        assert self._whole is not None
        rules = self.desk.plant.all_rules
        tags = [rule.tag for rule in rules] + [-1] * (len(self._whole.ids) - len(rules))
        return np.array([self._answers.concerns(position, tag) for tag in tags], bool)

    def _title(self, number: int) -> str:
        """What an alarm is called; one that the plant has no longer, by its id."""
        rules = self.desk.plant.all_rules
        if number < len(rules):
            return text_of(rules[number], rules[number].title or rules[number].id)
        return self._telling.ids[number] if self._telling else ""

    def _show_events(self, name: str, places: Places) -> None:
        if self._telling is None:
            return
        told = self._telling.told
        newest = places[::-1][:_MOST_EVENTS].tolist()
        rows = [
            (
                words.second(int(told.time[place]), self.desk.zone),
                self._title(int(told.rule[place])),
                str(int(told.priority[place])),
                event(told, place),
            )
            for place in newest
        ]
        self.event_rows.put(rows)
        self.event_table.say_empty(tr("No event: that is as it should be"))
        text = "{name}: {count} events, newest first"
        if len(places) > _MOST_EVENTS:
            text = "{name}: the newest {most} of {count} events"
        self.event_title.say(tr(text, name=name, count=len(places), most=_MOST_EVENTS))

    def _pick_figure(self, index: QModelIndex) -> None:
        self.show_figure(index.row())

    def _pick_actor(self, index: QModelIndex) -> None:
        self.show_actor(index.row())

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(4)
        group = QButtonGroup(self)
        for days, made in self.spans.items():
            group.addButton(made, days)
            head.addWidget(made)
        head.addSpacing(8)
        head.addWidget(self.positions)
        head.addWidget(self.told, 1)
        group.idClicked.connect(self.show_span)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(self.figure_table, 0, 0, 3, 1)
        grid.addWidget(self.actor_table, 0, 1)
        grid.addWidget(self.event_title, 1, 1)
        grid.addWidget(self.event_table, 2, 1)
        for part, stretch in ((0, 11), (1, 10)):  # the names of the figures are read whole in a window of 1280
            grid.setColumnStretch(part, stretch)
        grid.setRowStretch(0, 1)
        grid.setRowStretch(2, 1)
        column.addLayout(grid, 1)
        for table, pick in ((self.figure_table, self._pick_figure), (self.actor_table, self._pick_actor)):
            table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
            table.clicked.connect(pick)
            table.activated.connect(pick)
