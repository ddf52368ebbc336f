"""What one OPC UA connection has missed, tag by tag: from the last value before to the first one after.

Read back from the server's own history where it has one, while what is live goes on. What began while nobody was
there to hear it (a loss, the engine's absence) is declared as a gap by others anyway; what a full queue of the server
cost is declared only where it cannot be had.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core.batch import FLAG_NOT_LIVE, Batch
from hmi.core.tags import Tag
from hmi.drivers.driver import Earlier
from hmi.drivers.opcua_history import History, Stretch, missed_of
from hmi.drivers.opcua_source import Source

UNSENT_NS: Final = 10_000_000_000  # before the last sign of life a server may hold values that it has not yet sent
LOOK_S: Final = 0.5
AGAIN_S: Final = 10.0  # between two readings: a server whose queues are full is not to be loaded more than that
SOON_S: Final = 2.0  # after a reading that did not get all, for each time that this happened
TRIES: Final = 4  # of a server that fails, or whose history is not yet as far as its values
MOST: Final = 10_000  # stretches that wait to be read
_NOT_OPEN: Final = np.iinfo(np.int64).min
_UNHEARD: Final = np.iinfo(np.int64).max
_log = logging.getLogger("hmi.drivers")

GivenUp = Callable[[Sequence[Stretch]], None]


class Missing:
    """Of one connection, over all its sessions. Belongs to the driver's event loop."""

    def __init__(self, tags: Mapping[int, Tag], clock: Clock, given_up: GivenUp) -> None:
        """`given_up` is told of stretches that were to be declared if they cannot be had."""
        size = 1 + max(tags, default=-1)
        self._tags = tags
        self._clock = clock
        self._given_up = given_up
        self._recorded = np.zeros(size, bool)
        self._recorded[[tag.index for tag in tags.values() if tag.history != "off"]] = True
        self._after_ns = np.full(size, _NOT_OPEN)  # of tags that are not heard: nothing newer is known
        self._first_ns = np.full(size, _UNHEARD)  # the oldest of each tag since
        self._is_open = False
        self._stretches: list[Stretch] = []
        self._next = 0.0  # when to read again
        self._told = False  # that the history cannot be read

    def absent(self, earlier: Earlier | None) -> None:
        """No engine ran between what is stored and now."""
        if earlier is not None:
            own = np.flatnonzero(self._recorded)
            self._open(own, np.maximum(earlier.newest_ns[own], earlier.until_ns - UNSENT_NS))

    def lose(self, last_life: float, newest_ns: NDArray[np.int64]) -> None:
        """A session ends that was last heard then; `newest_ns`: source time of each tag's last value, else 0."""
        self._settle()
        self._next = 0.0
        lost_ns = self._clock.now_ns() - round((self._clock.monotonic() - last_life) * 1e9)
        heard = np.flatnonzero(newest_ns > 0) if last_life else np.empty(0, np.int64)
        self._open(heard, np.maximum(newest_ns[heard], lost_ns - UNSENT_NS))

    def note(self, batch: Batch) -> None:
        """Values came: what is missing of their tags ends before them."""
        if self._is_open:
            rows = batch.rows[(batch.rows["flags"] & FLAG_NOT_LIVE) == 0]
            np.minimum.at(self._first_ns, rows["tag"], rows["time"])

    def add(self, stretches: Sequence[Stretch]) -> None:
        """More of what is missing."""
        room = max(0, MOST - len(self._stretches))
        self._stretches += stretches[:room]
        if len(stretches) > room:
            self._given_up(stretches[room:])

    async def fill(self, history: History, where: str, nodes: Mapping[int, Source]) -> None:
        """Read back what is missing, for as long as a session lives; a fault here never costs the session."""
        while True:
            self._settle()
            due = [one for one in self._stretches if one.tag in nodes]
            if due and self._clock.monotonic() >= self._next:
                before_ns = [one.after_ns for one in due]
                await self._read(history, where, due, nodes)
                again_s = SOON_S * self._close(due, before_ns)
                self._next = self._clock.monotonic() + (again_s or AGAIN_S)
            await asyncio.sleep(LOOK_S)

    async def _read(self, history: History, where: str, due: Sequence[Stretch], nodes: Mapping[int, Source]) -> None:
        values, refused = history.values, history.refused
        try:
            await history.backfill(missed_of(due, self._tags, nodes))
        except (TimeoutError, OSError, ua.UaError) as error:
            if not self._told:  # a connection that comes and goes would say so each time
                told = (
                    "%s: its history of what was missed could not be read (%s): the gap stays, and is tried again. "
                    "Is its historian running?"
                )
                _log.warning(told, where, error or "no answer")
            self._told = True
        except Exception:  # noqa: BLE001 - top of a task: what is live goes on
            _log.exception("our fault while reading the history of %s", where)
        else:
            self._told = False
        values, refused = history.values - values, history.refused - refused
        if values or refused:
            words = "%s: %d values of %d tags backfilled from its own history, %d tags refused"
            _log.info(words, where, values, len({one.tag for one in due if one.values}), refused)

    def _close(self, due: Sequence[Stretch], before_ns: Sequence[int]) -> int:
        """Let go of what was read to its end, or cannot be had; gives how often the rest was tried, 0 without rest."""
        for stretch, before in zip(due, before_ns, strict=True):
            stretch.tries = 0 if stretch.after_ns > before else stretch.tries + 1
        ended = [one for one in due if one.none or one.whole or one.tries >= TRIES]
        gone = {id(one) for one in ended}
        self._stretches = [one for one in self._stretches if id(one) not in gone]
        lost = [one for one in ended if one.reason and not (one.whole and one.values)]
        if lost:
            self._given_up(lost)
        return max((max(1, one.tries) for one in due if id(one) not in gone), default=0)

    def _open(self, tags: NDArray[np.int64], after_ns: NDArray[np.int64]) -> None:
        self._after_ns[tags] = after_ns
        self._is_open = bool((self._after_ns != _NOT_OPEN).any())

    def _settle(self) -> None:
        """What has an end by now can be read."""
        if not self._is_open:
            return
        ended = np.flatnonzero((self._after_ns != _NOT_OPEN) & (self._first_ns != _UNHEARD))
        first_ns = self._first_ns[ended] // 1000 * 1000  # what is read back comes in whole microseconds
        wanted = (self._after_ns[ended] < first_ns) & self._recorded[ended]
        found = zip(
            ended[wanted].tolist(), self._after_ns[ended][wanted].tolist(), first_ns[wanted].tolist(), strict=True
        )
        self.add([Stretch(tag, after, before) for tag, after, before in found])
        self._after_ns[ended] = _NOT_OPEN
        self._first_ns[:] = _UNHEARD
        self._is_open = bool((self._after_ns != _NOT_OPEN).any())
