"""What the journal remembers: alarm events, writes, starts and stops; one record each, never changed afterwards."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, as ISA-18.2 and IEC 62443-4-2 CR 2.8 want it recorded."""

    time_ns: int  # wall clock of this station, UTC
    category: str  # alarm | write | system | connection
    event: str  # raised, acknowledged, returned, ... | requested, confirmed, refused, unknown | started, stopped, ...
    subject: str  # alarm id, tag name, connection id
    occurrence: int = 0  # of an alarm: counts its raisings on this station
    source_ns: int = 0  # when the device says it happened
    value: float | str | None = None
    old: float | str | None = None  # of a write: the value before
    limit: float | None = None
    quality: int = 0
    priority: int = 0
    user: str = ""
    station: str = ""
    way: str = ""  # window | command line | engine
    why: str = ""
    result: str = ""  # for a person
    config: str = ""  # digest of the plant files in force
