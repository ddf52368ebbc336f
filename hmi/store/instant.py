"""One moment after another: what a slider over the past asks for, answered out of the hours it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
        self._asked = 0
        self.from_ns = max((one.from_ns for one in around), default=0)
        self.to_ns = min((one.to_ns for one in around), default=0)

    def serves(self, names: Sequence[str], when_ns: int, stamp: Any) -> bool:
        """Whether it can answer."""
        return self.from_ns <= when_ns < self.to_ns and self._stamp == stamp and self.names == tuple(names)

    def at(self, when_ns: int) -> Batch:
        """What each tag was; `tag` is its place in `names`."""
        when = np.int64(when_ns)
        rows = np.zeros(len(self._samples), ROW)
        rows["tag"] = np.arange(len(rows))
        places = [int(samples.received.searchsorted(when, "right")) - 1 for samples in self._samples]
        self._asked += 1
        for name, owners, columns in self._columns if self._asked > 1 else self._all_columns():
            rows[name][owners] = [column.item(places[owner]) for owner, column in zip(owners, columns, strict=True)]
        texts: list[str] = []
        for owner in np.flatnonzero(rows["flags"] & FLAG_TEXT).tolist():
            samples = self._samples[owner]
            texts.append(samples.texts[int(samples.raw[places[owner]])])
            rows["raw"][owner] = len(texts) - 1
        return Batch(rows, tuple(texts))

    def _all_columns(self) -> list[tuple[str, list[int], list[NDArray[Any]]]]:
        """Without a look at what is in them: for one moment alone that would cost more than it saves."""
        owners = list(range(len(self._samples)))
        return [(name, owners, [getattr(samples, name) for samples in self._samples]) for name in COLUMNS]

    @cached_property
    def _columns(self) -> list[tuple[str, list[int], list[NDArray[Any]]]]:
        """By name the columns that have anything but zeros in them, and whose they are: of nearly all tags few."""
        found = []
        for name in COLUMNS:
            all_of_them = [getattr(samples, name) for samples in self._samples]
            owners = [owner for owner, column in enumerate(all_of_them) if np.count_nonzero(column)]
            found.append((name, owners, [all_of_them[owner] for owner in owners]))
        return found


def batch_of(kept: Sequence[tuple[int, Samples]]) -> Batch:
    """A row each: the tag's place in the question, and the one sample that there is of it."""
    found = Instant((), [Around(samples, 0, 0) for _, samples in kept], None).at(2**63 - 1)
    found.rows["tag"] = [index for index, _ in kept]
    return found
