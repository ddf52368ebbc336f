"""Which part of a block a window is drawn from: its summary, its minutes or its samples, the coarsest that is exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples, is_backfilled, usable
from hmi.store import minutes, minutes_thinned
from hmi.store.backfilled import Runs
from hmi.store.block import HOUR_NS
from hmi.store.codec_bytes import Damaged
from hmi.store.curve import Piece, beside, in_a_row, piece_of
from hmi.store.dayview import FIRST, GOOD, LAST, MINI, T0, T1, VMAX, VMIN, WORST, DayView, N, Row
from hmi.store.minutes_packed import MINUTE_NS
from hmi.store.samples import joined, told_once
from hmi.store.thin import Columns, Thin, cut, of_samples, of_summaries, reduce, reduce_good, together

Place = tuple[DayView, Row]  # a block and the file it is in
Day = tuple[DayView, list[Row]]  # a file and blocks in it
Span = tuple[int, int, int]  # from, to and the width of a bucket, ns


def thinned(places: Sequence[Place], rest: Samples | None, name: str, span: Span) -> Columns:
    """The columns of a window; `places` in order of their first time, `rest` is what is not sealed yet."""
    overlap = _overlapping([row for _, row in places], rest)
    if span[2] < 2 * MINUTE_NS and not overlap.any():
        pieces = _pieces(places)
        if pieces is not None:
            return _drawn(places, pieces, rest, span)
    ways = _ways(places, overlap, span)
    try:
        parts = list(_parts(places, ways, rest, name))
    except Damaged:  # the minutes of an hour are: its samples say the same
        apart = [_Way.SAMPLES if way is _Way.MINUTES else way for way in ways]
        parts = list(_parts(places, apart, rest, name))
    return together([reduce(part, *span) for part in parts], *span)


def by_minutes(days: Sequence[Day], rest: Samples | None, name: str, span: Span) -> Columns | None:
    """The same, buckets of whole minutes, where the outlines of blocks say it all; None where they do not.

    That is: all blocks have their minutes, and none lies within another one. `days` in order.
    """
    rows = [row for _, own in days for row in own]
    blobs = [row[MINI] for row in rows]
    if None in blobs or _overlapping(rows, rest).any():
        return None
    known = [runs for view, _ in days if (runs := view.backfilled(name)) is not None]
    hours = np.array([row[T0] for row in rows], np.int64) // HOUR_NS * HOUR_NS
    parts = [reduce(part, *span) for part in _samples([], rest, name)]
    try:
        if known:
            found = minutes.unpack(blobs, hours)
            parts.insert(0, reduce(_late(found, found.t + (MINUTE_NS - 1), known), *span))
        elif blobs and (columns := minutes_thinned.thinned(blobs, hours, span)) is not None:
            parts.insert(0, columns)
    except Damaged:
        return None
    return together(parts, *span)


def samples_at(place: Place, name: str) -> Samples:
    """The samples of a block."""
    return place[0].samples(place[1], name)


class _Way(Enum):
    """What of a block is looked at."""

    SAMPLES = 0
    MINUTES = 1
    SUMMARY = 2


def _ways(places: Sequence[Place], overlap: NDArray[np.bool_], span: Span) -> list[_Way]:
    """Blocks that overlap are taken apart, and so are all of them where buckets are narrower than minutes."""
    if span[2] < 2 * MINUTE_NS:
        return [_Way.SAMPLES] * len(places)
    ways = [_Way.SAMPLES if row[MINI] is None else _Way.MINUTES for _, row in places]
    if span[2] >= HOUR_NS:
        ways = [_Way.SUMMARY if _in_one_bucket(row, span) else way for (_, row), way in zip(places, ways, strict=True)]
    for place in np.flatnonzero(overlap).tolist():
        ways[place] = _Way.SAMPLES
    return ways


def _parts(places: Sequence[Place], ways: Sequence[_Way], rest: Samples | None, name: str) -> Iterator[Thin]:
    """One after the other in time: only blocks that are taken apart lie within each other, and what is not sealed."""
    blobs, hours = _minutes(places, ways)
    found, ends = minutes.unpack(blobs, hours), [0, *np.cumsum(minutes.counts(blobs)).tolist()]
    done = hour = 0
    for way, run in groupby(ways):
        own = places[done : done + len(list(run))]
        done += len(own)
        if way is _Way.SUMMARY:
            yield _marked(_summaries([row for _, row in own]), _ends(own), own, name)
        elif way is _Way.MINUTES:
            thin = cut(found, ends[hour], ends[hour + len(own)])
            hour += len(own)
            yield _marked(thin, thin.t + (MINUTE_NS - 1), own, name)
        else:
            own_rest, rest = (rest, None) if done == len(places) else (None, rest)
            yield from _samples([samples_at(place, name) for place in own], own_rest, name)
    yield from _samples([], rest, name)


def _minutes(places: Sequence[Place], ways: Sequence[_Way]) -> tuple[list[bytes], NDArray[np.int64]]:
    rows = [row for (_, row), way in zip(places, ways, strict=True) if way is _Way.MINUTES]
    return [row[MINI] for row in rows], np.array([row[T0] for row in rows], np.int64) // HOUR_NS * HOUR_NS


def _samples(apart: list[Samples], rest: Samples | None, name: str) -> Iterator[Thin]:
    samples = joined(name, apart if rest is None else [*apart, rest])
    if samples is not None:
        yield of_samples(samples)


def _pieces(places: Sequence[Place]) -> list[Piece] | None:
    """What is drawn of blocks, one after the other; None where one cannot be read."""
    found: list[Piece] = []
    for view, own in groupby(places, itemgetter(0)):
        pieces = view.pieces([row for _, row in own])
        if pieces is None:
            return None
        found += pieces
    return found


def _drawn(places: Sequence[Place], pieces: list[Piece], rest: Samples | None, span: Span) -> Columns:
    """The columns of a window out of blocks none of which lies within another one; a day of a tag is mostly good."""
    newest = [] if rest is None else [_piece(rest)]
    is_good = all(row[GOOD] == row[N] for _, row in places) and (rest is None or not np.isnan(rest.value).any())
    if is_good and all(piece.is_plain for piece in [*pieces, *newest]):
        return reduce_good(*in_a_row([*pieces, *newest]), span)
    every = [*pieces, *([] if rest is None else [_piece(told_once(rest))])]
    t, value = in_a_row(every)
    worst, flags = beside(every)
    good = usable(value, worst)
    value[~good] = np.nan
    return reduce(Thin(t, good.astype(np.int64), value, value, value, value, worst, is_backfilled(flags)), *span)


def _piece(samples: Samples) -> Piece:
    return piece_of(samples.received, samples.value, samples.quality, samples.flags)


def _overlapping(rows: Sequence[Row], rest: Samples | None) -> NDArray[np.bool_]:
    """Of each block: whether another one, or what is not sealed, lies within the same time."""
    t0 = np.array([row[T0] for row in rows], np.int64)
    t1 = np.array([row[T1] for row in rows], np.int64)
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


def _marked(thin: Thin, to_ns: NDArray[np.int64], places: Sequence[Place], name: str) -> Thin:
    """The same with what of it was backfilled; `to_ns` is the end of each row, still in it.

    None of these blocks lies within the time of another one, so what reaches into a row's time is in that row.
    """
    views = dict.fromkeys(map(itemgetter(0), places))
    return _late(thin, to_ns, [runs for view in views if (runs := view.backfilled(name)) is not None])


def _late(thin: Thin, to_ns: NDArray[np.int64], known: Sequence[Runs]) -> Thin:
    marks = [runs.touch(thin.t, to_ns) for runs in known]
    return replace(thin, backfilled=np.logical_or.reduce(marks)) if marks else thin


def _ends(places: Sequence[Place]) -> NDArray[np.int64]:
    return np.array([row[T1] for _, row in places], np.int64)


def _summaries(rows: Sequence[Row]) -> Thin:
    def column(which: int) -> list[float]:
        return [np.nan if (value := row[which]) is None else value for row in rows]

    columns = {"good": GOOD, "vmin": VMIN, "vmax": VMAX, "first": FIRST, "last": LAST, "worst": WORST}
    t0 = np.array([row[T0] for row in rows], np.int64)
    return of_summaries(t0, {name: np.array(column(which)) for name, which in columns.items()})
