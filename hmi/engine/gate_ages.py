"""How old the values are that the gate decides by."""

from __future__ import annotations

import math

from hmi.clock import Clock
from hmi.core.batch import FLAG_NOT_LIVE
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from hmi.engine.poller import Poller


class Ages:
    """Ages of values; lives on the engine's loop."""

    def __init__(self, plant: Plant, table: TagTable, poller: Poller, clock: Clock) -> None:
        self._connections = [tag.connection for tag in plant.tags]
        self._inputs = {tag: expression.inputs for tag, expression in plant.derived}
        self._table = table
        self._poller = poller
        self._clock = clock

    def age_s(self, tag: int) -> float:
        """Seconds since a tag's value was last known to be true; infinite when it never was.

        Controllers tell changes only: what a live one did not change was true at its last sign of life. A derived
        tag is as old as the oldest that it reads.
        """
        if tag in self._inputs:
            return max(self.age_s(other) for other in self._inputs[tag])
        received = int(self._table.received[tag])
        if not received:
            return math.inf
        age_s = max(0.0, (self._clock.now_ns() - received) / 1e9)
        line = self._poller.line(self._connections[tag])
        if line is None or not line[1].health.last_life or int(self._table.flags[tag]) & FLAG_NOT_LIVE:
            return age_s
        return min(age_s, max(0.0, self._clock.monotonic() - line[1].health.last_life))
