"""What of the incoming values is kept: every tag's own wish, and what a device only tells again kept once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

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


class Intake:
    """Turns batches into slabs; lives on the writer thread. Costs no Python per value, text apart."""

    def __init__(self, tags: Sequence[Tag], numbers: NDArray[np.uint32]) -> None:
        """`numbers`: of each tag of the plant, its number in the data folder."""
        self._numbers = numbers
        self._recorded = np.array([tag.history != "off" for tag in tags], bool)
        every = np.array([every_ns(tag.history) for tag in tags], np.int64)
        self._every_ns = every if every.any() else None
        self._kept_ns = np.full(len(tags), _LONG_AGO)  # receipt of the last row kept, of tags with a period
        self._kept_quality: dict[int, int] = {}  # and its quality
        self._at = np.full(len(tags), _LONG_AGO)
        self._last = {name: np.zeros(len(tags), np.int64) for name in _CONTENT}
        self._text: dict[int, str] = {}
        self._index = np.full(int(numbers.max(initial=0)) + 1, -1)  # of the tag in the plant, by its number
        self._index[numbers] = np.arange(len(tags))

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
        rows = _by_tag(_those(batch.rows, self._recorded[batch.rows["tag"]]), len(self._at))
        rows = _those(rows, self._is_news(rows, batch.texts))
        if self._every_ns is not None and len(rows):
            rows = _those(rows, self._in_time(rows))
        if not len(rows):
            return []
        numbers = self._numbers[rows["tag"]]
        if (numbers[1:] < numbers[:-1]).any():  # tags were put in between since the folder began
            order = np.argsort(numbers, kind="stable")
            numbers, rows = numbers[order], rows[order]
        hour = now_ns // _HOUR_NS * _HOUR_NS
        before = _at(rows) < hour if sealed_until_ns < hour else np.zeros(len(rows), bool)
        parts = [(hour - _HOUR_NS, before), (hour, ~before)]
        return [(hour_ns, _slab(numbers[own], _those(rows, own), batch.texts)) for hour_ns, own in parts if own.any()]

    def _is_news(self, rows: NDArray[Any], texts: tuple[str, ...]) -> NDArray[np.bool_]:
        """False for rows that repeat, at the same time, what stands before them."""
        if not len(rows):
            return np.empty(0, bool)
        tag, at = rows["tag"], _at(rows)
        first = np.append(True, tag[1:] != tag[:-1])
        now = {name: np.ascontiguousarray(rows[name]) for name in ("value", "raw", "quality", "flags")}
        now["value"] = now["value"].view(np.int64)
        now["source"] = rows["time"]
        same: NDArray[np.bool_] = at == _before(at, self._at[tag], first)
        for name in _CONTENT:
            if not same.any():
                break
            if name != "raw":
                same &= now[name] == _before(now[name], self._last[name][tag], first)
        same &= self._same_raw(rows, now["raw"], first, texts)
        self._remember(tag, at, now, texts)
        return ~same

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
        if len(at) > 1 and ((at[1:] < at[:-1]) & (tag[1:] == tag[:-1])).any():
            order = np.lexsort((at, tag))
            tag = tag[order]
        ends = np.flatnonzero(np.append(tag[1:] != tag[:-1], True))
        index, newest = tag[ends], ends if order is None else order[ends]
        later = at[newest] >= self._at[index]
        index, newest = index[later], newest[later]
        self._at[index] = at[newest]
        for name in _CONTENT:
            self._last[name][index] = now[name][newest]
        if texts:
            is_text = (now["flags"][newest] & FLAG_TEXT) != 0
            for place, row in zip(index[is_text].tolist(), newest[is_text].tolist(), strict=True):
                self._text[place] = texts[int(now["raw"][row])]

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
    suspect = (rows["flags"] & FLAG_TIME_SUSPECT) != 0
    found: NDArray[np.int64] = np.where(suspect, rows["received"], rows["time"]) if suspect.any() else rows["time"]
    return found


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
