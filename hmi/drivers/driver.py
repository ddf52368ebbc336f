"""The plug to a controller: what every protocol offers the engine, and what it reports of itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hmi.core.alarms.served import ServerCondition
from hmi.core.batch import Batch
from hmi.core.properties import Properties
from hmi.core.tags import Tag

Deliver = Callable[[Batch], None]
OnGap = Callable[[int, int, str], None]  # from and to in ns UTC, and why nothing can be had of that time
OnEvent = Callable[[str, str], None]  # one word for the journal, and what happened, in words

ROAD_NS: Final = 250_000_000  # what a busy device and network may take to bring a value, beside its interval
RECENT: Final = 200  # requests whose times are kept


@dataclass(slots=True)
class Health:
    """How a connection is doing; written by its driver, read by the engine on the same loop."""

    state: str = "connecting"  # connecting | live | silent | down
    reason: str = ""  # in words for an operator, when not live
    address: str = ""  # of the server in use; "" not known yet
    service_level: int | None = None  # 0 to 255, as the server in use tells it; None: it tells none
    security: str = ""  # none | signed | encrypted: what protects what is sent, as the plant's files say
    note: str = ""  # in words for an engineer, also when live: what is not as the plant's files want it
    last_life: float = 0.0  # monotonic seconds of the last data or keep-alive; 0 never
    connected_since: float = 0.0
    reconnects: int = 0
    values: int = 0  # delivered since start
    revised: dict[str, int] = field(default_factory=dict)  # publishing, sampling, queue, lifetime -> not as asked
    certificates: dict[str, int] | None = None  # whose -> end, ns UTC, of those in use; None: it has no use for any
    gaps: int = 0  # times that values were lost on the way, as far as the protocol tells
    requests: int = 0  # since start; OPC UA's waiting for news is none
    request_ms: float = 0.0  # of the last request
    took_ms: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))  # the latest requests, newest last
    missing: dict[int, str] = field(default_factory=dict)  # tag index -> why it cannot be had
    properties: dict[int, Properties] = field(default_factory=dict)  # tag index -> what the device says of the tag
    told: int = 0  # times that `properties` changed
    silent_after_s: float = 1.0  # nothing heard for so long: its values are STALE
    bad_after_s: float = 2.5  # nothing heard for so long: its values are BAD

    def asked(self, seconds: float) -> None:
        """A request came to its end after so long."""
        self.requests += 1
        self.request_ms = seconds * 1000
        self.took_ms.append(self.request_ms)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a station has stored of the engine's runs before this one."""

    until_ns: int  # nobody ran since then, ns UTC
    newest_ns: NDArray[np.int64]  # of each tag of the plant, by index: the time of the last value that is stored


@dataclass(frozen=True, slots=True)
class WriteResult:
    """How a write ended. A wish is never shown as a fact: `confirmed` means it was read back."""

    outcome: str  # confirmed | refused | unknown
    text: str  # for the operator: what happened, and what to do when not confirmed
    read_back: float | str | None = None


class Driver(Protocol):
    """One connection's life: connects by itself for ever, delivers whole batches, writes with read-back."""

    health: Health

    async def run(self) -> None:
        """Deliver values until cancelled; reconnects with back-off, never raises for a fault of the world."""

    async def write(self, tag: Tag, value: float | str) -> WriteResult:
        """Write one value in engineering units, once, and read it back; never queued, never repeated."""


@dataclass(frozen=True, slots=True)
class ConditionAct:
    """What a person wants done to a condition of a server."""

    verb: str  # acknowledge | confirm | comment | shelve | unshelve | take_out | put_back
    condition: ServerCondition
    comment: str = ""
    hours: float = 0.0  # of a shelf


class ConditionSink(Protocol):
    """Who is told of a server's conditions; every call comes on the driver's event loop."""

    def told(self, connection: str, conditions: Sequence[ServerCondition]) -> None:
        """Some of them, as they are now."""

    def refreshed(self, connection: str, standing: frozenset[str]) -> None:
        """The server has told all that stand: these, by their ids, and no others."""

    def lost(self, connection: str) -> None:
        """Nothing more will be told until the server is connected to anew."""


@runtime_checkable
class ConditionSource(Protocol):
    """A driver whose server keeps conditions of its own."""

    conditions_to: ConditionSink | None

    def refresh_conditions(self, at_once: bool = False) -> None:
        """Have the server tell all that stand: at once for a person, else not too often."""

    async def condition_act(self, act: ConditionAct) -> WriteResult:
        """Do it once, never queued, never repeated; how the condition stands then is told like any other change."""
