"""The readings of a screen as columns: what changed since the last frame is found for all of them in one step."""

from __future__ import annotations

import numpy as np

from hmi.client.mimic.compile import Compiled
from hmi.core import quality as q
from hmi.core.tags import TagTable


class Columns:
    """Value and quality of everything a screen shows, tags first, then expressions; lives on the Qt thread.

    `moved` says which places have news since the frame before.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.tags = compiled.tags
        self._calculated = compiled.calculated
        self._inputs = compiled.inputs
        count = len(self.tags) + len(self._calculated)
        self.value = np.full(count, np.nan)
        self.quality = np.full(count, q.BAD_CONFIGURATION, np.uint32)
        self.moved = np.ones(count, bool)
        self._seen = -1

    def take(self, table: TagTable) -> bool:
        """Take in the table's newest values; returns whether anything of this screen has news."""
        if table.counter == self._seen:
            return False
        count = len(self.tags)
        news = table.version[self.tags] > np.uint64(max(self._seen, 0)) if self._seen >= 0 else np.ones(count, bool)
        self._seen = table.counter
        if not news.any() and count:
            return False
        self.moved[:count] = news
        self.value[:count] = table.value[self.tags]
        self.quality[:count] = table.quality[self.tags]
        self._calculate(table)
        return True

    def _calculate(self, table: TagTable) -> None:
        if not self._calculated:
            return
        count = len(self.tags)
        self.moved[count:] = self._inputs.any(self.moved)
        for row in np.flatnonzero(self.moved[count:]).tolist():
            self.value[count + row], self.quality[count + row] = self._calculated[row].value(table)

    def again(self, table: TagTable) -> None:
        """Take everything as news."""
        self._seen = -1
        self.take(table)
        self.moved[:] = True
        count = len(self.tags)
        for row, reading in enumerate(self._calculated):  # also those that read nothing
            self.value[count + row], self.quality[count + row] = reading.value(table)
