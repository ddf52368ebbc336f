"""One pixmap with many small pictures in it, and memory that a painter copies them from and to in a single call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap

WIDE: Final = 1024
HIGHEST: Final = 4096  # 16 MB: what does not fit is drawn element by element
_FIRST: Final = 256

Table = tuple[Any, ...]  # x, y, source x, source y, width, height of each picture


class Atlas:
    """Small pictures side by side on shelves, on a transparent ground; it only grows. Qt thread."""

    def __init__(self) -> None:
        self.pixmap = QPixmap(WIDE, _FIRST)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        self._x = self._y = self._shelf = 0

    def room(self, width: int, height: int) -> tuple[int, int] | None:
        """The corner of a free place of a size, None when the atlas is full; no painter may be open on it."""
        if width > WIDE:
            return None
        if self._x + width > WIDE:
            self._x, self._y, self._shelf = 0, self._y + self._shelf, 0
        if not self._reach(self._y + height):
            return None
        corner = self._x, self._y
        self._x, self._shelf = self._x + width, max(self._shelf, height)
        return corner

    @property
    def is_nearly_full(self) -> bool:
        """Whether three quarters of the room are taken."""
        return self._y > 0.75 * HIGHEST

    def painter(self) -> QPainter:
        """A painter on the atlas; end it before the next room is asked for."""
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        return painter

    def _reach(self, height: int) -> bool:
        if height > HIGHEST:
            return False
        if height > self.pixmap.height():
            grown = QPixmap(WIDE, min(HIGHEST, max(height, 2 * self.pixmap.height())))
            grown.fill(Qt.GlobalColor.transparent)
            painter = QPainter(grown)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawPixmap(0, 0, self.pixmap)
            painter.end()
            self.pixmap = grown
        return True


class Copies:
    """Rows of x, y, source x, source y, width, height: pictures to be copied one to one by `draw`.

    The memory is Qt's own form of a fragment: centre, source, size, scale, turn, opacity. It is kept and only grows.
    """

    def __init__(self) -> None:
        self._grow(256)

    def _grow(self, rows: int) -> None:
        self._memory = np.zeros((rows, 10))
        self._memory[:, [6, 7, 9]] = 1.0
        self._pointer = shiboken6.wrapInstance(self._memory.ctypes.data, QPainter.PixmapFragment)

    def draw(self, painter: QPainter, pixmap: QPixmap, tables: Sequence[Table], solid: bool) -> None:
        """Copy all rows of some tables, in their order."""
        total = sum(len(table[0]) for table in tables)
        if not total:
            return
        if total > len(self._memory):
            self._grow(2 * total)
        at = 0
        for x, y, source_x, source_y, width, height in tables:
            part = self._memory[at : at + len(x)]
            part[:, 0], part[:, 1] = x + width * 0.5, y + height * 0.5
            part[:, 2], part[:, 3], part[:, 4], part[:, 5] = source_x, source_y, width, height
            at += len(x)
        hint = QPainter.PixmapFragmentHint.OpaqueHint if solid else QPainter.PixmapFragmentHint(0)
        painter.drawPixmapFragments(cast(QPainter.PixmapFragment, self._pointer), total, pixmap, hint)


class Boxes:
    """Rows of left, top, width, height: rectangles filled with the painter's brush by `draw`, in whole pixels."""

    def __init__(self) -> None:
        self._grow(256)

    def _grow(self, rows: int) -> None:
        self._memory = np.zeros((rows, 4), np.int32)
        self._pointer = shiboken6.wrapInstance(self._memory.ctypes.data, QRect)

    def draw(self, painter: QPainter, boxes: NDArray[Any]) -> None:
        """Fill all rows; a row without width or height is passed over."""
        boxes = boxes[(boxes[:, 2] > 0) & (boxes[:, 3] > 0)]
        if not len(boxes):
            return
        if len(boxes) > len(self._memory):
            self._grow(2 * len(boxes))
        part = self._memory[: len(boxes)]
        part[:, :2] = boxes[:, :2]
        part[:, 2:] = boxes[:, :2] + boxes[:, 2:] - 1  # Qt keeps the last pixel, not the one beyond
        painter.drawRects(cast(QRect, self._pointer), len(boxes))
