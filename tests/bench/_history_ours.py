"""Ours, as the engine and its windows use it: the Store with a hand-turned clock, and a Reader of the same process."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.core.plant.model import History
from hmi.store.folder import day_files
from hmi.store.query import Reader
from hmi.store.report import Wanted
from hmi.store.rollup import Rollup
from hmi.store.store import Store
from tests.bench._history_contender import Buckets, Digest, Grid, Hours, Raw, bits, files_size
from tests.bench._history_workload import HOUR_NS, PENS, SECOND_NS, START_NS, Workload

_LOADED_AT_ONCE = 500_000  # values: the store drops the oldest of what it has no room for
_ALL = 10**9
_FIGURES = ("Count", "Average", "Minimum", "Maximum", "TimeAverage")


class Ours:
    """A data folder that a Store writes and a Reader reads."""

    name = "ours"

    def __init__(self, folder: Path, workload: Workload, start_ns: int = START_NS) -> None:
        self.folder = folder
        self.clock = HandClock(start_ns)
        self._names = [tag.name for tag in workload.tags]
        self.store = Store(folder, workload.tags, self.clock, History(keep_days=4000, max_gb=1000))
        self.reader = Reader(folder, self.store.unsealed)

    def append(self, rows: NDArray[Any]) -> None:
        """What the engine does in a second, then wait for the commit."""
        self.until(int(rows["received"][-1]))
        self.store.append(Batch(rows))
        self.store.flush().result()

    def load(self, rows: NDArray[Any]) -> None:
        """An hour in large commits, sealed at once."""
        self.until(int(rows["received"][-1]) - SECOND_NS // 2)
        for first in range(0, len(rows), _LOADED_AT_ONCE):
            self.store.append(Batch(rows[first : first + _LOADED_AT_ONCE]))
            self.store.flush().result()
        self.store.seal().result()

    def settle(self) -> None:
        """Seal, and empty what was sealed out of hot.db."""
        self.store.seal().result()
        self.store.flush().result()

    def size(self) -> int:
        """What stays: day files, and the hourly summaries that are made of a day when it is over.

        Not hot.db, which holds at most the hour that is not sealed yet and does not grow.
        """
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as place:
            rollup = Rollup(Path(place))
            for day, path in day_files(self.folder).items():
                rollup.take(day, path)
            rollup.close()
            return files_size(self.folder / "samples") + files_size(Path(place))

    def pids(self) -> Sequence[int]:
        """Works in this process."""
        return ()

    def digest(self) -> Digest:
        """By reading every sample."""
        count = bad = 0
        low, high = np.inf, -np.inf
        for name in self._names:
            (found,) = self.reader.samples([name], 0, 2**62, _ALL)
            if len(found):
                count, bad = count + len(found), bad + int((bits(found.quality) < 0).sum())
                low, high = min(low, found.value.min()), max(high, found.value.max())
        return Digest(count, float(low), float(high), bad)

    def forget(self) -> None:
        """A new reader, which has opened the files, those of days and that of hours, and unpacked nothing yet."""
        self.reader.close()
        self.reader = Reader(self.folder, self.store.unsealed)
        self.reader.window([self._names[PENS[0]]], START_NS, START_NS + 366 * 24 * HOUR_NS, 1)
        self.hourly(PENS[0], START_NS - 2 * HOUR_NS, START_NS - HOUR_NS)

    def raw(self, tag: int, from_ns: int, to_ns: int) -> Raw:
        """As `hmi history --raw` reads."""
        (found,) = self.reader.samples([self._names[tag]], from_ns, to_ns - 1, _ALL)
        return Raw(found.time, found.value, bits(found.quality))

    def trend(self, tags: Sequence[int], asked: Grid) -> tuple[Grid, list[Buckets]]:
        """As a trend reads; what it takes for a bucket may be a little wider."""
        points = -(-(asked.to_ns - asked.from_ns) // asked.width_ns)
        windows = self.reader.window([self._names[tag] for tag in tags], asked.from_ns, asked.to_ns, points)
        found = [Buckets(window.t0, window.count, window.vmin, window.vmax) for window in windows]
        return Grid(windows[0].from_ns, windows[0].to_ns, windows[0].width_ns), found

    def hourly(self, tag: int, from_ns: int, to_ns: int) -> Hours:
        """As a report reads."""
        wanted = Wanted(_FIGURES, np.arange(from_ns, to_ns + 1, HOUR_NS), to_ns)
        (found,) = self.reader.aggregate([self._names[tag]], wanted)
        count, *others = (found.of(kind) for kind in _FIGURES)
        return Hours(count.astype(np.int64), *others)

    def at(self, tags: Sequence[int], when_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """As the slider of time travel reads."""
        rows = self.reader.at([self._names[tag] for tag in tags], when_ns).rows
        return rows["time"], rows["value"]

    def close(self) -> None:
        """As the engine stops."""
        self.reader.close()
        self.store.close()

    def read_only(self) -> None:
        """From now on ask as another program does, which must look into hot.db itself."""
        self.close()
        self.reader = Reader(self.folder)

    def until(self, now_ns: int) -> None:
        """Let the plant's time go on."""
        self.clock.advance(max(0, now_ns - self.clock.now_ns()) / 1e9)
