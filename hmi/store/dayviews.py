"""Day files as readers see them: opened once a thread, found again when nothing about the file has changed."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from hmi.store.cache import Cache
from hmi.store.dayview import DaySpan, DayView, identity_of
from hmi.store.folder import DAY_NS, day_files, hot_files
from hmi.store.opened import close_all

_OPEN: Final = 64  # files a thread keeps open


class DayViews:
    """The day files of a data folder, each thread with its own connections."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self._folder = folder
        self._cache = cache
        self._local = threading.local()
        self._spans: dict[Path, tuple[tuple[int, ...], DaySpan]] = {}  # of files that are closed
        self._all: set[DayView] = set()
        weakref.finalize(self, close_all, self._all)

    def spans(self) -> list[DaySpan]:
        """Every day there is, oldest first; one that cannot be read stands for its own 24 hours."""
        return [self._span(path, day * DAY_NS) for day, path in day_files(self._folder).items()]

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

    def stamp(self, *, hot: bool) -> tuple[Any, ...]:
        """Another one when something was sealed; with `hot`, also when something was committed."""
        newest = next(reversed(day_files(self._folder).values()), self._folder)
        files = [path.with_name(path.name + tail) for path in hot_files(self._folder) for tail in ("", "-wal")]
        return tuple(identity_of(path) if path.exists() else None for path in [newest, *(files if hot else [])])

    def close(self) -> None:
        """Close what all threads have open; none of them may be asking just now."""
        close_all(self._all)

    def _let_go(self, view: DayView) -> None:
        self._all.discard(view)
        view.close()

    def _span(self, path: Path, start_ns: int) -> DaySpan:
        unknown = DaySpan(path, start_ns, start_ns, start_ns + DAY_NS - 1, 0)
        try:
            identity = identity_of(path)
            known = self._spans.get(path)
            if known is not None and known[0] == identity:
                return known[1]
            view = self.view(unknown)
            view.begin()
        except (sqlite3.Error, OSError):
            return unknown
        span = view.span
        if view.closed:
            self._spans[path] = (identity, span)
        view.end()
        return span
