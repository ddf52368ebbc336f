"""One screen of the plant on one widget: painted from the mirror's columns, only what changed, at most 20 Hz."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from hmi.client.mimic import words
from hmi.client.mimic.compile import Drawn, compile_screen
from hmi.client.mimic.quality import Mark, Seen, mark_of, pen
from hmi.client.mimic.scene import Scene, answers, element_at, rectangles
from hmi.client.theme import Theme
from hmi.core import quality as q
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.core.tags import Tag

_HALF_SECOND_NS = 500_000_000
_MOST_OF_IT = 0.5  # more of the window than this changed: repaint it whole


class Mimic(QWidget):
    """A screen of the plant; lives on the Qt thread. The frame clock calls `refresh`, at most 20 times a second."""

    go = Signal(str)  # id of a screen to open
    picked = Signal(str)  # name of a tag whose trend or detail is wanted
    command = Signal(str)  # name of a tag to be written

    def __init__(self, screen: Screen, plant: Plant, mirror: Seen, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.screen_shown = screen
        self.compiled = compile_screen(screen, plant)
        self._plant = plant
        self._seen = mirror
        self._scene = Scene(self.compiled, plant.rules, mirror, theme)
        self._counter = -1
        self._alarms_version = -1
        self._link_down = mirror.link_down
        self._half = -1
        self._pending: frozenset[int] = frozenset()
        self._hovered: int | None = None
        self._focused: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 180)
        self.setAccessibleName(screen.title)

    @property
    def drawn_elements(self) -> int:
        """How many elements were drawn since the screen opened."""
        return self._scene.drawn_elements

    def set_theme(self, theme: Theme) -> None:
        """Draw the screen in other colours."""
        self._scene.theme = theme
        self._rebuild()

    # -- frames

    def refresh(self) -> int:
        """Draw what changed since the last frame, and nothing else; returns how many elements that were."""
        if self._scene.buffer.isNull():
            return 0
        changed = self._changed()
        if not changed:
            return 0
        region = self._scene.redraw(changed)
        self._show(region)
        return len(changed)

    def _changed(self) -> set[int]:
        """Elements that look different now: new values, alarms, writes, link, age or blink phase."""
        table = self._seen.table
        changed: set[int] = set()
        if table.counter != self._counter:
            for position in np.flatnonzero(table.version[self.compiled.tags] > max(self._counter, 0)):
                changed.update(self.compiled.owners[position])
            self._counter = table.counter
        if self._seen.alarms_version != self._alarms_version:
            self._alarms_version = self._seen.alarms_version
            changed.update(number for owners in self.compiled.by_rule.values() for number in owners)
        pending = frozenset(self._seen.pending)
        if pending != self._pending or self._seen.link_down != self._link_down:
            self._pending, self._link_down = pending, self._seen.link_down
            changed.update(range(len(self.compiled.drawn)))
        return changed | self._ticked()

    def _ticked(self) -> set[int]:
        """What the passing of time alone changes: the blink of unacknowledged alarms, the ages of stale values."""
        half = self._seen.now_ns() // _HALF_SECOND_NS
        if half == self._half:
            return set()
        whole, self._half = self._half // 2 != half // 2, half
        self._scene.phase = half % 2 == 0
        ticked: set[int] = set()
        alarms = self._seen.alarms
        for number, drawn in enumerate(self.compiled.drawn):
            if not drawn.live:
                continue
            if whole and self._scene.mark(drawn) == Mark.STALE:
                ticked.add(number)
            elif any(rule in alarms for rule in drawn.rules):
                mark = self._scene.alarm(drawn)
                if mark is not None and mark.blinks:
                    ticked.add(number)
        return ticked

    def _show(self, region: QRegion) -> None:
        ratio = self.devicePixelRatioF()
        touched = sum(rect.width() * rect.height() for rect in rectangles(region))
        if touched > _MOST_OF_IT * self._scene.buffer.width() * self._scene.buffer.height():
            self.update()
            return
        for rect in rectangles(region):
            area = QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)
            self.update(area.toAlignedRect())

    def _rebuild(self) -> None:
        ratio = self.devicePixelRatioF()
        self._counter = self._seen.table.counter
        self._alarms_version = self._seen.alarms_version
        self._pending, self._link_down = frozenset(self._seen.pending), self._seen.link_down
        self._half = self._seen.now_ns() // _HALF_SECOND_NS
        self._scene.phase = self._seen.now_ns() // _HALF_SECOND_NS % 2 == 0
        self._scene.resize(round(self.width() * ratio), round(self.height() * ratio))
        self._scene.buffer.setDevicePixelRatio(1.0)
        self.update()

    # -- what the shell asks

    def worst_quality(self) -> int:
        """The worst quality of anything on the screen: what its header must admit."""
        return q.worst(self._seen.table.quality[self.compiled.tags])

    def why(self, tag: str) -> str:
        """Why a tag is drawn as it is, in words; names the worst tag of the screen when none is given."""
        known = self._plant.tag(tag) if tag else self._worst_tag()
        if known is None:
            return f"The plant has no tag {tag}." if tag else "Nothing on this screen is bound to a tag."
        prefix = "" if tag else f"{known.name}: "
        return prefix + words.why(known, self._plant, self._seen)

    def _worst_tag(self) -> Tag | None:
        if not len(self.compiled.tags):
            return None
        qualities = self._seen.table.quality[self.compiled.tags].tolist()
        worst = max(range(len(qualities)), key=lambda position: mark_of(qualities[position]))
        return self._plant.tags[int(self.compiled.tags[worst])]

    def names(self) -> list[str]:
        """What a screen reader says of each element that answers, in the order of the Tab key."""
        return [words.name_of(self.compiled.drawn[i], self._plant, self._seen) for i in self._stops()]

    # -- pointer and keyboard

    def element_at(self, point: QPoint | QPointF) -> Drawn | None:
        """The element that a click at a point of the widget would reach."""
        number = self._number_at(QPointF(point))
        return None if number is None else self.compiled.drawn[number]

    def activate(self, number: int) -> None:
        """Do what a click on an element does: command first, then navigation, then its tag's detail."""
        drawn = self.compiled.drawn[number]
        if drawn.element.write:
            self.command.emit(drawn.element.write)
        elif drawn.element.go:
            self.go.emit(drawn.element.go)
        elif drawn.shown is not None:
            self.picked.emit(drawn.shown.name)

    def _number_at(self, point: QPointF) -> int | None:
        ratio, scene = self.devicePixelRatioF(), self._scene
        x = (point.x() * ratio - scene.origin[0]) / scene.scale
        y = (point.y() * ratio - scene.origin[1]) / scene.scale
        return element_at(self.compiled, x, y)

    def _stops(self) -> list[int]:
        return [i for i, drawn in enumerate(self.compiled.drawn) if answers(drawn)]

    def _outline(self, number: int) -> QRect:
        ratio = self.devicePixelRatioF()
        area = self._scene.area(number)
        box = QRectF(area.x() / ratio, area.y() / ratio, area.width() / ratio, area.height() / ratio)
        return box.toAlignedRect()

    def _move(self, which: str, number: int | None) -> None:
        before = self._hovered if which == "hover" else self._focused
        if before == number:
            return
        for touched in (before, number):
            if touched is not None:
                self.update(self._outline(touched))
        if which == "hover":
            self._hovered = number
            self.setCursor(Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor)
        else:
            self._focused = number
            drawn = None if number is None else self.compiled.drawn[number]
            self.setAccessibleDescription(words.name_of(drawn, self._plant, self._seen) if drawn else "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move("hover", self._number_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._move("hover", None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._number_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self._move("focus", None)
            self.activate(number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        drawn = self.element_at(event.pos())
        if drawn is not None and drawn.shown is not None:
            self.picked.emit(drawn.shown.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._focused is not None:
            self.activate(self._focused)
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        stops = self._stops()
        place = stops.index(self._focused) if self._focused in stops else -1 if forward else len(stops)
        place += 1 if forward else -1
        if not 0 <= place < len(stops):
            self._move("focus", None)
            return super().focusNextPrevChild(forward)
        self._move("focus", stops[place])
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._move("focus", None)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            drawn = self.element_at(event.pos())
            text = words.tooltip(drawn, self._plant, self._seen) if drawn else ""
            QToolTip.showText(event.globalPos(), words.plain(text), self)
            return True
        return super().event(event)

    # -- painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._rebuild()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        painter = QPainter(self)
        scene = self._scene
        for rect in rectangles(event.region()):
            if ratio == 1:
                painter.drawPixmap(rect.topLeft(), scene.buffer, rect)
                continue
            source = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
            painter.drawPixmap(QRectF(rect), scene.buffer, source)
        for number, role, width in ((self._hovered, "accent", 1.0), (self._focused, "accent", 3.0)):
            if number is not None:
                painter.setPen(pen(role, scene.theme, width))
                painter.drawRect(QRectF(self._outline(number)).adjusted(3, 3, -3, -3))
        painter.end()
