"""A slab: the values of many tags as columns, sorted by tag. Each second one is committed, until they are sealed."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.history import Samples
from hmi.store.codec_bytes import Damaged
from hmi.store.planes import column_in, planes, released, squeezed, tag_planes, tags_in
from hmi.store.samples import in_order

_HEAD: Final = struct.Struct("<BBHIqqI")  # version, optional columns, width of dt, rows, base, unit, CRC-32 of the body
_VERSION: Final = 2
_UNITS: Final = (1_000_000_000, 1_000_000, 1_000, 1)
_OPTIONAL: Final = {"raw": "<i8", "quality": "<u4", "flags": "<u4", "source": "<i8"}
_FEW: Final = 8  # times that show quickly that a unit is too coarse
_LIMIT: Final = 512 * 1024 * 1024  # bytes of one slab, unpacked: more is damage
_OWN: Final = threading.local()
_NOTHING: Final = {name: np.zeros(8192, kind) for name, kind in _OPTIONAL.items()}
for _zeros in _NOTHING.values():
    _zeros.flags.writeable = False


@dataclass(frozen=True)
class Slab:
    """Values sorted by tag and, within a tag, in the order in which they came; immutable.

    A column that is all zeros (no quality but Good, no flags, no raw) is None. `source` is there when the source time
    of some rows cannot be right: those are placed by receipt, all others by their source time.
    """

    tag: NDArray[np.uint32]  # number of the tag in the data folder
    base: int  # ns UTC
    unit: int  # ns
    dt: NDArray[Any]  # int32 or int64: the row's place in time is base + dt * unit
    value: NDArray[np.float64]
    raw: NDArray[np.int64] | None = None  # of text the index in `texts`
    quality: NDArray[np.uint32] | None = None
    flags: NDArray[np.uint32] | None = None
    source: NDArray[np.int64] | None = None
    texts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.tag)

    @classmethod
    def of(cls, tag: NDArray[Any], rows: NDArray[Any], texts: Sequence[str] = ()) -> Slab:
        """Rows of a batch, already sorted by `tag` (their numbers in the data folder)."""
        columns = columns_in(rows)
        return cls.of_columns(np.array(tag, np.uint32), place_of(rows, columns), columns, texts)

    @classmethod
    def of_columns(
        cls, tag: NDArray[np.uint32], at: NDArray[np.int64], columns: Mapping[str, NDArray[Any]], texts: Sequence[str]
    ) -> Slab:
        """The same of columns that are nobody else's; `at` is where each row stands in time."""
        time = columns["time"]
        odd = at is not time and not np.array_equal(at, time)
        raw, quality, flags = (_unless_zero(columns[name]) for name in ("raw", "quality", "flags"))
        source = time if odd else None
        return cls(tag, *_compact(at), columns["value"], raw, quality, flags, source, tuple(texts))

    @cached_property
    def at(self) -> NDArray[np.int64]:
        """Where each row stands in time, ns UTC."""
        return self.base + self.dt.astype(np.int64) * self.unit

    @cached_property
    def span(self) -> tuple[int, int]:
        """The earliest and the latest of them; (0, -1) of no rows at all."""
        if not len(self):
            return 0, -1
        return self.base + int(self.dt.min()) * self.unit, self.base + int(self.dt.max()) * self.unit

    @cached_property
    def _places(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The tags there are, and where the rows of each begin (and the last ones end)."""
        heads = np.flatnonzero(np.append(True, self.tag[1:] != self.tag[:-1])) if len(self) else np.empty(0, np.int64)
        return self.tag[heads], np.append(heads, len(self))

    @property
    def tags(self) -> NDArray[np.uint32]:
        """Which tags have rows here, ascending."""
        return self._places[0]

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where the last row of each of them stands."""
        return self._places[1][1:] - 1

    def rows_of(self, tag: int) -> slice:
        """Where the rows of one tag are; an empty slice when there are none."""
        tags, starts = self._places
        place = int(tags.searchsorted(tag))
        if place == len(tags) or tags[place] != tag:
            return slice(0, 0)
        return slice(int(starts[place]), int(starts[place + 1]))

    def places_of(self, tags: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the rows of some tags begin and where they end; nothing lies between where there are none."""
        own, starts = self._places
        if not len(own):
            return np.zeros(len(tags), np.int64), np.zeros(len(tags), np.int64)
        place = np.minimum(np.searchsorted(own, tags), len(own) - 1)
        begin = starts[place]
        return begin, np.where(own[place] == tags, starts[place + 1], begin)

    def range_of(self, first: int, stop: int) -> slice:
        """Where the rows of tags first <= tag < stop are."""
        tags, starts = self._places
        places = np.searchsorted(tags, np.array([first, stop], np.int64))
        return slice(*starts[places].tolist())

    def cut(self, rows: slice) -> Slab:
        """Some of the rows; text indexes stay valid."""
        own = {name: None if (column := getattr(self, name)) is None else column[rows] for name in _OPTIONAL}
        return Slab(self.tag[rows], self.base, self.unit, self.dt[rows], self.value[rows], **own, texts=self.texts)

    def pick(self, rows: NDArray[Any]) -> Slab:
        """Some of the rows, by number, with only the texts that they need."""
        own = {name: None if (column := getattr(self, name)) is None else column[rows] for name in _OPTIONAL}
        texts: tuple[str, ...] = ()
        if self.texts and own["flags"] is not None:
            texts, own["raw"] = _own_texts(self.texts, self.column("raw")[rows], own["flags"])
        return Slab(self.tag[rows], self.base, self.unit, self.dt[rows], self.value[rows], **own, texts=texts)

    def column(self, name: str) -> NDArray[Any]:
        """One of the columns raw, quality, flags and source, zeros (for source: the place in time) where left out."""
        found: NDArray[Any] | None = getattr(self, name)
        if found is not None:
            return found
        return self.at if name == "source" else _nothing(name, len(self))

    def samples(self, tag: str, rows: slice | NDArray[Any]) -> Samples:
        """Some rows, all of one tag, in order of time."""
        at = self.at[rows]
        columns = {
            "time": at if self.source is None else self.source[rows],
            "received": at,
            "value": self.value[rows],
            **{name: self._some(name, rows, len(at)) for name in ("raw", "quality", "flags")},
        }
        texts: tuple[str, ...] = ()
        if self.texts and self.flags is not None:
            texts, columns["raw"] = _own_texts(self.texts, columns["raw"], columns["flags"])
        return in_order(Samples.of(tag, columns, texts))

    def _some(self, name: str, rows: slice | NDArray[Any], count: int) -> NDArray[Any]:
        column: NDArray[Any] | None = getattr(self, name)
        return _nothing(name, count) if column is None else column[rows]

    def pack(self) -> bytes:
        """As bytes that say themselves whether they are whole."""
        present = [name for name in _OPTIONAL if getattr(self, name) is not None]
        columns = [planes(part) for part in (self.dt, self.value, *(getattr(self, name) for name in present))]
        plain = b"".join([tag_planes(self.tag), *columns, msgspec.msgpack.encode(self.texts)])
        body = squeezed(plain)
        marks = sum(1 << bit for bit, name in enumerate(_OPTIONAL) if name in present)
        head = (_VERSION, marks, self.dt.itemsize, len(self), self.base, self.unit, zlib.crc32(body))
        return _HEAD.pack(*head) + body

    @classmethod
    def unpack(cls, blob: bytes) -> Slab:
        """The other way; raises Damaged for anything else than packed bytes."""
        try:
            version, marks, width, n, base, unit, crc = _HEAD.unpack_from(blob)
            body = blob[_HEAD.size :]
            if version != _VERSION or width not in (4, 8) or zlib.crc32(body) != crc:
                raise Damaged("a second of history is damaged or of a newer version")
            plain = released(body, _LIMIT)
            return cls._of_plain(plain, n, (base, unit, width), marks)
        except (struct.error, zstandard.ZstdError, ValueError, msgspec.DecodeError) as error:
            raise Damaged("a second of history is damaged") from error

    @classmethod
    def _of_plain(cls, plain: bytes, n: int, time: tuple[int, int, int], marks: int) -> Slab:
        base, unit, width = time
        kinds = {"dt": f"<i{width}", "value": "<f8"}
        kinds |= {name: kind for bit, (name, kind) in enumerate(_OPTIONAL.items()) if marks >> bit & 1}
        place = 4 * n
        columns: dict[str, Any] = {"tag": tags_in(plain[:place], n)}
        for name, kind in kinds.items():
            columns[name] = column_in(plain, kind, n, place)
            place += columns[name].nbytes
        texts = msgspec.msgpack.decode(plain[place:], type=tuple[str, ...])
        return cls(base=base, unit=unit, texts=texts, **columns)


def columns_in(rows: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The columns of a batch's rows, copied: what one works through is in the processor's cache, and stays as it is."""
    return {name: np.array(rows[name]) for name in ("time", "value", "raw", "quality", "flags")}


def place_of(rows: NDArray[Any], columns: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Where each row stands in time: where its source time cannot be right, when it came in."""
    flags, time = columns["flags"], columns["time"]
    if not np.count_nonzero(flags):  # faster than any()
        return time
    suspect = (flags & FLAG_TIME_SUSPECT) != 0
    return np.where(suspect, rows["received"], time) if suspect.any() else time


EMPTY: Final = Slab(np.empty(0, np.uint32), 0, 1, np.empty(0, np.int32), np.empty(0))


def join(slabs: Sequence[Slab]) -> Slab:
    """Several slabs as one, sorted by tag; within a tag the order is that of the slabs."""
    if len(slabs) == 1:
        return slabs[0]
    sort = _turning(slabs) or _sorting(slabs)
    base, unit, dt = _joined_times(slabs)
    found: dict[str, Any] = {}
    for name in _OPTIONAL:
        if any(getattr(slab, name) is not None for slab in slabs):
            found[name] = np.concatenate([slab.column(name) for slab in slabs])
    texts = tuple(text for slab in slabs for text in slab.texts)
    if texts:
        _shift_texts(found, slabs)
    tag, value = _joined_tags(slabs, sort), sort(np.concatenate([slab.value for slab in slabs]))
    own = {name: sort(column) for name, column in found.items()}
    return Slab(tag, base, unit, sort(dt), value, **own, texts=texts)


_Sort = Callable[[NDArray[Any]], NDArray[Any]]


def _sorting(slabs: Sequence[Slab]) -> _Sort:
    """Brings a column of slabs that stand in a row into the order of their tags."""
    tag = np.concatenate([slab.tag for slab in slabs])
    order = np.argsort(tag.astype(np.uint16) if tag.max(initial=0) < 65_536 else tag, kind="stable")  # 16 bits: radix
    return lambda column: column[order]


def _turning(slabs: Sequence[Slab]) -> _Sort | None:
    """The same at a fraction of the cost, of slabs with the same tags, each as often: what is scanned every second."""
    tag, (tags, starts) = slabs[0].tag, slabs[0]._places
    shape = (len(slabs), len(tags), len(tag) // max(1, len(tags)))
    alike = bool(shape[2]) and np.array_equal(starts, np.arange(shape[1] + 1) * shape[2])
    if not alike or not all(slab.tag is tag or np.array_equal(slab.tag, tag) for slab in slabs[1:]):
        return None
    return lambda column: column.reshape(shape).swapaxes(0, 1).reshape(-1)


def _joined_tags(slabs: Sequence[Slab], sort: _Sort) -> NDArray[np.uint32]:
    """Those of slabs that all share one column are at hand: memory that is never written need not be fetched."""
    first, known = slabs[0].tag, getattr(_OWN, "joined", None)
    shared = all(slab.tag is first for slab in slabs)
    if shared and known is not None and known[0] is first and known[1] == len(slabs):
        found: NDArray[np.uint32] = known[2]
        return found
    found = sort(np.concatenate([slab.tag for slab in slabs]))
    if shared:
        _OWN.joined = first, len(slabs), found
    return found


def _joined_times(slabs: Sequence[Slab]) -> tuple[int, int, NDArray[Any]]:
    base, unit = min(slab.base for slab in slabs), min(slab.unit for slab in slabs)
    last = max(slab.span[1] for slab in slabs)
    far = (last - base) // unit
    if far >= 2**62 or any((slab.base - base) % unit for slab in slabs):
        return _compact(np.concatenate([slab.at for slab in slabs]))
    kind = np.dtype(np.int32 if far < 2**31 else np.int64)
    found: NDArray[Any] = np.empty(sum(map(len, slabs)), kind)
    place = 0
    for slab in slabs:
        part = found[place : place + len(slab)]
        np.multiply(slab.dt, slab.unit // unit, out=part, dtype=kind, casting="same_kind")  # int32 would run over
        part += kind.type((slab.base - base) // unit)
        place += len(slab)
    return base, unit, found


def _shift_texts(found: dict[str, Any], slabs: Sequence[Slab]) -> None:
    shift = np.repeat(np.cumsum([0, *(len(slab.texts) for slab in slabs[:-1])]), [len(slab) for slab in slabs])
    is_text = (found["flags"] & FLAG_TEXT) != 0
    found["raw"] = found["raw"] + np.where(is_text, shift, 0) if "raw" in found else np.where(is_text, shift, 0)


def groups(tag: NDArray[np.uint32]) -> Iterator[tuple[int, slice]]:
    """Every tag of a sorted column, with where its rows are."""
    if not len(tag):
        return
    heads = np.flatnonzero(np.append(True, tag[1:] != tag[:-1]))
    stops = np.append(heads[1:], len(tag))
    for number, start, stop in zip(tag[heads].tolist(), heads.tolist(), stops.tolist(), strict=True):
        yield number, slice(start, stop)


def _nothing(name: str, count: int) -> NDArray[Any]:
    zeros = _NOTHING[name]
    return zeros[:count] if count <= len(zeros) else np.broadcast_to(zeros[0], count)


def _compact(at: NDArray[Any]) -> tuple[int, int, NDArray[Any]]:
    """Times as small whole numbers of the largest unit that loses nothing."""
    if not len(at):
        return 0, 1, np.empty(0, np.int32)
    at = np.ascontiguousarray(at, np.int64)
    base, last = int(np.minimum.reduce(at)), int(np.maximum.reduce(at))
    if last - base >= 2**63:  # the year 1700 beside the year 2200
        return 0, 1, at
    far = at - base
    few = far[:_FEW].tolist()
    for unit in _UNITS:
        if not any(time % unit for time in few):
            dt = far // unit
            if unit == 1 or (dt * unit == far).all():
                break
    return base, unit, dt.astype(np.int32) if (last - base) // unit < 2**31 else dt


def _unless_zero(column: NDArray[Any]) -> NDArray[Any] | None:
    return column if np.count_nonzero(column) else None  # faster than any()


def _own_texts(
    texts: tuple[str, ...], raw: NDArray[np.int64], flags: NDArray[np.uint32]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    is_text = (flags & FLAG_TEXT) != 0
    if not is_text.any():
        return (), raw
    used, places = np.unique(raw[is_text], return_inverse=True)
    own = raw.copy()
    own[is_text] = places
    return tuple(texts[place] for place in used.tolist()), own
