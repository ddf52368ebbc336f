"""What the engine says of itself: connections, rates, history; for the window, `hmi status` and the ready line."""

from __future__ import annotations

import threading
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

import hmi
from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.plant import Plant
from hmi.core.properties import difference
from hmi.core.tags import TagTable
from hmi.engine.poller import Poller
from hmi.link.messages import ConnectionRow, Health, PropertyRow
from hmi.store.store import Store

RATE_S: Final = 2.0  # over which values per second are counted


class _Rate(NamedTuple):
    """How fast a connection delivers and asks, and what it was counted from."""

    when: float  # monotonic
    counted: tuple[int, int]  # values and requests then
    values_per_s: float = 0.0
    requests_per_s: float = 0.0


class Reporter:
    """Counts and ages of the running plant; lives on the engine's loop."""

    def __init__(self, plant: Plant, table: TagTable, poller: Poller, store: Store, clock: Clock) -> None:
        self._plant = plant
        self._table = table
        self._poller = poller
        self._store = store
        self._clock = clock
        self._started_ns = clock.now_ns()
        self._rates: dict[str, _Rate] = {}  # by connection

    def counts(self) -> tuple[int, int, int]:
        """(tags whose value is current, tags that cannot be had, connections that are live)."""
        live = int(np.count_nonzero(self._table.quality < q.BAD))
        up = sum(driver.health.state == "live" for _, driver, _ in self._poller.lines())
        return live, len(self._table) - live, up

    def look(self) -> None:
        """Keep the rates up to date; called every beat."""
        now = self._clock.monotonic()
        for connection, driver, _ in self._poller.lines():
            counted = (driver.health.values, driver.health.requests)
            rate = self._rates.setdefault(connection.id, _Rate(now, counted))
            if (passed_s := now - rate.when) >= RATE_S:
                values, requests = (new - old for new, old in zip(counted, rate.counted, strict=True))
                self._rates[connection.id] = _Rate(now, counted, values / passed_s, requests / passed_s)

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
            store_note=store.room.warning,
            history_room=store.room.text,
            disk_free_mb=store.disk_free_mb,
            started_ns=self._started_ns,
            told=self.told,
        )

    @property
    def told(self) -> int:
        """How often what the devices say of their tags has changed."""
        return sum(driver.health.told for _, driver, _ in self._poller.lines())

    def properties(self) -> list[PropertyRow]:
        """What the devices say of their tags: ranges, units and names of states, as far as they do."""
        told = (item for _, driver, _ in self._poller.lines() for item in sorted(driver.health.properties.items()))
        return [
            PropertyRow(tag.name, one.low, one.high, one.unit, dict(one.names), difference(tag, one))
            for tag, one in ((self._plant.tags[index], one) for index, one in told)
        ]

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
            "differing_tags": {row.tag: row.differs for row in self.properties() if row.differs},
            "threads": sorted(thread.name for thread in threading.enumerate()),
            **msgspec.to_builtins(self.health(clients)),
        }

    def _connections(self) -> list[ConnectionRow]:
        now = self._clock.monotonic()
        rows = []
        for connection, driver, tags in self._poller.lines():
            health = driver.health
            quality = self._table.quality[tags]
            rate = self._rates.get(connection.id) or _Rate(now, (0, 0))
            took_ms = np.percentile(health.took_ms, (50, 99)) if health.took_ms else np.zeros(2)
            rows.append(
                ConnectionRow(
                    id=connection.id,
                    driver=connection.driver,
                    address=health.address or connection.address,
                    state=health.state,
                    reason=health.reason,
                    live=int(np.count_nonzero(quality < q.UNCERTAIN)),
                    missing=len(health.missing),
                    age_s=now - health.last_life if health.last_life else -1.0,
                    values_per_s=rate.values_per_s,
                    reconnects=health.reconnects,
                    request_ms=health.request_ms,
                    note=health.note,
                    security=health.security,
                    service_level=health.service_level,
                    revised=dict(health.revised),
                    bad=int(np.count_nonzero(quality >= q.BAD)),
                    backup=tuple(a for a in (connection.address, *connection.backup) if a != health.address)
                    if health.address
                    else connection.backup,
                    gaps=health.gaps,
                    requests_per_s=rate.requests_per_s,
                    request_p50_ms=float(took_ms[0]),
                    request_p99_ms=float(took_ms[1]),
                )
            )
        return rows
