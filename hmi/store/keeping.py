"""How long history still has room: what it takes a day, what it may take, and when one meets the other."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.store.folder import day_files

_RATE_DAYS: Final = 7  # whole days that tell how much a day is
_FULL: Final = 0.8  # share of the room from which on it is said aloud
_SOON: Final = 7.0  # days until the disk is full, from which on it is said aloud
_FAR: Final = 3650.0  # days: beyond that no forecast means anything


class Room(NamedTuple):
    """The room that history takes and has, as it was last looked at."""

    used: float = 0.0  # bytes of all days
    days: int = 0  # files of days
    per_day: float = 0.0  # bytes; 0: no whole day yet
    limit: float = math.inf  # bytes it may take: max_gb, or what the disk has less the journal's reserve
    by: str = "max_gb"  # max_gb | disk: whose limit that is
    keep_days: int = 0

    @property
    def days_left(self) -> float:
        """Days until there is no more room; inf when that never comes, NaN when it is not known yet."""
        if not self.per_day:
            return math.nan
        if self.per_day * (self.keep_days + 1) <= self.limit:
            return math.inf
        return max(0.0, self.limit - self.used) / self.per_day

    @property
    def text(self) -> str:
        """The forecast for a person."""
        head = f"{_size(self.used)} in {_days(self.days)}"
        if not self.per_day:
            return f"{head}, no forecast yet"
        return f"{head}, {_size(self.per_day)} a day: {self._ahead}"

    @property
    def _ahead(self) -> str:
        left = self.days_left
        if left > _FAR:
            return f"room for all {self.keep_days} days"
        return f"at this rate full in {_days(left)} ({self.by})" if left >= 1 else f"full ({self.by})"

    @property
    def warning(self) -> str:
        """What must be said aloud, and what to do; "" when there is nothing."""
        left = self.days_left
        nearly = self.used >= _FULL * self.limit and left != math.inf
        if not self.used or not (nearly or (self.by == "disk" and left < _SOON)):
            return ""
        if self.by == "disk":
            return (
                f"history fills {self._share} of the room that the disk has for it: {_then(left)} no values can be "
                "stored. Make room on the disk, or lower max_gb or keep_days in plant.toml"
            )
        return (
            f"history fills {self._share} of max_gb ({_size(self.limit)}): {_then(left)} the oldest days are dropped "
            f"before keep_days = {self.keep_days}. Raise max_gb, or record fewer values, in plant.toml"
        )

    @property
    def _share(self) -> str:
        return f"{min(100.0, 100 * self.used / self.limit):.0f} %" if self.limit else "100 %"


def room_of(sizes: Mapping[int, int], history: History, free: float) -> Room:
    """The room as `sizes` of the files by their days and the bytes that are free for them tell it."""
    used = float(sum(sizes.values()))
    closed = sorted(sizes)[:-1][-_RATE_DAYS:]  # the newest is not over yet
    span = max(sizes) - closed[0] if closed else 0  # days without a file count, too: the engine may stand still
    per_day = sum(sizes[day] for day in closed) / span if span else 0.0
    most, on_disk = history.max_gb * 1e9, used + max(0.0, free)
    by = "max_gb" if most <= on_disk else "disk"
    return Room(used, len(sizes), per_day, min(most, on_disk), by, history.keep_days)


def look(folder: Path, history: History, reserve_mb: float) -> Room:
    """The room of a data folder as it is now. Raises OSError."""
    sizes = {}
    for day, path in day_files(folder).items():
        parts = [path.with_name(path.name + tail) for tail in ("", "-wal")]
        sizes[day] = sum(part.stat().st_size for part in parts if part.exists())
    return room_of(sizes, history, shutil.disk_usage(folder).free - reserve_mb * 1e6)


class RoomWatch:
    """Journals once when room runs short, and once when there is enough again; lives on the writer thread."""

    def __init__(self, record: Callable[[Record], object], clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._stands = False

    def look(self, room: Room) -> None:
        """Compare with what was said before."""
        warning = room.warning
        if bool(warning) == self._stands:
            return
        self._stands = bool(warning)
        event, result = ("warning", warning) if warning else ("cleared", "history has room enough again")
        record = Record(time_ns=self._clock.now_ns(), category="system", event=event, subject="history", result=result)
        self._record(record)


def _then(left: float) -> str:
    if left != left:
        return "then"
    return f"in {_days(left)}" if left >= 1 else "from now on"


def _days(left: float) -> str:
    return f"{left:.0f} day{'s' * (round(left) != 1)}"


def _size(size: float) -> str:
    unit, name = next(
        (unit, name) for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B")) if size >= unit or unit == 1
    )
    number = size / unit
    return f"{number:.0f} {name}" if number >= 100 or unit == 1 else f"{number:.1f} {name}"
