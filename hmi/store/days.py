"""The days of a data folder as the sealer keeps them: one open, older ones closed for good, the oldest dropped."""

from __future__ import annotations

import logging
import sqlite3
import stat
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from hmi.store import sent
from hmi.store.block import HOUR_NS, Block
from hmi.store.day import DayFile, last_state
from hmi.store.folder import DAY_NS, day_files, day_of, day_path, is_damage, set_aside
from hmi.store.hot import TagRow
from hmi.store.rollup import Rollup
from hmi.store.salvage import Lost, salvage_day
from hmi.store.shed import Shedder
from hmi.store.slab import Slab, join
from hmi.store.unsealed import Mark

log = logging.getLogger(__name__)

_OLD_FILES_AT_ONCE: Final = 8  # a clock that jumps far ahead must not cost the whole history at once


class Days:
    """The day files, written by seals; lives on the sealer thread. Raises sqlite3.Error and OSError."""

    def __init__(
        self, folder: Path, last: Slab | None, lost: deque[Lost] | None = None, now_ns: Callable[[], int] = lambda: 0
    ) -> None:
        """`last`: every tag's last sealed value; `lost` is told what a damaged file costs, up to `now_ns`."""
        self._now_ns = now_ns
        self.damaged: list[Path] = []  # set aside since start
        self._lost = deque[Lost]() if lost is None else lost
        self._folder = folder
        self._last = last
        self._file: DayFile | None = None
        self._rollup = Rollup(folder)

    def write(
        self,
        blocks: Iterable[Block],
        mark: Mark,
        newest: Slab,
        tags: Sequence[TagRow],
        pause: Callable[[], object] = lambda: None,
    ) -> None:
        """Put one seal on the disk, in the file of its hour's day; `newest`: each of its tags' last value.

        `pause` is called now and then.
        """
        (self._folder / "samples").mkdir(parents=True, exist_ok=True)
        end = newest if self._last is None else last_of(join([self._last, newest]))
        made = list(blocks)
        newest_day = next(reversed(day_files(self._folder)), 0)
        day = max(day_of(mark.hour), newest_day)  # a clock that went back: what is closed stays closed
        try:
            self._open(day, mark.hour, tags).write(made, mark, end, tags, pause)
        except sqlite3.Error as error:
            self.close()  # a disk that comes back may want its file opened anew
            if not is_damage(error):
                raise
            self._set_aside(day, mark.hour, tags)
            self._open(day, mark.hour, tags).write(made, mark, end, tags, pause)
        self._last = end

    def retain(self, now_ns: int, keep_days: int, max_bytes: float) -> list[Path]:
        """Drop the files of the oldest days, whole: those too old, and as many as are too much.

        What the plant server has not got is kept for as long as there is room, and when it must go, that is declared.
        """
        files = day_files(self._folder)
        sizes = {day: _size(path) for day, path in files.items()}
        total = sum(sizes.values())
        oldest_kept = day_of(now_ns) - keep_days
        due = [day for day in files if day != max(files) and (day < oldest_kept or total > max_bytes)]
        waiting = {day for day in due if sent.waits(self._folder, day, files[day])}
        dropped, old = [], 0
        for day in sorted(due, key=lambda day: (day in waiting, day)):
            too_old = day < oldest_kept and day not in waiting and old < _OLD_FILES_AT_ONCE
            if not (too_old or total > max_bytes):
                continue
            old += too_old
            total -= sizes[day]
            self._drop(day, files[day], unsent=day in waiting)
            dropped.append(files[day])
        return dropped

    def _drop(self, day: int, path: Path, unsent: bool) -> None:
        self._rollup.take(day, path)
        _unlink(path)
        if unsent:
            self._lost.append((day * DAY_NS, (day + 1) * DAY_NS, "", sent.UNSENT))
            log.error("history of %s was %s: give it more room (max_gb), or mend the way there", path.stem, sent.UNSENT)
        else:
            log.info("history of %s was dropped: too old, or over the size limit", path.stem)

    def shed(self, now_ns: int, shedder: Shedder) -> Path | None:
        """Take the tags whose own time is over out of one closed day; gives its file, None when there is none."""
        return shedder.shed(now_ns, self._rollup)

    def give_way(self, days: Iterable[int]) -> None:
        """Somebody else is going to write into files of some days: they are summed up again."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._rollup.forget(days)

    def look_again(self) -> None:
        """Know each tag's last value after that."""
        self._last = last_state(self._folder)

    def tidy(self) -> None:
        """Close the days that a crash left open, and sum up those that are not summed up yet; one a call."""
        files = day_files(self._folder)
        for day, path in files.items():
            if day != max(files) and path.stat().st_mode & stat.S_IWUSR:
                self._finish(day, path)
        for day, path in files.items():
            if day != max(files) and self._rollup.take(day, path):
                return

    def _finish(self, day: int, path: Path) -> None:
        """Close a day for good; one that is damaged stays as it is, and whoever reads it is told."""
        try:
            DayFile(path, day, None).close(finished=True)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            path.chmod(path.stat().st_mode & ~stat.S_IWUSR)

    def close(self) -> None:
        """Close what is open."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._rollup.close()

    def _open(self, day: int, hour: int, tags: Sequence[TagRow]) -> DayFile:
        if self._file is not None and self._file.day != day:
            self._file.close(finished=True)
            self._file = None
        if self._file is None:
            path = day_path(self._folder, day)
            try:
                self._file = DayFile(path, day, self._last)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self._set_aside(day, hour, tags)
                self._file = DayFile(path, day, self._last)
        return self._file

    def _set_aside(self, day: int, hour: int, tags: Sequence[TagRow]) -> None:
        """Put a new file in the place of a damaged one, with all of it that can be read; the rest is declared."""
        path = day_path(self._folder, day)
        fresh = path.with_name(path.name + ".salvaged")
        lost = salvage_day(path, fresh, tags, day, max(hour + HOUR_NS, self._now_ns()))
        away = set_aside(path, hour)
        if fresh.exists():
            fresh.replace(path)
        self._lost.extend(lost)
        self.damaged.append(away)
        missing = "with gaps" if lost else "with nothing missing"
        told = "a history file is damaged and was set aside as %s; recording goes on in a new one, %s"
        log.error(told, away, missing)


def last_of(slab: Slab) -> Slab:
    """Of every tag the row that is latest in time, and of equal ones the last that came."""
    tag, dt = slab.tag, slab.dt
    if ((dt[1:] < dt[:-1]) & (tag[1:] == tag[:-1])).any():
        order = np.lexsort((dt, tag))
        return slab.pick(order[slab.ends])
    return slab.pick(slab.ends)


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in _parts(path))


def _unlink(path: Path) -> None:
    for part in _parts(path):
        part.chmod(part.stat().st_mode | stat.S_IWUSR)  # Windows drops no file that is read-only
        part.unlink(missing_ok=True)


def _parts(path: Path) -> list[Path]:
    named = [path.with_name(path.name + tail) for tail in ("", "-wal", "-shm")]
    return [part for part in named if part.exists()]
