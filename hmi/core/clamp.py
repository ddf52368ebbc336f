"""Values held within their tag's range where the tag list asks for it: flagged, and no longer called good."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.batch import FLAG_CLAMPED, Batch
from hmi.core.tags import INTEGER_TYPES, Tag

# OPC UA Part 8: a value beyond the range is Uncertain_EngineeringUnitsExceeded; Part 4, 7.39: the limit bits say where.
_DATA_VALUE: Final = 0x0400
BELOW: Final = q.UNCERTAIN_UNITS_EXCEEDED | _DATA_VALUE | 0x0100
ABOVE: Final = q.UNCERTAIN_UNITS_EXCEEDED | _DATA_VALUE | 0x0200


class Clamp:
    """The ranges of a plant's tags that are clamped; keeps nothing of what it has seen."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        count = len(tags)
        self._clamps = np.zeros(count, bool)
        self._low, self._high = np.full(count, -math.inf), np.full(count, math.inf)
        self._raw_low, self._raw_high = np.zeros(count, np.int64), np.zeros(count, np.int64)
        for tag in tags:
            if tag.clamp in ("low", "both") and tag.low is not None:
                self._low[tag.index], self._raw_low[tag.index] = tag.low, _raw(tag, tag.low)
            if tag.clamp in ("high", "both") and tag.high is not None:
                self._high[tag.index], self._raw_high[tag.index] = tag.high, _raw(tag, tag.high)
            self._clamps[tag.index] = bool(tag.clamp)
        self._any = bool(self._clamps.any())

    def apply(self, batch: Batch) -> Batch:
        """The batch with values beyond the range put to its limit; the driver's own rows are left as they are.

        A bad value stays what it is, and one that the device itself is not sure of keeps its reason.
        """
        if not self._any:
            return batch
        tags, values = batch.rows["tag"], batch.rows["value"]
        places = np.flatnonzero(self._clamps.take(tags))
        if not len(places):
            return batch
        if len(places) < len(tags):
            tags, values = tags[places], values[places]
        is_below, is_above = values < self._low.take(tags), values > self._high.take(tags)
        if not is_below.any() and not is_above.any():  # as nearly always
            return batch
        usable = batch.rows["quality"][places] < q.BAD
        rows = batch.rows.copy()
        _put(rows, places[is_below & usable], self._low, self._raw_low, BELOW)
        _put(rows, places[is_above & usable], self._high, self._raw_high, ABOVE)
        return Batch(rows, batch.texts)


def _put(
    rows: NDArray[Any], at: NDArray[np.intp], limits: NDArray[np.float64], raws: NDArray[np.int64], quality: int
) -> None:
    tags = rows["tag"][at]
    rows["value"][at] = limits[tags]
    rows["raw"][at] = raws[tags]
    rows["flags"][at] |= FLAG_CLAMPED
    rows["quality"][at[rows["quality"][at] < q.UNCERTAIN]] = quality


def _raw(tag: Tag, limit: float) -> int:
    """What the device would have sent for a limit, as the `raw` column keeps it."""
    if tag.type not in INTEGER_TYPES:
        return 0
    raw = round((limit - tag.offset) / tag.scale)
    return raw - 2**64 if raw >= 2**63 else raw
