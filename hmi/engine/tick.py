"""What the engine does with every batch: table, derived tags, alarms, history; all in one go, on the engine's loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core.batch import FLAG_BACKFILLED, Batch, join
from hmi.core.clamp import Clamp
from hmi.core.derived import Derived
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from hmi.engine.alarms import AlarmRoom
from hmi.engine.heard import Heard


class Tick:
    """The plant's values, alarms and their road to history, changed only here; lives on the engine's loop."""

    def __init__(
        self, plant: Plant, clock: Clock, append: Callable[[Batch], None], record: Callable[[Record], Any]
    ) -> None:
        self.plant = plant
        self._clock = clock
        self.table = TagTable(plant.tags)
        self.room = AlarmRoom(plant, self.table, clock, record)
        self.alarms = self.room.columns
        self._append = append
        self._clamp = Clamp(plant.tags)
        self._derived = Derived(plant)
        self._heard = Heard(self.table)

    def deliver(self, batch: Batch) -> None:
        """Take a driver's batch: every row is judged for alarms, the newest goes to the table, news to history."""
        batch = self._store_backfilled(self._clamp.apply(batch))
        if not len(batch):
            return
        news = self.table.news(batch)
        changed = self.table.apply(news)
        derived = self._derived.step(self.table, changed)
        if len(derived):
            changed = np.concatenate((changed, self.table.apply(self.table.news(derived))))
        judged = join((batch, derived))
        self.room.judge(judged.rows, changed)
        self._append(join((news, derived, self._heard.again(judged))))

    def gap(self, tags: Sequence[int] | NDArray[Any], to_ns: int, is_live: bool = False) -> None:
        """History has a gap in these tags until then; `is_live`: what the table shows as live is so since."""
        self._heard.gap(tags, to_ns, is_live)

    def _store_backfilled(self, batch: Batch) -> Batch:
        """What a device recorded in the past goes to history alone: it is no news, and raises no alarm now."""
        late = (batch.rows["flags"] & FLAG_BACKFILLED) != 0
        if not late.any():
            return batch
        self._append(Batch(batch.rows[late], batch.texts))
        return Batch(batch.rows[~late], batch.texts)

    def wake(self) -> None:
        """Let alarm delays, re-alarms and shelves that have run out take effect, and history know what stands still."""
        self.room.wake()
        again = self._heard.settle(self._clock.now_ns())
        if len(again):
            self._append(again)
