"""The last minutes of the tags whose past is drawn small: what the window has seen, and what history fills in.

Time is cut into columns of two seconds. Each keeps the lowest, the highest and the last value that was held in it, so
no peak is lost and the room a tag takes never grows. Nothing is known (NaN) while a value is bad or stale, and while
nobody looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary, proxy

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic.quality import Mark, mark_of
from hmi.core.screens.vocabulary import MOST_MINUTES
from hmi.core.tags import TagTable

if TYPE_CHECKING:
    from hmi.core.history import Window

COLUMN_NS: Final = 2_000_000_000
COLUMNS: Final = MOST_MINUTES * 30
MOST_TAGS: Final = 256  # the one heard longest ago gives way
_UNSEEN_NS: Final = 10_000_000_000  # nobody looked for so long: what happened meanwhile is not known


class Past(NamedTuple):
    """Columns of one tag, oldest first; NaN where nothing is known."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]


class _Line:
    """The ring of columns of one tag; `column` is the newest, counted since 1970."""

    def __init__(self, column: int) -> None:
        self.low, self.high, self.last = (np.full(COLUMNS, np.nan) for _ in range(3))
        self.column = column
        self.held = float("nan")
        self.version = -1

    def advance(self, column: int) -> None:
        """Hold the value up to a column."""
        count = min(column - self.column, COLUMNS)
        if count <= 0:
            return
        places = np.arange(column - count + 1, column + 1) % COLUMNS
        for ring in (self.low, self.high, self.last):
            ring[places] = self.held
        self.column = column

    def note(self, column: int, value: float) -> None:
        """A value came in a column."""
        self.advance(column)
        place = self.column % COLUMNS
        self.low[place] = np.fmin(self.low[place], value)
        self.high[place] = np.fmax(self.high[place], value)
        self.last[place] = self.held = value

    def known(self, columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which columns the ring holds."""
        return (columns > self.column - COLUMNS) & (columns <= self.column)


class Recent:
    """The recent past of some tags of one mirror; lives on the Qt thread.

    `beat` once a frame, or at least every few seconds, while the screen is in front: it takes in what the mirror
    says. Its number is another one when every spark and strip looks different: another column has begun, or `fill`
    has put history where nothing was known.
    """

    def __init__(self, table: TagTable) -> None:
        self._table: TagTable = proxy(table)  # it lives as long as its mirror, not longer
        self._lines: dict[int, _Line] = {}
        self._now_ns = 0
        self._revision = 0

    def beat(self, now_ns: int) -> int:
        """The plant's time now, ns UTC; returns the number of the picture that is to be seen now."""
        if self._now_ns and not 0 <= now_ns - self._now_ns <= _UNSEEN_NS:
            self._lose(now_ns)
        self._revision += now_ns // COLUMN_NS != self._now_ns // COLUMN_NS
        self._now_ns = now_ns
        for tag in self._lines:
            self.hear(tag)
        return self._revision

    def hear(self, tag: int) -> None:
        """Take in the newest value of a tag; from the first time on it is listened to at every beat."""
        column = self.now_ns(tag) // COLUMN_NS
        line = self._line(tag, column)
        version = int(self._table.version[tag])
        if version == line.version:
            line.advance(column)
            return
        line.version = version
        usable = mark_of(int(self._table.quality[tag])) < Mark.STALE
        line.note(column, float(self._table.value[tag]) if usable else float("nan"))

    def fill(self, tag: int, window: Window) -> None:
        """Put a tag's history where nothing is known; what the window has seen itself stays."""
        line = self._line(tag, max(self.now_ns(tag), window.to_ns) // COLUMN_NS)
        columns = np.arange(-(-window.from_ns // COLUMN_NS), window.to_ns // COLUMN_NS, dtype=np.int64)
        columns = columns[line.known(columns)]
        places = columns % COLUMNS
        empty = np.isnan(line.low[places])
        for ring, found in zip((line.low, line.high, line.last), _cut(window, columns), strict=True):
            ring[places[empty]] = found[empty]
        self._revision += 1

    def past(self, tag: int, minutes: float) -> Past:
        """The last minutes of a tag up to now; hears it, too."""
        self.hear(tag)
        line = self._lines[tag]
        columns = np.arange(line.column - round(minutes * 60e9 / COLUMN_NS) + 1, line.column + 1)
        places, known = columns % COLUMNS, line.known(columns)
        low, high, last = (np.where(known, ring[places], np.nan) for ring in (line.low, line.high, line.last))
        return Past(low, high, last)

    def listens_to(self, tag: int) -> bool:
        """Whether the past of a tag is kept."""
        return tag in self._lines

    def now_ns(self, tag: int) -> int:
        """The time of the last beat; before the first one the time at which the tag was received."""
        return self._now_ns or int(self._table.received[tag])

    def _lose(self, now_ns: int) -> None:
        """Nobody looked, or the clock was set back: neither is bridged by a line."""
        if now_ns < self._now_ns:
            self._lines.clear()
        for line in self._lines.values():
            line.held, line.version = float("nan"), -1

    def _line(self, tag: int, column: int) -> _Line:
        line = self._lines.get(tag)
        if line is None:
            if len(self._lines) >= MOST_TAGS:
                del self._lines[next(iter(self._lines))]
            line = self._lines[tag] = _Line(column)
        line.advance(column)
        return line


def _cut(window: Window, columns: NDArray[np.int64]) -> Past:
    """History in our columns: each holds what the one before ended with until something else came."""
    start, width = columns * COLUMN_NS, COLUMN_NS
    if not len(window) or not len(columns):
        return Past(*(np.full(len(columns), np.nan) for _ in range(3)))
    before = np.searchsorted(window.t0, start) - 1
    until = np.searchsorted(window.t0, start + width) - 1
    held = np.where(before >= 0, window.last[before], np.nan)
    last = np.where(until >= 0, window.last[until], np.nan)
    low, high = np.fmin(held, last), np.fmax(held, last)
    owner = np.searchsorted(columns, window.t0 // width)
    inside = (owner < len(columns)) & (window.t0 >= start[0])
    np.fmin.at(low, owner[inside], window.vmin[inside])
    np.fmax.at(high, owner[inside], window.vmax[inside])
    for gap in window.gaps:
        lost = (start + width > gap.from_ns) & (np.where(until >= 0, window.t0[until], 0) < gap.to_ns)
        for found in (low, high, last):
            found[lost] = np.nan
    return Past(low, high, last)


_OF: Final[WeakKeyDictionary[TagTable, Recent]] = WeakKeyDictionary()


def recent_of(table: TagTable) -> Recent:
    """The recent past that belongs to a mirror's columns."""
    made = _OF.get(table)
    if made is None:
        made = _OF[table] = Recent(table)
    return made
