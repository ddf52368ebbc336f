"""What of the incoming values is kept: every tag's own wish, and what a device only tells again kept once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, Batch
from hmi.core.tags import Tag
from hmi.store.slab import Slab

_SECOND_NS: Final = 1_000_000_000
_HOUR_NS: Final = 3600 * _SECOND_NS
_LATE_NS: Final = 900 * _SECOND_NS
_LONG_AGO: Final = -(2**63)
_CONTENT: Final = ("value", "raw", "quality", "flags", "source")  # `value` by its bits


class RunBefore(NamedTuple):
    """How far history goes that an engine before this one stored."""

    ended_ns: int  # UTC
    newest_ns: NDArray[np.int64]  # when the newest value of each tag was made, by the tag's place in the plant


class Intake:
    """Turns batches into slabs; lives on the writer thread. Costs no Python per value, text apart."""

    def __init__(self, tags: Sequence[Tag], numbers: NDArray[np.uint32]) -> None:
        """`numbers`: of each tag of the plant, its number in the data folder."""
        self._numbers = numbers
        self._recorded = np.array([tag.history != "off" for tag in tags], bool)
        self._all = bool(self._recorded.all())
        every = np.array([every_ns(tag.history) for tag in tags], np.int64)
        self._every_ns = every if every.any() else None
        self._kept_ns = np.full(len(tags), _LONG_AGO)  # receipt of the last row kept, of tags with a period
        self._kept_quality: dict[int, int] = {}  # and its quality
        self._at = np.full(len(tags), _LONG_AGO)
        self._last = {name: np.zeros(len(tags), np.int64) for name in _CONTENT}
        self._fresh: tuple[NDArray[Any], dict[str, NDArray[Any]]] | None = None  # what is to go into `_last`
        self._text: dict[int, str] = {}
        self._index = np.full(int(numbers.max(initial=0)) + 1, -1)  # of the tag in the plant, by its number
        self._index[numbers] = np.arange(len(tags))
        self._rising = not bool((numbers[1:] < numbers[:-1]).any())  # False: tags were put in between since it began

    @property
    def newest_ns(self) -> NDArray[np.int64]:
        """When the newest value of each tag that is known was made, by the tag's place in the plant; long ago: none."""
        return self._at.copy()

    def seed(self, slab: Slab) -> None:
        """Rows that were stored before, by runs before: what they tell is not news."""
        place = np.minimum(slab.tag, len(self._index) - 1)
        known = (self._index[place] >= 0) & (place == slab.tag)
        columns = {name: slab.column(name)[known] for name in ("raw", "quality", "flags", "source")}
        columns["value"] = slab.value.view(np.int64)[known]
        if known.any():
            self._remember(self._index[place][known], slab.at[known], columns, slab.texts)

    def slabs(self, batch: Batch, now_ns: int, sealed_until_ns: int) -> list[tuple[int, Slab]]:
        """What is to be stored, with the clock hour (ns UTC) it is sealed with.

        That is the hour that it is, but for values of the hour before, as long as that one is not sealed yet.
        """
        recorded = batch.rows if self._all else _those(batch.rows, self._recorded[batch.rows["tag"]])
        rows = _by_tag(recorded, len(self._at))
        if not len(rows):
            return []
        at = _at(rows)
        news = self._news(rows, at, batch.texts)
        if news is not None:
            rows, at = rows[news], at[news]
        if self._every_ns is not None and len(rows):
            wanted = self._in_time(rows)
            rows, at = _those(rows, wanted), _those(at, wanted)
        if not len(rows):
            return []
        numbers = self._numbers[rows["tag"]]
        if not self._rising:
            order = np.argsort(numbers, kind="stable")
            numbers, rows, at = numbers[order], rows[order], at[order]
        hour = now_ns // _HOUR_NS * _HOUR_NS
        if sealed_until_ns >= hour or int(at.min()) >= hour:
            return [(hour, _slab(numbers, rows, batch.texts))]
        before = at < hour
        parts = [(hour - _HOUR_NS, before), (hour, ~before)]
        return [(hour_ns, _slab(numbers[own], rows[own], batch.texts)) for hour_ns, own in parts if own.any()]

    def _news(self, rows: NDArray[Any], at: NDArray[np.int64], texts: tuple[str, ...]) -> NDArray[np.bool_] | None:
        """False for rows that repeat, at the same time, what stands before them; None: there is no such row."""
        tag = np.ascontiguousarray(rows["tag"])
        first = np.ones(len(tag), bool)
        np.not_equal(tag[1:], tag[:-1], out=first[1:])
        now = {name: rows[name] for name in ("raw", "quality", "flags")}
        now["value"] = rows["value"].view(np.int64)
        now["source"] = rows["time"]
        same: NDArray[np.bool_] = at == _before(at, self._at[tag], first)
        found = None
        if same.any():
            self._settle()
            for name in _CONTENT:
                if name != "raw":
                    same &= now[name] == _before(now[name], self._last[name][tag], first)
            same &= self._same_raw(rows, now["raw"], first, texts)
            found = ~same if same.any() else None
        self._remember(tag, at, now, texts)
        return found

    def _same_raw(
        self, rows: NDArray[Any], raw: NDArray[Any], first: NDArray[np.bool_], texts: tuple[str, ...]
    ) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = raw == _before(raw, self._last["raw"][rows["tag"]], first)
        if texts:
            is_text = (rows["flags"] & FLAG_TEXT) != 0
            for row in np.flatnonzero(is_text).tolist():
                above = texts[int(raw[row - 1])] if is_text[row - 1] else None
                known = self._text.get(int(rows["tag"][row])) if first[row] else above
                same[row] = known == texts[int(raw[row])]
        return same

    def _remember(self, tag: NDArray[Any], at: NDArray[Any], now: dict[str, Any], texts: tuple[str, ...]) -> None:
        """The newest row of each tag; one that came late is not that."""
        order = None
        again = tag[1:] == tag[:-1]
        if again.any() and ((at[1:] < at[:-1]) & again).any():
            order = np.lexsort((at, tag))
            again = tag[order][1:] == tag[order][:-1]
        newest = np.flatnonzero(np.append(~again, True)) if order is None else order[np.append(~again, True)]
        newest = newest[at[newest] >= self._at[tag[newest]]]
        rows: Any = newest if len(newest) < len(tag) else slice(None)  # each tag once, as a scan gives them
        index = np.array(tag[rows], np.int64)
        self._at[index] = at[rows]
        if self._fresh is not None and not np.array_equal(self._fresh[0], index):
            self._settle()
        self._fresh = (index, {name: np.array(now[name][rows]) for name in _CONTENT})
        if texts:
            is_text = (now["flags"][newest] & FLAG_TEXT) != 0
            for place, row in zip(index[is_text].tolist(), newest[is_text].tolist(), strict=True):
                self._text[place] = texts[int(now["raw"][row])]

    def _settle(self) -> None:
        """Know what the newest rows say; seldom asked for, so it waits: the same tags again take their place."""
        if self._fresh is not None:
            index, columns = self._fresh
            for name, column in columns.items():
                self._last[name][index] = column
            self._fresh = None

    def _in_time(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        """False for rows that come sooner than their tag's period wants them; another quality is always wanted."""
        assert self._every_ns is not None
        keep = np.ones(len(rows), bool)
        for row in np.flatnonzero(self._every_ns[rows["tag"]]).tolist():
            tag, received, quality = int(rows["tag"][row]), int(rows["received"][row]), int(rows["quality"][row])
            soon = abs(received - int(self._kept_ns[tag])) < int(self._every_ns[tag])
            keep[row] = not soon or quality != self._kept_quality.get(tag)
            if keep[row]:
                self._kept_ns[tag] = received
                self._kept_quality[tag] = quality
        return keep


def every_ns(history: str) -> int:
    """The period of `every:SECONDS` in ns; 0 for any other wish."""
    kind, _, seconds = history.partition(":")
    return round(float(seconds) * _SECOND_NS) if kind == "every" else 0


def span_of(batch: Batch) -> tuple[int, int]:
    """When values were made and came in; of what came late only when it came, or a gap would reach back for hours."""
    received, time = batch.rows["received"], batch.rows["time"]
    near = np.where(np.abs(time - received) < _LATE_NS, time, received)
    return int(min(received.min(), near.min())), int(max(received.max(), near.max()))


def _those(rows: NDArray[Any], wanted: NDArray[np.bool_]) -> NDArray[Any]:
    found: NDArray[Any] = rows if wanted.all() else rows[wanted]
    return found


def _by_tag(rows: NDArray[Any], tags: int) -> NDArray[Any]:
    tag = rows["tag"]
    if not (tag[1:] < tag[:-1]).any():
        return rows
    found: NDArray[Any] = rows[np.argsort(tag.astype(np.uint16) if tags < 65_536 else tag, kind="stable")]
    return found


def _at(rows: NDArray[Any]) -> NDArray[np.int64]:
    flags = rows["flags"]
    if not np.count_nonzero(flags):  # faster than any()
        return np.ascontiguousarray(rows["time"])
    return np.where((flags & FLAG_TIME_SUSPECT) != 0, rows["received"], rows["time"])


def _before(column: NDArray[Any], last: NDArray[Any], first: NDArray[np.bool_]) -> NDArray[Any]:
    """What stood before each row: the row above, and where that is of another tag, what was known."""
    shifted = np.empty(len(column), np.int64)
    shifted[1:] = column[:-1]
    return np.where(first, last, shifted)


def _slab(numbers: NDArray[np.uint32], rows: NDArray[Any], texts: tuple[str, ...]) -> Slab:
    if not texts:
        return Slab.of(numbers, rows)
    is_text = (rows["flags"] & FLAG_TEXT) != 0
    used, places = np.unique(rows["raw"][is_text], return_inverse=True)
    rows = rows.copy()
    rows["raw"][is_text] = places
    return Slab.of(numbers, rows, [_storable(texts[place]) for place in used.tolist()])


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be stored
