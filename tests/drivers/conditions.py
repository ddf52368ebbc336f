"""A server that keeps alarms of its own, told what to do; and who listens to the driver that hears of them."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import Any

from asyncua import Client, ua

from hmi.core.alarms.served import ServerCondition
from hmi.core.plant.model import Connection
from hmi.drivers.driver import ConditionAct
from tests.drivers.devices import Device, Running, running, tags_of

LEVEL = "ns=2;s=Cell.Level"


class Ear:
    """Keeps what a driver told, in its order."""

    def __init__(self) -> None:
        self.heard: list[ServerCondition] = []
        self.refreshes: list[frozenset[str]] = []
        self.losses = 0

    def told(self, connection: str, conditions: Any) -> None:
        """Conditions as they are."""
        assert connection == "device"
        self.heard += conditions

    def refreshed(self, connection: str, standing: frozenset[str]) -> None:
        """All that stand."""
        self.refreshes.append(standing)

    def lost(self, connection: str) -> None:
        """The session is over."""
        self.losses += 1

    def last(self, name: str, branch: bool = False) -> ServerCondition | None:
        """A condition as it was told last."""
        found = [one for one in self.heard if one.name == name and bool(one.branch) == branch]
        return found[-1] if found else None


class Plant:
    """A driver at work on the server, its ear, and a hand on the server."""

    def __init__(self, at: Running, ear: Ear, hand: Client) -> None:
        self.at, self.ear, self.driver, self._hand = at, ear, at.driver, hand

    async def do(self, do: str, **more: Any) -> Any:
        """Have the server do something."""
        return await do_on(self._hand, do, **more)

    async def until(self, state: Any) -> None:
        """Wait for a state."""
        await self.at.until(state)

    async def until_told(self, name: str, **stand: Any) -> ServerCondition:
        """Wait until a condition was told to stand so."""

        def is_so() -> bool:
            one = self.ear.last(name)
            return one is not None and all(getattr(one.stand, key) == value for key, value in stand.items())

        await self.until(is_so)
        one = self.ear.last(name)
        assert one is not None
        return one

    async def act(self, verb: str, condition: ServerCondition | None, comment: str = "", hours: float = 0.0) -> Any:
        """Do something to a condition."""
        assert condition is not None
        return await self.driver.condition_act(ConditionAct(verb, condition, comment, hours))  # type: ignore[attr-defined]


async def do_on(hand: Client, do: str, **more: Any) -> Any:
    """Have the server do something."""
    node, method = ua.NodeId("Cell", 2), ua.NodeId("Cell.Do", 2)
    return json.loads(await hand.get_node(node).call_method(method, json.dumps({"do": do, **more})))


async def empty(device: Device, **mode: Any) -> None:
    """Leave the server without alarms, and in this mode."""
    client = Client(device.address)
    client.session_timeout = 60_000
    async with client as hand:
        await do_on(hand, "mode", **mode)
        for name in await do_on(hand, "names"):
            await do_on(hand, "drop", name=name)


@asynccontextmanager
async def listening(device: Device, *, refreshed: bool = True, **columns: Any):
    """A driver on the server for as long as the block, once it has told all that stands."""
    connection = Connection("device", "opcua", device.address, publish_ms=50, conditions=True, **columns)
    ear = Ear()
    client = Client(device.address)
    client.session_timeout = 60_000
    async with client as hand, running(connection, tags_of([(LEVEL, "float64")])) as at:
        at.driver.conditions_to = ear  # type: ignore[attr-defined]
        plant = Plant(at, ear, hand)
        await at.until(lambda: at.driver.health.state == "live")
        if refreshed:
            await at.until(lambda: bool(ear.refreshes))
        yield plant
