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

_PER_BOX: Final = 500  # pixels that could be copied in the time that one more box takes to be cleared
_PER_PART: Final = 3000  # and in which one more part is drawn
_SINGLE: Final = 48  # so many changed boxes are shown one by one; more as one region

Rows = NDArray[np.intp]


class Scene:
    """One screen in one window: keeps the picture in physical pixels; lives on the Qt thread.

    Where nearly everything looks different, it may leave its picture behind and be painted right into the window,
    which saves two copies of it; the picture is `late` then, and is brought up to date when somebody asks for it.
    """

    def __init__(self, compiled: Compiled, plant: Plant, seen: Seen, theme: Theme) -> None:
        self.compiled = compiled
        self.theme = theme
        self.late = False
        self.size = (0, 0)  # physical pixels; (0, 0): it has no picture yet
        self._buffer = QPixmap()
        self.scale, self.origin = 1.0, (0.0, 0.0)
        self.columns = Columns(compiled)
        self.layout: Layout | None = None
        self._plant, self._seen = plant, seen
        self._copies, self._boxes = Copies(), Boxes()

    def resize(self, width: int, height: int) -> None:
        """Fit the screen into so many physical pixels, its aspect kept, and draw it all."""
        self.size = size = max(1, width), max(1, height)
        self.layout = layout = layout_of(self.compiled, self._plant, self._seen.table, self.theme, size)
        self.scale, self.origin = layout.scale, layout.origin
        self.spans = Spans(self.ink(None))
        self._buffer = QPixmap(*size)
        self.columns.again(self._seen.table)
        self._pictures = np.zeros(len(layout.pictures.rows), np.int64)
        self._pictures = layout.pictures.look(self.columns, self._pictures, self.columns.moved)
        self._bars = layout.bars.look(self.columns)
        self._pointers = layout.pointers.look(self.columns)
        self._numbers = layout.numbers.look(self.columns, self._seen.table)
        self._catch_up()

    @property
    def buffer(self) -> QPixmap:
        """The picture as it is now."""
        if self.late:
            self._catch_up()
        return self._buffer

    def _catch_up(self) -> None:
        painter = QPainter(self._buffer)
        self.paint(painter)
        painter.end()
        self.late = False

    def paint(self, painter: QPainter) -> None:
        """All of it as it is now, on a painter whose units are physical pixels."""
        if self.layout is not None:
            self._draw(painter, self.layout, np.ones(len(self.layout.parts), bool), whole=True)

    def refresh(self, alarms: bool, history: bool, straight: bool = False) -> tuple[NDArray[np.intp], QRegion]:
        """Draw what looks different from the frame before; returns the elements, and the physical pixels touched.

        `alarms`: other alarms stand than before; `history`: what shows the past is to be drawn anew; `straight`: what
        is painted anew as a whole may be late, as the window paints it next.
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
        straight = straight and len(boxes) > _SINGLE  # the window is painted as a whole in any case
        whole = self._is_all(boxes, len(layout.parts), straight)
        if whole and straight:
            self.late = True
        elif whole or self.late:
            self._catch_up()
        else:
            painter = QPainter(self._buffer)
            self._draw(painter, layout, together, whole=False)
            painter.end()
        region = QRegion(0, 0, *self.size) if whole else region_of(boxes)
        elements = np.zeros(len(self.compiled.drawn), bool)
        elements[layout.element[changed]] = True
        return np.flatnonzero(elements), region

    def _is_all(self, boxes: NDArray[Any], parts: int, straight: bool) -> bool:
        """Whether to draw every part is quicker than to clear some boxes and draw what is in them."""
        area = int(((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum())
        window = _PER_PART * (parts - len(boxes)) if straight else self.size[0] * self.size[1]
        return area + _PER_BOX * len(boxes) > window

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
        return box.toAlignedRect().intersected(QRect(0, 0, *self.size))

    # -- drawing

    def _draw(self, painter: QPainter, layout: Layout, wanted: NDArray[np.bool_], whole: bool) -> None:
        layout.said.make_room()
        if whole:
            painter.drawPixmap(0, 0, layout.backdrop)
        else:
            self._copies.draw(painter, layout.backdrop, [in_place(layout.boxes[wanted])], solid=True)
        for turn in range(layout.rounds):
            self._round(layout, painter, wanted if layout.rounds == 1 else wanted & (layout.rank == turn))

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
        pointed = np.flatnonzero(wanted[layout.pointers.rows])
        pointers = layout.pointers.tables(self._pointers, pointed) if len(pointed) else []
        crosses = [bars.crosses(self._bars, chosen)] if len(chosen) else []
        tables: list[Table] = [table, *crosses, *pointers, *numbers]
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
