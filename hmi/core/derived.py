"""Derived tags at run time: recalculated when a tag that they read has changed, in the order of their inputs."""

from __future__ import annotations

import math
from heapq import heapify, heappop, heappush
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_NOT_LIVE, FLAG_TIME_SUSPECT, ROW, Batch
from hmi.core.expr import Expression
from hmi.core.plant.model import Plant
from hmi.core.tags import INTEGER_TYPES, TagTable

_INHERITED: Final = FLAG_NO_SOURCE_TIME | FLAG_TIME_SUSPECT | FLAG_NOT_LIVE
_WHOLE: Final = (*INTEGER_TYPES, "bool")
_EXACT: Final = 2.0**63


class Derived:
    """Every derived tag of a plant; belongs to the thread of the table that it is stepped with."""

    def __init__(self, plant: Plant) -> None:
        self._derived = plant.derived
        self._types = [plant.tags[tag].type for tag, _ in plant.derived]
        self._inputs = [np.array(expression.inputs, np.intp) for _, expression in plant.derived]
        readers: dict[int, list[int]] = {}
        for place, (_, expression) in enumerate(plant.derived):
            for tag in expression.inputs:
                readers.setdefault(tag, []).append(place)
        self._readers = readers
        self._is_read = np.zeros(len(plant.tags), bool)
        self._is_read[list(readers)] = True

    def step(self, table: TagTable, changed: NDArray[Any]) -> Batch:
        """New values of the derived tags that read a changed tag, directly or through another.

        Source time and receipt are the newest of the inputs, quality is the expression's; the table is only read. A
        source time that would go back is the receipt instead.
        """
        moved = np.unique(changed[self._is_read[changed]]) if self._derived else ()
        if not len(moved):
            return Batch.empty()
        waiting = list({place for tag in moved for place in self._readers[int(tag)]})
        heapify(waiting)
        columns = _Columns(table)
        rows: list[tuple[int, ...]] = []
        done = -1
        while waiting:  # places are in order of evaluation, so a reader always comes after what it reads
            place = heappop(waiting)
            if place == done:
                continue
            done = place
            tag, expression = self._derived[place]
            rows.append(columns.calculate(tag, expression, self._inputs[place], self._types[place]))
            for reader in self._readers.get(tag, ()):
                heappush(waiting, reader)
        return Batch(np.array(rows, ROW))


class _Columns:
    """Copies of the table's columns, in which derived tags find those calculated before them in the same step."""

    def __init__(self, table: TagTable) -> None:
        self._value = table.value.copy()
        self._quality = table.quality.copy()
        self._time = table.time.copy()
        self._received = table.received.copy()
        self._flags = table.flags.copy()

    def calculate(self, tag: int, expression: Expression, inputs: NDArray[np.intp], type_: str) -> tuple[Any, ...]:
        """The row of one derived tag, also put into the copies."""
        value, quality = expression.value(self._value, self._quality)
        if math.isfinite(value):
            value = _as_type(value, type_)
        time, received = int(self._time[inputs].max()), int(self._received[inputs].max())
        flags = int(np.bitwise_or.reduce(self._flags[inputs])) & _INHERITED
        if time < self._time[tag]:  # inputs are live again with the times of before: history must not end with the mark
            time, flags = max(received, int(self._time[tag])), flags | FLAG_NO_SOURCE_TIME
        self._value[tag], self._quality[tag] = value, quality
        self._time[tag], self._received[tag], self._flags[tag] = time, received, flags
        exact = type_ in _WHOLE and math.isfinite(value) and abs(value) < _EXACT
        raw = int(value) if exact else 0
        return time, received, value, raw, tag, quality, flags, 0


def _as_type(value: float, type_: str) -> float:
    if type_ == "bool":
        return float(value != 0)
    return float(round(value)) if type_ in INTEGER_TYPES else value
