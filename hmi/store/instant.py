"""One moment after another: what a slider over the past asks for, answered out of what is around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, ROW, Batch, join
from hmi.core.history import Samples
from hmi.store.around import Around
from hmi.store.samples import COLUMNS


class Instant:
    """Tags around one moment; good for other moments nearby as long as nothing was written (`stamp`)."""

    def __init__(
        self, names: Sequence[str], around: Around, others: Mapping[int, Samples], span: tuple[int, int], stamp: Any
    ) -> None:
        """`others`: what tags were that the around knows nothing of, by their places; good within the span."""
        self.names = tuple(names)
        self._stamp = stamp
        self._around = around
        self._one_by_one = sorted({**around.odd, **others}.items(), key=itemgetter(0))
        known = np.zeros(len(names), bool)
        known[around.of] = True
        known[[place for place, _ in self._one_by_one]] = True
        self._known = None if known.all() else np.flatnonzero(known)
        self.from_ns = max([span[0], *(int(samples.received[0]) for samples in others.values())])
        self.to_ns = span[1]

    def serves(self, names: Sequence[str], when_ns: int, stamp: Any) -> bool:
        """Whether it can answer."""
        return self.from_ns <= when_ns < self.to_ns and self._stamp == stamp and self.names == tuple(names)

    def at(self, when_ns: int) -> Batch:
        """What each tag was; `tag` is its place in `names`, and one of which nothing is known has no row."""
        rows = np.zeros(len(self.names), ROW)
        rows["tag"] = np.arange(len(rows))
        self._around.write(rows, when_ns)
        picked = [
            (samples, int(samples.received.searchsorted(when_ns, "right")) - 1) for _, samples in self._one_by_one
        ]
        texts = _write(rows, [place for place, _ in self._one_by_one], picked)
        return Batch(rows if self._known is None else rows[self._known], texts)


def batch_of(kept: Sequence[tuple[int, Samples]]) -> Batch:
    """A row each: the tag's place in the question, and the one sample that there is of it."""
    rows = np.zeros(len(kept), ROW)
    rows["tag"] = [place for place, _ in kept]
    return Batch(rows, _write(rows, list(range(len(kept))), [(samples, len(samples) - 1) for _, samples in kept]))


def side_by_side(one: Batch, other: Batch) -> Batch:
    """Two parts of an answer as one, in the order of their places in the question."""
    if not len(other) or not len(one):
        return one if len(one) else other
    both = join([one, other])
    rows = both.rows[np.argsort(both.rows["tag"], kind="stable")]
    is_text = (rows["flags"] & FLAG_TEXT) != 0
    texts = tuple(both.texts[place] for place in rows["raw"][is_text].tolist())
    rows["raw"][is_text] = np.arange(len(texts))
    return Batch(rows, texts)


def _write(rows: NDArray[Any], places: Sequence[int], picked: Sequence[tuple[Samples, int]]) -> tuple[str, ...]:
    """One sample each into some rows of a batch; gives their texts."""
    if not places:
        return ()
    for name in COLUMNS:
        rows[name][places] = [getattr(samples, name).item(row) for samples, row in picked]
    texts: list[str] = []
    for place, (samples, row) in zip(places, picked, strict=True):
        if rows["flags"][place] & FLAG_TEXT:
            texts.append(samples.texts[int(samples.raw[row])])
            rows["raw"][place] = len(texts) - 1
    return tuple(texts)
