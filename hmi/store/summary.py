"""What an hour of one tag comes to, in the columns that stand beside its block: enough for trends and aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.history import Samples, usable


class Summary(NamedTuple):
    """A stretch of one tag's samples; numbers are of the usable values (not bad, not NaN), None where there is none.

    `up` and `falls` go from one usable value to the next, over what is not usable between them. `tw` and `twd` run
    from the first sample to the last one and take in what a usable value was held for.
    """

    n: int
    good: int  # of them usable
    worst: int  # quality
    q0: int  # quality of the first
    q1: int  # quality of the last
    vmin: float | None
    vmax: float | None
    vsum: float | None
    m2: float | None  # sum of squared deviations from the mean
    first: float | None  # sample as it stood: None when that one is not usable
    last: float | None
    up: float | None  # sum of the steps upwards; None also where a merge cannot tell
    falls: int  # number of steps downwards
    tw: float | None  # integral of the held value, value x s
    twd: int  # the time it covers, ns


_REALS: Final = frozenset(("vmin", "vmax", "vsum", "m2", "first", "last", "up", "tw"))
_NOTHING: Final = Summary(0, 0, 0, 0, 0, None, None, None, None, None, None, None, 0, None, 0)

Columns = dict[str, NDArray[Any]]  # by the names of Summary, NaN for None


def summarise(samples: Samples, at: NDArray[np.int64] | None = None) -> Summary:
    """Sum up samples that are in the order of their times; `at` spares working the times out again."""
    if not len(samples):
        return _NOTHING
    times = samples.at if at is None else at
    if not samples.quality.any():
        found = summarise_all(samples.value, times, np.zeros(1, np.int64))[0]
        if found is not None:
            return found
    with np.errstate(all="ignore"):
        return _some_usable(samples, times)


def summarise_all(value: NDArray[np.float64], at: NDArray[np.int64], heads: NDArray[np.int64]) -> list[Summary | None]:
    """Sum up good samples of many stretches that stand in a row, each beginning at one of the heads.

    None of a stretch in which there is a NaN: what is said of samples that cannot be used needs their qualities.
    """
    counts = np.diff(np.append(heads, len(value)))
    tails = heads + counts - 1
    with np.errstate(all="ignore"):  # inf and 1e308 are values, too
        lows = np.minimum.reduceat(value, heads)
        sums = np.add.reduceat(value, heads)
        spread = value - np.repeat(sums / counts, counts)
        np.multiply(spread, spread, out=spread)
        held, step = np.zeros(len(value)), np.zeros(len(value))
        np.subtract(value[1:], value[:-1], out=step[1:])
        step[heads] = 0.0
        np.subtract(at[1:], at[:-1], out=held[:-1], casting="unsafe")
        held *= value
        held[tails] = 0.0
        falls = np.add.reduceat((step < 0.0).view(np.uint8), heads, dtype=np.int64)
        ups = np.add.reduceat(np.maximum(step, 0.0, out=step), heads)
        areas, spreads = np.add.reduceat(held, heads) * 1e-9, np.add.reduceat(spread, heads)
        highs = np.maximum.reduceat(value, heads)
    reals = (lows, highs, sums, spreads, value[heads], value[tails], ups)
    columns = (counts, *reals, falls, areas, at[tails] - at[heads])
    return [_all_usable(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _all_usable(n: int, vmin: float, *others: Any) -> Summary | None:
    if vmin != vmin:
        return None
    *reals, falls, tw, twd = others
    return Summary._make((n, n, 0, 0, 0, vmin, *map(_real, reals), falls, _real(tw), twd))


def _some_usable(samples: Samples, at: NDArray[np.int64]) -> Summary:
    value, quality = samples.value, samples.quality
    good = usable(value, quality)
    known = (len(value), int(np.count_nonzero(good)), int(quality.max()), int(quality[0]), int(quality[-1]))
    if not known[1]:
        return Summary._make((*known, *_NOTHING[5:]))
    kept = value[good]
    shown = np.where(good[[0, -1]], value[[0, -1]], np.nan)
    spread, step = kept - kept.sum() / len(kept), np.diff(kept)
    held = np.where(good[:-1], np.diff(at), 0)
    tw = np.dot(np.where(good[:-1], value[:-1], 0.0), held.astype(np.float64)) * 1e-9
    reals = (kept.min(), kept.max(), kept.sum(), np.dot(spread, spread), *shown, step[step > 0].sum())
    falls = int(np.count_nonzero(step < 0))
    return Summary._make((*known, *map(_real, reals), falls, _real(tw), int(held.sum())))


def _real(value: Any) -> float | None:
    number = float(value)
    return number if number == number else None  # SQLite keeps NaN as NULL, too


def columns_of(rows: Sequence[Sequence[Any]], fields: Sequence[str] = Summary._fields) -> Columns:
    """Rows in the order of Summary (or of some of its fields, and others that are integers) as columns."""
    turned = zip(*rows, strict=True) if rows else [()] * len(fields)
    names = zip(fields, turned, strict=True)
    return {name: np.array(column, np.float64 if name in _REALS else np.int64) for name, column in names}


def rows_of(columns: Mapping[str, NDArray[Any]]) -> list[Summary]:
    """The other way."""
    lists = [
        [None if cell != cell else cell for cell in columns[name].tolist()]
        if name in _REALS
        else columns[name].tolist()
        for name in Summary._fields
    ]
    return [Summary._make(row) for row in zip(*lists, strict=True)]


def combine(
    columns: Mapping[str, NDArray[Any]], t0: NDArray[np.int64], t1: NDArray[np.int64], heads: NDArray[Any]
) -> Columns:
    """Many stretches made fewer: rows from one head up to the next become one.

    `t0` and `t1` are the times of the first and last sample, ns, in order and without overlap in each group; every
    row has samples. Raises ValueError where stretches overlap: only their samples can tell.
    """
    if not len(heads):
        return columns_of(())
    group = np.repeat(np.arange(len(heads)), np.diff(np.append(heads, len(t0))))
    same = group[1:] == group[:-1]
    gap = np.where(same, t0[1:] - t1[:-1], 0)
    if (gap < 0).any():
        raise ValueError("stretches of history overlap: they can be summed up only from their samples")
    tails = np.append(heads[1:], len(t0)) - 1
    with np.errstate(all="ignore"):
        return {
            "n": np.add.reduceat(columns["n"], heads),
            "good": np.add.reduceat(columns["good"], heads),
            "worst": np.maximum.reduceat(columns["worst"], heads),
            "q0": columns["q0"][heads],
            "q1": columns["q1"][tails],
            "vmin": np.fmin.reduceat(columns["vmin"], heads),
            "vmax": np.fmax.reduceat(columns["vmax"], heads),
            **_moments(columns, heads, group),
            "first": columns["first"][heads],
            "last": columns["last"][tails],
            **_steps(columns, heads, group),
            **_held(columns, gap, heads),
        }


def _moments(columns: Mapping[str, NDArray[Any]], heads: NDArray[Any], group: NDArray[np.int64]) -> Columns:
    good = columns["good"]
    empty = good == 0
    vsum = np.add.reduceat(np.where(empty, 0.0, columns["vsum"]), heads)
    total = np.add.reduceat(good, heads)
    mean = vsum / total
    apart = np.where(empty, 0.0, columns["m2"] + good * (columns["vsum"] / good - mean[group]) ** 2)
    none = total == 0
    return {"vsum": np.where(none, np.nan, vsum), "m2": np.where(none, np.nan, np.add.reduceat(apart, heads))}


def _steps(columns: Mapping[str, NDArray[Any]], heads: NDArray[Any], group: NDArray[np.int64]) -> Columns:
    """Steps inside the stretches, and from each to the next one that has usable values."""
    rows = np.flatnonzero(columns["good"])
    left, right = rows[:-1], rows[1:]
    inside = group[left] == group[right]
    left, right = left[inside], right[inside]
    step = columns["first"][right] - columns["last"][left]  # NaN where one of both was not usable: nobody can tell
    up = np.where(columns["good"] == 0, 0.0, columns["up"])
    up[right] += np.where(step < 0, 0.0, step)
    falls = columns["falls"].copy()
    falls[right] += step < 0
    none = np.add.reduceat(columns["good"], heads) == 0
    return {"up": np.where(none, np.nan, np.add.reduceat(up, heads)), "falls": np.add.reduceat(falls, heads)}


def _held(columns: Mapping[str, NDArray[Any]], gap: NDArray[np.int64], heads: NDArray[Any]) -> Columns:
    held = np.append(np.where(np.isnan(columns["last"][:-1]), 0, gap), 0)
    value = np.where(held == 0, 0.0, columns["last"])
    tw = np.where(columns["good"] == 0, 0.0, columns["tw"]) + value * (held * 1e-9)
    none = np.add.reduceat(columns["good"], heads) == 0
    return {
        "tw": np.where(none, np.nan, np.add.reduceat(tw, heads)),
        "twd": np.add.reduceat(columns["twd"] + held, heads),
    }
