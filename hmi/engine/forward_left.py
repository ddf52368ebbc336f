"""Blocks that the plant server did not take: kept in mind over restarts, and tried anew when it is connected to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from hmi.core.errors import HmiError, StoreError
from hmi.core.outgoing import NOWHERE, Place, Shipment
from hmi.engine.forward_told import SHOWN
from hmi.store.outbox import Outbox
from hmi.store.sent import Left
from hmi.uplink.faults import Poison

_log = logging.getLogger("hmi.engine.forward")
MOST: Final = 1000  # that are kept in mind; of more, the newest


class LeftOut:
    """Belongs to the thread that talks to the plant server."""

    def __init__(self, known: Sequence[Left] = ()) -> None:
        """`known` are those of the runs before."""
        self._left: dict[tuple[int, Place], str] = {(one.day, one.place): one.words for one in known}

    @property
    def words(self) -> tuple[str, ...]:
        """The newest of them, each with what the server said."""
        return tuple(self._left.values())[-SHOWN:]

    @property
    def known(self) -> tuple[Left, ...]:
        """For the next run."""
        return tuple(Left(day, place, words) for (day, place), words in self._left.items())

    def add(self, shipment: Shipment, error: HmiError) -> None:
        """The server does not take this one block."""
        name = shipment.tags[shipment.blocks[0].tag].name
        key = (shipment.day, shipment.place)
        if key not in self._left:
            _log.warning("the plant server does not take a block of %s: %s", name, error)
        self._left[key] = f"{name}: {error}"
        while len(self._left) > MOST:
            del self._left[next(iter(self._left))]

    def taken(self, shipment: Shipment) -> None:
        """The server has these."""
        for block in shipment.blocks if self._left else ():
            self._left.pop((shipment.day, block.place), None)

    def anew(self, outbox: Outbox, sent: dict[int, Place], put: Callable[[Shipment], object]) -> None:
        """Try once more those that the sending has gone past; what is no longer here is missing there for good.

        Those behind which nothing was sent yet come with the sending itself.
        """
        for day, place in list(self._left):
            try:
                if (shipment := outbox.one(day, place)) is not None:
                    if place > sent.get(day, NOWHERE):
                        continue
                    put(shipment)
            except (Poison, StoreError):
                continue
            del self._left[day, place]
