"""The alarm list on the glass: draws the lines that can be seen and no others, however many alarms there are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea

from hmi.client.alarms.cells import COLUMNS, STANDING_COLUMNS, Cells
from hmi.client.alarms.lines import MOVING, PAD, Lines, Spot
from hmi.client.alarms.model import AlarmModel, Entry
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.theme import font

NARROWEST: Final = 186  # px of a column that takes what is left
_NONE: Final = -1
_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_PAGES: Final = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class AlarmList(QAbstractScrollArea):
    """Selections belong to alarms, not to lines: an alarm stays chosen wherever it moves.

    `chosen_changed` when another alarm is chosen, `opened` (its rule) for a double click or Enter.
    """

    chosen_changed = Signal()
    opened = Signal(int)

    def __init__(self, desk: Desk, model: AlarmModel, cells: Cells) -> None:
        super().__init__()
        self.desk, self.model, self.empty = desk, model, ""
        self.lines = Lines(desk, model, cells)
        self.chosen: set[int] = set()
        self.current = _NONE  # the rule that keys move from
        self.height_px = 48 if desk.touch else 32
        self.lit = True
        self._anchor = _NONE
        self._seen: list[tuple[Entry, object, bool]] = []  # what stands on the glass
        self.setFrameShape(QAbstractScrollArea.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Alarm list"))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def sizeHint(self) -> QSize:
        return QSize(600, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 3 * self.height_px)

    def refresh(self) -> None:
        """The model was put in order anew: only lines that say something else are drawn."""
        gone = {rule for rule in self.chosen if not self.model.has(rule)}
        if gone:
            self.chosen -= gone
            self.chosen_changed.emit()
        self._fit()
        now = self._told()
        if len(now) != len(self._seen):
            self.viewport().update()
        else:
            for place, (one, other) in enumerate(zip(now, self._seen, strict=True)):
                if one != other:
                    self.viewport().update(self._box(place))
        self._seen = now

    def tick(self, lit: bool) -> None:
        """Ages grow and symbols blink: nothing else is drawn again."""
        self.lit = lit
        height = self.viewport().height() - self.height_px
        for column, left, width in self.spots():
            if column.name in MOVING:
                self.viewport().update(QRect(left, self.height_px, width, height))

    def say_empty(self, text: str) -> None:
        """What stands in the middle while there are no lines."""
        if text != self.empty:
            self.empty = text
            self.viewport().update()

    def first(self) -> int:
        """The first line on the glass."""
        return int(self.verticalScrollBar().value())

    def seen_lines(self) -> list[int]:
        """Lines that are wholly on the glass."""
        last = min(len(self.model), self.first() + self._room())
        return list(range(self.first(), last))

    def seen_rules(self) -> list[int]:
        """The alarms that can be read on the glass now: of a closed group, the one that came first."""
        entries = [self.model.entry(line) for line in self.seen_lines()]
        return list(dict.fromkeys(entry.rule for entry in entries))

    def select(self, line: int) -> None:
        """Choose one line alone, and bring it to the glass."""
        if 0 <= line < len(self.model):
            self._choose(line, Qt.KeyboardModifier.NoModifier)

    def select_rule(self, rule: int) -> bool:
        """Choose one alarm; False when it has no line."""
        line = self.model.line_of(rule)
        self.select(line)
        return line >= 0

    def box_of(self, line: int) -> QRect:
        """Where a line is on the glass."""
        return self._box(line - self.first())

    def spots(self) -> list[Spot]:
        """The columns for which there is room."""
        share = 1.16 if self.desk.touch else 1.0
        columns = list(COLUMNS.get(self.model.view, STANDING_COLUMNS))
        room = self.viewport().width()
        for column in sorted((one for one in columns if one.spare), key=lambda one: -one.spare):
            if sum(one.width * share or NARROWEST for one in columns) > room:
                columns.remove(column)
        fixed = sum(round(one.width * share) for one in columns)
        flexible = sum(not one.width for one in columns)
        rest = max(NARROWEST, (room - fixed) // flexible) if flexible else 0
        spots, left = [], 0
        for column in columns:
            width = round(column.width * share) or rest
            spots.append((column, left, width))
            left += width
        return spots

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, spots = QPainter(self.viewport()), self.spots()
        theme = self.desk.theme
        painter.fillRect(event.rect(), theme.colour("raised" if theme.name == "day" else "panel"))
        for place in range(self._room() + 1):
            line, box = self.first() + place, self._box(place)
            if line >= len(self.model):
                break
            if box.intersects(event.rect()):
                entry = self.model.entry(line)
                chosen = entry.rule in self.chosen and entry.group is None
                self.lines.draw(painter, box, entry, spots, chosen)
                _, left, width = spots[0]
                self.lines.mark(painter, QRect(left, box.top(), width, box.height()), entry, self.lit, chosen)
                if self.hasFocus() and entry.rule == self.current:
                    painter.setPen(QPen(theme.colour("accent"), 2))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRect(box.adjusted(1, 1, -1, -2))
        if event.rect().top() < self.height_px:
            self._draw_head(painter, spots)
        if not len(self.model) and self.empty:
            self._draw_empty(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._seen = self._told()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event)
        if line < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        entry = self.model.entry(line)
        if entry.group is not None:
            self.current = entry.rule
            self.model.turn(entry.group)
            self._again()
            return
        self._choose(line, event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event)
        if line >= 0 and self.model.entry(line).group is None:
            self.opened.emit(self.model.entry(line).rule)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, line, last = Qt.Key(event.key()), self._current_line(), len(self.model) - 1
        if key in _STEPS:
            self._go(line + _STEPS[key] if line >= 0 else 0, event)
        elif key in _PAGES:
            self._go(line + _PAGES[key] * max(1, self._room() - 1), event)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(0 if key == Qt.Key.Key_Home else last, event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and 0 <= line <= last:
            self._press(line, key == Qt.Key.Key_Space)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _press(self, line: int, is_space: bool) -> None:
        entry = self.model.entry(line)
        if entry.group is not None:
            self.model.turn(entry.group)
            self._again()
        elif is_space:
            self._choose(line, Qt.KeyboardModifier.ControlModifier)
        else:
            self.opened.emit(entry.rule)

    def _go(self, line: int, event: QKeyEvent) -> None:
        if len(self.model):
            line = min(max(0, line), len(self.model) - 1)
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._choose(line, shift)

    def _choose(self, line: int, keys: Qt.KeyboardModifier) -> None:
        """One alone; with Ctrl one more or less; with Shift all from the one chosen first to this one."""
        entry = self.model.entry(line)
        before = self.model.line_of(self._anchor)
        if keys & Qt.KeyboardModifier.ShiftModifier and before >= 0:
            span = range(min(before, line), max(before, line) + 1)
            self.chosen = {one.rule for one in map(self.model.entry, span) if one.group is None}
        else:
            self._anchor = entry.rule
            one = {entry.rule} if entry.group is None else set()
            self.chosen = self.chosen ^ one if keys & Qt.KeyboardModifier.ControlModifier else one
        self.current = entry.rule
        self._is_head = entry.group is not None
        self._show(line)
        self.chosen_changed.emit()
        self._again()

    _is_head = False  # the current line is the head of a group

    def _current_line(self) -> int:
        line = self.model.line_of(self.current)
        if line < 0 or self._is_head:
            heads = (one for one in self.seen_lines() if self.model.entry(one).rule == self.current)
            line = next(heads, line)
        return line

    def _show(self, line: int) -> None:
        bar, room = self.verticalScrollBar(), self._room()
        if line < bar.value():
            bar.setValue(line)
        elif line >= bar.value() + room:
            bar.setValue(line - room + 1)

    def _line_at(self, event: QMouseEvent) -> int:
        y = int(event.position().y()) - self.height_px
        line = self.first() + y // self.height_px
        return line if y >= 0 and line < len(self.model) else _NONE

    def _room(self) -> int:
        return max(1, (self.viewport().height() - self.height_px) // self.height_px)

    def _box(self, place: int) -> QRect:
        return QRect(0, self.height_px * (place + 1), self.viewport().width(), self.height_px)

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, len(self.model) - self._room()))
        bar.setPageStep(self._room())

    def _told(self) -> list[tuple[Entry, object, bool]]:
        last = min(len(self.model), self.first() + self._room() + 1)
        entries = map(self.model.entry, range(self.first(), last))
        rows = self.model.standing.rows
        return [(entry, rows.get(entry.rule), entry.rule in self.chosen) for entry in entries]

    def _again(self) -> None:
        self._fit()
        self._seen = self._told()
        self.viewport().update()

    def _scrolled(self) -> None:
        self._again()

    def _draw_head(self, painter: QPainter, spots: list[Spot]) -> None:
        theme = self.desk.theme
        painter.fillRect(QRect(0, 0, self.viewport().width(), self.height_px), theme.colour("raised"))
        painter.fillRect(QRect(0, self.height_px - 1, self.viewport().width(), 1), theme.colour("frame"))
        painter.setPen(theme.colour("muted"))
        painter.setFont(font(13))
        for column, left, width in spots:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            box = QRect(left + PAD, 0, width - 2 * PAD, self.height_px)
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, tr(column.title) if column.title else "")

    def _draw_empty(self, painter: QPainter) -> None:
        painter.setPen(self.desk.theme.colour("muted"))
        painter.setFont(font(16))
        wrap = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.viewport().rect().adjusted(24, 24, -24, -24), wrap, self.empty)
