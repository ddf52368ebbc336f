"""What the engine says of itself: connections, rates, history; for the window, `hmi status` and the ready line."""

from __future__ import annotations

import threading
from typing import Any, Final

import msgspec
import numpy as np

import hmi
from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from hmi.engine.poller import Poller
from hmi.link.messages import ConnectionRow, Health
from hmi.store.store import Store

RATE_S: Final = 2.0  # over which values per second are counted


class Reporter:
    """Counts and ages of the running plant; lives on the engine's loop."""

    def __init__(self, plant: Plant, table: TagTable, poller: Poller, store: Store, clock: Clock) -> None:
        self._plant = plant
        self._table = table
        self._poller = poller
        self._store = store
        self._clock = clock
        self._started_ns = clock.now_ns()
        self._rates: dict[str, tuple[float, int, float]] = {}  # connection -> (when, values then, values per second)

    def counts(self) -> tuple[int, int, int]:
        """(tags whose value is current, tags that cannot be had, connections that are live)."""
        live = int(np.count_nonzero(self._table.quality < q.BAD))
        up = sum(driver.health.state == "live" for _, driver, _ in self._poller.lines())
        return live, len(self._table) - live, up

    def look(self) -> None:
        """Keep the rates up to date; called every beat."""
        now = self._clock.monotonic()
        for connection, driver, _ in self._poller.lines():
            when, before, _ = self._rates.setdefault(connection.id, (now, driver.health.values, 0.0))
            if now - when >= RATE_S:
                rate = (driver.health.values - before) / (now - when)
                self._rates[connection.id] = (now, driver.health.values, rate)

    def health(self, clients: int) -> Health:
        """The sign of life that every client gets twice a second."""
        store = self._store
        return Health(
            now_ns=self._clock.now_ns(),
            connections=tuple(self._connections()),
            clients=clients,
            samples_stored=store.stored,
            samples_waiting=store.waiting,
            samples_lost=store.lost,
            store_fault=store.fault,
            disk_free_mb=store.disk_free_mb,
            started_ns=self._started_ns,
        )

    def status(self, clients: int) -> dict[str, Any]:
        """The same and a little more, as `hmi status --json` prints it."""
        live, missing, up = self.counts()
        reasons = {
            self._plant.tags[tag].name: why
            for _, driver, _ in self._poller.lines()
            for tag, why in driver.health.missing.items()
        }
        return {
            "plant": self._plant.id,
            "name": self._plant.name,
            "digest": self._plant.digest,
            "version": hmi.__version__,
            "live": live,
            "missing": missing,
            "connections_live": up,
            "missing_tags": reasons,
            "threads": sorted(thread.name for thread in threading.enumerate()),
            **msgspec.to_builtins(self.health(clients)),
        }

    def _connections(self) -> list[ConnectionRow]:
        now = self._clock.monotonic()
        rows = []
        for connection, driver, tags in self._poller.lines():
            health = driver.health
            current = int(np.count_nonzero(self._table.quality[tags] < q.UNCERTAIN))
            rows.append(
                ConnectionRow(
                    id=connection.id,
                    driver=connection.driver,
                    address=connection.address,
                    state=health.state,
                    reason=health.reason,
                    live=current,
                    missing=len(health.missing),
                    age_s=now - health.last_life if health.last_life else -1.0,
                    values_per_s=self._rates[connection.id][2] if connection.id in self._rates else 0.0,
                    reconnects=health.reconnects,
                    request_ms=health.request_ms,
                    note=health.note,
                )
            )
        return rows
