"""Day files as readers see them: opened once a thread, found again when nothing about the file has changed."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from hmi.store.cache import Cache
from hmi.store.daylist import DayList
from hmi.store.dayview import DaySpan, DayView, identity_of
from hmi.store.folder import DAY_NS, day_of, hot_files
from hmi.store.opened import close_all

_LOOKED_AT: Final = 2  # closed files with each question
_OPEN: Final = 64  # files a thread keeps open


class DayViews:
    """The day files of a data folder, each thread with its own connections."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self._folder = folder
        self._cache = cache
        self._local = threading.local()
        self._spans: dict[int, tuple[tuple[int, ...], DaySpan]] = {}  # by day, of files that are closed
        self._list = DayList(folder)
        self._turn = 0
        self._all: set[DayView] = set()
        weakref.finalize(self, close_all, self._all)

    def spans(self) -> list[DaySpan]:
        """Every day there is, oldest first; one that cannot be read stands for its own 24 hours.

        Of days that are closed, as long as no file came or went, only a few are looked at each time, in turn: that
        finds those that somebody has written over.
        """
        days, is_known = self._list.look()
        self._turn, turns = self._turn + 1, max(1, len(days) // _LOOKED_AT)
        found = []
        for number, (day, path) in enumerate(days.items(), self._turn):
            known = self._spans.get(day) if is_known and number % turns else None
            found.append(known[1] if known is not None else self._span(path, day))
        return found

    def view(self, span: DaySpan) -> DayView:
        """The file, opened or found open; raises sqlite3.Error and OSError."""
        known: OrderedDict[Path, DayView] = self._local.__dict__.setdefault("known", OrderedDict())
        identity = identity_of(span.path)
        found = known.get(span.path)
        if found is not None and found in self._all:
            same = identity if found.closed else (*identity[:2], *found.identity[2:])  # an open one may grow
            if found.identity == same and found.lasts:
                known.move_to_end(span.path)
                return found
            self._let_go(known.pop(span.path))
        found = known[span.path] = DayView(span.path, span.start_ns, identity, self._cache)
        self._all.add(found)
        while len(known) > _OPEN:
            self._let_go(known.popitem(last=False)[1])
        return found

    def stamp(self, when_ns: int, *, hot: bool) -> tuple[Any, ...]:
        """Another one when anything that a moment's answer is taken from was sealed; with `hot`, also committed."""
        days = self._list.look().days
        newest, own = next(reversed(days), 0), day_of(when_ns)
        files = [str(days[day]) for day in {newest, own} & days.keys()]
        files += [f"{path}-wal" for path in files]  # a log that could not be brought into its file yet
        if hot:
            files += [f"{path}{tail}" for path in hot_files(self._folder) for tail in ("", "-wal")]
        return newest, *map(_state_of, files)

    def close(self) -> None:
        """Close what all threads have open; none of them may be asking just now."""
        close_all(self._all)

    def _let_go(self, view: DayView) -> None:
        self._all.discard(view)
        view.close()

    def _span(self, path: Path, day: int) -> DaySpan:
        try:
            identity = identity_of(path)
            known = self._spans.get(day)
            if known is not None and known[0] == identity:
                return known[1]
            view = self.view(_unknown(path, day))
            view.glance()
        except (sqlite3.Error, OSError):
            self._spans.pop(day, None)
            return _unknown(path, day)
        span = view.span
        if view.closed:
            self._spans[day] = (identity, span)
        else:
            self._spans.pop(day, None)
        return span


def _unknown(path: Path, day: int) -> DaySpan:
    """A day of which it is not known what it has: it stands for its own 24 hours."""
    return DaySpan(path, day * DAY_NS, day * DAY_NS, (day + 1) * DAY_NS - 1, 0)


def _state_of(path: str) -> tuple[int, ...] | None:
    try:
        state = os.stat(path)  # noqa: PTH116 - for every step of a slider: half of what Path takes
    except OSError:
        return None
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns
