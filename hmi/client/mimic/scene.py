"""The picture of a screen as values change: what looks different is found in columns and drawn in a few strokes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from hmi.client.mimic.atlas import Boxes, Copies, Table
from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import EDGE, Compiled, Drawn
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.layout import Layout, layout_of
from hmi.client.mimic.quality import AlarmMark, Seen, alarm_mark, is_hidden, is_standing
from hmi.client.mimic.said import text_of
from hmi.client.mimic.spans import Spans
from hmi.client.theme import Theme
from hmi.core.plant.model import Plant

_PER_BOX: Final = 500  # pixels that could be copied in the time that one more box takes
_SINGLE: Final = 48  # so many changed boxes are shown one by one; more as one region

Rows = NDArray[np.intp]


class Scene:
    """One screen in one window: keeps the picture in physical pixels; lives on the Qt thread."""

    def __init__(self, compiled: Compiled, plant: Plant, seen: Seen, theme: Theme) -> None:
        self.compiled = compiled
        self.theme = theme
        self.buffer = QPixmap()
        self.scale, self.origin = 1.0, (0.0, 0.0)
        self.columns = Columns(compiled)
        self.layout: Layout | None = None
        self._plant, self._seen = plant, seen
        self._copies, self._boxes = Copies(), Boxes()

    def resize(self, width: int, height: int) -> None:
        """Fit the screen into so many physical pixels, its aspect kept, and draw it all."""
        size = max(1, width), max(1, height)
        self.layout = layout = layout_of(self.compiled, self._plant, self._seen.table, self.theme, size)
        self.scale, self.origin = layout.scale, layout.origin
        self.spans = Spans(self.ink(None))
        self.buffer = QPixmap(*size)
        self.columns.again(self._seen.table)
        self._pictures = np.zeros(len(layout.pictures.rows), np.int64)
        self._pictures = layout.pictures.look(self.columns, self._pictures, self.columns.moved)
        self._bars = layout.bars.look(self.columns)
        self._pointers = layout.pointers.look(self.columns)
        self._numbers = layout.numbers.look(self.columns, self._seen.table)
        self._draw(layout, np.ones(len(layout.parts), bool), whole=True)

    def refresh(self, alarms: bool, history: bool) -> tuple[NDArray[np.intp], QRegion]:
        """Draw what looks different from the frame before; returns the elements, and the physical pixels touched.

        `alarms`: other alarms stand than before; `history`: what shows the past is to be drawn anew.
        """
        layout = self.layout
        if layout is None:
            return np.empty(0, np.intp), QRegion()
        changed = np.zeros(len(layout.parts), bool)
        if self.columns.take(self._seen.table):
            self._compare(layout, changed)
        if alarms:
            changed[layout.painted[layout.gathers]] = True
        if history:
            changed[layout.painted[layout.history]] = True
        if not changed.any():
            return np.empty(0, np.intp), QRegion()
        touched = np.zeros(layout.clusters, bool)
        touched[layout.cluster[changed]] = True
        together = touched[layout.cluster]
        boxes = layout.boxes[together]
        area = int(((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum())
        whole = area + _PER_BOX * len(boxes) > self.buffer.width() * self.buffer.height()
        self._draw(layout, np.ones(len(layout.parts), bool) if whole else together, whole)
        region = QRegion(self.buffer.rect()) if whole else region_of(boxes)
        return np.unique(layout.element[changed]), region

    def _compare(self, layout: Layout, changed: NDArray[np.bool_]) -> None:
        columns, table = self.columns, self._seen.table
        pictures = layout.pictures.look(columns, self._pictures, columns.moved)
        changed[layout.pictures.rows] = pictures != self._pictures
        bars = layout.bars.look(columns)
        changed[layout.bars.rows[layout.bars.part[bars != self._bars]]] = True
        pointers = layout.pointers.look(columns)
        changed[layout.pointers.rows] = (pointers[0] != self._pointers[0]) | (pointers[1] != self._pointers[1])
        numbers = layout.numbers.look(columns, table)
        changed[layout.numbers.rows] = (numbers[0] != self._numbers[0]) | (numbers[1] != self._numbers[1])
        changed[layout.painted] = layout.painted_reads.any(columns.moved)
        changed[layout.texts] = layout.text_reads.any(columns.moved)
        self._pictures, self._bars, self._pointers, self._numbers = pictures, bars, pointers, numbers

    def area(self, number: int) -> QRect:
        """The physical pixels of an element and its edges."""
        left, top, right, bottom = self.compiled.boxes[number] + (-EDGE, -EDGE, EDGE, EDGE)
        (x, y), scale = self.origin, self.scale
        box = QRectF(x + left * scale, y + top * scale, (right - left) * scale, (bottom - top) * scale)
        return box.toAlignedRect().intersected(self.buffer.rect())

    # -- drawing

    def _draw(self, layout: Layout, wanted: NDArray[np.bool_], whole: bool) -> None:
        layout.said.make_room()
        painter = QPainter(self.buffer)
        if whole:
            painter.drawPixmap(0, 0, layout.backdrop)
        else:
            self._copies.draw(painter, layout.backdrop, [in_place(layout.boxes[wanted])], solid=True)
        for turn in range(layout.rounds):
            self._round(layout, painter, wanted if layout.rounds == 1 else wanted & (layout.rank == turn))
        painter.end()

    def _round(self, layout: Layout, painter: QPainter, wanted: NDArray[np.bool_]) -> None:
        """Draw parts of which none lies over another of a later kind."""
        painted = layout.painted[wanted[layout.painted]]
        pictures = np.flatnonzero(wanted[layout.pictures.rows])
        table, strange = layout.pictures.tables(self._pictures, pictures, self.ink(None))
        self._paint(layout, painter, np.sort(np.concatenate([painted, layout.pictures.rows[strange]])))
        bars = layout.bars
        chosen = np.flatnonzero(wanted[bars.rows[bars.part]])
        self._fill(layout, painter, wanted, chosen)
        numbers, unfit = layout.numbers.tables(self._numbers, np.flatnonzero(wanted[layout.numbers.rows]))
        pointers = layout.pointers.tables(self._pointers, np.flatnonzero(wanted[layout.pointers.rows]))
        tables: list[Table] = [table, bars.crosses(self._bars, chosen), *pointers, *numbers]
        self._copies.draw(painter, layout.atlas.pixmap, tables, solid=False)
        digits, how = self._numbers
        wide = zip(digits[unfit].tolist(), how[unfit].tolist(), strict=True)
        self._say(layout, painter, layout.numbers.rows[unfit], list(wide))
        texts = layout.texts[wanted[layout.texts]]
        self._say(layout, painter, texts, [text_of(layout.parts[row], self.ink(None)) for row in texts.tolist()])

    def _say(self, layout: Layout, painter: QPainter, rows: Rows, saying: Sequence[Hashable]) -> None:
        """Texts, each drawn once and copied ever after."""
        if len(rows):
            tables, left = layout.said.tables(layout.parts, rows, saying, self.ink(None))
            self._copies.draw(painter, layout.said.pixmap, tables, solid=False)
            self._paint(layout, painter, np.array(left, np.intp))

    def _fill(self, layout: Layout, painter: QPainter, wanted: NDArray[np.bool_], chosen: Rows) -> None:
        bars = layout.bars
        if not len(chosen):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for number, role in enumerate(bars.roles):
            painter.setBrush(self.theme.colour(role))
            self._boxes.draw(painter, bars.boxes(self._bars, chosen, number))
        painter.setBrush(self.theme.colour("line"))
        self._boxes.draw(painter, bars.ticks[wanted[bars.rows[bars.tick_part]]])

    def _paint(self, layout: Layout, painter: QPainter, rows: Rows) -> None:
        """The slow road: part by part, as the reference painter draws it."""
        if not len(rows):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self.ink(painter)
        for row in rows.tolist():
            part = layout.parts[row]
            left, top, right, bottom = part.box
            painter.setClipRect(left, top, right - left, bottom - top)
            ink.spans = list(self.spans.of(part.drawn))
            part.paint(ink)
        painter.restore()

    def ink(self, painter: QPainter | None) -> Ink:
        """The ink of this picture, on a painter; without one it only measures."""
        return Ink(cast(QPainter, painter), self.theme, self.scale, self.origin, self._seen.table, self._rollup)

    def _rollup(self, drawn: Drawn) -> tuple[AlarmMark | None, int]:
        alarms = self._seen.alarms
        open_rules = [rule for rule in drawn.rules if is_standing(alarms.get(rule)) and not is_hidden(alarms[rule])]
        return alarm_mark(open_rules, alarms, self._plant.rules), len(open_rules)


def in_place(boxes: NDArray[Any]) -> Table:
    """Boxes (left, top, right, bottom) as copies of what lies at the same place."""
    x, y = boxes[:, 0], boxes[:, 1]
    return x, y, x, y, boxes[:, 2] - x, boxes[:, 3] - y


def region_of(boxes: NDArray[Any]) -> QRegion:
    """The physical pixels of some boxes; of very many, what lies around them."""
    if len(boxes) > _SINGLE:
        left, top = boxes[:, :2].min(0).tolist()
        right, bottom = boxes[:, 2:].max(0).tolist()
        return QRegion(left, top, right - left, bottom - top)
    region = QRegion()
    for left, top, right, bottom in boxes.tolist():
        region += QRect(left, top, right - left, bottom - top)
    return region


def rectangles(region: QRegion) -> list[QRect]:
    """The rectangles a region is made of."""
    return list(cast(Iterable[QRect], region))


def element_at(compiled: Compiled, x: float, y: float) -> int | None:
    """The topmost element at a point in design units that a person can do something with; None for bare ground."""
    edges = compiled.boxes
    inside = (edges[:, 0] <= x) & (edges[:, 2] >= x) & (edges[:, 1] <= y) & (edges[:, 3] >= y)
    for number in np.flatnonzero(inside)[::-1]:
        if answers(compiled.drawn[int(number)]):
            return int(number)
    return None


def answers(drawn: Drawn) -> bool:
    """Whether an element does something when it is clicked."""
    element = drawn.element
    return bool(element.go or element.write or element.equipment or drawn.shown)
