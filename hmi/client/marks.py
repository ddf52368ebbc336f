"""Small marks that never rely on colour alone: alarm priorities by shape and number, quality by line and hatch."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.client.language import tr
from hmi.client.theme import Theme, font
from hmi.core import quality as q


def priority_outline(box: QRectF, priority: int) -> QPolygonF:
    """Diamond, square, triangle up, triangle down for priorities 1 to 4."""
    left, right, top, bottom, middle = box.left(), box.right(), box.top(), box.bottom(), box.center()
    match priority:
        case 1:
            corners = [(middle.x(), top), (right, middle.y()), (middle.x(), bottom), (left, middle.y())]
        case 2:
            inset = box.width() * 0.09
            low, high = left + inset, right - inset
            corners = [(low, top + inset), (high, top + inset), (high, bottom - inset), (low, bottom - inset)]
        case 3:
            corners = [(middle.x(), top), (right, bottom - 1), (left, bottom - 1)]
        case _:
            corners = [(left, top + 1), (right, top + 1), (middle.x(), bottom)]
    return QPolygonF([QPointF(x, y) for x, y in corners])


def draw_priority(
    painter: QPainter, box: QRectF, priority: int, theme: Theme, filled: bool = True, faint: bool = False
) -> None:
    """The mark of a priority: filled while the alarm stands, an outline when it went or in the dark half of a blink."""
    colour = theme.colour("frame") if faint else theme.priority(priority)
    number = theme.colour("muted") if faint or not filled else theme.on_priority(priority)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(theme.colour("frame" if faint else "line"), 1.0)
    if not filled and not faint:
        pen = QPen(colour, 2.0)
    painter.setPen(pen)
    painter.setBrush(QBrush(colour) if filled and not faint else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(priority_outline(box.adjusted(1, 1, -1, -1), priority))
    shift = {3: 0.12, 4: -0.12}.get(priority, 0.0) * box.height()
    painter.setFont(font(box.height() * (0.5 if priority > 2 else 0.56), bold=True))
    painter.setPen(theme.colour("text") if not filled and not faint else number)
    painter.drawText(box.translated(0, shift), Qt.AlignmentFlag.AlignCenter, str(priority))
    painter.restore()


def priority_pixmap(priority: int, theme: Theme, size: int, ratio: float, filled: bool = True) -> QPixmap:
    """The mark of a priority as a picture, for tables and icons; size in device-independent pixels."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_priority(painter, QRectF(0, 0, size, size), priority, theme, filled)
    painter.end()
    return picture


def draw_quality(painter: QPainter, box: QRectF, quality: int, theme: Theme) -> None:
    """Nothing for good, a dotted box for uncertain, a hatched one for stale, a crossed dashed one for bad."""
    word = q.word(quality)
    if word == "good":
        return
    colour = theme.colour("bad" if word == "bad" else "stale")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    style = {"bad": Qt.PenStyle.DashLine, "stale": Qt.PenStyle.SolidLine}.get(word, Qt.PenStyle.DotLine)
    painter.setPen(QPen(colour, 1.4, style))
    if word == "stale":
        painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
    inner = box.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.drawRect(inner)
    if word == "bad":
        painter.setPen(QPen(colour, 1.6))
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    painter.restore()


class QualityMark(QWidget):
    """The quality mark as a widget; invisible ink, but same place, while all is good."""

    def __init__(self, theme: Theme, size: int = 16) -> None:
        super().__init__()
        self._theme, self._quality, self._size = theme, q.GOOD, size
        self.setFixedSize(size, size)

    def show_quality(self, quality: int, theme: Theme) -> None:
        """Draw the mark of a quality."""
        if (quality, theme) != (self._quality, self._theme):
            self._quality, self._theme = quality, theme
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_quality(painter, QRectF(self.rect()), self._quality, self._theme)
        painter.end()


class PriorityCount(QWidget):
    """How many alarms of one priority stand: its shape and number, and the count beside it."""

    def __init__(self, priority: int, theme: Theme, size: int = 22) -> None:
        super().__init__()
        self.priority, self.count = priority, 0
        self._theme, self._size, self._filled = theme, size, True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._size + 34, self._size + 4)

    def show_count(self, count: int, filled: bool, theme: Theme) -> None:
        """The symbol (never the text) is filled, or an outline: what blinks is filled by turns."""
        now = (count, filled, theme)
        if now == (self.count, self._filled, self._theme):
            return
        self.count, self._filled, self._theme = now
        self.setAccessibleName(tr("Priority {priority}: {count}", priority=self.priority, count=count))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(0, (self.height() - self._size) / 2, self._size, self._size)
        draw_priority(painter, box, self.priority, self._theme, filled=self._filled, faint=not self.count)
        painter.setFont(font(15, bold=bool(self.count)))
        painter.setPen(QColor(self._theme.text if self.count else self._theme.muted))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(self._size + 6, 0, 28, self.height()), side, str(self.count))
        painter.end()
