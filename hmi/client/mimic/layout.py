"""A screen laid out for one size and one theme: the backdrop, the atlas, and every moving part in its group.

Nothing here knows a value, so what has been laid out serves every window that shows the screen in that size.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPixmap

from hmi.client.language import spoken
from hmi.client.mimic.atlas import Atlas
from hmi.client.mimic.backdrop import draw_backdrop
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.gauges import Bars
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.numbers import Numbers
from hmi.client.mimic.overlap import clusters, pairs, ranks
from hmi.client.mimic.parts import Kind, Part, take_apart
from hmi.client.mimic.pictures import Pictures
from hmi.client.mimic.pointers import Pointers
from hmi.client.mimic.rich_picture import pictures_of
from hmi.client.mimic.runs import Runs
from hmi.client.mimic.said import Said, is_sayable
from hmi.client.theme import Theme
from hmi.core.plant.model import Plant
from hmi.core.screens.vocabulary import HISTORY
from hmi.core.tags import TagTable

# In which order a round draws: by the painter, filled boxes, pictures, pointers, digits (see overlap.ranks)
_PAINTED, _FILLED, _COPIED, _POINTED, _WRITTEN = 0, 1, 2, 4, 6
_KEPT_PIXELS: Final = 16_000_000  # of layouts that stay ready: 64 MB, seven at 1920 x 1080


class Layout:
    """Everything about the picture of a screen that does not depend on values; lives on the Qt thread."""

    def __init__(self, compiled: Compiled, plant: Plant, table: TagTable, theme: Theme, size: tuple[int, int]) -> None:
        self.compiled, self.theme, self.size = compiled, theme, size
        across, down = compiled.screen.size
        self.scale = max(0.01, min(size[0] / across, size[1] / down))
        self.origin = ((size[0] - across * self.scale) / 2, (size[1] - down * self.scale) / 2)
        self.backdrop = QPixmap(*size)
        self.backdrop.fill(theme.colour("background"))
        painter = painter_on(self.backdrop)
        draw_backdrop(painter, compiled.screen, plant, self.origin, self.scale)
        ink = Ink(painter, theme, self.scale, self.origin, table)
        ground, self.parts = take_apart(compiled, ink, plant)
        for part in ground:
            part.paint(ink)
        painter.end()
        self.atlas = Atlas()
        self.pictures = Pictures(self.parts, self._rows(Kind.CODED, Kind.GROUND), ink, compiled, self.atlas)
        self.bars = Bars(self.parts, self._rows(Kind.FILL, Kind.HEADS), ink, compiled, self.atlas)
        self.pointers = Pointers(self.parts, self._rows(Kind.SCALE), ink, compiled, self.atlas)
        self.numbers = Numbers(self.parts, self._rows(Kind.NUMBER), ink, compiled, self.atlas)
        rows = self._rows(Kind.PAINTED)
        self.texts = np.array([row for row in rows if is_sayable(self.parts[row])], np.intp)
        self.text_reads = Runs([compiled.places(self.parts[row].drawn.tags) for row in self.texts.tolist()])
        self.said = Said()
        self.painted = np.array([row for row in rows if not is_sayable(self.parts[row])], np.intp)
        self.painted_reads = Runs([compiled.places(self.parts[row].drawn.tags) for row in self.painted.tolist()])
        self.gathers = np.array([self.parts[row].drawn.gathers for row in self.painted.tolist()], bool)
        self.history = np.array([self._is_history(self.parts[row]) for row in self.painted.tolist()], bool)
        self._order(size)

    def _rows(self, *kinds: Kind) -> list[int]:
        return [row for row, part in enumerate(self.parts) if part.kind in kinds]

    @staticmethod
    def _is_history(part: Part) -> bool:
        return any(shape.kind in HISTORY for shape in part.shapes)

    def _order(self, size: tuple[int, int]) -> None:
        """Which parts are drawn anew together, and in which round each is drawn."""
        boxes: NDArray[Any] = np.array([part.box for part in self.parts], np.int64).reshape(-1, 4)
        self.boxes = np.clip(boxes, 0, np.array([*size, *size]))
        self.element = np.array([part.number for part in self.parts], np.intp)
        order = np.full(len(self.parts), _PAINTED, np.int8)
        order[self.pictures.rows[~self.pictures.is_painted]] = _COPIED
        for group, place in ((self.bars, _FILLED), (self.pointers, _POINTED), (self.numbers, _WRITTEN)):
            order[group.rows] = place
        order[self.texts] = _WRITTEN
        low, high = pairs(self.boxes)
        self.cluster, self.clusters = clusters(len(self.parts), low, high)
        self.rank = ranks(order, low, high)
        self.rounds = int(self.rank.max()) + 1 if len(self.parts) else 0


def painter_on(pixmap: QPixmap) -> QPainter:
    """A painter with smooth edges and letters."""
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    return painter


_ready: OrderedDict[tuple[Any, ...], tuple[Any, Layout]] = OrderedDict()


def layout_of(compiled: Compiled, plant: Plant, table: TagTable, theme: Theme, size: tuple[int, int]) -> Layout:
    """The layout of a screen; the ones used last are kept ready, so that coming back to a screen costs nothing."""
    photographs = tuple(pictures_of(table).digests.items())  # a tile stands still: another picture, another ground
    key = (id(compiled), id(plant), theme, size, spoken(), photographs)
    kept = _ready.pop(key, None)
    made = Layout(compiled, plant, table, theme, size) if kept is None else kept[1]
    _ready[key] = ((compiled, plant), made)  # holds both: an id is theirs as long as they live
    while len(_ready) > 1 and sum(one.size[0] * one.size[1] for _, one in _ready.values()) > _KEPT_PIXELS:
        _ready.popitem(last=False)
    return made
