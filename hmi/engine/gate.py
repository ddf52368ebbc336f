"""The gate: every write to the plant goes through here, whoever asks; each one is checked, journalled and read back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.setting import Unacceptable, acceptable
from hmi.core.tags import Tag, TagTable
from hmi.drivers.driver import WriteResult
from hmi.engine.poller import Poller

_log = logging.getLogger("hmi.engine.gate")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants written, and why."""

    tag: str
    value: Any
    why: str
    user: str
    station: str
    way: str


class Gate:
    """Role, range, state and record of every write; lives on the engine's loop."""

    def __init__(
        self,
        plant: Plant,
        table: TagTable,
        poller: Poller,
        clock: Clock,
        record: Callable[[Record], Future[int]],
    ) -> None:
        self._plant = plant
        self._table = table
        self._poller = poller
        self._clock = clock
        self._record = record

    async def write(self, wish: Wish) -> WriteResult:
        """Check, journal, write once, read back, journal; a wish that cannot be recorded is refused."""
        tag = self._plant.tag(wish.tag)
        value, refusal = self._check(tag, wish)
        try:
            if refusal or tag is None:
                await self._journal(wish, "refused", refusal, value)
                return WriteResult("refused", refusal)
            await self._journal(wish, "requested", "", value)
        except StoreError as error:
            return WriteResult("refused", f"The journal cannot be written, so nothing was sent: {error}")
        result = await self._send(tag, value)
        try:
            await self._journal(wish, result.outcome, result.text, value)
        except StoreError as error:
            return WriteResult("unknown", f"{result.text}; but the journal could not record it: {error}")
        return result

    async def _send(self, tag: Tag, value: float | str) -> WriteResult:
        line = self._poller.line(tag.connection)
        if line is None:
            return WriteResult("refused", f"{tag.name} has no connection. Nothing was sent")
        try:
            return await line[1].write(tag, value)
        except Exception:  # noqa: BLE001 - top of a task: our own bug restarts the part, not the program
            _log.exception("our fault while writing %s", tag.name)
            return WriteResult("unknown", "A fault in the program: check at the machine whether it was set")

    def _check(self, tag: Tag | None, wish: Wish) -> tuple[Any, str]:
        """The value as the tag takes it, and why it is refused ("" if it is not)."""
        if tag is None:
            return wish.value, f"There is no tag {wish.tag!r}: nothing was sent. See hmi get for the names"
        if tag.access != "rw":
            return (
                wish.value,
                f"{tag.name} is read-only: nothing was sent. Set access = rw in tags.csv if it should be",
            )
        if not wish.why.strip():
            return wish.value, "A reason is needed: nothing was sent. Say why the value is set"
        try:
            return acceptable(tag, wish.value), self._away(tag)
        except Unacceptable as why:
            return wish.value, f"{why}: nothing was sent"

    def _away(self, tag: Tag) -> str:
        line = self._poller.line(tag.connection)
        state = line[1].health.state if line else "down"
        quality = int(self._table.quality[tag.index])
        if state != "live":
            reason = line[1].health.reason if line else ""
            return f"{tag.connection} is {state} ({reason or 'no answer'}): nothing was sent. Try again when it is live"
        if quality >= q.UNCERTAIN:
            return f"{tag.name} is {q.word(quality)} ({q.reason(quality)}): nothing was sent. Mend that first"
        return ""

    async def _journal(self, wish: Wish, event: str, result: str, value: Any) -> None:
        index = self._plant.tag_index.get(wish.tag)
        old = None if index is None else _old(self._table, index)
        await asyncio.wrap_future(
            self._record(
                Record(
                    time_ns=self._clock.now_ns(),
                    category="write",
                    event=event,
                    subject=wish.tag,
                    value=value if isinstance(value, int | float | str) else str(value),
                    old=old,
                    user=wish.user,
                    station=wish.station,
                    way=wish.way,
                    why=wish.why,
                    result=result,
                    config=self._plant.digest,
                )
            )
        )


def _old(table: TagTable, index: int) -> float | str:
    return table.text.get(index, "") if table.tags[index].is_text else float(table.value[index])
