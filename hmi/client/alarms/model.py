"""The alarm list as a table: every alarm that is not normal, in display order, sorted once per beat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from hmi.client import words
from hmi.client.alarms.summary import calls, in_order, stands
from hmi.client.marks import draw_priority
from hmi.client.page import Desk
from hmi.client.table import ALIGN, DISPLAY, LEFT, RIGHT, TIP, Index
from hmi.core.alarms.rules import Rule
from hmi.link.messages import AlarmRow

COLUMNS: Final = ("", "Raised", "Age", "Alarm", "State", "Value / limit", "Equipment", "Tag", "Acknowledged by")
PRIORITY, RAISED, AGE, TITLE, STATE, VALUE, EQUIPMENT, TAG, ACKED_BY = range(len(COLUMNS))
WIDTHS: Final = (48, 84, 92, 0, 150, 150, 130, 0, 140)
SPARE: Final = (TAG, ACKED_BY, EQUIPMENT)  # the help beside the list tells them too


class AlarmModel(QAbstractTableModel):
    """The rows of the list; `put` brings it up to date with the mirror, keeping selections where they were."""

    def __init__(self, desk: Desk, home: Sequence[str]) -> None:
        super().__init__()
        self.desk = desk
        self.rows: list[AlarmRow] = []
        self.lit = True
        self._home = home  # of every rule: the screen it belongs to
        self._texts: list[list[str]] = []

    def rule(self, row: int) -> Rule:
        """The rule of a row."""
        return self.desk.plant.rules[self.rows[row].rule]

    def put(self) -> None:
        """Take over the mirror's alarms: rows leave, rows come, and what is left is put in order."""
        alarms = self.desk.mirror.alarms
        self._remove(alarms)
        have = {row.rule for row in self.rows}
        new = [row for rule, row in alarms.items() if rule not in have]
        if new:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self.rows += new
            self._texts += [self._describe(row) for row in new]
            self.endInsertRows()
        self._order([alarms[row.rule] for row in self.rows])

    def tick(self, lit: bool) -> None:
        """Ages grow, symbols blink: only those two columns are drawn again."""
        self.lit = lit
        if not self.rows:
            return
        last = len(self.rows) - 1
        for row, texts in zip(self.rows, self._texts, strict=True):
            texts[AGE] = self._age(row)
        self.dataChanged.emit(self.index(0, AGE), self.index(last, AGE), [DISPLAY])
        blinking = max((number for number, row in enumerate(self.rows) if calls(row)), default=-1)
        if blinking >= 0:
            self.dataChanged.emit(self.index(0, PRIORITY), self.index(blinking, PRIORITY))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role in (DISPLAY, TIP):
            return self._texts[index.row()][index.column()]
        if role == ALIGN:
            return RIGHT if index.column() in (AGE, VALUE) else LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == DISPLAY:
                return COLUMNS[section]
            if role == ALIGN:
                return RIGHT if section in (AGE, VALUE) else LEFT
        return None

    def _remove(self, alarms: dict[int, AlarmRow]) -> None:
        for number in range(len(self.rows) - 1, -1, -1):
            if self.rows[number].rule not in alarms:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self.rows[number], self._texts[number]
                self.endRemoveRows()

    def _order(self, news: list[AlarmRow]) -> None:
        wanted = in_order(self.desk.plant, news)
        moved = [row.rule for row in wanted] != [row.rule for row in self.rows]
        if moved:
            self.layoutAboutToBeChanged.emit()
            before = self.persistentIndexList()
            rules = [self.rows[index.row()].rule for index in before]
            self._replace(wanted)
            place = {row.rule: number for number, row in enumerate(self.rows)}
            after = [self.index(place[rule], index.column()) for rule, index in zip(rules, before, strict=True)]
            self.changePersistentIndexList(before, after)
            self.layoutChanged.emit()
        elif wanted != self.rows:
            changed = [number for number, row in enumerate(wanted) if row != self.rows[number]]
            self._replace(wanted)
            for number in changed:
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))

    def _replace(self, wanted: list[AlarmRow]) -> None:
        self.rows = wanted
        self._texts = [self._describe(row) for row in wanted]

    def _describe(self, row: AlarmRow) -> list[str]:
        plant, desk = self.desk.plant, self.desk
        rule = plant.rules[row.rule]
        tag = plant.tags[rule.tag]
        screen = plant.screens.get(self._home[row.rule])
        state = words.SHORT_STATES.get(row.state, row.state)
        return [
            str(rule.priority),
            words.moment(row.raised_ns, desk.zone, desk.mirror.now_ns()),
            self._age(row),
            rule.title or tag.description or rule.id,
            state + (" (not evaluated)" if row.cannot_evaluate else ""),
            value_and_limit(self.desk, rule, row),
            screen.title if screen else "",
            tag.name,
            row.acked_by,
        ]

    def _age(self, row: AlarmRow) -> str:
        return words.age((self.desk.mirror.now_ns() - row.raised_ns) / 1e9)


def value_and_limit(desk: Desk, rule: Rule, row: AlarmRow) -> str:
    """The value that raised an alarm beside the limit it broke."""
    tag = desk.plant.tags[rule.tag]
    if rule.type == "bad":
        return "bad"
    if tag.type == "bool":
        return "on" if row.value else "off"
    places = words.decimals(tag)
    value, limit = words.number(row.value, places), words.number(rule.limit, places)
    return f"{value} / {limit} {words.unit(tag)}".rstrip()


class PriorityDelegate(QStyledItemDelegate):
    """Draws the priority's shape: filled while it stands, an outline when it returned; only the shape blinks."""

    def __init__(self, model: AlarmModel) -> None:
        super().__init__(model)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        row = self._model.rows[index.row()]
        size = 24.0
        box = QRectF(option.rect)
        mark = QRectF(box.center().x() - size / 2, box.center().y() - size / 2, size, size)
        filled = stands(row) and (self._model.lit or not calls(row))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(mark.adjusted(-4, -3, 4, 3), self._model.desk.theme.colour("raised"))
        draw_priority(painter, mark, self._model.rule(index.row()).priority, self._model.desk.theme, filled)
