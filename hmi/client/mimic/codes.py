"""What a state looks like, as one number: running or not, which word, shown or not; for all elements at once.

A picture of a symbol depends on a few such codes alone, so it is drawn once for each and copied ever after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic.compile import Drawn, Reading
from hmi.client.mimic.quality import Mark, marks_of
from hmi.core import quality as q
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Shape
from hmi.core.screens.vocabulary import PACKML, RUNNING

YES_NO: Final = (0, 1)
_ASKS: Final = {"glyph": "by", "runmark": "bind"}  # which option names the state that a shape tells
_SPREAD: Final = 2.0**33  # keeps the numbers of one set of words apart from those of another
_FAR: Final = 2.0**31
_MOST_CODES: Final = 2**20


class Sort(IntEnum):
    """What a code tells."""

    RUN = 0  # 0 at rest, 1 running, 2 unknown
    SHOWN = 1  # 0, 1
    WORD = 2  # place of the number among those that have a word; one more: no word; two more: bad
    TONE = 3  # 0 sure, 1 not sure, 2 bad


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one picture: what of which reading it tells, and by which numbers."""

    sort: Sort
    reading: Reading
    numbers: tuple[float, ...] | None = None

    @property
    def size(self) -> int:
        """How many values the code can take."""
        if self.sort == Sort.WORD:
            return len(self.numbers or ()) + 2
        return 2 if self.sort == Sort.SHOWN else 3


def codes_of(drawn: Drawn, shape: Shape, plant: Plant) -> list[Code] | None:
    """The codes that a shape's look depends on; None where it depends on more than codes can tell."""
    options = shape.options
    names = [options.get(key) for key in ("fill_by", "glyph_by", _ASKS.get(shape.kind, ""))]
    codes = [_running(drawn, name, options.get("running")) for name in names if name in drawn.reads]
    if shape.kind == "unknown" and options.get("bind") in drawn.reads:
        codes.append(Code(Sort.RUN, drawn.reads[options["bind"]], ()))  # at rest, or unknown
    if options.get("shown_by") in drawn.reads:
        codes.append(Code(Sort.SHOWN, drawn.reads[options["shown_by"]]))
    if options.get("from_element"):
        codes += [Code(Sort.TONE, reading) for reading in drawn.reads.values()]
    if shape.kind in ("state", "value"):
        numbers = _worded(drawn, shape, plant)
        if numbers is None:
            return None
        codes.append(Code(Sort.WORD, drawn.reads[options["bind"]], numbers))
    return codes


def _running(drawn: Drawn, name: str, given: Sequence[float] | None) -> Code:
    numbers = drawn.element.options.get("running", given)
    if numbers is None:
        numbers = RUNNING.get(drawn.symbol.binds.get(name, ""))
    return Code(Sort.RUN, drawn.reads[name], None if numbers is None else tuple(map(float, numbers)))


def _worded(drawn: Drawn, shape: Shape, plant: Plant) -> tuple[float, ...] | None:
    """The numbers that have a word of their own; None where text or digits are shown."""
    name = shape.options["bind"]
    tag = drawn.reads[name].tag
    if tag is not None and plant.tags[tag].is_text:
        return None
    words = drawn.element.options.get("words")
    if words:
        return tuple(sorted(float(key) for key in words))
    if shape.kind == "state" and drawn.symbol.binds.get(name) == "packml":
        return tuple(map(float, PACKML))
    return YES_NO if tag is not None and plant.tags[tag].type == "bool" else None


class Codes:
    """The codes of many pictures, worked out together. `combined` gives one number for each picture."""

    def __init__(self, pictures: Sequence[Sequence[Code]], places: Sequence[Sequence[int]]) -> None:
        flat = [code for codes in pictures for code in codes]
        self.reading = np.array([place for row in places for place in row], np.intp)
        self._sort = np.array([code.sort for code in flat], np.int8)
        self._size = np.array([code.size for code in flat], np.int64)
        self.of = np.repeat(np.arange(len(pictures)), [len(codes) for codes in pictures])
        strides: list[int] = []
        for codes in pictures:
            stride = 1
            for code in codes:
                strides.append(stride)
                stride *= code.size
        self._stride = np.array(strides, np.int64)
        self._count = len(pictures)
        self._any_above = np.array([code.sort == Sort.RUN and code.numbers is None for code in flat], bool)
        most = max((len(code.numbers or ()) for code in flat if code.sort == Sort.RUN), default=0)
        self._running = np.full((len(flat), max(1, most)), np.nan)
        for row, code in enumerate(flat):
            if code.sort == Sort.RUN and code.numbers:
                self._running[row, : len(code.numbers)] = code.numbers
        self._learn(flat)

    def _learn(self, flat: Sequence[Code]) -> None:
        worded = [code.numbers or () if code.sort == Sort.WORD else () for code in flat]
        sets = {numbers: place for place, numbers in enumerate(dict.fromkeys(worded))}
        self._set = np.array([sets[numbers] for numbers in worded], np.float64)
        self._begins = np.cumsum([0, *(len(numbers) for numbers in sets)])[:-1]
        keys = [place * _SPREAD + number for numbers, place in sets.items() for number in numbers]
        self._keys = np.array([*keys, np.inf])

    def combined(self, value: NDArray[Any], quality: NDArray[Any], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """One number for each picture; below zero where a number has no word of its own: then it must be written.

        Only the pictures chosen are worked out; the others read 0.
        """
        result = np.zeros(self._count, np.int64)
        rows = np.flatnonzero(chosen[self.of])
        if not len(rows):
            return result
        sort, values, qualities = self._sort[rows], value[self.reading[rows]], quality[self.reading[rows]]
        bad = (qualities >= q.BAD) | np.isnan(values)
        codes = np.zeros(len(rows), np.int64)
        run = sort == Sort.RUN
        running = (values[:, None] == self._running[rows]).any(1) | (self._any_above[rows] & (values > 0))
        codes[run] = np.where(bad[run], 2, running[run])
        codes[sort == Sort.SHOWN] = (~bad & (values > 0))[sort == Sort.SHOWN]
        tone = sort == Sort.TONE
        if tone.any():
            marks = marks_of(qualities[tone])
            codes[tone] = np.where(marks == Mark.BAD, 2, marks >= Mark.UNCERTAIN)
        np.add.at(result, self.of[rows], codes * self._stride[rows])
        word = np.flatnonzero(sort == Sort.WORD)
        if len(word):
            self._words(result, rows[word], np.where(bad[word], np.nan, values[word]))
        return result

    def _words(self, result: NDArray[np.int64], rows: NDArray[np.intp], values: NDArray[np.float64]) -> None:
        known = ~np.isnan(values)
        number = np.clip(np.trunc(np.where(known, values, 0.0)), -_FAR, _FAR)
        sought = self._set[rows] * _SPREAD + number
        place = np.searchsorted(self._keys, sought)
        found = known & (self._keys[place] == sought)
        codes = np.where(found, place - self._begins[self._set[rows].astype(np.intp)], self._size[rows] - 1)
        np.add.at(result, self.of[rows], codes * self._stride[rows])
        strange = known & ~found
        pictures, sign = self.of[rows[strange]], number[strange].astype(np.int64)
        result[pictures] = -1 - ((np.abs(sign) * 2 + (sign < 0)) * _MOST_CODES + result[pictures] % _MOST_CODES)
