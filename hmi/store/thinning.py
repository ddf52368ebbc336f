"""Which part of a block a window is drawn from: its summary, its minutes or its samples, the coarsest that is exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.store import minutes
from hmi.store.block import HOUR_NS
from hmi.store.codec_bytes import Damaged
from hmi.store.dayview import FIRST, GOOD, LAST, MINI, T0, T1, VMAX, VMIN, WORST, DayView, N, Row
from hmi.store.samples import joined
from hmi.store.thin import Thin, join, of_samples, of_summaries, reduce, reduce_good

MINUTE_NS: Final = 60_000_000_000

Place = tuple[DayView, Row]  # a block and the file it is in
Span = tuple[int, int, int]  # from, to and the width of a bucket, ns
Columns = dict[str, NDArray[Any]]


def thinned(places: Sequence[Place], rest: Samples | None, name: str, span: Span) -> Columns:
    """The columns of a window; `places` in order of their first time, `rest` is what is not sealed yet."""
    overlap = _overlapping(places, rest)
    if span[2] < 2 * MINUTE_NS and not overlap.any():
        plain = _all_good(places, rest, name)
        if plain is not None:
            return reduce_good(*plain, span)
    return reduce(join(_parts(places, overlap, rest, name, span)), *span)


def samples_at(place: Place, name: str) -> Samples:
    """The samples of a block."""
    return place[0].samples(place[1], name)


def _parts(
    places: Sequence[Place], overlap: NDArray[np.bool_], rest: Samples | None, name: str, span: Span
) -> list[Thin]:
    """Blocks that overlap are taken apart, and so are all of them where buckets are narrower than minutes."""
    fine = span[2] < 2 * MINUTE_NS
    apart, whole, split = list[Samples](), list[Row](), list[Place]()
    for place, mixed in zip(places, overlap.tolist(), strict=True):
        row = place[1]
        if fine or mixed:
            apart.append(samples_at(place, name))
        elif span[2] >= HOUR_NS and _in_one_bucket(row, span):
            whole.append(row)
        elif row[MINI] is not None:
            split.append(place)
        else:
            apart.append(samples_at(place, name))
    if rest is not None:
        apart.append(rest)
    found = [_summaries(whole)] if whole else []
    if split:
        hours = np.array([row[T0] for _, row in split], np.int64) // HOUR_NS * HOUR_NS
        try:
            found.append(minutes.unpack([row[MINI] for _, row in split], hours))
        except Damaged:  # the samples say the same
            apart += [samples_at(place, name) for place in split]
    samples = joined(name, apart)
    return found if samples is None else [*found, of_samples(samples)]


def _all_good(
    places: Sequence[Place], rest: Samples | None, name: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Times and values, where there is nothing else to say of them."""
    if any(row[WORST] or row[GOOD] != row[N] for _, row in places):
        return None
    parts = [samples_at(place, name) for place in places]
    if rest is not None:
        if rest.quality.any() or np.isnan(rest.value).any():
            return None
        parts.append(rest)
    if not parts:
        return np.empty(0, np.int64), np.empty(0)
    return np.concatenate([part.received for part in parts]), np.concatenate([part.value for part in parts])


def _overlapping(places: Sequence[Place], rest: Samples | None) -> NDArray[np.bool_]:
    """Of each block: whether another one, or what is not sealed, lies within the same time."""
    t0 = np.array([row[T0] for _, row in places], np.int64)
    t1 = np.array([row[T1] for _, row in places], np.int64)
    reach = np.maximum.accumulate(t1)
    marks = np.zeros(len(t0), bool)
    begins = np.flatnonzero(t0[1:] <= reach[:-1]) + 1
    for place in begins.tolist():
        marks[int(np.searchsorted(reach, t0[place])) : place + 1] = True
    if rest is not None:
        marks |= t1 >= rest.received[0]
    return marks


def _in_one_bucket(row: Row, span: Span) -> bool:
    from_ns, _, width_ns = span
    start: int = (row[T0] - from_ns) // width_ns
    return row[T0] >= from_ns and start == (row[T1] - from_ns) // width_ns


def _summaries(rows: Sequence[Row]) -> Thin:
    def column(which: int) -> list[float]:
        return [np.nan if (value := row[which]) is None else value for row in rows]

    columns = {"good": GOOD, "vmin": VMIN, "vmax": VMAX, "first": FIRST, "last": LAST, "worst": WORST}
    t0 = np.array([row[T0] for row in rows], np.int64)
    return of_summaries(t0, {name: np.array(column(which)) for name, which in columns.items()})
