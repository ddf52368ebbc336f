"""Rows of different length as one array: what holds of any of a row, found for all rows in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Runs:
    """Rows of different length, one after the other in one array, to be summed up in one step."""

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        self.flat = np.array([place for row in rows for place in row], np.intp)
        lengths = np.array([len(row) for row in rows], np.intp)
        self._count = len(rows)
        self._some = np.flatnonzero(lengths)
        self._starts = (np.cumsum(lengths) - lengths)[self._some]

    def any(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of each row, whether the flag of any of its places is set."""
        result = np.zeros(self._count, bool)
        if len(self._some):
            result[self._some] = np.logical_or.reduceat(flags[self.flat], self._starts)
        return result

    def max(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of each row, the greatest value of its places; 0 of none."""
        result = np.zeros(self._count, values.dtype)
        if len(self._some):
            result[self._some] = np.maximum.reduceat(values[self.flat], self._starts)
        return result
