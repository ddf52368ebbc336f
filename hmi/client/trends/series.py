"""One tag's past and present as one line: the engine's history and the mirror's live values, joined without a seam.

Values are held until the next one comes, because that is how they are recorded. A value that the mirror shows is the
newest there is: from its time on nothing else happened, so from there on live values take over from history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.batch import FLAG_NOT_LIVE, FLAG_TIME_SUSPECT
from hmi.core.history import Gap, Window
from hmi.core.tags import Tag, TagTable

_KEEP_NS: Final = 10_000_000_000  # history may lag behind by its writer's beat: live values older than this can go
_LIVE: Final = np.dtype([("time", "<i8"), ("value", "<f8"), ("quality", "<u4")])


@dataclass(frozen=True, slots=True)
class Strokes:
    """What is to be drawn of one tag, in order of time: columns with a span of values, each held until the next.

    NaN where there is no usable value. `until` is how long each column's last value is held, its own `end` where
    nothing is known after it; `joined` tells which columns go on from the one before, `late` which have values that
    were fetched from the device's own history.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    quality: NDArray[np.uint32]
    until: NDArray[np.int64]
    joined: NDArray[np.bool_]
    late: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def at(self, time_ns: int) -> tuple[float, int] | None:
        """The value held at a moment and its quality; None where nothing is known."""
        place = int(np.searchsorted(self.start, time_ns, side="right")) - 1
        if place < 0 or time_ns > max(int(self.until[place]), int(self.end[place])):
            return None
        return float(self.last[place]), int(self.quality[place])

    def is_late(self, time_ns: int) -> bool:
        """Whether what is held at a moment was fetched later."""
        place = int(np.searchsorted(self.start, time_ns, side="right")) - 1
        return place >= 0 and bool(self.late[place])

    def is_thinned(self) -> bool:
        """Whether some columns stand for more than one value, so that figures of them are estimates."""
        return bool((self.low < self.high).any())

    def part(self, first: int, last: int) -> Strokes:
        """Some of them, `last` not included."""
        return Strokes(*(getattr(self, name)[first:last] for name in self.__slots__))

    def between(self, from_ns: int, to_ns: int) -> Strokes:
        """Those that reach into a stretch of time."""
        last = int(np.searchsorted(self.start, to_ns, side="right"))
        first = max(0, int(np.searchsorted(self.start[:last], from_ns, side="right")) - 1)
        if first < last and max(self.until[first], self.end[first]) < from_ns:
            first += 1
        return self.part(first, last)

    def extremes(self) -> tuple[float, float]:
        """Lowest and highest usable value; NaN, NaN when there is none."""
        if not np.isfinite(self.low).any() and not np.isfinite(self.last).any():
            return np.nan, np.nan
        low, high = np.fmin(self.low, self.last), np.fmax(self.high, self.last)
        return float(np.nanmin(low)), float(np.nanmax(high))

    def mean(self, from_ns: int, to_ns: int) -> float:
        """Mean over the time for which there is a value; of a column that is over, the middle of what it spans."""
        return self.moments(from_ns, to_ns)[0]

    def moments(self, from_ns: int, to_ns: int) -> tuple[float, float]:
        """Mean and standard deviation over time; a column that is over is taken as even from its low to its high."""
        start, end = np.clip(self.start, from_ns, to_ns), np.clip(self.end, from_ns, to_ns)
        held = np.maximum(np.clip(self.until, from_ns, to_ns) - end, 0)
        values = np.concatenate([(self.low + self.high) / 2, self.last])
        within = np.concatenate([(self.high - self.low) ** 2 / 12, np.zeros(len(self))])
        weights = np.concatenate([end - start, held]).astype(np.float64)
        weights[~np.isfinite(values)] = 0.0
        total = float(weights.sum())
        if not total:
            return np.nan, np.nan
        mean = float(np.nansum(values * weights) / total)
        spread = float(np.nansum(((values - mean) ** 2 + within) * weights) / total)
        return mean, float(np.sqrt(spread))


class Series:
    """The line of one tag; lives on the Qt thread."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.window: Window | None = None
        self._live = np.zeros(64, _LIVE)
        self._count = 0
        self._version = -1
        self._stands = False  # the newest value is the device's own, not one that is marked stale
        self._since = 0  # when live values were first listened to

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """When nothing was recorded of this tag."""
        return self.window.gaps if self.window is not None else ()

    def listen(self, table: TagTable, now_ns: int) -> bool:
        """Take the tag's newest value from the mirror if it is another one; returns whether it was."""
        index = self.tag.index
        version = int(table.version[index])
        if version == self._version:
            return False
        self._version = version
        quality, flags = int(table.quality[index]), int(table.flags[index])
        self._stands = not flags & FLAG_NOT_LIVE
        time = int(table.received[index] if flags & FLAG_TIME_SUSPECT else table.time[index])
        if time <= 0:
            return False  # nothing has ever come
        if not self._count:
            self._since = now_ns
        newest = int(self._live["time"][self._count - 1]) if self._count else 0
        if time <= newest:  # only its quality changed, or its clock went back: it happened now
            time = max(now_ns, newest + 1)
        elif flags & FLAG_NOT_LIVE and not self._count:
            time = now_ns
        value = float(table.value[index])
        self._append(time, np.nan if bool(q.is_bad(quality)) else value, quality)
        return True

    def restart(self) -> None:
        """Live values were missed: history has to fill in before they go on."""
        self._count = 0
        self._version = -1

    def take(self, window: Window) -> None:
        """History has come; live values that it surely holds are let go."""
        self.window = window
        times = self._live["time"][: self._count]
        keep = int(np.searchsorted(times, window.to_ns - _KEEP_NS, side="right")) - 1  # the one held then stays
        if keep > 0:
            self._live[: self._count - keep] = self._live[keep : self._count]
            self._count -= keep

    def strokes(self, from_ns: int, to_ns: int, now_ns: int, columns: int) -> Strokes:
        """What to draw between two moments in about so many columns; nothing is held beyond `now_ns`."""
        live = self._resumed(self._taken_over(self._live[: self._count]), now_ns)
        takeover = int(live["time"][0]) if self._count else to_ns
        past = _past(self.window, from_ns, min(to_ns, takeover))
        width = max(1, (to_ns - from_ns) // max(1, columns))
        present = _thin(_cut(live, from_ns, to_ns), from_ns, width)
        made = [np.concatenate(pair) for pair in zip(past, present, strict=True)]
        return _hold(made, self.gaps, min(to_ns, now_ns))

    def _taken_over(self, live: NDArray[Any]) -> NDArray[Any]:
        """Live values, from when they were first listened to where history knows of things after the first one's time.

        A value that comes back after a lost connection is as old as it was: what happened meanwhile, history has.
        """
        if not len(live) or self.window is None:
            return live
        times = self.window.t0
        later = times[np.searchsorted(times, live["time"][0], side="right") :]
        if not len(later) or later[0] >= self._since:
            return live
        first = int(np.searchsorted(live["time"], self._since, side="right")) - 1
        found: NDArray[Any] = live[first:].copy()
        found["time"][0] = self._since
        return found

    def _resumed(self, live: NDArray[Any], now_ns: int) -> NDArray[Any]:
        """With the newest value once more after every gap that it outlived: the engine got it anew, as old as it was.

        A set-point or a slow measurement keeps its time over a restart: it stands from the end of the gap on.
        """
        if not len(live) or not self._stands:
            return live
        ends = [gap.to_ns for gap in self.gaps if live["time"][-1] < gap.to_ns <= now_ns]
        if not ends:
            return live
        again = np.repeat(live[-1:], len(set(ends)))
        again["time"] = sorted(set(ends))
        return np.concatenate([live, again])

    def _append(self, time: int, value: float, quality: int) -> None:
        if self._count == len(self._live):
            self._live = np.concatenate([self._live, np.zeros(len(self._live), _LIVE)])
        self._live[self._count] = (time, value, quality)
        self._count += 1


def _past(window: Window | None, from_ns: int, stop_ns: int) -> tuple[NDArray[Any], ...]:
    """History's columns that begin before `stop_ns`, and the one that still holds at `from_ns`."""
    if window is None:
        return _thin(np.zeros(0, _LIVE), 0, 1)
    stop = int(np.searchsorted(window.t0, stop_ns))
    start = max(0, int(np.searchsorted(window.t0, from_ns, side="right")) - 1)
    part = slice(start, max(start, stop))
    end = np.minimum(window.t0[part] + window.width_ns, stop_ns)
    low = np.where(np.isnan(window.vmin[part]), window.first[part], window.vmin[part])
    high = np.where(np.isnan(window.vmax[part]), window.first[part], window.vmax[part])
    kept = (window.t0[part], end, low, high, window.first[part], window.last[part], window.worst[part])
    return (*kept, window.backfilled[part])


def _cut(live: NDArray[Any], from_ns: int, to_ns: int) -> NDArray[Any]:
    start = max(0, int(np.searchsorted(live["time"], from_ns, side="right")) - 1)
    return live[start : int(np.searchsorted(live["time"], to_ns, side="right"))]


def _thin(live: NDArray[Any], from_ns: int, width_ns: int) -> tuple[NDArray[Any], ...]:
    """Live values as columns no narrower than `width_ns`."""
    if not len(live):
        none = np.zeros(0)
        times = np.zeros(0, np.int64)
        return (times, times, none, none, none, none, np.zeros(0, np.uint32), np.zeros(0, np.bool_))
    time, value = live["time"], live["value"]
    heads = np.flatnonzero(np.diff((time - from_ns) // width_ns, prepend=np.iinfo(np.int64).min))
    tails = np.append(heads[1:], len(live)) - 1
    return (
        time[heads],
        time[tails],
        np.fmin.reduceat(value, heads),
        np.fmax.reduceat(value, heads),
        value[heads],
        value[tails],
        np.maximum.reduceat(live["quality"], heads),
        np.zeros(len(heads), np.bool_),
    )


def _hold(columns: list[NDArray[Any]], gaps: tuple[Gap, ...], now_ns: int) -> Strokes:
    """Hold each column's last value until the next column, or until nothing was recorded any more."""
    start, end, low, high, first, last, quality, late = columns
    for gap in gaps:
        start, end = _beside(start, end, gap)
    until = np.append(start[1:], now_ns) if len(start) else start
    until = np.maximum(until, end)
    joined = np.ones(len(start), np.bool_)
    joined[:1] = False
    for gap in gaps:
        cut = (end <= gap.from_ns) & (until > gap.from_ns)
        until[cut] = gap.from_ns
        joined[1:][cut[:-1]] = False
    return Strokes(start, end, low, high, first, last, quality, until, joined, late)


def _beside(start: NDArray[np.int64], end: NDArray[np.int64], gap: Gap) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns that reach into a gap end where it begins, or begin where it ends: in it there was no sample."""
    wide = end > start
    into = wide & (start <= gap.from_ns) & (end > gap.from_ns) & (end <= gap.to_ns)
    out_of = wide & (start > gap.from_ns) & (start < gap.to_ns) & (end > gap.to_ns)
    if not (into.any() or out_of.any()):
        return start, end
    return np.where(out_of, gap.to_ns, start), np.where(into, np.maximum(gap.from_ns, start), end)
