"""The shift log's door: notes that people write, and what they take out of history; each stands in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.listing import iso
from hmi.core.notes import PLANT, objection, record_of
from hmi.core.plant import Plant
from hmi.core.wording import visible
from hmi.link.messages import Hello, Reply
from hmi.store.query import Reader

_MOST: Final = 10_000
_LONGEST: Final = 1000  # characters of what a client says of its file


class Notes:
    """What people put into the journal beside their deeds; lives on the engine's loop."""

    def __init__(self, plant: Plant, clock: Clock, record: Callable[[Record], Future[int]]) -> None:
        self._plant = plant
        self._clock = clock
        self._record = record

    async def keep(self, hello: Hello, args: dict[str, Any]) -> Reply:
        """Keep one note of whoever said this hello; raises KeyError, TypeError or ValueError for wrong arguments."""
        now, subject, text = self._clock.now_ns(), str(args.get("tag") or ""), str(args["text"])
        start = int(args.get("from_ns") or now)
        span = (start, int(args.get("to_ns") or start))
        if subject not in ("", PLANT) and self._plant.tag(subject) is None:
            return Reply(0, False, f"There is no tag {subject[:200]!r}: nothing was kept. See hmi get for the names")
        if why := objection(text, span, now):
            return Reply(0, False, why)
        record = record_of(text, subject, span, now, (hello.user, hello.station, hello.program))
        try:
            number = await asyncio.wrap_future(self._record(record))
        except StoreError as error:
            return Reply(0, False, f"the journal cannot be written, so the note was not kept: {error}")
        return Reply(0, True, "The note is kept in the journal", {"id": number, **msgspec.to_builtins(record)})

    async def exported(self, hello: Hello, args: dict[str, Any]) -> Reply:
        """Record that somebody took values out of the plant: of which tags, of when, into which file."""
        start, stop = int(args["from_ns"]), int(args["to_ns"])
        record = Record(
            time_ns=self._clock.now_ns(),
            category="system",
            event="exported",
            subject=", ".join(str(tag) for tag in args["tags"])[:_LONGEST],
            source_ns=start,
            user=hello.user,
            station=hello.station,
            way=hello.program,
            result=f"{iso(start)[:19]} to {iso(stop)[:19]} UTC into {visible(str(args['file']))}"[:_LONGEST],
        )
        try:
            await asyncio.wrap_future(self._record(record))
        except StoreError as error:
            return Reply(0, False, f"the journal cannot be written: {error}")
        return Reply(0, True, "recorded")


def found(reader: Reader, args: dict[str, Any]) -> list[dict[str, Any]]:
    """Notes about any of a stretch of time, newest first, as plain rows; reads the disk."""
    limit = max(1, min(int(args.get("limit", 500)), _MOST))
    rows = reader.notes(args.get("from_ns"), args.get("to_ns"), limit)
    return [{"id": number, **msgspec.to_builtins(record)} for number, record in rows]
