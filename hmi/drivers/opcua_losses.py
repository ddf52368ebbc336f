"""Values that an OPC UA server sent or had and that never came: counted, told once, and declared as gaps.

Two ways to lose some: a notification that neither came nor can be had again, and a queue that was full, which a server
says in a bit of the next value's status (Part 4, 7.39.2: Overflow).
"""

from __future__ import annotations

import logging
from typing import Final

import numpy as np

from hmi.clock import Clock
from hmi.core.batch import Batch
from hmi.drivers.driver import Health, OnGap
from hmi.drivers.opcua_rates import Rates

EVERY_S: Final = 10.0  # a queue that is always full makes one gap in so long, not one at each publish response
_OVERFLOW: Final = np.uint32(0x0480)  # info type DataValue, and its overflow bit
log = logging.getLogger("hmi.drivers")


class Losses:
    """What one connection has lost. Belongs to the driver's event loop."""

    def __init__(self, connection: str, health: Health, rates: Rates, clock: Clock, declare: OnGap) -> None:
        self._connection = connection
        self._health = health
        self._rates = rates
        self._clock = clock
        self._declare = declare
        self._since_ns = 0  # of overflows that are not declared yet
        self._overflows = 0
        self._declared = -EVERY_S

    def notifications(self, subscription: int, lost: int) -> None:
        """Notifications never came and cannot be had again: history must not look whole."""
        reason = f"{lost} notifications of the server never came and it does not have them any more"
        self._tell(self._rates.heard_ns(subscription), reason)

    def values(self, batch: Batch) -> None:
        """Values came; some may say that others before them were thrown away."""
        full = np.count_nonzero((batch.rows["quality"] & _OVERFLOW) == _OVERFLOW)
        if full:
            self._overflows += int(full)
            now_ns = self._clock.now_ns()
            self._since_ns = self._since_ns or now_ns - round(2e6 * self._rates.slowest_ms)

    def look(self) -> None:
        """Declare what is due; called several times a second."""
        now = self._clock.monotonic()
        if self._overflows and now - self._declared >= EVERY_S:
            self._declared = now
            reason = f"the server's queue was full {self._overflows} times: ask for these tags less often"
            since_ns, self._since_ns, self._overflows = self._since_ns, 0, 0
            self._tell(since_ns, reason)

    def _tell(self, since_ns: int, reason: str) -> None:
        if not self._health.gaps:
            log.warning("%s: %s: history has a gap there", self._connection, reason)
        self._health.gaps += 1
        self._declare(since_ns, self._clock.now_ns(), reason)
