"""Rows that break: what does not fit beside the others goes into the next row, as words do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QWidget

_EXPANDS = QSizePolicy.PolicyFlag.ExpandFlag


class Flow(QLayout):
    """In one row as long as there is room, like a QHBoxLayout; in as many as it takes where there is not.

    What is left of a row goes to what expands, of the others nothing is wider than it wants to be. A stretch pushes
    what comes after it to the right, in a row that has both.
    """

    def __init__(self, parent: QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self._items: list[QLayoutItem] = []
        self._tall = 0  # what its rows took in the width that it has

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def addStretch(self) -> None:
        """Room that takes what is left of its row."""
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum))

    def count(self) -> int:
        """How many things it holds, hidden ones too."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        heights = [self._height(row, width) for row in self._rows(width)]
        return sum(heights) + self.spacing() * max(0, len(heights) - 1)

    def sizeHint(self) -> QSize:
        """All in one row."""
        shown = self._shown()
        width = sum(_wanted(item).width() for item in shown) + self.spacing() * max(0, len(shown) - 1)
        return QSize(width, max((_wanted(item).height() for item in shown), default=0))

    def minimumSize(self) -> QSize:
        """The widest of them alone; and as high as its rows are in the width that it has now."""
        shown = self._shown()
        width = max((_least(item) for item in shown), default=0)
        return QSize(width, max(self._tall, max((_wanted(item).height() for item in shown), default=0)))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        top = rect.top()
        for row in self._rows(rect.width()):
            height, left = self._height(row, rect.width()), rect.left()
            for item, width in zip(row, self._widths(row, rect.width()), strict=True):
                item.setGeometry(QRect(QPoint(left, top), QSize(width, height)))
                left += width + self.spacing()
            top += height + self.spacing()
        tall = top - self.spacing() - rect.top() if top > rect.top() else 0
        if tall != self._tall:  # nothing but the width tells how many rows there are: only now is the least known
            self._tall = tall
            self.update()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty() or item.spacerItem() is not None]

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        """Break where the next would not fit; by what each can do with, if it can do with less than it wants."""
        rows: list[list[QLayoutItem]] = [[]]
        used = 0
        for item in self._shown():
            needed = _least(item) + (self.spacing() if rows[-1] else 0)
            if rows[-1] and used + needed > width:
                rows.append([])
                used, needed = 0, _least(item)
            rows[-1].append(item)
            used += needed
        return [row for row in rows if any(item.spacerItem() is None for item in row)]

    def _height(self, row: list[QLayoutItem], room: int) -> int:
        """As high as its highest; texts that wrap are as high as their width makes them."""
        return max(_tall(item, width) for item, width in zip(row, self._widths(row, room), strict=True))

    def _widths(self, row: list[QLayoutItem], room: int) -> list[int]:
        """What each gets: first what it wants, as far as there is room, then what is left to those that expand."""
        room -= self.spacing() * (len(row) - 1)
        widths = [_least(item) for item in row]
        for number, item in enumerate(row):
            more = min(max(0, _wanted(item).width() - widths[number]), max(0, room - sum(widths)))
            widths[number] += more
        growing = [number for number, item in enumerate(row) if _expands(item)]
        for place, number in enumerate(growing):
            widths[number] += max(0, room - sum(widths)) // (len(growing) - place)
        return [min(width, max(1, room)) for width in widths]


def _policy(item: QLayoutItem) -> QSizePolicy.Policy:
    widget = item.widget()
    return widget.sizePolicy().horizontalPolicy() if widget is not None else QSizePolicy.Policy.Preferred


def _expands(item: QLayoutItem) -> bool:
    if item.spacerItem() is not None:
        return True
    return bool(_policy(item).value & _EXPANDS.value) or _policy(item) == QSizePolicy.Policy.Ignored


def _wanted(item: QLayoutItem) -> QSize:
    size = item.sizeHint().boundedTo(item.maximumSize()).expandedTo(item.minimumSize())
    return QSize(item.minimumSize().width(), size.height()) if _policy(item) == QSizePolicy.Policy.Ignored else size


def _tall(item: QLayoutItem, width: int) -> int:
    return max(item.heightForWidth(width) if item.hasHeightForWidth() else 0, _wanted(item).height())


def _least(item: QLayoutItem) -> int:
    """How narrow it may become: what shrinks, to its least; what does not, not at all."""
    shrinks = _policy(item).value & QSizePolicy.PolicyFlag.ShrinkFlag.value
    return item.minimumSize().width() if shrinks else _wanted(item).width()
