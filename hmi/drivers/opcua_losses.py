"""Values that an OPC UA server sent or had and that never came: counted, told once, and declared as gaps.

Two ways to lose some: a notification that neither came nor can be had again, and a queue that was full, which a server
says in a bit of the next value's status (Part 4, 7.39.2: Overflow). What a full queue cost is a gap only where the
server's own history does not have it either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core.batch import Batch
from hmi.core.tags import Tag
from hmi.drivers.driver import Earlier, Health, OnGap
from hmi.drivers.opcua_history import Stretch
from hmi.drivers.opcua_missing import Missing
from hmi.drivers.opcua_rates import Rates

EVERY_S: Final = 10.0  # a queue that is always full makes one gap in so long, not one at each publish response
FULL: Final = "the server's queue was full"
_OVERFLOW: Final = np.uint32(0x0480)  # info type DataValue, and its overflow bit
log = logging.getLogger("hmi.drivers")

NewestOf = Callable[[], NDArray[np.int64]]


class Losses:
    """What one connection has lost. Belongs to the driver's event loop."""

    def __init__(
        self,
        connection: str,
        health: Health,
        rates: Rates,
        clock: Clock,
        declare: OnGap,
        tags: Mapping[int, Tag],
        newest_ns: NewestOf,
        earlier: Earlier | None = None,
    ) -> None:
        """`newest_ns` gives the source time of the last value of each tag, by index; 0 of those without."""
        self.missing = Missing(tags, clock, self._given_up)
        self.missing.absent(earlier)
        self._newest_ns = newest_ns
        self._connection = connection
        self._health = health
        self._rates = rates
        self._clock = clock
        self._declare = declare
        self._lost_ns: tuple[int, int] | None = None  # from and to, of overflows that are not declared yet
        self._overflows = 0
        self._declared = -EVERY_S
        self._is_unread = False

    def notifications(self, subscription: int, lost: int) -> None:
        """Notifications never came and cannot be had again: history must not look whole."""
        reason = (
            f"{lost} notifications never came and the server does not have them any more: is the network overloaded?"
        )
        self._tell(self._rates.heard_ns(subscription), self._clock.now_ns(), reason)
        self.lose()
        self._is_unread = True

    def is_unread(self) -> bool:
        """Whether what tags are now is unknown, as changes of them may have been lost; True is told once."""
        is_unread, self._is_unread = self._is_unread, False
        return is_unread

    def lose(self) -> None:
        """A session ends, or some of what it told has gone: what is missing is looked for in the server's history."""
        self.missing.lose(self._health.last_life, self._newest_ns())

    def values(self, batch: Batch) -> None:
        """Values came; some may say that others before them were thrown away."""
        full = (batch.rows["quality"] & _OVERFLOW) == _OVERFLOW
        if not full.any():
            return
        order = np.argsort(batch.rows["tag"], kind="stable")
        tags, times = batch.rows["tag"][order], batch.rows["time"][order]
        before = self._newest_ns()[tags]
        same = np.flatnonzero(tags[1:] == tags[:-1]) + 1
        before[same] = times[same - 1]
        wanted = full[order] & (before > 0) & (before < times)
        found = zip(tags[wanted].tolist(), before[wanted].tolist(), times[wanted].tolist(), strict=True)
        self.missing.add([Stretch(tag, after_ns, time // 1000 * 1000, FULL) for tag, after_ns, time in found])
        odd = order[full[order] & ~wanted]  # nothing is known before them, or their times tell nothing
        if len(odd):
            rows = batch.rows[odd]
            came = zip(rows["tag"].tolist(), rows["received"].tolist(), strict=True)
            self._given_up([Stretch(tag, 0, received, FULL) for tag, received in came])

    def _given_up(self, stretches: Sequence[Stretch]) -> None:
        """What was thrown away here cannot be had from the server's history either."""
        longest_ns = round(2e6 * self._rates.slowest_ms)  # a value that stood still for hours was not lost for hours
        since_ns = min(max(one.after_ns, one.before_ns - longest_ns) for one in stretches)
        until_ns = max(one.before_ns for one in stretches)
        known = self._lost_ns or (since_ns, until_ns)
        self._lost_ns = min(known[0], since_ns), max(known[1], until_ns)
        self._overflows += len(stretches)

    def look(self) -> None:
        """Declare what is due; called several times a second."""
        now = self._clock.monotonic()
        if self._lost_ns is not None and now - self._declared >= EVERY_S:
            self._declared = now
            reason = f"{FULL} {self._overflows} times: ask for these tags less often"
            span, self._lost_ns, self._overflows = self._lost_ns, None, 0
            self._tell(*span, reason)

    def _tell(self, since_ns: int, until_ns: int, reason: str) -> None:
        if not self._health.gaps:
            log.warning("%s: history has a gap: %s", self._connection, reason)
        self._health.gaps += 1
        self._declare(since_ns, until_ns, reason)
