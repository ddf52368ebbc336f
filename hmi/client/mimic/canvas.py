"""One screen of the plant on one widget: painted from the mirror's columns, only what changed, at most 20 Hz."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from hmi.client.drag import drag, is_far
from hmi.client.language import plant_text, tr
from hmi.client.mimic import words
from hmi.client.mimic.compile import Drawn, compiled_of, shows_past
from hmi.client.mimic.focus import ARROWS, towards
from hmi.client.mimic.marking import Marking
from hmi.client.mimic.quality import Seen, mark_of, pen
from hmi.client.mimic.recent import recent_of
from hmi.client.mimic.scene import Scene, answers, element_at, rectangles
from hmi.client.theme import Theme
from hmi.client.tips import plain
from hmi.core import quality as q
from hmi.core.distinct import distinct
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.core.tags import Tag

_HALF_SECOND_NS = 500_000_000
_MOST_OF_IT = 0.5  # more of the window than this changed: repaint it whole
_MANY = 64  # rectangles in a region: more are painted as one
_NONE: NDArray[np.intp] = np.empty(0, np.intp)


class Mimic(QWidget):
    """A screen of the plant; lives on the Qt thread. The frame clock calls `refresh`, at most 20 times a second."""

    go = Signal(str)  # id of a screen to open
    picked = Signal(str)  # name of a tag whose trend or detail is wanted
    command = Signal(str)  # name of a tag to be written
    faceplate = Signal(str)  # id of a machine whose faceplate is wanted

    def __init__(self, screen: Screen, plant: Plant, mirror: Seen, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.screen_shown = screen
        self.compiled = compiled_of(screen, plant)
        self.drawn_elements = 0  # how many elements were drawn since the screen opened: what its frames cost
        self._plant = plant
        self._seen = mirror
        self._scene = Scene(self.compiled, plant, mirror, theme)
        self._marking = Marking(self.compiled, plant.rules, mirror)
        self._past = recent_of(mirror.table) if shows_past(self.compiled) else None
        self._past_seen = 0
        self._counter = -1
        self._alarms_version = -1
        self._half = -1
        self._link_down = mirror.link_down
        self._straight = False  # the next paint of the whole window does without the scene's picture
        self._hovered: int | None = None
        self._focused: int | None = None
        self._pressed = QPoint()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 180)
        self.setAccessibleName(screen.title)

    def set_theme(self, theme: Theme) -> None:
        """Draw the screen in other colours."""
        self._scene.theme = theme
        self._rebuild()

    # -- frames

    def refresh(self) -> int:
        """Draw what changed since the last frame, and nothing else; returns how many elements that were."""
        if self._scene.layout is None:
            return 0
        values, self._counter = self._seen.table.counter != self._counter, self._seen.table.counter
        alarms, self._alarms_version = self._seen.alarms_version != self._alarms_version, self._seen.alarms_version
        now_ns = self._seen.now_ns()
        half = now_ns // _HALF_SECOND_NS
        ticked, second, self._half = half != self._half, half // 2 != self._half // 2, half
        link, self._link_down = self._seen.link_down != self._link_down, self._seen.link_down
        revision = self._past.beat(now_ns) if self._past is not None else 0
        past, self._past_seen = revision != self._past_seen, revision
        straight = self.devicePixelRatioF() == 1 and self.isVisible()
        news = values or alarms or past
        numbers, region = self._scene.refresh(alarms, past, straight) if news else (_NONE, QRegion())
        self._straight = self._scene.late
        count = len(numbers)
        if self._marking.take(values, alarms, second or link):
            marked, touched = self._draw_marks()
            count, region = len(distinct(np.concatenate((numbers, marked)))), region + touched
        elif ticked and not self._marking.blink_region.isEmpty():
            region += self._marking.blink_region
            count = max(count, self._marking.blinking_elements)
        self._show(region)
        self.drawn_elements += count
        return count

    def _draw_marks(self) -> tuple[NDArray[np.intp], QRegion]:
        scene = self._scene
        return self._marking.draw(scene.ink(None), scene.spans, scene.size)

    def _show(self, region: QRegion) -> None:
        if region.isEmpty():
            return
        around, ratio = region.boundingRect(), self.devicePixelRatioF()
        if region.rectCount() > _MANY or _size(around) > _MOST_OF_IT * self._scene.size[0] * self._scene.size[1]:
            self.update()
        elif ratio == 1:
            self.update(region)
        else:
            for rect in rectangles(region):
                area = QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)
                self.update(area.toAlignedRect())

    def _rebuild(self) -> None:
        ratio = self.devicePixelRatioF()
        self._counter, self._alarms_version = self._seen.table.counter, self._seen.alarms_version
        self._half = self._seen.now_ns() // _HALF_SECOND_NS
        self._scene.resize(round(self.width() * ratio), round(self.height() * ratio))
        self._marking.take(values=True, alarms=True, second=True)
        self._draw_marks()
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
        """Do what a click on an element does: command, then navigation, then its machine, then its tag's detail."""
        drawn = self.compiled.drawn[number]
        if drawn.element.write:
            self.command.emit(drawn.element.write)
        elif drawn.element.go:
            self.go.emit(drawn.element.go)
        elif drawn.element.equipment:
            self.faceplate.emit(drawn.element.equipment)
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move("hover", self._number_at(event.position()))
        if event.buttons() & Qt.MouseButton.LeftButton and is_far(self._pressed, event.position().toPoint()):
            drawn = self.element_at(self._pressed)
            if drawn is not None and drawn.shown is not None:
                drag(self, [drawn.shown.name])  # to a trend; no release follows, so nothing is opened

    def leaveEvent(self, event: QEvent) -> None:
        self._move("hover", None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._number_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self._move("focus", None)
            self.activate(number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        drawn = self.element_at(event.pos())
        if drawn is None:
            return
        if not drawn.element.equipment:
            if drawn.shown is not None:
                self.picked.emit(drawn.shown.name)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offer(menu, drawn)
        menu.popup(event.globalPos())

    def _offer(self, menu: QMenu, drawn: Drawn) -> None:
        machine = self._plant.equipment.get(drawn.element.equipment)
        if machine is not None:
            faceplate = menu.addAction(tr("Faceplate of {name}", name=plant_text(machine.name)))
            faceplate.triggered.connect(partial(self.faceplate.emit, machine.id))
        if drawn.shown is not None:
            detail = menu.addAction(tr("Detail of {name}", name=drawn.shown.name))
            detail.triggered.connect(partial(self.picked.emit, drawn.shown.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._focused is not None:
            self.activate(self._focused)
            return
        if event.key() in ARROWS:
            wanted = towards(self.compiled, self._stops(), self._focused, ARROWS[Qt.Key(event.key())])
            self._move("focus", self._focused if wanted is None else wanted)
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
            QToolTip.showText(event.globalPos(), plain(text), self)
            return True
        return super().event(event)

    # -- painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._rebuild()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scene, marking = self._scene, self._marking
        if self._straight and event.rect() == self.rect():
            painter.save()
            scene.paint(painter)
            painter.restore()
        else:
            self._lay(painter, scene.buffer, event.region())
        self._straight = False
        if self._half % 2 == 0:
            self._lay(painter, marking.blinking, event.region(), marking.blink_region)
        self._lay(painter, marking.sheet, event.region(), marking.region)
        for number, role, width in ((self._hovered, "accent", 1.0), (self._focused, "accent", 3.0)):
            if number is not None:
                painter.setPen(pen(role, scene.theme, width))
                painter.drawRect(QRectF(self._outline(number)).adjusted(3, 3, -3, -3))
        painter.end()

    def _lay(self, painter: QPainter, picture: QPixmap, region: QRegion, covered: QRegion | None = None) -> None:
        """Copy a picture of physical pixels to the window, where it must be painted and the picture has anything."""
        ratio = self.devicePixelRatioF()
        if picture.isNull():
            return
        if ratio == 1:
            wanted = region if covered is None else region.intersected(covered)
            for rect in rectangles(wanted) if wanted.rectCount() <= _MANY else [wanted.boundingRect()]:
                painter.drawPixmap(rect.topLeft(), picture, rect)
            return
        for rect in rectangles(region):
            source = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
            painter.drawPixmap(QRectF(rect), picture, source)


def _size(area: QRect) -> int:
    return area.width() * area.height()
