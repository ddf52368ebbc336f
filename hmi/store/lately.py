"""What many tags were at one moment, out of what is not sealed yet: of all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, ROW, Batch
from hmi.store.slab import Slab
from hmi.store.unsealed import Committed

NEVER: Final = -(2**63)

_NO_TAG: Final = (-1, "")

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lately:
    """The newest value of each of some tags, at or before a moment."""

    at: Ints  # its place in time, ns UTC; NEVER where there is none
    rows: NDArray[Any]  # as of a batch, `tag` the place in the question
    texts: dict[int, str]  # by that place; also some that a newer value without a text has replaced

    def batch(self, places: Ints) -> Batch:
        """Those at some places of the question."""
        rows = self.rows[places]
        is_text = (rows["flags"] & FLAG_TEXT) != 0
        texts = tuple(self.texts[place] for place in places[is_text].tolist())
        rows["raw"][is_text] = np.arange(len(texts))
        return Batch(rows, texts)


def lately(committed: Committed, names: Sequence[str], when_ns: int) -> Lately:
    """Of some tags."""
    tags = np.array([committed.tags.get(name, _NO_TAG)[0] for name in names], np.int64)
    found = Lately(np.full(len(tags), NEVER), np.zeros(len(tags), ROW), {})
    found.rows["tag"] = np.arange(len(tags))
    known = tags != _NO_TAG[0]
    for second in reversed(committed.within(NEVER, when_ns)):  # the newest are most likely to have them
        wanted = np.flatnonzero(known & (found.at < second.span[1]))  # of one moment what was committed last counts
        if len(wanted):
            _look(found, second.slab, wanted, tags[wanted], when_ns)
    return found


def _look(found: Lately, slab: Slab, places: Ints, tags: Ints, when_ns: int) -> None:
    """Keep what a slab has that is newer."""
    starts, stops = slab.places_of(tags)
    some = np.flatnonzero(stops > starts)
    if not len(some):
        return
    rows, at = _newest(slab.at, starts[some], stops[some], when_ns)
    newer = at > found.at[places[some]]
    rows, places = rows[newer], places[some][newer]
    found.at[places] = at[newer]
    for name, column in _columns(slab, rows).items():
        found.rows[name][places] = column
    if slab.texts:
        is_text = (found.rows["flags"][places] & FLAG_TEXT) != 0
        raw = found.rows["raw"][places]
        found.texts.update((place, slab.texts[raw[n]]) for n, place in enumerate(places.tolist()) if is_text[n])


def _newest(at: Ints, starts: Ints, stops: Ints, when_ns: int) -> tuple[Ints, Ints]:
    """Of each stretch of rows (none empty) the latest row that is not after a moment, of equal ones the last."""
    counts = stops - starts
    heads = np.cumsum(counts) - counts
    rows = np.arange(int(counts.sum())) + np.repeat(starts - heads, counts)
    time = at[rows]
    time[time > when_ns] = NEVER
    best = np.maximum.reduceat(time, heads)
    last: Ints = np.maximum.reduceat(np.where(time == np.repeat(best, counts), rows, -1), heads)
    return last, best


def _columns(slab: Slab, rows: Ints) -> dict[str, NDArray[Any]]:
    at = slab.at[rows]
    own = {name: getattr(slab, name) for name in ("raw", "quality", "flags")}
    columns = {name: np.zeros(len(rows), np.int64) if column is None else column[rows] for name, column in own.items()}
    return {
        "time": at if slab.source is None else slab.source[rows],
        "received": at,
        "value": slab.value[rows],
        **columns,
    }
