"""Which day files there are, without looking at each of them for every question: of years there are a thousand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from hmi.store.folder import HOT, day_files

_SETTLED_NS: Final = 3_000_000_000  # the coarsest file times there are step by two seconds
_WRITTEN: Final = (f"{HOT}-wal", HOT)  # what an engine writes all the time


class Listed(NamedTuple):
    """The day files by day, oldest first."""

    days: dict[int, Path]
    is_known: bool  # no file came, went or was opened for writing since the last time


class DayList:
    """The day files of a data folder; any thread.

    A file that comes, goes, or is opened for writing (its log comes and goes) changes its folder's time. That is taken
    as a proof only when something else in the data folder was written well after it: file times are coarse, and two
    changes may bear the same one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[tuple[int, ...], dict[int, Path]] | None = None

    def look(self) -> Listed:
        """What there is now."""
        state, known = self._state(), self._known
        if state is not None and known is not None and known[0] == state:
            return Listed(known[1], is_known=True)
        days = day_files(self._folder)
        self._known = None if state is None else (state, days)
        return Listed(days, is_known=False)

    def _state(self) -> tuple[int, ...] | None:
        """Another one when the folder of the days has changed; None when that cannot be told yet."""
        try:
            days = os.stat(f"{self._folder}/samples")  # noqa: PTH116 - for every question
        except OSError:
            return None
        for name in _WRITTEN:
            try:
                written = os.stat(f"{self._folder}/{name}")  # noqa: PTH116
            except OSError:
                continue
            if written.st_mtime_ns > days.st_mtime_ns + _SETTLED_NS:
                return days.st_dev, days.st_ino, days.st_mtime_ns
        return None
