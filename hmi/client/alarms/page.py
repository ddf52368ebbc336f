"""The alarm page: what stands in display order, what is kept quiet, the help of one alarm, and the figures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hmi.client.alarms.annunciator import Annunciator
from hmi.client.alarms.belongings import Belongings, Filter
from hmi.client.alarms.cells import Cells
from hmi.client.alarms.deeds import Deeds
from hmi.client.alarms.figures import Figures
from hmi.client.alarms.filterbar import FilterBar
from hmi.client.alarms.floodbar import FloodBar
from hmi.client.alarms.help import Help
from hmi.client.alarms.list import AlarmList
from hmi.client.alarms.model import AlarmModel
from hmi.client.alarms.standing import STANDING
from hmi.client.alarms.summary import Rollup, Summary, Tally, quiet
from hmi.client.alarms.viewbar import FIGURES, ViewBar
from hmi.client.flow import Flow
from hmi.client.language import tr
from hmi.client.marks import PriorityCount
from hmi.client.page import ALARMS, Desk, Page, Words, button
from hmi.client.theme import PRIORITIES

TOLD_S: Final = 6.0  # how long an outcome stays readable
_UPRIGHT_PX: Final = 900
_KEYS: Final = (
    ("Ctrl+Return", "acknowledge"),
    ("Ctrl+Shift+Return", "acknowledge page"),
    ("Ctrl+G", "group"),
    ("F12", "fold"),
    ("Ctrl+F", "find"),
)


class AlarmsPage(Page):
    """Acknowledges what was selected, or what can be seen; never more than can be seen."""

    key = ALARMS
    title = "Alarms"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rollup = Rollup(desk.plant)
        self.belongings = Belongings(desk.plant, desk.mirror.rules)
        self.model = AlarmModel(desk, self.belongings)
        self.table = AlarmList(desk, self.model, Cells(desk, self.belongings))
        self.calls: Annunciator = desk.calls or Annunciator(desk, parent=self)
        self.views = ViewBar()
        self.filters = FilterBar(desk, self.belongings)
        self.flood = FloodBar(desk, self.calls)
        self.help = Help(desk, self.belongings)
        self.figures = Figures(desk)
        self.counts = {priority: PriorityCount(priority, desk.theme) for priority in PRIORITIES}
        self.told = Words("", "muted", 13, elide=True)
        self.group = button(tr("By machine"), "", tr("Group by equipment (Ctrl+G)"), checkable=True)
        self.deeds = Deeds(desk, self.model, self.table)
        self._seen: object = None
        self._summed, self._summary = -1, Summary()
        self._told_until = 0.0
        self._wants_full = False  # somebody asked for the full list in this flood
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = Flow()
        for made in self.counts.values():
            head.addWidget(made)
        head.addWidget(self.told)
        head.addWidget(self.views)
        column.addLayout(head)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._list_side())
        self.stack.addWidget(self.figures)
        column.addWidget(self.stack, 1)

    def _list_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.filters, 1)
        above.addWidget(self.group, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(above)
        column.addWidget(self.flood)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(8)
        self._body.addWidget(self.table, 1)
        self._body.addWidget(self.help)
        self.help.hide()
        column.addLayout(self._body, 1)
        column.addWidget(self.deeds)
        return side

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Upright, the help stands below the list: both can be read."""
        super().resizeEvent(event)
        upright = self.width() < _UPRIGHT_PX
        self._body.setDirection(QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight)
        self.help.lie(upright)

    def _connect(self) -> None:
        self.group.toggled.connect(self._group)
        self.deeds.told.connect(self._tell)
        self.views.chosen.connect(self.show_view)
        self.filters.changed.connect(self._filter)
        self.flood.turned.connect(self.toggle_fold)
        self.table.chosen_changed.connect(self._selected)
        self.table.opened.connect(self._jump)
        self.help.screen_asked.connect(self.asked)
        self.help.trend_asked.connect(self.trend_asked)
        self.help.faceplate_asked.connect(self.faceplate_asked)
        self.help.instruction_asked.connect(self.instruction_asked)
        self.calls.changed.connect(self._calls_changed)
        actions = {
            "acknowledge": self.deeds.acknowledge_selected,
            "acknowledge page": self.deeds.acknowledge_page,
            "group": self.group.toggle,
            "fold": self.toggle_fold,
            "find": self.find_alarm,
        }
        for keys, action in _KEYS:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(actions[action])
        self.setFocusProxy(self.table)
        self.show_view(STANDING)

    # -- beats

    def refresh(self) -> None:
        mirror = self.desk.mirror
        now = (mirror.alarms_version, mirror.link_down, mirror.unjudged())
        if now != self._seen or self.model.late:
            self._seen = now
            self.calls.hear()
            self._fold_by_itself()
            self._put()
            if not self.model.late:
                self.deeds.allow()
            elif self.desk.frame is not None:
                self.desk.frame.redraw()  # look again at the next beat

    def pulse(self, lit: bool) -> None:
        self._put()
        self.table.tick(lit)
        self.help.refresh()
        self.flood.refresh()
        self._show_counts(lit)

    def restyle(self) -> None:
        self._show_counts(True)
        self.table.viewport().update()
        self.help.restyle()

    def ready(self) -> bool:
        return self.views.view != FIGURES or self.figures.ready()

    def dispose(self) -> None:
        self.deeds.dispose()
        self.calls.changed.disconnect(self._calls_changed)
        self.help.dispose()
        self.figures.dispose()

    # -- what is shown

    def show_view(self, view: str) -> None:
        """One of the lists, or the figures."""
        self.views.show_view(view)
        self.stack.setCurrentIndex(1 if view == FIGURES else 0)
        if view == FIGURES:
            self.figures.come()
            return
        self.table.chosen.clear()
        self.model.show(view)
        self.table.verticalScrollBar().setValue(0)
        self._fold_by_itself()
        self._put()
        self._selected()

    def show_alarm(self, rule: int) -> None:
        """Bring one alarm to the glass, whatever was filtered and in whichever list it stands."""
        row = self.desk.mirror.alarms.get(rule)
        if row is None:
            return
        self.filters.show_all()
        self.show_view(row.state if row.state in self.views.buttons else STANDING)
        if not self.table.select_rule(rule):
            self.fold(False)
            self.group.setChecked(False)
            self.table.select_rule(rule)

    def select(self, line: int) -> None:
        """Choose one line alone."""
        self.table.select(line)

    def find_alarm(self) -> None:
        """Type a part of an alarm's name."""
        self.filters.text.setFocus()
        self.filters.text.selectAll()

    def toggle_fold(self) -> None:
        """In a flood: the full list, and back to at most ten lines. Without one there is nothing to fold."""
        if self.model.folded or self.calls.flood.is_flood:
            self._wants_full = self.model.folded
            self.fold(not self.model.folded)

    def fold(self, wanted: bool) -> None:
        """At most ten lines, or all."""
        if wanted != self.model.folded:
            self.model.fold(wanted)
        self._put()

    # -- inside

    def _jump(self, rule: int) -> None:
        if self.belongings.home[rule]:
            self.asked.emit(self.belongings.home[rule])

    def _put(self) -> None:
        self.model.put()
        if self.model.late:
            return
        mirror = self.desk.mirror
        unknown = mirror.link_down and not mirror.alarms
        empty = tr("Alarms are not known while the engine is away") if unknown else self._empty()
        self.table.say_empty(empty)
        self.table.refresh()
        self.flood.show_fold(self.model)
        self.views.show_counts(self.model.standing, self.calls.ends_soon())
        self._show_help()
        self._show_counts(self.table.lit)

    def _empty(self) -> str:
        if not self.model.wanted.is_open:
            return tr("No alarm here is like that: “Show all” takes the filter away")
        return quiet(self.desk.mirror) if self.model.view == STANDING else tr("No alarm is in this list")

    def _calls_changed(self) -> None:
        self._fold_by_itself()
        self.flood.refresh()
        if self.isVisible():
            self._put()

    def _fold_by_itself(self) -> None:
        """A flood folds the list, unless somebody has asked for all of it; its end unfolds it."""
        flood = self.calls.flood.is_flood
        if not flood:
            self._wants_full = False
        self.fold_quietly(flood and not self._wants_full and self.model.view == STANDING)

    def fold_quietly(self, wanted: bool) -> None:
        """Fold or unfold without drawing yet."""
        if wanted != self.model.folded:
            self.model.fold(wanted)

    def _group(self, wanted: bool) -> None:
        self.model.group(wanted)
        self._put()

    def _filter(self, wanted: Filter) -> None:
        self.model.filter(wanted)
        self.table.verticalScrollBar().setValue(0)
        self._put()

    def _selected(self) -> None:
        self.deeds.allow()
        self._show_help()

    def _show_help(self) -> None:
        """The help of the alarm that was chosen last, as it stands now."""
        chosen, rows = self.table.chosen, self.model.standing.rows
        rule = self.table.current if self.table.current in chosen else min(chosen, default=-1)
        self.help.setVisible(rule in rows)
        if rule in rows:
            self.help.show_alarm(self.desk.mirror.rules[rule], rows[rule])

    def _show_counts(self, lit: bool) -> None:
        if self._summed != self.desk.mirror.alarms_version:
            self._summed = self.desk.mirror.alarms_version
            self._summary = self._rollup.summary(self.desk.mirror.alarms)
        summary = self._summary
        for priority, made in self.counts.items():
            tally = summary.by_priority.get(priority, Tally())
            made.show_count(tally.count, tally.standing and (lit or not tally.calling), self.desk.theme)
        if self.desk.clock.monotonic() >= self._told_until:
            total = summary.total
            text = (
                "1 alarm, {waiting} unacknowledged" if total.count == 1 else "{count} alarms, {waiting} unacknowledged"
            )
            self.told.say(tr(text, count=total.count, waiting=total.waiting) if total.count else "")

    def _tell(self, text: str) -> None:
        self.told.say(text)
        self._told_until = self.desk.clock.monotonic() + TOLD_S
