"""One table for whatever a trend is thinned from: samples, minutes and blocks, each a row with its extremes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples, is_backfilled, usable

_COLUMNS: Final = {
    "t": np.int64,
    "count": np.int64,
    "vmin": np.float64,
    "vmax": np.float64,
    "first": np.float64,
    "last": np.float64,
    "worst": np.uint32,
    "backfilled": np.bool_,
}

_FEW: Final = 50  # buckets with a NaN in them: to look at each of these costs less than to look at all with care

Columns = dict[str, NDArray[Any]]  # of a window, by name


@dataclass(frozen=True, slots=True)
class Thin:
    """Stretches of one tag's history, each with its extremes, in the order of their times.

    `count`, `vmin` and `vmax` are of usable values; `first` and `last` are samples as they stood. NaN: not usable.
    """

    t: NDArray[np.int64]  # ns: of a sample its time, of a minute or block its start
    count: NDArray[np.int64]
    vmin: NDArray[np.float64]
    vmax: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    worst: NDArray[np.uint32]  # quality
    backfilled: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t)


def of_samples(samples: Samples) -> Thin:
    """Every sample a row of its own."""
    good = usable(samples.value, samples.quality)
    shown = samples.value if good.all() else np.where(good, samples.value, np.nan)
    late = is_backfilled(samples.flags)
    return Thin(samples.at, good.astype(np.int64), shown, shown, shown, shown, samples.quality, late)


def of_summaries(t: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> Thin:
    """Every block a row at its time `t`, out of the columns of `hmi.store.summary.Summary`, NaN for none.

    What was backfilled these do not know.
    """
    own = {name: columns[name] for name in list(_COLUMNS)[2:-1]}
    named = {"t": t, "count": columns["good"], **own, "backfilled": np.zeros(len(t), np.bool_)}
    return Thin(**{name: np.asarray(named[name], kind) for name, kind in _COLUMNS.items()})


def cut(thin: Thin, start: int, stop: int) -> Thin:
    """Some of its rows."""
    return Thin(**{name: getattr(thin, name)[start:stop] for name in _COLUMNS})


def together(parts: Sequence[Columns], from_ns: int, to_ns: int, width_ns: int) -> Columns:
    """What `reduce` gave for stretches of which each begins where the one before ended, as one."""
    if len(parts) == 1:
        return parts[0]
    found: dict[str, Any] = {
        name: np.concatenate([np.empty(0, kind), *(part["t0" if name == "t" else name] for part in parts)])
        for name, kind in _COLUMNS.items()
    }
    return reduce(Thin(**found), from_ns, to_ns, width_ns)


def reduce(thin: Thin, from_ns: int, to_ns: int, width_ns: int) -> Columns:
    """The columns of a `hmi.core.history.Window`: one row for each bucket in which a row of the table begins."""
    heads, stop = heads_of(thin.t, from_ns, to_ns, width_ns)
    if not len(heads):  # reduceat of nothing raises
        t0 = np.empty(0, np.int64)
        return {"t0": t0, **{name: np.empty(0, kind) for name, kind in list(_COLUMNS.items())[1:]}}
    worst, tails = thin.worst[:stop], np.append(heads[1:], stop) - 1
    return {
        "t0": from_ns + (thin.t[heads] - from_ns) // width_ns * width_ns,
        "count": np.add.reduceat(thin.count[:stop], heads),
        "vmin": extreme(np.minimum, np.fmin, thin.vmin[:stop], heads),
        "vmax": extreme(np.maximum, np.fmax, thin.vmax[:stop], heads),
        "first": thin.first[heads],
        "last": thin.last[tails],
        "worst": np.maximum.reduceat(worst, heads),
        "backfilled": np.logical_or.reduceat(thin.backfilled[:stop], heads),
    }


def reduce_good(t: NDArray[np.int64], value: NDArray[np.float64], span: tuple[int, int, int]) -> Columns:
    """The same out of samples in order that are all good numbers, and none backfilled.

    `span`: from, to and the width of a bucket.
    """
    heads, stop = heads_of(t, *span)
    if not len(heads):
        return together([], *span)
    from_ns, _, width_ns = span
    return {
        "t0": from_ns + (t[heads] - from_ns) // width_ns * width_ns,
        "count": np.diff(np.append(heads, stop)),
        "vmin": np.minimum.reduceat(value[:stop], heads),
        "vmax": np.maximum.reduceat(value[:stop], heads),
        "first": value[heads],
        "last": value[np.append(heads[1:], stop) - 1],
        "worst": np.zeros(len(heads), np.uint32),
        "backfilled": np.zeros(len(heads), np.bool_),
    }


def heads_of(t: NDArray[np.int64], from_ns: int, to_ns: int, width_ns: int) -> tuple[NDArray[np.int64], int]:
    """Where the first row of each bucket stands, and where the rows of the last one end."""
    start, stop = (int(row) for row in np.searchsorted(t, (from_ns, to_ns)))
    if start == stop:
        return np.empty(0, np.int64), stop
    buckets = -(-(to_ns - from_ns) // width_ns)
    if buckets > stop - start:  # more buckets than rows: ask the rows where they belong
        bucket = (t[start:stop] - from_ns) // width_ns
        return start + np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])), stop
    found = np.searchsorted(t, from_ns + np.arange(buckets, dtype=np.int64) * width_ns)
    return found[np.append(found[1:], stop) > found], stop


def extreme(quick: np.ufunc, careful: np.ufunc, column: NDArray[Any], heads: NDArray[np.int64]) -> NDArray[Any]:
    """The extreme of each bucket; what skips NaN takes three times as long, and there is seldom one."""
    found: NDArray[Any] = quick.reduceat(column, heads)
    places = np.flatnonzero(np.isnan(found)).tolist()
    if len(places) > _FEW:
        skipped: NDArray[Any] = careful.reduceat(column, heads)
        return skipped
    ends = np.append(heads[1:], len(column)) if places else heads
    for place in places:
        found[place] = careful.reduce(column[heads[place] : ends[place]])
    return found
