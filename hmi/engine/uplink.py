"""The engine's room for the plant server: what talks to one is loaded only where the plant has one."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hmi
from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.engine.arrivals import Arrivals
from hmi.engine.inbox_verbs import InboxVerbs
from hmi.engine.people import People
from hmi.engine.people_verbs import Verb
from hmi.store.sent import forget
from hmi.store.store import Store

if TYPE_CHECKING:
    from hmi.engine.forward import Forward


class Uplink:
    """Lives on the engine's loop; the sending has a thread of its own."""

    def __init__(
        self, shown: Callable[[], Plant], store: Store, clock: Clock, record: Callable[[Record], Future[int]]
    ) -> None:
        """`shown` gives the plant as it is shown now; its server is that of the start."""
        plant = shown()
        self._folder, self._clock = store.folder, clock
        self._arrivals = below = Arrivals(store.folder, shown, clock, record, platform.node())
        self._forward: Forward | None = None
        if not plant.server.url:
            forget(store.folder)
            return
        from hmi.engine.forward import Facts, Forward

        facts = Facts(platform.node(), plant.id, plant.name, hmi.__version__)
        self._forward = Forward(store.folder, plant.server, facts, clock, record, lambda: store.room, below)

    def verbs(self, files: Path | None, people: People, pool: Executor) -> Mapping[str, Verb]:
        """What clients ask about what came from the server; also where there is none any more."""
        told: Callable[[int], None] = self._forward.waiting if self._forward is not None else lambda _: None
        return InboxVerbs(self._folder, self._arrivals.inbox, files, people, self._clock, pool, told).verbs

    def start(self) -> None:
        """Begin to send."""
        if self._forward is not None:
            self._forward.start()

    def stop(self) -> None:
        """End within a moment."""
        if self._forward is not None:
            self._forward.stop()

    def status(self) -> dict[str, Any]:
        """How the plant server stands, as `hmi status --json` prints it."""
        if self._forward is None:
            return {"state": "off", "words": "", "note": "", "inbox": 0}
        from hmi.engine.forward_told import words_of

        told = self._forward.told
        return {**asdict(told), "backlog": told.backlog._asdict(), "words": words_of(told)}
