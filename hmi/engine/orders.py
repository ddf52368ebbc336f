"""The orders that were accepted at this station, each with the jobs that were started for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from hmi.core.errors import StoreError
from hmi.core.incoming import Item
from hmi.core.orders import Order, is_done, read_orders
from hmi.store.inbox import Inbox
from hmi.store.jobs import JobReader


class Orders:
    """Of one data folder; reads its files and its journal, so it is asked in the pool. Raises StoreError."""

    def __init__(self, folder: Path, inbox: Inbox) -> None:
        self._inbox, self._jobs = inbox, JobReader(folder)
        self._read: dict[int, tuple[Order, ...]] = {}  # by the item that they came in: what is accepted stays as it is

    def rows(self, to_do: bool = False) -> list[dict[str, Any]]:
        """Every order of every file that was agreed to; `to_do`: those alone for which no job was carried out yet.

        Of an order that came again the newest counts.
        """
        found: dict[str, tuple[Order, int]] = {}
        for item in self._inbox.items():
            if item.kind == "orders" and item.state == "accepted":
                found |= {order.id: (order, item.id) for order in self._orders(item)}
        started = self._jobs.of_orders(found)
        rows = []
        for order, came in found.values():
            jobs = [{"id": job.id, "instruction": job.instruction, "state": job.state} for job in started[order.id]]
            if not (to_do and is_done(order, [(job["instruction"], job["state"]) for job in jobs])):
                rows.append(msgspec.to_builtins(order) | {"came": came, "jobs": jobs})
        return rows

    def _orders(self, item: Item) -> tuple[Order, ...]:
        if item.id not in self._read:
            try:
                self._read[item.id] = read_orders(self._inbox.path(item).read_text("utf-8"))[1]
            except FileNotFoundError:
                return ()  # decided on long ago: the file is not kept for ever
            except (OSError, ValueError) as error:
                raise StoreError(f"orders {item.id} cannot be read any more ({error}): ask for them again") from None
        return self._read[item.id]
