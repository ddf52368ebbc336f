"""Lanes of a trend: what is on or off, and the states of machines, as bands with their names below the lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QTransform

from hmi.client.choices import states_of
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.theme import Theme, font
from hmi.client.trends.raster import Columns, columns_of
from hmi.client.trends.series import Strokes
from hmi.core import quality as q
from hmi.core.screens.vocabulary import RUNNING
from hmi.core.tags import Tag

SHARE: Final = 0.075  # of the height for the lines, that a lane takes
_FILL: Final = 0.78
_PAD_PX: Final = 4
_BADGE_PX: Final = 16
_NAMED: Final = {"off": 0, "on": 1}


def names_of(desk: Desk, tag: Tag) -> Mapping[int, str]:
    """The names of a tag's states, which make it a lane; none for a number."""
    if tag.is_text:
        return {}
    names = states_of(desk.plant, tag) or desk.mirror.table.names.get(tag.index, {})
    if names:
        return {value: tr(name) for value, name in names.items()}
    return {value: tr(name) for name, value in _NAMED.items()} if tag.type == "bool" else {}


@dataclass(frozen=True, slots=True)
class _Made:
    """Bands on a view of this scale whose origin was at `dx`."""

    scale: float
    dx: float
    columns: Columns
    bands: list[tuple[int, int]]


class Lane(pg.GraphicsObject):
    """One pen as bands; the lane in place 0 is right below the lines. X is seconds since `base_ns`."""

    def __init__(self, number: int, colour: QColor, base_ns: int, place: int, names: Mapping[int, str], theme: Theme):
        super().__init__()
        self.number, self.colour, self.selected = number, colour, False
        self.names, self.theme, self.place = names, theme, place
        self._base_ns = base_ns
        self._strokes: Strokes | None = None
        self._made: _Made | None = None
        self._full = frozenset(RUNNING["packml"] if len(names) > 2 else (1,))

    def show_strokes(self, strokes: Strokes, low: float, high: float, roomy: bool = False) -> None:
        """Draw these from now on; the scale is of no account."""
        self._strokes, self._made = strokes, None
        self.update()

    def recolour(self, colour: QColor) -> None:
        """Be drawn in another colour."""
        self.colour = colour
        self.update()

    @property
    def top(self) -> float:
        """Where it begins, as a share of the height for the lines."""
        return -0.03 - self.place * SHARE

    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        seen = view.viewRect() if view is not None else QRectF(0, 0, 1, 1)
        return QRectF(seen.left(), self.top - SHARE, seen.width(), SHARE)

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *args: Any) -> None:
        strokes, view = self._strokes, self.getViewBox()
        if strokes is None or view is None:
            return
        to_px = painter.transform()
        seen = to_px.mapRect(view.viewRect())
        left, right = math.floor(seen.left()), math.ceil(seen.right()) + 1
        made = self._banded(strokes, to_px, left, right)
        shift = made.columns.left + round(to_px.dx() - made.dx)
        top = round(self.top * to_px.m22() + to_px.dy())
        height = round(-SHARE * _FILL * to_px.m22())
        painter.save()
        painter.resetTransform()
        painter.setFont(font(11, bold=self.selected))
        for first, last in made.bands:
            begin, end = max(first + shift, left), min(last + shift, right)
            if begin <= end:
                box = QRect(begin, top, end - begin + 1, height)
                self._draw_band(painter, box, made.columns, first, round(seen.left()) + _BADGE_PX)
        self._draw_number(painter, QRect(round(seen.left()) + 2, top + (height - 15) // 2, 14, 15))
        painter.restore()

    def _banded(self, strokes: Strokes, to_px: QTransform, left: int, right: int) -> _Made:
        """The bands of a view; while it is only dragged they stay, and reach beyond it."""
        scale, dx = to_px.m11(), to_px.dx()
        if (old := self._made) is not None and old.scale == scale:
            shift = round(dx - old.dx)
            if old.columns.left + shift <= left and right <= old.columns.left + len(old.columns.low) + shift:
                return old
            beyond = (right - left) // 4
            left, right = left - beyond, right + beyond
        origin = self._base_ns - round(dx / scale * 1e9)
        columns = columns_of(strokes, left, right, origin, scale / 1e9, False)
        self._made = _Made(scale, dx, columns, bands(columns))
        return self._made

    def _draw_band(self, painter: QPainter, box: QRect, columns: Columns, first: int, begin: int) -> None:
        """One stretch in one state; its name stands right of `begin`, where the pen's number ends."""
        low, high = columns.low[first], columns.high[first]
        doubtful = columns.quality[first] >= q.UNCERTAIN
        painter.setPen(Qt.PenStyle.NoPen)
        if low != high:  # changes faster than pixels can tell
            painter.fillRect(box, QBrush(self.colour, Qt.BrushStyle.Dense4Pattern))
            return
        state = round(float(low))
        full = state in self._full
        if state == 0 and not full and len(self.names) <= 2:
            box = QRect(box.left(), box.bottom() - 1, box.width(), 2)
        pale = QColor(self.colour)
        pale.setAlphaF(0.3)
        painter.fillRect(box, QBrush(self.colour if full or box.height() == 2 else pale))
        if doubtful:
            painter.fillRect(box, QBrush(self.theme.colour("raised"), Qt.BrushStyle.BDiagPattern))
        painter.fillRect(QRect(box.left(), box.top(), 1, box.height()), self.colour)
        box.setLeft(max(box.left(), begin))
        self._say(painter, box, self.names.get(state, str(state)), full)

    def _say(self, painter: QPainter, box: QRect, text: str, full: bool) -> None:
        room = box.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        if room.height() < 12 or painter.fontMetrics().horizontalAdvance(text) > room.width():
            return
        dark = self.colour.lightnessF() > 0.6
        painter.setPen(QColor("#000000" if dark else "#FFFFFF") if full else self.theme.colour("text"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_number(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(self.theme.colour("raised"))
        painter.setBrush(self.colour)
        painter.drawRoundedRect(box, 2, 2)
        painter.setFont(font(11, bold=True))
        painter.setPen(QColor("#000000" if self.colour.lightnessF() > 0.6 else "#FFFFFF"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.number))


def bands(columns: Columns) -> list[tuple[int, int]]:
    """First and last column of every stretch in one state, or of changes too fast to tell; nothing where none is."""
    known = np.isfinite(columns.low) & np.isfinite(columns.high)
    mixed = columns.low != columns.high
    state = np.where(mixed, np.inf, columns.low)
    doubtful = columns.quality >= q.UNCERTAIN
    alike: NDArray[np.bool_] = (state[1:] == state[:-1]) & (doubtful[1:] == doubtful[:-1]) & known[1:] & known[:-1]
    heads = np.flatnonzero(known & ~np.concatenate([[False], alike]))
    tails = np.flatnonzero(known & ~np.concatenate([alike, [False]]))
    return list(zip(heads.tolist(), tails.tolist(), strict=True))
