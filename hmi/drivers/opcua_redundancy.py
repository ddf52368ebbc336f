"""Several OPC UA servers for one connection: which one to use, by their service levels (Part 4, 6.6.2).

Non-transparent redundancy, warm or hot: each server is a server like another, and the station goes to the best one.
A better one is connected to before the worse one is left, so a standby that cannot be had costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asyncua import ua

from hmi.clock import Clock
from hmi.drivers.opcua_client import OnPublish, OpcUaSession

HEALTHY, DEGRADED, NO_DATA = 200, 2, 1  # where the sub-ranges of service levels begin; 0 is maintenance
MARGIN: Final = 10  # levels of the same sub-range are worth a switch from this difference on...
HOLD_S: Final = 30.0  # ...that has lasted so long: most servers count their load into it
STAY_S: Final = 3.0  # two servers that fall in turn are not followed faster
LEVEL_MS: Final = 500.0
LEVEL_HANDLE: Final = 0xFFFF_FFFE  # no tag has it; all ones means "none" to node-opcua, which then tells nothing
LEVEL_NODE: Final = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServiceLevel))


@dataclass(slots=True)
class Standing:
    """What is known of one server."""

    address: str
    level: int | None = None  # as last told; None: it tells none
    failed: bool = False  # when it was last tried
    reason: str = ""
    better_since: float = math.inf


class ServerSet:
    """The servers of one connection, how they stand, and which one is in use. Belongs to the driver's event loop."""

    def __init__(self, addresses: Sequence[str], clock: Clock) -> None:
        self._clock = clock
        self._servers = {address: Standing(address) for address in addresses}
        self._switched = -math.inf
        self._fell = False  # whether the level of the one in use has fallen since it is in use
        self.in_use = ""

    def __len__(self) -> int:
        return len(self._servers)

    def order(self) -> list[str]:
        """Whom to try, best first. Servers that tell no level are tried in the order of the plant file."""
        servers = list(self._servers.values())
        if all(server.level is None for server in servers):
            return [server.address for server in servers]
        servers.sort(key=lambda server: (server.failed, -_value(server.level)))
        return [server.address for server in servers]

    def others(self) -> list[str]:
        """All but the one in use."""
        return [address for address in self._servers if address != self.in_use]

    def use(self, address: str) -> None:
        """This one is in use from now on."""
        if address != self.in_use:
            self._switched = self._clock.monotonic()
        self.in_use, self._fell = address, False
        for server in self._servers.values():
            server.better_since = math.inf

    def told(self, address: str, level: int | None) -> None:
        """A server was reached and told its level."""
        server = self._servers[address]
        self._fell |= address == self.in_use and _value(level) < _value(server.level)
        server.level, server.failed, server.reason = level, False, ""

    def failed(self, address: str, reason: str) -> None:
        """A server could not be reached, or was lost."""
        server = self._servers[address]
        server.failed, server.reason, server.better_since = True, reason, math.inf

    def level(self, address: str) -> int | None:
        """The service level that a server last told."""
        return self._servers[address].level

    def is_healthy(self, address: str) -> bool:
        """Whether a server has nothing to complain of, as far as it says."""
        level = self._servers[address].level
        return level is None or level >= HEALTHY

    def is_better(self, one: str, other: str) -> bool:
        """Whether one server says that it serves better than another."""
        return _value(self._servers[one].level) > _value(self._servers[other].level)

    def best(self) -> tuple[str, str] | None:
        """The server to switch to, and why; None to stay."""
        here, now = self._servers[self.in_use], self._clock.monotonic()
        if here.level is None:
            return None
        there = max((self._servers[other] for other in self.others()), key=_rank)
        if there.failed or there.level is None:
            return None
        lasting = self._lasts(there, there.level >= here.level + MARGIN, now)
        if now - self._switched < STAY_S:
            return None
        if sub_range(there.level) > sub_range(here.level) or lasting:
            return there.address, self._why(here, there)
        return None

    def _lasts(self, server: Standing, better: bool, now: float) -> bool:
        server.better_since = min(server.better_since, now) if better else math.inf
        return now - server.better_since >= HOLD_S

    def _why(self, here: Standing, there: Standing) -> str:
        verb = "fell to" if self._fell else "is"
        return f"its service level {verb} {here.level}, the other's is {there.level}"

    def words(self) -> str:
        """Which of the others cannot be had, for an engineer; "" if all can."""
        lost = [server.reason for server in self._servers.values() if server.failed and server.address != self.in_use]
        return f"no standby: {'; '.join(lost)}" if lost else ""


def sub_range(level: int) -> int:
    """0 maintenance, 1 no data, 2 degraded, 3 healthy (Part 4, 6.6.2.4.2)."""
    return (level >= NO_DATA) + (level >= DEGRADED) + (level >= HEALTHY)


def _value(level: int | None) -> int:
    return -1 if level is None else level


def _rank(server: Standing) -> tuple[bool, int]:
    return not server.failed, _value(server.level)


def level_of(data: ua.DataValue) -> int | None:
    """A service level as a server sends it; None where it has none."""
    value = data.Value.Value if data.Value is not None else None
    good = data.StatusCode is None or data.StatusCode.is_good()
    number = isinstance(value, int) and not isinstance(value, bool)
    return int(value) if good and isinstance(value, int) and number and 0 <= value <= 255 else None


async def ask_level(session: OpcUaSession) -> int | None:
    """The service level of a session's server; raises OSError and UaError."""
    (data,) = await session.read([LEVEL_NODE])
    return level_of(data)


async def follow_level(session: OpcUaSession, on_publish: OnPublish) -> None:
    """Have changes of the level come with `LEVEL_HANDLE`, in a subscription of its own; raises OSError and UaError."""
    got = await session.subscribe(LEVEL_MS, 10, on_publish)
    await session.monitor(got.SubscriptionId, [(LEVEL_HANDLE, LEVEL_NODE)], LEVEL_MS, 1)
