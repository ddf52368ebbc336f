"""Every number of a screen, set from glyphs in one step: no Python per value, the same picture as the painter's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic import numerals
from hmi.client.mimic.atlas import Atlas, Table
from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.digits import Place
from hmi.client.mimic.gauges import known
from hmi.client.mimic.glyphs import MINUS, PHASES, POINT, QUESTION, Strip, Word, digits_of, word_of
from hmi.client.mimic.ink import Ink, drop_of, whole
from hmi.client.mimic.paint import value_place
from hmi.client.mimic.parts import Part
from hmi.core.setting import is_exact
from hmi.core.tags import TagTable

PLAIN: Final = 0
NEGATIVE: Final = 1
BAD: Final = 2
WRITTEN: Final = 3  # with an exponent: by the painter
_FIXED: Final = 64.0  # Qt places letters on 64ths of a pixel
_FIXED_BITS: Final = 6
_PHASE_BITS: Final = 4
_NUDGE: Final = 1  # and takes the next quarter from one 64th before it on

Look = tuple[NDArray[np.uint64], NDArray[np.int8]]  # digits of each number, and how it is written
_WORD: Final = np.dtype([(name, "f8") for name in Word.__dataclass_fields__])
_NO_WORD: Final = Word(0, 0, 0, 0, 0, 0)


class Numbers:
    """The numbers of a screen; `rows` are the parts they belong to, by their place in the screen's list."""

    def __init__(self, parts: Sequence[Part], rows: Sequence[int], ink: Ink, compiled: Compiled, atlas: Atlas) -> None:
        self.rows = np.array(rows, np.intp)
        mine = [parts[row] for row in rows]
        places = [value_place(ink, part.drawn, part.shapes[0].options) for part in mine]
        reads = [part.drawn.reads[part.shapes[0].options["bind"]] for part in mine]
        self._reading = np.array([compiled.place(read) for read in reads], np.intp)
        self._decimals = np.array([part.drawn.decimals for part in mine], np.int64)
        tags = [None if read.tag is None else ink.table.tags[read.tag] for read in reads]
        exact = [tag.index if tag is not None and is_exact(tag) else -1 for tag in tags]
        self._exact = np.where(self._decimals == 0, np.array(exact, np.int64), -1)
        self._unsigned = np.array([tag is not None and tag.type == "uint64" for tag in tags], bool)
        self._any_exact = bool((self._exact >= 0).any())
        self._anchor = np.array([place.anchor for place in places])
        self._shift = np.array([place.shift for place in places])
        self._room = np.array([place.room for place in places])
        self._gap = np.array([place.gap for place in places])
        self._baseline = np.array([place.baseline for place in places], np.int64)
        self._strips(mine, places, ink, atlas)
        self._units(places, ink, atlas)

    def _strips(self, mine: Sequence[Part], places: Sequence[Place], ink: Ink, atlas: Atlas) -> None:
        made: dict[tuple[int, bool, str], Strip | None] = {}
        of: list[Strip | None] = []
        for part, place in zip(mine, places, strict=True):
            key = (round(place.px), place.bold, part.shapes[0].options.get("colour", "value"))
            if key not in made:
                made[key] = digits_of(atlas, ink.theme, place.px, place.bold, key[2])
            of.append(made[key])
        self._full = np.array([strip is None for strip in of], bool)  # no room in the atlas: by the painter
        blank = Strip(*[0] * 6, *[0.0] * 5)
        strips = [strip or blank for strip in of]
        self._x, self._y, self._width, self._height, self._left, self._rise = (
            np.array([(one.x, one.y, one.width, one.height, one.left, one.rise) for one in strips], np.int64)
            .reshape(-1, 6)
            .T
        )
        self._digit, self._point, self._minus, self._question, thousands = (
            np.array([(one.digit, one.point, one.minus, one.question, one.thousands) for one in strips])
            .reshape(-1, 5)
            .T
        )
        self._offsets = numerals.offsets(self._decimals, self._digit, self._point, thousands)
        self._ends = (self._offsets * _FIXED).astype(np.int64)
        self._top = self._baseline - self._rise

    def _units(self, places: Sequence[Place], ink: Ink, atlas: Atlas) -> None:
        made: dict[tuple[str, int], Word | None] = {}
        rows, self._unit_line = [], np.zeros(len(places), np.int64)
        for row, place in enumerate(places):
            word: Word | None = _NO_WORD
            if place.unit and not place.is_unit_still:
                key = (place.unit, round(place.unit_px))
                if key not in made:
                    made[key] = word_of(atlas, ink.theme, place.unit, place.unit_px, "muted")
                word = made[key]
                middle = place.area.center().y() + place.unit_drop
                self._unit_line[row] = whole(middle + drop_of(place.unit_px, False))
            self._full[row] |= word is None
            rows.append(tuple(getattr(word or _NO_WORD, name) for name in _WORD.names or ()))
        self._unit = np.array(rows, _WORD)

    def look(self, columns: Columns, table: TagTable) -> Look:
        """What every number shows now: its digits, and how it is written."""
        values = columns.value[self._reading]
        is_known = known(values, columns.quality[self._reading])
        plain = is_known & numerals.is_plain(values, self._decimals)
        digits = np.ascontiguousarray(values).view(np.uint64).copy()  # where it is written, any change counts
        how = np.full(len(values), WRITTEN, np.int8)
        digits[plain], negative = numerals.whole(values[plain], self._decimals[plain])
        how[plain] = np.where(negative, NEGATIVE, PLAIN)
        if self._any_exact:
            self._take_exact(digits, how, is_known & (self._exact >= 0), table)
        digits[~is_known], how[~is_known] = 0, BAD
        return digits, how

    def _take_exact(self, digits: NDArray[Any], how: NDArray[Any], mine: NDArray[np.bool_], table: TagTable) -> None:
        raw = table.raw[self._exact[mine]]
        negative = (raw < 0) & ~self._unsigned[mine]
        bits = raw.view(np.uint64)
        digits[mine] = np.where(negative, np.uint64(0) - bits, bits)
        how[mine] = np.where(negative, NEGATIVE, PLAIN)

    def tables(self, look: Look, chosen: NDArray[np.intp]) -> tuple[list[Table], NDArray[np.intp]]:
        """The glyphs of some numbers, and which of them must be painted because they do not fit."""
        if not len(chosen):
            return [], chosen
        digits, how = look[0][chosen], look[1][chosen]
        bad = how == BAD
        last = numerals.last_place(digits, self._decimals[chosen])
        signs = self._offsets[chosen, np.where(bad, 0, last)] + self._minus[chosen] * (how == NEGATIVE)
        width = np.where(bad, 4 * self._question[chosen], signs)
        fits = (width <= self._room[chosen]) & (how != WRITTEN) & ~self._full[chosen]
        start = self._anchor[chosen] + self._shift[chosen] * width
        begin = np.floor(start * _FIXED).astype(np.int64) + _NUDGE
        end = begin + np.rint(width * _FIXED).astype(np.int64)
        tables = []
        plain = np.flatnonzero(fits & ~bad)
        if len(plain):
            tables += self._digits(chosen[plain], digits[plain], last[plain], end[plain])
        negative = fits & (how == NEGATIVE)
        if negative.any():
            tables.append(self._glyphs(chosen[negative], MINUS, begin[negative]))
        bad &= fits
        if bad.any():
            steps = np.arange(4) * (self._question[chosen[bad]][:, None] * _FIXED).astype(np.int64)
            tables.append(self._glyphs(np.repeat(chosen[bad], 4), QUESTION, (begin[bad][:, None] + steps).ravel()))
        united = np.flatnonzero(fits & (self._unit["width"][chosen] > 0))
        if len(united):
            mine = chosen[united]
            tables.append(self._unit_table(mine, start[united] + width[united] + self._gap[mine]))
        return tables, chosen[~fits]

    def _digits(self, mine: Any, digits: Any, last: Any, end: Any) -> list[Table]:
        places = int(last.max()) + 1
        shown = np.arange(places) <= last[:, None]
        rows = np.repeat(mine, last + 1)
        at = (end[:, None] - self._ends[mine, :places])[shown]
        tables = [self._glyphs(rows, numerals.spread(digits, places)[shown].astype(np.int64), at)]
        pointed = self._decimals[mine] > 0
        if pointed.any():
            rows = mine[pointed]
            tail = (self._decimals[rows] * self._digit[rows] + self._point[rows]) * _FIXED
            tables.append(self._glyphs(rows, POINT, end[pointed] - tail.astype(np.int64)))
        return tables

    def _glyphs(self, rows: Any, glyph: Any, at: Any) -> Table:
        width, height = self._width[rows], self._height[rows]
        x = (at >> _FIXED_BITS) - self._left[rows]
        phase = (at >> _PHASE_BITS) & (PHASES - 1)
        return x, self._top[rows], self._x[rows] + glyph * width, self._y[rows] + phase * height, width, height

    def _unit_table(self, rows: Any, left: Any) -> Table:
        unit, at = self._unit[rows], np.floor(left * PHASES).astype(np.int64)
        return (
            at // PHASES - unit["left"],
            self._unit_line[rows] - unit["rise"],
            unit["x"],
            unit["y"] + at % PHASES * unit["height"],
            unit["width"],
            unit["height"],
        )
