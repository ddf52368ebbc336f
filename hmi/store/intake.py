"""What of the incoming values is kept: every tag's own wish, and what a device only tells again kept once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, Batch
from hmi.core.tags import Tag
from hmi.store.slab import Slab, columns_in, place_of

_SECOND_NS: Final = 1_000_000_000
_HOUR_NS: Final = 3600 * _SECOND_NS
_LATE_NS: Final = 900 * _SECOND_NS
_LONG_AGO: Final = -(2**63)
_CONTENT: Final = ("value", "raw", "quality", "flags", "time")  # `value` by its bits

_Columns = tuple[NDArray[Any], NDArray[Any], Mapping[str, NDArray[Any]]]


class RunBefore(NamedTuple):
    """How far history goes that an engine before this one stored."""

    ended_ns: int  # UTC
    newest_ns: NDArray[np.int64]  # when the newest value of each tag was made, by the tag's place in the plant


class _Scan(NamedTuple):
    """Which tags some rows are of, in order of the plant."""

    tag: NDArray[np.uint32]
    place: NDArray[np.int64]  # the same, as numpy wants it for looking up
    numbers: NDArray[np.uint32]  # in the data folder
    once: bool  # each of them has one row


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
        self._fresh: tuple[NDArray[Any], Mapping[str, NDArray[Any]]] | None = None  # what is to go into `_last`
        self._scan: _Scan | None = None  # the last one
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
        columns = {name: slab.column(name)[known] for name in ("raw", "quality", "flags")}
        columns |= {"value": slab.value[known], "time": slab.column("source")[known]}
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
        scan = self._scanned(np.array(rows["tag"]))
        now: Mapping[str, NDArray[Any]] = columns_in(rows)
        at, numbers = place_of(rows, now), scan.numbers
        wanted = self._wanted(rows, self._news(scan, at, now, batch.texts))
        if wanted is not None:
            numbers, at, now = _cut(numbers, at, now, wanted)
        if not len(at):
            return []
        if not self._rising:
            numbers, at, now = _cut(numbers, at, now, np.argsort(numbers, kind="stable"))
        hour = now_ns // _HOUR_NS * _HOUR_NS
        if sealed_until_ns >= hour or int(at.min()) >= hour:
            return [(hour, _slab(numbers, at, now, batch.texts))]
        before = at < hour
        parts = [(hour - _HOUR_NS, before), (hour, ~before)]
        return [(own_ns, _slab(*_cut(numbers, at, now, own), batch.texts)) for own_ns, own in parts if own.any()]

    def _scanned(self, tag: NDArray[np.uint32]) -> _Scan:
        """What there is to know of rows of these tags; a controller is asked for the same ones each second."""
        known = self._scan
        if known is None or not np.array_equal(known.tag, tag):
            once = bool((tag[1:] > tag[:-1]).all())
            known = self._scan = _Scan(tag, tag.astype(np.int64), self._numbers[tag], once)
        return known

    def _wanted(self, rows: NDArray[Any], news: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """False for rows that need not be kept; None: all are."""
        if self._every_ns is None:
            return news
        wanted = np.ones(len(rows), bool) if news is None else news
        wanted[wanted] = self._in_time(rows[wanted])
        return None if wanted.all() else wanted

    def _news(
        self, scan: _Scan, at: NDArray[np.int64], now: Mapping[str, NDArray[Any]], texts: tuple[str, ...]
    ) -> NDArray[np.bool_] | None:
        """False for rows that repeat, at the same time, what stands before them; None: there is no such row."""
        known = self._at[scan.place]
        if scan.once and bool((at > known).all()):  # all of it is new, as nearly always
            self._keep(scan.place, at, now, texts)
            return None
        tag = scan.tag
        first = np.ones(len(tag), bool)
        np.not_equal(tag[1:], tag[:-1], out=first[1:])
        same: NDArray[np.bool_] = at == _before(at, known, first)
        found = None
        if same.any():
            self._settle()
            for name, column in _comparable(now).items():
                if name != "raw":
                    same &= column == _before(column, self._last[name][tag], first)
            same &= self._same_raw(tag, now, first, texts)
            found = ~same if same.any() else None
        self._remember(tag, at, now, texts)
        return found

    def _same_raw(
        self, tag: NDArray[Any], now: Mapping[str, NDArray[Any]], first: NDArray[np.bool_], texts: tuple[str, ...]
    ) -> NDArray[np.bool_]:
        raw = now["raw"]
        same: NDArray[np.bool_] = raw == _before(raw, self._last["raw"][tag], first)
        if texts:
            is_text = (now["flags"] & FLAG_TEXT) != 0
            for row in np.flatnonzero(is_text).tolist():
                above = texts[int(raw[row - 1])] if is_text[row - 1] else None
                known = self._text.get(int(tag[row])) if first[row] else above
                same[row] = known == texts[int(raw[row])]
        return same

    def _remember(
        self, tag: NDArray[Any], at: NDArray[Any], now: Mapping[str, NDArray[Any]], texts: tuple[str, ...]
    ) -> None:
        """The newest row of each tag; one that came late is not that."""
        order = None
        again = tag[1:] == tag[:-1]
        if again.any() and ((at[1:] < at[:-1]) & again).any():
            order = np.lexsort((at, tag))
            again = tag[order][1:] == tag[order][:-1]
        newest = np.flatnonzero(np.append(~again, True)) if order is None else order[np.append(~again, True)]
        newest = newest[at[newest] >= self._at[tag[newest]]]
        columns = {name: column[newest] for name, column in now.items()}
        self._keep(np.array(tag[newest], np.int64), at[newest], columns, texts)

    def _keep(
        self, index: NDArray[np.int64], at: NDArray[Any], now: Mapping[str, NDArray[Any]], texts: tuple[str, ...]
    ) -> None:
        """What each of some tags, every one once, said last."""
        self._at[index] = at
        if self._fresh is not None and self._fresh[0] is not index and not np.array_equal(self._fresh[0], index):
            self._settle()
        self._fresh = (index, now)
        if texts:
            is_text = (now["flags"] & FLAG_TEXT) != 0
            for place, raw in zip(index[is_text].tolist(), now["raw"][is_text].tolist(), strict=True):
                self._text[place] = texts[raw]

    def _settle(self) -> None:
        """Know what the newest rows say; seldom asked for, so it waits: the same tags again take their place."""
        if self._fresh is not None:
            index, columns = self._fresh
            for name, column in _comparable(columns).items():
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


def _before(column: NDArray[Any], last: NDArray[Any], first: NDArray[np.bool_]) -> NDArray[Any]:
    """What stood before each row: the row above, and where that is of another tag, what was known."""
    shifted = np.empty(len(column), np.int64)
    shifted[1:] = column[:-1]
    return np.where(first, last, shifted)


def _comparable(now: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The columns as they are compared: values by their bits, so that NaN is as good as any."""
    return {**now, "value": now["value"].view(np.int64)}


def _cut(numbers: NDArray[Any], at: NDArray[Any], now: Mapping[str, NDArray[Any]], rows: NDArray[Any]) -> _Columns:
    return numbers[rows], at[rows], {name: column[rows] for name, column in now.items()}


def _slab(
    numbers: NDArray[np.uint32], at: NDArray[np.int64], now: Mapping[str, NDArray[Any]], texts: tuple[str, ...]
) -> Slab:
    if not texts:
        return Slab.of_columns(numbers, at, now, ())
    is_text = (now["flags"] & FLAG_TEXT) != 0
    used, places = np.unique(now["raw"][is_text], return_inverse=True)
    raw = now["raw"].copy()
    raw[is_text] = places
    return Slab.of_columns(numbers, at, {**now, "raw": raw}, [_storable(texts[place]) for place in used.tolist()])


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be stored
