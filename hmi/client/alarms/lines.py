"""Draws single lines of the alarm list: symbols that blink, texts that do not, heads of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap, QPolygonF

from hmi.client.alarms.cells import Cells, Column
from hmi.client.alarms.model import AlarmModel, Entry
from hmi.client.alarms.summary import calls, stands
from hmi.client.marks import draw_priority, priority_pixmap
from hmi.client.mimic.quality import alarm_mark, is_hidden
from hmi.client.page import Desk
from hmi.client.theme import font
from hmi.link.messages import AlarmRow

PAD: Final = 7
MOVING: Final = ("mark", "age", "left")  # columns that say something else every second
Spot = tuple[Column, int, int]  # a column, where it begins, how wide it is
_SIZE: Final = 24.0
_HOUR_NS: Final = 3_600_000_000_000
_MOST_PICTURES: Final = 96
_MOST_CUTS: Final = 4096
_SIDES: Final = {
    False: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    True: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
}


class Lines:
    """The pen of the list; `spots` are the columns with where they begin and how wide they are."""

    def __init__(self, desk: Desk, model: AlarmModel, cells: Cells) -> None:
        self.desk, self.model, self.cells = desk, model, cells
        self.px = 15 if desk.touch else 13
        self._fonts = {bold: font(self.px, bold) for bold in (False, True)}
        self._pictures: dict[Any, QPixmap] = {}  # of lines, by all that they say
        self._symbols: dict[tuple[str, int, bool, float], QPixmap] = {}
        self._cuts: dict[tuple[str, int, bool], str] = {}
        self._metrics = {bold: QFontMetrics(font(self.px, bold)) for bold in (False, True)}

    def draw(self, painter: QPainter, box: QRect, entry: Entry, spots: Sequence[Spot], chosen: bool) -> None:
        """One line, without its symbol: from its picture, for most lines merely move, and what moves within it."""
        row = self.model.standing.rows.get(entry.rule)
        if entry.group is not None or row is None or self.desk.mirror.rules[entry.rule].other >= 0:
            self._draw_ground(painter, box, entry, chosen)
            self._draw_texts(painter, box, entry, row, spots, chosen)
            return
        look = (self.desk.theme.name, box.width(), tuple(left for _, left, _ in spots), self.model.view)
        hour = self.desk.mirror.now_ns() // _HOUR_NS  # a time of day becomes a date at midnight
        key = (row, entry.is_part, chosen, look, hour)
        picture = self._pictures.pop(key, None) or self._picture(painter, box, entry, row, spots, chosen)
        self._pictures[key] = picture  # the latest last
        while len(self._pictures) > _MOST_PICTURES:
            del self._pictures[next(iter(self._pictures))]
        painter.drawPixmap(box.topLeft(), picture)
        moving = [spot for spot in spots if spot[0].name in MOVING]
        self._draw_texts(painter, box, entry, row, moving, chosen)

    def _picture(
        self, painter: QPainter, box: QRect, entry: Entry, row: AlarmRow, spots: Sequence[Spot], chosen: bool
    ) -> QPixmap:
        """A line with all that stays as it is while the alarm does."""
        ratio = painter.device().devicePixelRatioF()
        picture = QPixmap(box.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        inside = QPainter(picture)
        here = QRect(0, 0, box.width(), box.height())
        self._draw_ground(inside, here, entry, chosen)
        self._draw_texts(inside, here, entry, row, [spot for spot in spots if spot[0].name not in MOVING], chosen)
        inside.end()
        return picture

    def _draw_ground(self, painter: QPainter, box: QRect, entry: Entry, chosen: bool) -> None:
        theme, is_head = self.desk.theme, entry.group is not None
        ground = "selection" if chosen else "panel" if is_head else "raised" if theme.name == "day" else "panel"
        painter.fillRect(box, theme.colour("raised" if is_head and theme.name == "night" and not chosen else ground))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.colour("grid"))

    def _draw_texts(
        self,
        painter: QPainter,
        box: QRect,
        entry: Entry,
        row: AlarmRow | None,
        spots: Sequence[Spot],
        chosen: bool,
    ) -> None:
        is_head = entry.group is not None
        painter.setPen(self.desk.theme.colour("on_selection" if chosen else "text"))
        painter.setFont(self._fonts[is_head])
        for column, left, width in spots:
            text = self.text(column, entry, row)
            if text and column.name != "mark":
                indent = 18 if entry.is_part and column.name == "title" else 0
                spans = is_head and column.name == "title"  # what stands behind it says nothing of a group
                wide = box.width() - left if spans else width
                room = QRect(left + PAD + indent, box.top(), wide - 2 * PAD - indent, box.height())
                side = _SIDES[column.right]
                painter.drawText(room, side, self._cut(text, room.width(), is_head))

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
            priority = self.desk.mirror.rules[entry.rule].priority
            filled = stands(row) and (lit or not calls(row))
            painter.drawPixmap(spot.toAlignedRect().topLeft(), self._symbol(painter, priority, filled))

    def _symbol(self, painter: QPainter, priority: int, filled: bool) -> QPixmap:
        ratio = painter.device().devicePixelRatioF()
        key = (self.desk.theme.name, priority, filled, ratio)
        if key not in self._symbols:
            self._symbols[key] = priority_pixmap(priority, self.desk.theme, round(_SIZE), ratio, filled)
        return self._symbols[key]

    def text(self, column: Column, entry: Entry, row: AlarmRow | None) -> str:
        """What a cell says."""
        if entry.group is not None:
            return self.cells.group(column.name, entry.group, self.model.standing.rows)
        return "" if row is None else self.cells.alarm(column.name, row)

    def _cut(self, text: str, width: int, bold: bool) -> str:
        """What of a text there is room for; remembered, for titles and names come again and again."""
        key = (text, width, bold)
        if key not in self._cuts:
            if len(self._cuts) >= _MOST_CUTS:
                self._cuts.clear()
            self._cuts[key] = self._metrics[bold].elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))
        return self._cuts[key]

    def _letter(self, painter: QPainter, spot: QRectF, row: AlarmRow) -> None:
        """S, D or O in a dashed grey box, as on the screens."""
        mark = alarm_mark((row.rule,), {row.rule: row}, self.desk.mirror.rules)
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
