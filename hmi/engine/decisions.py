"""Takes over into the journal what people decided on certificates, whether the engine ran then or not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.drivers.decisions import laid_down

LOOK_S: Final = 1.0
_log = logging.getLogger("hmi.engine")


class Decisions:
    """Lives on the engine's loop; a decision is forgotten here only once the journal has it on the disk."""

    def __init__(self, folder: Path, record: Callable[[Record], Future[int]], clock: Clock, config: str) -> None:
        self._folder = folder
        self._record = record
        self._clock = clock
        self._config = config
        self._looked = -LOOK_S
        self._under_way: dict[Path, Future[int]] = {}

    def look(self) -> None:
        """Take over what is new; called every beat."""
        if self._clock.monotonic() - self._looked < LOOK_S:
            return
        self._looked = self._clock.monotonic()
        try:
            self._forget()
            for path, one in laid_down(self._folder):
                if path not in self._under_way:
                    self._under_way[path] = self._record(
                        Record(
                            time_ns=one.time_ns,
                            category="system",
                            event=one.event,
                            subject=one.subject,
                            user=one.user,
                            station=one.station,
                            way="command line",
                            why=one.why,
                            result=one.text,
                            config=self._config,
                        )
                    )
        except OSError as error:
            _log.warning("decisions on certificates cannot be taken over into the journal: %s", error)

    def _forget(self) -> None:
        for path, written in list(self._under_way.items()):
            # What the disk does not take now, the store keeps for later: twice in the journal is better than never.
            if written.done() and written.exception() is None:
                path.unlink(missing_ok=True)
                del self._under_way[path]
