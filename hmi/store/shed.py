"""A closed day without the values of some tags: those that the plant keeps for a shorter time than the others."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from hmi.core.plant.model import History
from hmi.store import sent
from hmi.store.folder import day_files, day_of
from hmi.store.proof import sign
from hmi.store.rollup import Rollup
from hmi.store.schema import open_to_read

log = logging.getLogger(__name__)

_ROOM: Final = 3  # times a file's own size is needed beside it while it is written anew
_TIDY: Final = (
    "DELETE FROM stamps WHERE id NOT IN (SELECT tsid FROM block)",
    "UPDATE span SET (first, last) = (SELECT coalesce(min(t0), 0), coalesce(max(t1), -1) FROM block)",
)


class Shedder:
    """Writes closed days anew without the tags whose time is over; lives on the sealer thread."""

    def __init__(self, folder: Path, history: History) -> None:
        self._folder = folder
        self._history = history
        self._done: dict[int, int] = {}  # of a day, how many groups' time was over when it was last looked at

    def shed(self, now_ns: int, rollup: Rollup) -> Path | None:
        """One day, the oldest that has something to lose; its hours stay in the summaries. Gives the file, or None.

        Raises sqlite3.Error and OSError; the file is then as it was.
        """
        files = day_files(self._folder) if self._history.groups else {}
        for day, path in list(files.items())[:-1]:
            age = day_of(now_ns) - day
            due = sum(age > group.keep_days for group in self._history.groups)
            if self._done.get(day, 0) == due or not _has_room(path) or sent.waits(self._folder, day, path):
                continue
            rollup.take(day, path)
            found = without(path, self._those(path, age))
            self._done[day] = due
            if found:
                log.info("history of %s was written anew without tags that are kept for a shorter time", path.stem)
                return path
        return None

    def _those(self, path: Path, age_days: int) -> list[int]:
        with closing(open_to_read(path)) as file:
            tags = file.execute("SELECT id, name FROM tag").fetchall()
        return [number for number, name in tags if age_days > self._history.days_of(name)]


def without(path: Path, numbers: Sequence[int]) -> bool:
    """Put a copy without the blocks of some tags in the place of a closed day's file; False: it has none of them."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    keys = [(number,) for number in numbers]
    with closing(open_to_read(path)) as source:
        if not any(source.execute("SELECT 1 FROM block WHERE tag = ? LIMIT 1", key).fetchone() for key in keys):
            return False
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("BEGIN")
            copy.executemany("DELETE FROM data WHERE id IN (SELECT did FROM block WHERE tag = ?)", keys)
            copy.executemany("DELETE FROM block WHERE tag = ?", keys)
            copy.executemany("DELETE FROM tally WHERE tag = ?", keys)
            for statement in _TIDY:
                copy.execute(statement)
            sign(copy)
            copy.execute("COMMIT")
            copy.execute("VACUUM")
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode | stat.S_IWUSR)  # Windows replaces no file that is read-only
    part.replace(path)
    path.chmod(mode)
    return True


def _has_room(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free > _ROOM * path.stat().st_size
