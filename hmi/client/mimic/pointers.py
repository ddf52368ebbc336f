"""The pointers of a screen's moving indicators: pictures that are only moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from hmi.client.mimic.atlas import Atlas, Table
from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.gauges import known
from hmi.client.mimic.indicators import ask, asked, draw_pointer, track_of
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.parts import Part
from hmi.client.mimic.reach import pixels
from hmi.core import quality as q

UNKNOWN: Final = -(2**30)  # where a pointer would stand if its value were known
ABSENT: Final = -(2**30) - 1  # no set-point is bound
_NONE: Final = -1

Look = tuple[NDArray[np.int64], NDArray[np.int64]]  # where every set-point and every value stands, pixels
_Cell = tuple[int, int, int, int, int, int]  # x and y in the atlas, size, place across the track, pixels before `at`


class Pointers:
    """Every moving indicator of a screen; `rows` are the parts it draws, by their place in the screen's list."""

    def __init__(self, parts: Sequence[Part], rows: Sequence[int], ink: Ink, compiled: Compiled, atlas: Atlas) -> None:
        self.rows = np.array(rows, np.intp)
        mine = [parts[row] for row in rows]
        tracks = [track_of(ink, part.drawn, part.shapes[0].options) for part in mine]
        self._upward = np.array([upward for _, upward, _ in tracks], bool)
        ends = [(t.bottom(), -t.height()) if upward else (t.left(), t.width()) for t, upward, _ in tracks]
        self._ends = np.array(ends).reshape(-1, 2)
        self._low = np.array([part.drawn.scale.low for part in mine])
        self._span = np.array([part.drawn.scale.high - part.drawn.scale.low for part in mine])
        self._place = np.array([compiled.place(part.drawn.reads[part.shapes[0].options["bind"]]) for part in mine], int)
        names = [part.shapes[0].options.get("setpoint") for part in mine]
        reads = [None if name is None else part.drawn.reads.get(name) for part, name in zip(mine, names, strict=True)]
        self._wanted = np.array([_NONE if read is None else compiled.place(read) for read in reads], int)
        made: dict[tuple[Any, ...], tuple[int, int] | None] = {}
        self._value = self._cells(tracks, ink, atlas, made, setpoint=False)
        self._setpoint = self._cells(tracks, ink, atlas, made, setpoint=True)
        self._question = self._questions(tracks, ink, atlas, made)
        self.full = (self._value[:, 0] < 0) | (self._setpoint[:, 0] < 0) | (self._question[:, 0] < 0)

    def _cells(self, tracks: Sequence[Any], ink: Ink, atlas: Atlas, made: Any, setpoint: bool) -> NDArray[np.int64]:
        cells = []
        for track, upward, reach in tracks:
            back = math.ceil(reach * 0.62 + 2 + ink.scale)
            low, high = (track.left(), track.right()) if upward else (track.top(), track.bottom())
            first, last = math.floor(low - reach - 2 - ink.scale), math.ceil(high + reach + 2 + ink.scale)
            size = (last - first, 2 * back) if upward else (2 * back, last - first)
            key = (upward, setpoint, round((low - first) * 64), round((high - first) * 64), size)
            if key not in made:
                made[key] = corner = atlas.room(*size)
                if corner is not None:
                    painter = atlas.painter()
                    moved = track.translated(corner[0] - first, 0) if upward else track.translated(0, corner[1] - first)
                    at = (corner[1] if upward else corner[0]) + back
                    draw_pointer(ink.on(painter), moved, upward, at, reach, setpoint)
                    painter.end()
            cells.append((*(made[key] or (_NONE, _NONE)), *size, first, back))
        return np.array(cells, np.int64).reshape(-1, 6)

    @staticmethod
    def _questions(tracks: Sequence[Any], ink: Ink, atlas: Atlas, made: Any) -> NDArray[np.int64]:
        cells = []
        for track, upward, reach in tracks:
            area = asked(track, upward, reach)
            tall = QRectF(area.left() - 1, area.center().y() - 2 * reach, area.width() + 2, 4 * reach)
            left, top, right, bottom = pixels(tall)
            size = (right - left, bottom - top)
            key = ("?", size, round((area.left() - left) * 64), round((area.center().y() - top) * 64))
            if key not in made:
                made[key] = corner = atlas.room(*size)
                if corner is not None:
                    painter = atlas.painter()
                    ask(ink.on(painter), track.translated(corner[0] - left, corner[1] - top), upward, reach)
                    painter.end()
            cells.append((*(made[key] or (_NONE, _NONE)), *size, left, top))
        return np.array(cells, np.int64).reshape(-1, 6)

    def look(self, columns: Columns) -> Look:
        """Where every set-point and every value stands: the pixel along its track, UNKNOWN or ABSENT."""
        values, qualities = columns.value[self._place], columns.quality[self._place]
        value = self._stand(values, known(values, qualities))
        wanted, its_quality = columns.value[self._wanted], columns.quality[self._wanted]
        setpoint = self._stand(wanted, known(wanted, its_quality) & (its_quality < q.UNCERTAIN))
        setpoint[self._wanted < 0] = ABSENT
        return setpoint, value

    def _stand(self, values: NDArray[np.float64], is_known: NDArray[np.bool_]) -> NDArray[np.int64]:
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            share = np.clip((values - self._low) / self._span, 0.0, 1.0)
        share = np.where((self._span > 0) & is_known, share, 0.0)
        at = np.rint(self._ends[:, 0] + share * self._ends[:, 1]).astype(np.int64)
        return np.where(is_known, at, UNKNOWN)

    def tables(self, look: Look, chosen: NDArray[np.intp]) -> list[Table]:
        """The pictures of some indicators' pointers: set-points below values."""
        setpoint, value = look
        asked_for = chosen[setpoint[chosen] == UNKNOWN]
        cell = self._question[asked_for]
        questions = (cell[:, 4], cell[:, 5], cell[:, 0], cell[:, 1], cell[:, 2], cell[:, 3])
        return [
            self._table(self._setpoint, setpoint, chosen[setpoint[chosen] > UNKNOWN]),
            questions,
            self._table(self._value, value, chosen[value[chosen] > UNKNOWN]),
        ]

    def _table(self, cells: NDArray[np.int64], at: NDArray[np.int64], mine: NDArray[np.intp]) -> Table:
        cell, upward = cells[mine], self._upward[mine]
        across, along = cell[:, 4], at[mine] - cell[:, 5]
        x, y = np.where(upward, across, along), np.where(upward, along, across)
        return x, y, cell[:, 0], cell[:, 1], cell[:, 2], cell[:, 3]
