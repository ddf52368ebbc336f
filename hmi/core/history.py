"""Answers out of history: the samples of a tag, or a window of them thinned to what a trend can draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.quality import BAD

_SAMPLE_COLUMNS: Final = {
    "time": "<i8",
    "received": "<i8",
    "value": "<f8",
    "raw": "<i8",
    "quality": "<u4",
    "flags": "<u4",
}
_WINDOW_COLUMNS: Final = {
    "t0": "<i8",
    "count": "<i8",
    "vmin": "<f8",
    "vmax": "<f8",
    "first": "<f8",
    "last": "<f8",
    "worst": "<u4",
    "backfilled": "?",
}


class Gap(NamedTuple):
    """A time in which nothing was recorded, said aloud: drawn on the trend, never bridged by a line."""

    from_ns: int
    to_ns: int
    reason: str


@dataclass(frozen=True, slots=True)
class Samples:
    """Every kept value of one tag, in the order of their times, exactly as they came."""

    tag: str
    time: NDArray[np.int64]  # source time, ns UTC, as the device gave it
    received: NDArray[np.int64]  # when it came in, ns UTC
    value: NDArray[np.float64]
    raw: NDArray[np.int64]  # exact integer; of text the index in `texts`
    quality: NDArray[np.uint32]
    flags: NDArray[np.uint32]
    texts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    @property
    def at(self) -> NDArray[np.int64]:
        """The time each sample is ordered and drawn by: receipt where the source time cannot be right."""
        return np.where(self.flags & FLAG_TIME_SUSPECT, self.received, self.time)

    def text(self, row: int) -> str | None:
        """The text of a row, None when it is a number."""
        return self.texts[int(self.raw[row])] if self.flags[row] & FLAG_TEXT else None

    def cut(self, start: int, stop: int) -> Samples:
        """Some of them; text indexes stay valid."""
        return _with(self, {name: getattr(self, name)[start:stop] for name in _SAMPLE_COLUMNS})

    def rows(self) -> Iterator[dict[str, Any]]:
        """One plain row each, for listings and exports; `value` is the text where the value is text."""
        columns = [getattr(self, name).tolist() for name in _SAMPLE_COLUMNS]
        for time, received, value, raw, quality, flags in zip(*columns, strict=True):
            shown = self.texts[raw] if flags & FLAG_TEXT else value
            yield {"time": time, "received": received, "value": shown, "quality": quality, "flags": flags}

    @classmethod
    def of(cls, tag: str, columns: Mapping[str, NDArray[Any]], texts: Sequence[str] = ()) -> Samples:
        """Out of columns by name."""
        own: dict[str, Any] = {name: columns[name] for name in _SAMPLE_COLUMNS}
        return cls(tag=tag, texts=tuple(texts), **own)

    @classmethod
    def empty(cls, tag: str) -> Samples:
        """A tag of which nothing was kept."""
        return cls.of(tag, {name: np.empty(0, kind) for name, kind in _SAMPLE_COLUMNS.items()})

    def pack(self) -> dict[str, Any]:
        """For the link: plain words and little-endian bytes."""
        return {"tag": self.tag, "texts": list(self.texts), **_packed(self, _SAMPLE_COLUMNS)}

    @classmethod
    def unpack(cls, body: Mapping[str, Any]) -> Samples:
        """The other way; raises ValueError for anything that is no packed samples."""
        columns = _unpacked(body, _SAMPLE_COLUMNS)
        texts = _typed(body, "texts", list[str])
        text_rows = (columns["flags"] & FLAG_TEXT) != 0
        indexes = columns["raw"][text_rows]
        if len(indexes) and (indexes.min() < 0 or indexes.max() >= len(texts)):
            raise ValueError("packed samples name a text that is not there")
        return cls.of(_typed(body, "tag", str), columns, texts)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one tag's history in buckets of equal width; a bucket without any sample is left out.

    `vmin`, `vmax` and `count` are of the values that can be used: not bad, not NaN; NaN where there is none.
    `first` and `last` are the first and last sample as they stood, NaN when that one cannot be used: a line drawn
    from one bucket's `last` to the next one's `first` breaks where it must. What was held when the window began
    is the `first` of the first bucket.
    """

    tag: str
    from_ns: int
    to_ns: int
    width_ns: int  # of a bucket
    t0: NDArray[np.int64]  # where each bucket starts
    count: NDArray[np.int64]
    vmin: NDArray[np.float64]
    vmax: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    worst: NDArray[np.uint32]  # quality
    backfilled: NDArray[np.bool_]  # whether any sample in it was fetched later, from the device's own history
    gaps: tuple[Gap, ...] = ()

    def __len__(self) -> int:
        return len(self.t0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One plain row a bucket, for listings and exports."""
        names = ("time", "count", "min", "max", "first", "last", "quality", "backfilled")
        columns = [getattr(self, name) for name in _WINDOW_COLUMNS]
        columns[-1] = columns[-1].astype(np.int64)  # 0 or 1 in a listing
        for row in zip(*(column.tolist() for column in columns), strict=True):
            yield dict(zip(names, row, strict=True))

    @classmethod
    def of(
        cls, tag: str, span: tuple[int, int, int], columns: Mapping[str, NDArray[Any]], gaps: Sequence[Gap]
    ) -> Window:
        """Out of columns by name; `span` is start, end and width of a bucket, ns."""
        own: dict[str, Any] = {name: columns[name] for name in _WINDOW_COLUMNS}
        from_ns, to_ns, width_ns = span
        return cls(tag=tag, from_ns=from_ns, to_ns=to_ns, width_ns=width_ns, gaps=tuple(gaps), **own)

    def pack(self) -> dict[str, Any]:
        """For the link: plain words and little-endian bytes."""
        head = {"tag": self.tag, "from_ns": self.from_ns, "to_ns": self.to_ns, "width_ns": self.width_ns}
        return {**head, "gaps": [list(gap) for gap in self.gaps], **_packed(self, _WINDOW_COLUMNS)}

    @classmethod
    def unpack(cls, body: Mapping[str, Any]) -> Window:
        """The other way; raises ValueError for anything that is no packed window."""
        span = (_typed(body, "from_ns", int), _typed(body, "to_ns", int), _typed(body, "width_ns", int))
        gaps = [Gap(*row) for row in _typed(body, "gaps", list[tuple[int, int, str]])]
        return cls.of(_typed(body, "tag", str), span, _unpacked(body, _WINDOW_COLUMNS), gaps)


def width_of(from_ns: int, to_ns: int, points: int) -> int:
    """Width of a bucket, ns, so that at most `points` of them cover the window."""
    if to_ns <= from_ns or points < 1:
        raise ValueError("a window needs an end after its start and at least one point")
    return -(-(to_ns - from_ns) // points)


def usable(value: NDArray[np.float64], quality: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """True where a sample counts as a value: its quality is not bad and it is a number."""
    return (quality < BAD) & ~np.isnan(value)


def is_backfilled(flags: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """True where a sample was fetched later, from the device's own history."""
    late: NDArray[np.bool_] = (flags & FLAG_BACKFILLED) != 0
    return late


def window_of(samples: Samples, from_ns: int, to_ns: int, points: int, gaps: Sequence[Gap] = ()) -> Window:
    """Thin samples (in order of `at`, those before the window included) to at most `points` buckets."""
    width = width_of(from_ns, to_ns, points)
    at = samples.at
    start, stop = int(np.searchsorted(at, from_ns)), int(np.searchsorted(at, to_ns))
    t0 = from_ns + (at[start:stop] - from_ns) // width * width
    columns = _reduced(samples.cut(start, stop), t0)
    window = Window.of(samples.tag, (from_ns, to_ns, width), columns, gaps)
    return window if start == 0 else hold(window, samples.value[start - 1], int(samples.quality[start - 1]))


def hold(window: Window, value: float, quality: int) -> Window:
    """The window, beginning with the value that was held when it began."""
    held = np.nan if quality >= BAD else float(value)
    if len(window) and window.t0[0] == window.from_ns:
        first, worst = window.first.copy(), window.worst.copy()
        first[0] = held
        worst[0] = max(int(worst[0]), quality)
        return _with(window, {"first": first, "worst": worst})
    head = (window.from_ns, 0, np.nan, np.nan, held, held, quality, False)
    kinds = _WINDOW_COLUMNS.items()
    return _with(
        window,
        {
            name: np.concatenate([np.array([value], kind), getattr(window, name)])
            for value, (name, kind) in zip(head, kinds, strict=True)
        },
    )


def _reduced(samples: Samples, t0: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    if not len(samples):  # reduceat of nothing raises
        return {name: np.empty(0, kind) for name, kind in _WINDOW_COLUMNS.items()}
    heads = np.flatnonzero(np.append(True, t0[1:] != t0[:-1]))
    tails = np.append(heads[1:], len(samples)) - 1
    good = usable(samples.value, samples.quality)
    shown = np.where(good, samples.value, np.nan)
    return {
        "t0": t0[heads],
        "count": np.add.reduceat(good.astype(np.int64), heads),
        "vmin": np.fmin.reduceat(shown, heads),
        "vmax": np.fmax.reduceat(shown, heads),
        "first": shown[heads],
        "last": shown[tails],
        "worst": np.maximum.reduceat(samples.quality, heads),
        "backfilled": np.logical_or.reduceat(is_backfilled(samples.flags), heads),
    }


_S = TypeVar("_S", Samples, Window)
_T = TypeVar("_T")


def _with(source: _S, columns: Mapping[str, Any]) -> _S:
    return replace(source, **columns)


def _packed(source: Samples | Window, columns: Mapping[str, str]) -> dict[str, bytes]:
    return {name: np.ascontiguousarray(getattr(source, name), kind).tobytes() for name, kind in columns.items()}


def _unpacked(body: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    arrays = {name: np.frombuffer(_typed(body, name, bytes), kind) for name, kind in columns.items()}
    if len({len(array) for array in arrays.values()}) != 1:
        raise ValueError("packed history has columns of different lengths")
    return arrays


def _typed(body: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    return msgspec.convert(body.get(name), kind)
