"""Many tags around one moment: what each of them was is told at once, for this moment and for those nearby."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.history import Samples
from hmi.store import codec
from hmi.store.codec_columns import constant_in
from hmi.store.codec_times import Line
from hmi.store.codec_values import PLAIN, Way, Ways, head_of
from hmi.store.compact import ZERO, Columns, Lines, Shelf, Spot
from hmi.store.slab import Slab

_ODD: Final = FLAG_TEXT | FLAG_TIME_SUSPECT
_SAMPLE_BYTES: Final = 44  # of a tag that is unpacked, one sample
_BEFORE: Final = -(2**63)

Times = tuple[int, bytes, int]  # of a block: their number in the file, as they are packed there, and how many


class _Told(NamedTuple):
    """How a sample of a block is told when its place is known, the same for all of them."""

    way: Way
    value: Spot
    raw: Spot
    quality: int
    flags: int
    is_raw_whole: bool = False


class Around:
    """One block each of some tags, and what is true of each of their samples."""

    def __init__(self, gathered: Gathered) -> None:
        """Raises Damaged."""
        told, memory = [one for _, _, one in gathered.told], gathered.shelf.filled()
        self.of = np.array([place for place, _, _ in gathered.told], np.int64)  # their places in the question
        self.odd = gathered.odd  # those that are looked up one by one, by their places
        self.from_ns, self.to_ns = gathered.from_ns, gathered.to_ns  # between which moments it tells
        self._lines = Lines(memory, gathered.lines)
        self._whose = np.array([stamps for _, stamps, _ in gathered.told], np.int64)
        self._ways = Ways([one.way for one in told])
        self._value = Columns(memory, [one.value for one in told])
        self._raw = Columns(memory, [one.raw for one in told])
        self._whole = np.flatnonzero([one.is_raw_whole for one in told])
        self._quality = np.array([one.quality for one in told], np.int64).astype(np.uint32)
        self._flags = np.array([one.flags for one in told], np.int64).astype(np.uint32)
        self._bytes = len(memory)

    @property
    def nbytes(self) -> int:
        """Memory that it takes, about."""
        return self._bytes + 200 * len(self.of) + sum(_SAMPLE_BYTES * len(samples) for samples in self.odd.values())

    def others(self, names: Sequence[str]) -> dict[int, str]:
        """Those of the names in the question that the day's file has nothing of, by their places."""
        known = {*self.of.tolist(), *self.odd}
        return (
            {} if len(known) == len(names) else {place: name for place, name in enumerate(names) if place not in known}
        )

    def write(self, rows: NDArray[Any], when_ns: int) -> None:
        """Into a batch's rows what the tags at `of` were."""
        places = self._lines.places(when_ns)
        at, own = self._lines.at(places)[self._whose], places[self._whose]
        value = self._ways.values(self._value.at(own, np.float64))
        columns = {"time": at, "received": at, "value": value, "quality": self._quality, "flags": self._flags}
        if not self._raw.is_zero or len(self._whole):
            columns["raw"] = raw = self._raw.at(own, np.int64)
            raw[self._whole] = codec.whole_of(value[self._whole])
        for name, column in columns.items():
            rows[name][self.of] = column


class Gathered:
    """The blocks around a moment, as far as they are read."""

    def __init__(self, to_ns: int) -> None:
        """They tell moments before `to_ns`."""
        self.from_ns, self.to_ns = _BEFORE, to_ns
        self.shelf = Shelf()
        self.lines: list[tuple[Line, Spot, int]] = []
        self.told: list[tuple[int, int, _Told]] = []  # place in the question, place in `lines`
        self.odd: dict[int, Samples] = {}
        self._line_of: dict[tuple[int, int], int] = {}  # by number and length: several blocks may share their times

    def add(self, place: int, first_ns: int, times: Times, data: bytes | None, constant: float) -> None:
        """A block that begins at `first_ns`; without data all of it is `constant`, and good. Raises Damaged."""
        number, stamps, n = times
        self.from_ns = max(self.from_ns, first_ns)
        told = self._constant(constant) if data is None else self._told(codec.parts_of(data, n), n)
        if told is None:
            assert data is not None
            self.odd[place] = codec.decode(data, codec.decode_times(stamps, n), "")
            return
        found = self._line_of.get((number, n))
        if found is None:
            line = codec.line_in(stamps, n)
            found = self._line_of[number, n] = self._line(line, self.shelf.put(line.numbers, n), n)
        self.told.append((place, found, told))

    def add_begun(self, place: int, begun: Slab, row: int) -> None:
        """What a tag without a block was when the day began."""
        quality, flags = int(begun.column("quality")[row]), int(begun.column("flags")[row])
        at, raw = int(begun.at[row]), int(begun.column("raw")[row])
        self.from_ns = max(self.from_ns, at)
        if flags & _ODD:
            self.odd[place] = begun.samples("", slice(row, row + 1))
            return
        told = _Told(PLAIN, self.shelf.same(float(begun.value[row])), self.shelf.same(raw), quality, flags)
        self.told.append((place, self._line(Line(at, 1, 0, b""), ZERO, 1), told))

    def _line(self, line: Line, spot: Spot, n: int) -> int:
        self.lines.append((line, spot, n))
        return len(self.lines) - 1

    def _constant(self, value: float) -> _Told:
        return _Told(PLAIN, self.shelf.same(float(value)), ZERO, 0, 0)

    def _told(self, parts: codec.Parts, n: int) -> _Told | None:
        """None for a block of which each sample must be looked at by itself."""
        quality = 0 if parts.quality is None else constant_in(parts.quality)
        flags = 0 if parts.flags is None else constant_in(parts.flags)
        head = head_of(parts.value)
        if quality is None or flags is None or flags & _ODD or parts.suspect or parts.texts or not head.is_plain:
            return None
        raw = ZERO if parts.raw is None else self.shelf.put(parts.raw, n)
        value = raw if head.is_raw else self.shelf.put(head.numbers, n)
        if head.is_bits:
            value = value.as_double
        return _Told(head.way, value, raw, quality, flags, parts.is_raw_whole)
