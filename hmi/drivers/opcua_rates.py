"""The subscriptions of one OPC UA session, one for each rate: what was asked, and what the server made of it.

A server may revise every figure (Part 4, 5.13.2 and 5.14.2) and says so in its answers only. A queue that was right
for what was asked overruns where the server publishes more slowly, so it is asked for once that is known.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from asyncua import ua

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.drivers.opcua_client import LIFETIME_S, OnPublish, OpcUaSession

KEEP_ALIVE_MS: Final = (
    750.0  # asked for: silence is then noticed well within the 3 s that an operator may be left unaware
)
SLOWEST_PUBLISH_MS: Final = 750.0  # slower tags are sampled slower, but their subscription still gives signs of life
SILENT_KEEP_ALIVES: Final = 2.5
SHORTEST_SILENCE_S: Final = 3.0  # a busy computer is not a dead one; its values are shown stale before
SMALLEST_QUEUE, BIGGEST_QUEUE = 10, 1000  # values a server keeps per item between two publish responses
SPARE: Final = 2.0  # times what a publishing interval holds: history wants every one, also after a late publish
SAME: Final = 1.01  # servers round
LONGEST_WAIT_MS: Final = 2000.0  # for first values: a server may publish once in a minute
LONGEST_PUBLISH_MS: Final = 3_600_000.0  # slower than once in an hour is no sign of life
LOOK_S: Final = 0.02


@dataclass(slots=True)
class Rate:
    """One subscription: the tags of one rate class, and when it was last heard of."""

    period_ms: int
    subscription: int
    publishing_ms: float  # as the server settled it
    keep_alive_s: float
    heard: float
    heard_ns: int  # the same by the wall clock
    asked_ms: float = 0.0
    lifetime_s: float = LIFETIME_S
    slower: Counter[float] = field(default_factory=Counter)  # sampling interval that is longer than asked -> tags
    shorter: Counter[int] = field(default_factory=Counter)  # queue that is shorter than asked -> tags

    @property
    def patience_s(self) -> float:
        """For how long it may be silent."""
        return max(SHORTEST_SILENCE_S, SILENT_KEEP_ALIVES * self.keep_alive_s)

    @property
    def queue(self) -> int:
        """How many values of a tag come between two publish responses at the most, and some to spare."""
        return min(BIGGEST_QUEUE, max(SMALLEST_QUEUE, math.ceil(SPARE * self.publishing_ms / self.period_ms)))

    def settled(self, results: Sequence[ua.MonitoredItemCreateResult]) -> None:
        """Note what the server made of items that it took."""
        for result in results:
            if not result.StatusCode.is_good():
                continue
            if result.RevisedSamplingInterval > self.period_ms * SAME:
                self.slower[float(result.RevisedSamplingInterval)] += 1
            if 0 < result.RevisedQueueSize < self.queue:
                self.shorter[int(result.RevisedQueueSize)] += 1

    def revisions(self) -> list[str]:
        """What is not as it was asked for, in words for an engineer."""
        told = []
        if self.publishing_ms > self.asked_ms * SAME:
            told.append(f"publishes every {self.publishing_ms:g} ms instead of {self.asked_ms:g}")
        if self.lifetime_s < LIFETIME_S / SAME:
            told.append(f"forgets the subscription after {self.lifetime_s:g} s instead of {LIFETIME_S:g}")
        told += [f"samples {_tags(n)} every {ms:g} ms instead of {self.period_ms}" for ms, n in self.slower.items()]
        told += [f"keeps {kept} values of {_tags(n)} instead of {self.queue}" for kept, n in self.shorter.items()]
        return told


class Rates:
    """The subscriptions of one session at a time. Belongs to the driver's event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[int, Rate] = {}

    def __len__(self) -> int:
        return len(self._rates)

    def __contains__(self, subscription: int) -> bool:
        return any(rate.subscription == subscription for rate in self._rates.values())

    def clear(self) -> None:
        """A new session has none yet."""
        self._rates.clear()

    async def of(self, session: OpcUaSession, period_ms: int, on_publish: OnPublish) -> Rate:
        """The subscription of a rate class, made when first needed."""
        if period_ms not in self._rates:
            asked_ms = min(float(period_ms), SLOWEST_PUBLISH_MS)
            got = await session.subscribe(asked_ms, max(1, round(KEEP_ALIVE_MS / asked_ms)), on_publish)
            publishing_ms = got.RevisedPublishingInterval or asked_ms
            if not 0 < publishing_ms <= LONGEST_PUBLISH_MS:  # what is no number is neither
                what = f"{session.where} wants to publish every {publishing_ms:g} ms, which cannot be"
                raise DeviceError(f"{what}: is its software in order?")
            self._rates[period_ms] = Rate(
                period_ms,
                got.SubscriptionId,
                publishing_ms,
                publishing_ms * max(1, got.RevisedMaxKeepAliveCount) / 1000,
                self._clock.monotonic(),
                self._clock.now_ns(),
                asked_ms,
                publishing_ms * got.RevisedLifetimeCount / 1000,
            )
        return self._rates[period_ms]

    async def first_values(self, untold: Callable[[], Sequence[int]]) -> None:
        """Wait until the subscriptions have told of every tag, a publishing interval and a half at the most."""
        slowest_ms = min(LONGEST_WAIT_MS, self.slowest_ms)
        for _ in range(math.ceil(1.5 * slowest_ms / 1000 / LOOK_S)):
            if not untold():
                return
            await asyncio.sleep(LOOK_S)

    def heard(self, subscription: int) -> None:
        """A publish response came, be it only a keep-alive."""
        for rate in self._rates.values():
            if rate.subscription == subscription:
                rate.heard, rate.heard_ns = self._clock.monotonic(), self._clock.now_ns()

    def heard_ns(self, subscription: int) -> int:
        """When a subscription was last heard of, ns UTC; now, if it never was."""
        known = (rate.heard_ns for rate in self._rates.values() if rate.subscription == subscription)
        return next(known, self._clock.now_ns())

    def silence_s(self) -> float:
        """For how long a subscription has been silent that may not be so long; 0 if none has."""
        now = self._clock.monotonic()
        return max((now - r.heard for r in self._rates.values() if now - r.heard > r.patience_s), default=0.0)

    @property
    def slowest_ms(self) -> float:
        """The longest of the publishing intervals, as the server settled them."""
        return max((rate.publishing_ms for rate in self._rates.values()), default=0.0)

    @property
    def keep_alive_s(self) -> float:
        """How often every one of them gives a sign of life."""
        return max((rate.keep_alive_s for rate in self._rates.values()), default=KEEP_ALIVE_MS / 1000)

    def revised(self) -> dict[str, int]:
        """How many of what the server did not give as it was asked for; empty if all is as asked."""
        rates = self._rates.values()
        counts = {
            "publishing": sum(rate.publishing_ms > rate.asked_ms * SAME for rate in rates),
            "lifetime": sum(rate.lifetime_s < LIFETIME_S / SAME for rate in rates),
            "sampling": sum(rate.slower.total() for rate in rates),
            "queue": sum(rate.shorter.total() for rate in rates),
        }
        return {what: count for what, count in counts.items() if count}

    def words(self) -> str:
        """The same in one line for an engineer."""
        told = [f"at {rate.period_ms} ms the server {', '.join(found)}" for rate in self._rates.values()
                if (found := rate.revisions())]  # fmt: skip
        return "; ".join(told)


def _tags(count: int) -> str:
    return "1 tag" if count == 1 else f"{count} tags"
