"""A picture beside the text of a step, and the same over the whole window, where it can be looked at closely."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QHBoxLayout, QPinchGesture, QPushButton, QSizePolicy, QWidget

from hmi.client.instructions.pictures import pictures_of, rendered
from hmi.client.language import tr
from hmi.client.overlay import Overlay
from hmi.client.page import Desk, Words, button
from hmi.client.tips import plain
from hmi.core.steps.model import Picture

_STEP: Final = 1.5  # of one press
_LARGEST: Final = 8.0
_STILL_PX: Final = 8  # a touch that moves less is none to move the picture


class Drawing(QWidget):
    """One picture, as large as there is room; a touch shows it over the whole window. `kept`: as a job has it."""

    def __init__(self, desk: Desk, picture: Picture, host: QWidget | None = None, kept: str = "") -> None:
        super().__init__()
        self.desk, self.picture, self.kept, self._host = desk, picture, kept, host
        self._pictures = pictures_of(desk)
        self._ready: QSvgRenderer | QImage | None = None
        self._look()
        self._pictures.came.connect(self._came)
        self.setAccessibleName(picture.text)
        self.setToolTip(plain(picture.text))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if host is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_there(self) -> bool:
        """Whether there is anything to be seen."""
        return self._ready is not None

    @property
    def natural(self) -> QSizeF:
        """Its own size."""
        if isinstance(self._ready, QSvgRenderer):
            return QSizeF(self._ready.viewBoxF().size())
        return QSizeF(self._ready.size()) if self._ready is not None else QSizeF()

    def sizeHint(self) -> QSize:
        return QSize(360, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._host is not None and self.is_there and self.rect().contains(event.position().toPoint()):
            Large(self.desk, self._host, self.picture, self.kept)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw(painter, QRectF(self.rect()))
        painter.end()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Draw it into a box, its sides kept; what it shows in words where it is not here."""
        if self._ready is None:
            painter.setPen(self.desk.theme.colour("muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(box, flags, self.picture.text or self.picture.file)
            return
        place = fitted(self.natural, box)
        if isinstance(self._ready, QSvgRenderer):
            self._ready.render(painter, place)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._ready)

    def _look(self) -> None:
        self._ready = rendered(self._pictures.data(self.picture, self.kept), self.picture.file.endswith(".svg"))

    def _came(self, name: str) -> None:
        if self._ready is None and name == self._pictures.name(self.picture, self.kept):
            self._look()
            self.update()


class Close(QWidget):
    """A picture that can be moved and made larger: by buttons, keys, wheel or two fingers."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self.drawing = drawing
        drawing.setParent(self)
        drawing.hide()
        self.factor = 1.0
        self.middle = QPointF(0.5, 0.5)  # of the picture, in the middle of the room
        self._grabbed: QPointF | None = None
        self.was_moved = False  # since the last press
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(drawing.picture.text)

    def zoom(self, by: float) -> None:
        """Make it larger or smaller, never smaller than it fits."""
        self.factor = min(_LARGEST, max(1.0, self.factor * by))
        self._keep_inside()

    def fit(self) -> None:
        """All of it again."""
        self.factor, self.middle = 1.0, QPointF(0.5, 0.5)
        self.update()

    def place(self) -> QRectF:
        """Where the whole picture lies now, beyond the edges where it is larger than the room."""
        size = fitted(self.drawing.natural, QRectF(self.rect())).size() * self.factor
        left = self.width() / 2 - self.middle.x() * size.width()
        top = self.height() / 2 - self.middle.y() * size.height()
        return QRectF(QPointF(left, top), size)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Gesture:
            pinch = event.gesture(Qt.GestureType.PinchGesture)  # type: ignore[attr-defined]
            if isinstance(pinch, QPinchGesture):
                self.zoom(pinch.scaleFactor())
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed, self.was_moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            return
        way = event.position() - self._grabbed
        if not self.was_moved and way.manhattanLength() < _STILL_PX:
            return
        self.was_moved, self._grabbed = True, event.position()
        size = self.place().size()
        if size.width() > 0 and size.height() > 0:
            self.middle -= QPointF(way.x() / size.width(), way.y() / size.height())
            self._keep_inside()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRect(self.rect())
        self.drawing.draw(painter, self.place() if self.drawing.is_there else QRectF(self.rect()))
        painter.end()

    def _keep_inside(self) -> None:
        """No side of the picture comes further in than the middle of the room needs."""
        half = 0.5 / self.factor
        self.middle = QPointF(
            min(1 - half, max(half, self.middle.x())),
            min(1 - half, max(half, self.middle.y())),
        )
        self.update()


class Large(Overlay):
    """A picture over the whole window; a touch that does not move it closes it."""

    def __init__(self, desk: Desk, host: QWidget, picture: Picture, kept: str = "") -> None:
        super().__init__(desk, host, (4000, 4000))
        self.drawing = Drawing(desk, picture, None, kept)
        self.close_ = Close(self.drawing)
        self.close_.installEventFilter(self)
        row = QHBoxLayout()
        row.addWidget(Words(picture.text, "muted", 14, elide=True), 1)
        self.ways: dict[str, QPushButton] = {}
        for name, text, act in (
            ("smaller", "−", self.smaller),
            ("larger", "+", self.larger),
            ("fit", tr("All of it"), self.close_.fit),
            ("close", tr("Close"), self.leave),
        ):
            made = self.ways[name] = button(text)
            made.clicked.connect(act)
            row.addWidget(made)
        self.ways["smaller"].setAccessibleName(tr("Smaller"))
        self.ways["larger"].setAccessibleName(tr("Larger"))
        self.column.addWidget(self.close_, 1)
        self.column.addLayout(row)
        self.open(self.close_)

    def larger(self) -> None:
        """One step nearer."""
        self.close_.zoom(_STEP)

    def smaller(self) -> None:
        """One step further away."""
        self.close_.zoom(1 / _STEP)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.close_ and event.type() == QEvent.Type.MouseButtonRelease and not self.close_.was_moved:
            self.leave()
            return True
        return super().eventFilter(watched, event) if shiboken6.isValid(self) else False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_Plus: self.larger,
            Qt.Key.Key_Minus: self.smaller,
            Qt.Key.Key_0: self.close_.fit,
        }
        act = acts.get(Qt.Key(event.key()))
        act() if act is not None else super().keyPressEvent(event)


def fitted(size: QSizeF, box: QRectF) -> QRectF:
    """The largest place for something of this size in a box, in its middle, its sides kept."""
    if size.isEmpty():
        return box
    inner = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = box.center().x() - inner.width() / 2, box.center().y() - inner.height() / 2
    return QRectF(QPointF(left, top), inner)
