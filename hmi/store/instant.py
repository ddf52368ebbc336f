"""One moment after another: what a slider over the past asks for, answered out of the hours it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from hmi.core.batch import FLAG_TEXT, ROW, Batch
from hmi.core.history import Samples
from hmi.store.samples import COLUMNS


class Around(NamedTuple):
    """Samples of one tag, and between which moments the newest one before is always among them."""

    samples: Samples
    from_ns: int
    to_ns: int


class Instant:
    """Tags around one moment; good for other moments nearby as long as nothing was written (`stamp`)."""

    def __init__(self, names: Sequence[str], around: Sequence[Around], stamp: Any) -> None:
        """One `around` for each of the names."""
        self.names = tuple(names)
        self._stamp = stamp
        self._samples = [one.samples for one in around]
        self.from_ns = max((one.from_ns for one in around), default=0)
        self.to_ns = min((one.to_ns for one in around), default=0)

    def serves(self, names: Sequence[str], when_ns: int, stamp: Any) -> bool:
        """Whether it can answer."""
        return self.from_ns <= when_ns < self.to_ns and self._stamp == stamp and self.names == tuple(names)

    def at(self, when_ns: int) -> Batch:
        """What each tag was; `tag` is its place in `names`."""
        when = np.int64(when_ns)
        places = [int(samples.received.searchsorted(when, "right")) - 1 for samples in self._samples]
        return batch_of(list(zip(range(len(places)), self._samples, places, strict=True)))


def batch_of(kept: Sequence[tuple[int, Samples, int]]) -> Batch:
    """A row each: the tag's place in the question, and one of its samples."""
    rows, texts = np.zeros(len(kept), ROW), list[str]()
    rows["tag"] = [index for index, _, _ in kept]
    for column in COLUMNS:
        rows[column] = [getattr(samples, column)[row] for _, samples, row in kept]
    for place in np.flatnonzero(rows["flags"] & FLAG_TEXT).tolist():
        _, samples, row = kept[place]
        texts.append(samples.texts[int(samples.raw[row])])
        rows["raw"][place] = len(texts) - 1
    return Batch(rows, tuple(texts))
