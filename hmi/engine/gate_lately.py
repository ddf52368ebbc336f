"""What the gate has just done: how often each tag was written, and what it may hold until its own value says so."""

from __future__ import annotations

from collections import deque
from typing import Final

from hmi.core.tags import TagTable
from hmi.drivers.driver import WriteResult

_MINUTE_S: Final = 60.0
_MOST: Final = 600  # of a minute; policies cannot ask for more


class Lately:
    """The gate's memory of one minute; lives on the engine's loop and is forgotten when that stops."""

    def __init__(self, table: TagTable) -> None:
        self._table = table
        self._times: dict[int, deque[float]] = {}
        self._left: dict[int, tuple[int, tuple[float, ...]]] = {}  # tag -> its version then, and what it may hold

    def sent(self, tag: int, now: float) -> None:
        """A write goes out now, whatever will become of it."""
        self._times.setdefault(tag, deque(maxlen=_MOST)).append(now)

    def ended(self, tag: int, value: float | str, result: WriteResult) -> None:
        """How it ended: read back, or perhaps come true."""
        if isinstance(value, str) or result.outcome == "refused":
            return
        may_hold: tuple[float, ...] = (*self.holds(tag), value)
        if result.outcome == "confirmed":
            may_hold = (value if result.read_back is None or isinstance(result.read_back, str) else result.read_back,)
        self._left[tag] = (int(self._table.version[tag]), may_hold)

    def count(self, tag: int, now: float) -> int:
        """How many writes went out within the last minute."""
        times = self._times.get(tag, deque())
        while times and now - times[0] >= _MINUTE_S:
            times.popleft()
        return len(times)

    def holds(self, tag: int) -> tuple[float, ...]:
        """What the tag may hold now: the newest value, or what was written since it came."""
        version, may_hold = self._left.get(tag, (-1, ()))
        if version == int(self._table.version[tag]):
            return may_hold
        self._left.pop(tag, None)
        return (float(self._table.value[tag]),)
