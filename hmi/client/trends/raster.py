"""From a line's strokes to the pixel columns of a picture: in each the lowest and highest that the line reaches there.

Nothing is averaged and nothing skipped, so a spike of one sample is as high in a month as in a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.trends.series import Strokes
from hmi.core import quality as q

LINE_NS: Final = 5_000_000_000  # samples of a measurement that lie no further apart are joined by a straight line
_DOT_PX: Final = 3  # what is uncertain is drawn in dots as wide, and spaces as wide between them
_NOUGHT: Final = 1e-6  # px: what begins right on an edge belongs to the column behind it, however it is rounded
_BLOCK: Final = 8  # columns whose common part is drawn as one
_UNDER_PX: Final = 5  # so far below it stands what tells that a line was fetched later
_CORE_PX: Final = 16  # where it is higher than so
_FLAT: Final = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a line reaches in each pixel column from `left` on: NaN where it is not; the worst quality of it.

    `late`: what begins or is held there was fetched from the device's own history, when it could be reached again.
    """

    left: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    quality: NDArray[np.uint32]
    late: NDArray[np.bool_]


def columns_of(strokes: Strokes, left: int, right: int, start_ns: int, per_ns: float, sloped: bool) -> Columns:
    """The pixel columns `left` to `right` (not included), where pixel 0 is at `start_ns` and a ns is `per_ns` px.

    `sloped`: a measurement, whose neighbouring samples are joined by straight lines; else each is held to the next.
    """
    count = max(0, right - left)
    cut = _in_view(strokes, start_ns + left / per_ns, start_ns + right / per_ns)
    if not count or not len(cut):
        none = np.full(count, np.nan)
        return Columns(left, none, none, np.zeros(count, np.uint32), np.zeros(count, np.bool_))
    times = ((time - start_ns).astype(np.float64) for time in (cut.start, cut.end, cut.until))
    start, end, until = (time * per_ns - (left - _NOUGHT) for time in times)
    rising = _rising(cut) if sloped else np.zeros(len(cut), np.bool_)
    begins = np.clip(np.ceil(start), 0, count + 1).astype(np.intp)  # the first edge at or behind each start
    place = np.cumsum(np.bincount(begins, minlength=count + 2))[: count + 1] - 1
    low, high, worst = _at_edges(cut, place[:-1], end, until)
    if rising.any():
        _take_slopes(cut, place, (start, end), rising, (low, high))
    _take_starts(cut, start, rising, (low, high, worst))
    late = np.isfinite(low) & cut.late[place[1:]] if cut.late.any() else np.zeros(count, np.bool_)
    return Columns(left, low, high, worst, late)


def rectangles(
    columns: Columns, top: NDArray[np.float64], bottom: NDArray[np.float64], thick: int
) -> NDArray[np.int32]:
    """Left, top, right and bottom px (all included) of what to fill, in no order; level neighbours are one rectangle.

    `top` and `bottom` are where the columns' `high` and `low` are on the picture; what is uncertain becomes dots.
    """
    shown = np.flatnonzero(np.isfinite(top) & np.isfinite(bottom))
    if not len(shown):
        return _FLAT.reshape(0, 4)
    upper = np.round(top[shown]).astype(np.int32) - (thick - 1) // 2
    lower = np.round(bottom[shown]).astype(np.int32) + thick // 2
    doubtful = columns.quality[shown] >= q.UNCERTAIN
    if doubtful.any():
        kept = _dotted(shown + columns.left, doubtful, upper, lower)
        shown, upper, lower = shown[kept], upper[kept], lower[kept]
    rects, heads = _merged(shown + columns.left, upper, lower)
    alone = _stand_out(rects) & (columns.quality[shown[heads]] < q.UNCERTAIN)
    rects[alone, 2] += thick - 1
    return _cored(rects)


def _dotted(
    x: NDArray[np.intp], doubtful: NDArray[np.bool_], upper: NDArray[np.int32], lower: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which columns are drawn where what is doubtful is dots: each dot reaches as far as the space behind it does."""
    space = doubtful & (x // _DOT_PX % 2 == 1)
    dots = np.maximum.accumulate(np.where(doubtful & ~space, np.arange(len(x)), -1))
    dot = dots[space]
    has_dot = (dot >= 0) & (x[dot] // (2 * _DOT_PX) == x[space] // (2 * _DOT_PX))
    np.minimum.at(upper, dot[has_dot], upper[space][has_dot])
    np.maximum.at(lower, dot[has_dot], lower[space][has_dot])
    space[np.flatnonzero(space)[~has_dot]] = False
    return ~space


def underlines(columns: Columns, bottom: NDArray[np.float64]) -> NDArray[np.int32]:
    """A thin second line below what was fetched later, as rectangles like those of the line."""
    shown = np.flatnonzero(columns.late & np.isfinite(bottom))
    if not len(shown):
        return _FLAT.reshape(0, 4)
    y = np.round(bottom[shown]).astype(np.int32) + _UNDER_PX
    return _merged(shown + columns.left, y, y)[0]


def _merged(
    x: NDArray[np.intp], upper: NDArray[np.int32], lower: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """One rectangle for neighbours that are alike, and which column each begins with."""
    new = (np.diff(x) != 1) | (np.diff(upper) != 0) | (np.diff(lower) != 0)
    heads = np.concatenate([[0], np.flatnonzero(new) + 1])
    tails = np.append(heads[1:], len(x)) - 1
    rects = np.empty((len(heads), 4), np.int32)
    rects[:, 0], rects[:, 1] = x[heads], upper[heads]
    rects[:, 2], rects[:, 3] = x[tails], lower[heads]
    return rects, heads


def _stand_out(rects: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Steps and spikes, which have to be as thick as the line; in a dense band thickness would only cost time."""
    height = rects[:, 3] - rects[:, 1]
    found = np.ones(len(rects), np.bool_)
    found[:-1] = (rects[1:, 0] - rects[:-1, 2] > 1) | (height[:-1] > 2 * height[1:])
    return found


def _cored(rects: NDArray[np.int32]) -> NDArray[np.int32]:
    """The same picture with what neighbours of a dense band have in common as one: rows cost time, not pixels."""
    many = len(rects) // _BLOCK
    blocks = rects[: many * _BLOCK].reshape(many, _BLOCK, 4)
    top, bottom = blocks[:, :, 1].max(axis=1), blocks[:, :, 3].min(axis=1)
    dense = (blocks[:, -1, 2] - blocks[:, 0, 0] == _BLOCK - 1) & (bottom - top > _CORE_PX)
    if not dense.any():
        return rects
    cores = np.column_stack([blocks[dense, 0, 0], top[dense], blocks[dense, -1, 0], bottom[dense]])
    above, below = blocks[dense], blocks[dense]
    above[:, :, 3] = (top[dense] - 1)[:, None]
    below[:, :, 1] = (bottom[dense] + 1)[:, None]
    ends = np.concatenate([above.reshape(-1, 4), below.reshape(-1, 4)])
    rest = [blocks[~dense].reshape(-1, 4), rects[many * _BLOCK :]]
    return np.concatenate([cores, ends[ends[:, 3] >= ends[:, 1]], *rest]).astype(np.int32)


def _in_view(strokes: Strokes, from_ns: float, to_ns: float) -> Strokes:
    """The strokes that are seen, and one on either side; one more before, for a float knows no single ns of a date."""
    first = max(0, int(np.searchsorted(strokes.start, from_ns, side="right")) - 2)
    last = int(np.searchsorted(strokes.start, to_ns, side="right")) + 1
    return strokes.part(first, last)


def _rising(strokes: Strokes) -> NDArray[np.bool_]:
    """Which strokes go on to the next by a straight line."""
    found = np.zeros(len(strokes), np.bool_)
    apart = strokes.start[1:] - strokes.end[:-1]
    near = (apart > 0) & (apart <= LINE_NS)
    known = np.isfinite(strokes.last[:-1]) & np.isfinite(strokes.first[1:])
    found[:-1] = strokes.joined[1:] & near & known
    return found


def _at_edges(
    strokes: Strokes, place: NDArray[np.intp], end: NDArray[np.float64], until: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint32]]:
    """What each column begins with: the stroke at `place` (-1: none), still going on or held."""
    edge = np.arange(len(place), dtype=np.float64)
    inside = end[place] > edge + 2 * _NOUGHT
    low = np.where(inside, np.fmin(strokes.low, strokes.first)[place], strokes.last[place])
    high = np.where(inside, np.fmax(strokes.high, strokes.first)[place], strokes.last[place])
    nothing = (place < 0) | (np.maximum(until, end)[place] <= edge + 2 * _NOUGHT)
    low[nothing] = high[nothing] = np.nan
    return low, high, np.where(nothing, 0, strokes.quality[place]).astype(np.uint32)


def _take_slopes(
    strokes: Strokes,
    place: NDArray[np.intp],
    times: tuple[NDArray[np.float64], NDArray[np.float64]],
    rising: NDArray[np.bool_],
    into: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Where a straight line crosses the edge between two columns, it belongs to both."""
    (start, end), (low, high) = times, into
    edge = np.arange(len(place), dtype=np.float64)
    crossed = np.flatnonzero((place >= 0) & rising[place] & (edge >= end[place]))
    before = place[crossed]
    share = (crossed - end[before]) / np.maximum(start[before + 1] - end[before], _NOUGHT)
    value = strokes.last[before] + (strokes.first[before + 1] - strokes.last[before]) * np.clip(share, 0.0, 1.0)
    begins = crossed < len(low)
    low[crossed[begins]] = high[crossed[begins]] = value[begins]
    ends = crossed > 0
    column = crossed[ends] - 1
    low[column], high[column] = np.fmin(low[column], value[ends]), np.fmax(high[column], value[ends])


def _take_starts(
    strokes: Strokes,
    start: NDArray[np.float64],
    rising: NDArray[np.bool_],
    into: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint32]],
) -> None:
    """What begins within a column belongs to it, with the upright from the value before."""
    low, high, worst = into
    first = int(np.searchsorted(start, 0.0))
    stop = int(np.searchsorted(start, float(len(low))))
    if stop <= first:
        return
    held = np.concatenate([[np.nan], strokes.last[:-1]])
    held[~strokes.joined] = np.nan
    held[1:][rising[:-1]] = np.nan
    part = slice(first, stop)
    column = np.floor(start[part]).astype(np.intp)
    heads = np.flatnonzero(np.diff(column, prepend=-1))
    where = column[heads]
    lows = np.fmin(np.fmin(strokes.low, strokes.first), np.fmin(strokes.last, held))[part]
    highs = np.fmax(np.fmax(strokes.high, strokes.first), np.fmax(strokes.last, held))[part]
    low[where] = np.fmin(low[where], np.fmin.reduceat(lows, heads))
    high[where] = np.fmax(high[where], np.fmax.reduceat(highs, heads))
    worst[where] = np.maximum(worst[where], np.maximum.reduceat(strokes.quality[part], heads))
