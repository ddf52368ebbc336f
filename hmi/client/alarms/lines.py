"""Draws single lines of the alarm list: symbols that blink, texts that do not, heads of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from hmi.client.alarms.cells import Cells, Column
from hmi.client.alarms.model import AlarmModel, Entry
from hmi.client.alarms.summary import calls, stands
from hmi.client.marks import draw_priority
from hmi.client.mimic.quality import alarm_mark, is_hidden
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.link.messages import AlarmRow

PAD: Final = 7
_SIZE: Final = 24.0


class Lines:
    """The pen of the list; `spots` are the columns with where they begin and how wide they are."""

    def __init__(self, desk: Desk, model: AlarmModel, cells: Cells) -> None:
        self.desk, self.model, self.cells = desk, model, cells
        self.px = 15 if desk.touch else 13
        self._metrics = {bold: QFontMetrics(font(self.px, bold)) for bold in (False, True)}

    def draw(
        self, painter: QPainter, box: QRect, entry: Entry, spots: Sequence[tuple[Column, int, int]], chosen: bool
    ) -> None:
        """One line, without its symbol."""
        theme, row = self.desk.theme, self.model.standing.rows.get(entry.rule)
        is_head = entry.group is not None
        ground = "selection" if chosen else "panel" if is_head else "raised" if theme.name == "day" else "panel"
        painter.fillRect(box, theme.colour("raised" if is_head and theme.name == "night" and not chosen else ground))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.colour("grid"))
        painter.setPen(theme.colour("on_selection" if chosen else "text"))
        painter.setFont(font(self.px, is_head))
        for column, left, width in spots:
            text = self.text(column, entry, row)
            if text and column.name != "mark":
                indent = 18 if entry.is_part and column.name == "title" else 0
                spans = is_head and column.name == "title"  # what stands behind it says nothing of a group
                wide = box.width() - left if spans else width
                room = QRect(left + PAD + indent, box.top(), wide - 2 * PAD - indent, box.height())
                side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
                painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, self._cut(text, room.width(), is_head))

    def mark(self, painter: QPainter, box: QRect, entry: Entry, lit: bool, chosen: bool) -> None:
        """The symbol of a line: filled while the alarm stands, an outline when it returned, a letter when quiet."""
        row = self.model.standing.rows.get(entry.rule)
        middle = QRectF(box).center()
        spot = QRectF(middle.x() - _SIZE / 2, middle.y() - _SIZE / 2, _SIZE, _SIZE)
        if row is None:
            return
        if chosen:
            painter.fillRect(spot.adjusted(-4, -3, 4, 3), self.desk.theme.colour("raised"))
        if entry.group is not None:
            self._triangle(painter, box, self.model.is_open(entry.group))
            parts = [self.model.standing.rows[one] for one in entry.group.rules if one in self.model.standing.rows]
            calling, standing = any(map(calls, parts)), any(map(stands, parts))
            draw_priority(painter, spot, entry.group.priority, self.desk.theme, standing and (lit or not calling))
        elif is_hidden(row):
            self._letter(painter, spot, row)
        else:
            priority = self.desk.plant.rules[entry.rule].priority
            draw_priority(painter, spot, priority, self.desk.theme, stands(row) and (lit or not calls(row)))

    def text(self, column: Column, entry: Entry, row: AlarmRow | None) -> str:
        """What a cell says."""
        if entry.group is not None:
            return self.cells.group(column.name, entry.group, self.model.standing.rows)
        return "" if row is None else self.cells.alarm(column.name, row)

    def _cut(self, text: str, width: int, bold: bool) -> str:
        metrics = self._metrics[bold]
        if metrics.horizontalAdvance(text) <= width:
            return text
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))

    def _letter(self, painter: QPainter, spot: QRectF, row: AlarmRow) -> None:
        """S, D or O in a dashed grey box, as on the screens."""
        mark = alarm_mark((row.rule,), {row.rule: row}, self.desk.plant.rules)
        painter.setPen(QPen(self.desk.theme.colour("shelved"), 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(spot.adjusted(2, 2, -2, -2))
        painter.setPen(self.desk.theme.colour("text"))
        painter.setFont(font(12, bold=True))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, "" if mark is None else mark.badge)

    def _triangle(self, painter: QPainter, box: QRect, is_open: bool) -> None:
        """Open or closed, at the left edge."""
        x, y = box.left() + 6.0, QRectF(box).center().y()
        down = [QPointF(x - 4, y - 3), QPointF(x + 4, y - 3), QPointF(x, y + 4)]
        right = [QPointF(x - 3, y - 4), QPointF(x + 4, y), QPointF(x - 3, y + 4)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.desk.theme.colour("muted"))
        painter.drawPolygon(QPolygonF(down if is_open else right))
