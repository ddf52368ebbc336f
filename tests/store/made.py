"""What the tests of the store make their samples of, and how they compare bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, ROW, Batch
from hmi.core.history import Samples
from hmi.core.tags import Tag
from hmi.store.slab import Slab

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
MIDNIGHT = 20_500 * DAY  # 2026-02-16
COLUMNS = ("time", "received", "value", "raw", "quality", "flags")

TAGS = [
    Tag(0, "a.level", "filler", "x", "float64", unit="%"),
    Tag(1, "a.state", "filler", "y", "string"),
    Tag(2, "b.count", "palletiser", "z", "int64"),
]


def rows_of(tag: int, times: Sequence[int] | NDArray[Any], values: Sequence[float] | NDArray[Any]) -> NDArray[Any]:
    """Good values of one tag, each received when it was made."""
    rows = np.zeros(len(times), ROW)
    rows["tag"], rows["time"], rows["received"], rows["value"] = tag, times, times, values
    return rows


def batch_of(tag: int, times: Sequence[int] | NDArray[Any], values: Sequence[float] | NDArray[Any]) -> Batch:
    """The same as a batch."""
    return Batch(rows_of(tag, times, values))


def texts_of(tag: int, times: Sequence[int], texts: Sequence[str]) -> Batch:
    """Values of a text tag."""
    rows = rows_of(tag, times, [np.nan] * len(times))
    rows["flags"], rows["raw"] = FLAG_TEXT, range(len(texts))
    return Batch(rows, tuple(texts))


def slab_of(*tagged: tuple[int, Sequence[int], Sequence[float]]) -> Slab:
    """A slab of (tag, times, values), tags ascending."""
    rows = np.concatenate([rows_of(*part) for part in tagged])
    return Slab.of(rows["tag"], rows)


def bits(samples: Samples) -> list[tuple[Any, ...]]:
    """Every sample with the bits of its value and the text itself, to be compared."""
    value = np.ascontiguousarray(samples.value).view(np.int64).tolist()
    texts = [samples.text(row) for row in range(len(samples))]
    raw = [0 if text is not None else number for number, text in zip(samples.raw.tolist(), texts, strict=True)]
    columns = (samples.time, samples.received, samples.quality, samples.flags)
    return list(zip(*(column.tolist() for column in columns), value, raw, texts, strict=True))
