"""The faceplate of one machine: a frame inside the window that says how it is, and lets it be operated."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hmi.client.alarms.summary import calls, stands, urgency
from hmi.client.faceplate.alarms import MachineAlarms
from hmi.client.faceplate.facts import FULFILLED, conditions_of, rules_of, shown_tags, standing
from hmi.client.faceplate.instructions import Instructions
from hmi.client.faceplate.interlocks import Interlocks
from hmi.client.faceplate.maintenance import Maintenance
from hmi.client.faceplate.operate import Operate
from hmi.client.faceplate.reading import labels_of
from hmi.client.faceplate.tab import ALARMS, INTERLOCKS, Tab, TabStrip
from hmi.client.faceplate.titlebar import TitleBar
from hmi.client.faceplate.trend import Trend
from hmi.client.language import tr
from hmi.client.mimic.quality import is_hidden
from hmi.client.page import Desk, button
from hmi.client.trends.pens import can_be_drawn
from hmi.core import quality as q
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.equipment import Faceplate as Contents

_BODY: Final = QSize(384, 340)  # where the machine's type gives no size
_TOUCH_SHARE: Final = 1.25  # for fingers everything is that much larger
OPERATE, TREND, MAINTENANCE, INSTRUCTIONS = "operate", "trend", "maintenance", "instructions"
_TITLES: Final = {
    OPERATE: Operate.title,
    TREND: Trend.title,
    ALARMS: MachineAlarms.title,
    INTERLOCKS: Interlocks.title,
    MAINTENANCE: Maintenance.title,
    INSTRUCTIONS: Instructions.title,
}


class Faceplate(QFrame):
    """Title, tabs that have something to say, and the ways to more; it never leaves its host, and never blocks it.

    `asked` carries a screen, `trend_asked` indexes of tags, `picked` and `commanded` a tag's name, `machine_asked`
    an equipment's id, `instruction_asked` an instruction's and the machine's.
    """

    closed = Signal(str)
    asked = Signal(str)
    trend_asked = Signal(object)
    picked = Signal(str)
    commanded = Signal(str)
    machine_asked = Signal(str)
    instruction_asked = Signal(str, str, str)

    def __init__(self, desk: Desk, equipment: Equipment, host: QWidget) -> None:
        super().__init__(host)
        self.desk, self.equipment, self._host = desk, equipment, host
        self._contents = equipment.faceplate or Contents(None)
        self._rules = rules_of(desk.plant, equipment)
        self._conditions = conditions_of(desk.plant, equipment)
        self._shown = shown_tags(desk.plant, equipment)
        self._grabbed_at = QPoint()
        self._lit = True
        self._body_size = self._size_of_body()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # what lies behind is not drawn for it
        self.title = TitleBar(desk, equipment)
        self.tabs: dict[str, Tab] = {}  # those that were looked at
        self.strip = TabStrip(desk, {name: tr(_TITLES[name]) for name in self._names()}, self._body_size.width() + 16)
        self.body = QStackedWidget()
        self.detail = button(tr("Detail page"), tip=tr("Everything that is known of this machine"))
        self.trend = button(tr("Full trend"))
        self._arrange()
        self._connect()
        self.setAccessibleName(tr("Faceplate of {machine}", machine=self.title.name.whole))
        if self.strip.buttons:
            self.show_tab(next(iter(self.strip.buttons)))
        self.natural = self.sizeHint().expandedTo(QSize(self._body_size.width() + 18, 0))
        self.refresh()

    @property
    def is_pinned(self) -> bool:
        """Whether it stays when the screen changes."""
        return self.title.pin.isChecked()

    @property
    def tab(self) -> str:
        """Which tab is in front; "" none."""
        current = self.body.currentWidget()
        return next((name for name, made in self.tabs.items() if made is current), "")

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front; what it needs is fetched when it is first looked at."""
        if name not in self.strip.buttons:
            return
        made = self.tabs.get(name)
        if made is None:
            made = self.tabs[name] = self._build(name)
            self.body.addWidget(made)
        self.strip.buttons[name].setChecked(True)
        self.body.setCurrentWidget(made)
        if isinstance(made, Trend):
            made.come()
        made.refresh()
        made.pulse(self._lit)

    def refresh(self) -> None:
        """The mirror has changed: draw the title and the tab in front."""
        self.title.show_quality(q.worst(self.desk.mirror.table.quality[self._shown]))
        self._show_alarm()
        if INTERLOCKS in self.strip.buttons:
            against = any(standing(one, self.desk.mirror.table)[0] != FULFILLED for one in self._conditions)
            self.strip.buttons[INTERLOCKS].show_mark(-1 if against else 0)
        if self.tab:
            self.tabs[self.tab].refresh()

    def pulse(self, lit: bool) -> None:
        """Twice a second: ages, blinking symbols."""
        self._lit = lit
        self._show_alarm()
        if self.tab:
            self.tabs[self.tab].pulse(lit)

    def restyle(self) -> None:
        """The theme has changed."""
        for made in self.tabs.values():
            made.restyle()
        self.refresh()
        for child in self.findChildren(QWidget):
            child.update()
        self.update()

    def dispose(self) -> None:
        """It goes away for good: no answer may reach it any more."""
        for made in self.tabs.values():
            made.dispose()

    def fit(self, room: QRect) -> None:
        """Stay wholly within the host, as large as there is room."""
        size = self.natural.boundedTo(room.size())
        left = max(room.left(), min(self.x(), room.right() + 1 - size.width()))
        top = max(room.top(), min(self.y(), room.bottom() + 1 - size.height()))
        self.setGeometry(left, top, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """As large as its operate tab wants to be drawn, with title, tabs and buttons around it."""
        strip, foot = self.strip.sizeHint().height(), self._foot.sizeHint().height()
        chrome = self.title.height() + strip + (foot + 12 if self._has_foot() else 6)
        return QSize(self._body_size.width() + 18, self._body_size.height() + chrome + 14)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit(self.equipment.id)
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.desk.theme
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _names(self) -> list[str]:
        tags = self.desk.plant.tags
        has = {
            OPERATE: self._contents.operate is not None,
            TREND: any(can_be_drawn(tags[tag]) for tag in self._contents.pens),
            ALARMS: bool(self._rules),
            INTERLOCKS: bool(self._conditions),
            MAINTENANCE: bool(self._contents.maintenance),
            INSTRUCTIONS: bool(self.equipment.instructions),
        }
        return [name for name, there in has.items() if there]

    def _build(self, name: str) -> Tab:
        if name == OPERATE:
            assert self._contents.operate is not None
            operate = Operate(self.desk, self._contents.operate)
            operate.mimic.go.connect(self.asked)
            operate.mimic.picked.connect(self.picked)
            operate.mimic.command.connect(self.commanded)
            operate.mimic.faceplate.connect(self.machine_asked)
            return operate
        if name == TREND:
            return Trend(self.desk, self._contents.pens, labels_of(self.equipment))
        if name == ALARMS:
            return MachineAlarms(self.desk, self._rules)
        if name == INTERLOCKS:
            return Interlocks(self.desk, self._conditions, labels_of(self.equipment))
        if name == MAINTENANCE:
            return Maintenance(self.desk, self._contents.maintenance)
        instructions = Instructions(self.desk, self.equipment.instructions, self.equipment.id)
        instructions.asked.connect(self.instruction_asked)
        instructions.place_asked.connect(self.asked)
        return instructions

    def _show_alarm(self) -> None:
        alarms = self.desk.mirror.alarms
        standing_now = [one for one in self._rules if one.index in alarms and not is_hidden(alarms[one.index])]
        top = min(standing_now, key=lambda rule: urgency(rule, alarms[rule.index]), default=None)
        row = None if top is None else alarms[top.index]
        priority = 0 if top is None else top.priority
        filled = row is not None and stands(row) and (self._lit or not calls(row))
        self.title.show_alarm(priority, filled)
        if ALARMS in self.strip.buttons:
            self.strip.buttons[ALARMS].show_mark(priority, filled)

    def _size_of_body(self) -> QSize:
        operate = self._contents.operate
        size = _BODY if operate is None else QSize(round(operate.size[0]), round(operate.size[1]))
        size = size.expandedTo(QSize(_BODY.width(), 240))
        return size * _TOUCH_SHARE if self.desk.touch else size

    def _has_foot(self) -> bool:
        return not (self.detail.isHidden() and self.trend.isHidden())

    def _connect(self) -> None:
        self.title.grabbed.connect(self._grab)
        self.title.moved.connect(self._move)
        self.title.closed.connect(self.close)
        self.strip.chosen.connect(self.show_tab)
        self.detail.clicked.connect(self._ask_detail)
        self.trend.clicked.connect(self._ask_trend)

    def _grab(self) -> None:
        self._grabbed_at = self.pos()

    def _move(self, way: QPoint) -> None:
        self.move(self._grabbed_at + way)
        self.fit(self._host.rect())

    def _ask_detail(self) -> None:
        self.asked.emit(self._contents.detail)

    def _ask_trend(self) -> None:
        self.trend_asked.emit(self._contents.pens)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.strip)
        inner = QVBoxLayout()
        inner.setContentsMargins(8, 6, 8, 8)
        inner.addWidget(self.body, 1)
        column.addLayout(inner, 1)
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(8, 0, 8, 8)
        self._foot.setSpacing(8)
        for made in (self.detail, self.trend):
            self._foot.addWidget(made, 1)
        column.addLayout(self._foot)
        self.detail.setVisible(bool(self._contents.detail))
        self.trend.setVisible(TREND in self.strip.buttons)
