"""Devices for the drivers' tests: real servers in processes of their own, which can be killed and frozen."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hmi.clock import MachineClock
from hmi.core.batch import FLAG_TEXT, Batch
from hmi.core.plant.model import Connection
from hmi.core.tags import Tag
from hmi.drivers import create
from hmi.drivers.driver import Driver
from tests.drivers import nursery
from tests.drivers.nursery import Born

SERVERS = Path(__file__).parent / "servers"
SCHEME = {
    "opcua": "opc.tcp",
    "history_opcua": "opc.tcp",
    "typed_opcua": "opc.tcp",
    "conditions_opcua": "opc.tcp",
    "modbus": "tcp",
    "modbus_lines": "tcp",
    "modbus_hostile": "tcp",
}
DEADLINE_S = 30.0


# Below the range from which the system gives ports to outgoing connections: one of those could take a port between
# its choice and its server's start. Each test process begins elsewhere, and none offers a port twice.
_PORTS = itertools.cycle(range(10_000 + os.getpid() * 97 % 9_000, 19_900))


def free_port() -> int:
    """Find a port of this computer that nobody uses."""
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def until_reset(serve: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """A handler of connections for which a reset is an end: so a driver with requests under way says goodbye."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await serve(reader, writer)

    return answer


class Device:
    """A server in a process of its own."""

    def __init__(self, kind: str, *arguments: str) -> None:
        self.kind = kind
        self.port = free_port()
        self.address = f"{SCHEME[kind]}://127.0.0.1:{self.port}"
        self._arguments = arguments
        self._process: Born | subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        command = [sys.executable, str(SERVERS / f"{self.kind}_server.py"), str(self.port), *self._arguments]
        self._process = nursery.start(command)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def freeze(self) -> None:
        """Stop its execution: its sockets stay open and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it run on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Make it do what its script says for this signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


@dataclass
class Running:
    """A driver at work, and what it has delivered."""

    driver: Driver
    tags: list[Tag]
    batches: list[Batch] = field(default_factory=list)

    def rows(self, address: str) -> list:
        """All rows of the tag with this address."""
        index = self.tag(address).index
        return [row for batch in self.batches for row in batch.rows if row["tag"] == index]

    def last(self, address: str):
        """The newest row of the tag with this address, None if it has none."""
        rows = self.rows(address)
        return rows[-1] if rows else None

    def text(self, address: str) -> str | None:
        """The newest text of the tag with this address."""
        index = self.tag(address).index
        for batch in reversed(self.batches):
            for row in batch.rows:
                if row["tag"] == index and row["flags"] & FLAG_TEXT:
                    return batch.texts[row["raw"]]
        return None

    def tag(self, address: str) -> Tag:
        """The tag with this address."""
        return next(tag for tag in self.tags if tag.address == address)

    async def until(self, state: Callable[[], bool]) -> None:
        """Wait for a state; the deadline is for hung tests only."""
        async with asyncio.timeout(DEADLINE_S):
            while not state():
                await asyncio.sleep(0.02)

    async def until_live(self) -> None:
        """Wait until the driver says live and something has arrived since."""
        await self.until(lambda: self.driver.health.state == "live")
        count = len(self.batches)
        await self.until(lambda: len(self.batches) > count)


def tags_of(addresses: Sequence[tuple[str, str]], **columns) -> list[Tag]:
    """Tags of these addresses and types."""
    return [
        Tag(index, f"tag{index}", "device", address, kind, length=10 if kind == "string" else 0, **columns)
        for index, (address, kind) in enumerate(addresses)
    ]


@asynccontextmanager
async def running(connection: Connection, tags: list[Tag], folder: Path | None = None):
    """A driver that runs as long as the block; `folder` is its data folder."""
    clock = MachineClock()
    batches: list[Batch] = []
    driver = create(connection, tags, batches.append, clock, folder)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        try:
            yield Running(driver, tags, batches)
        finally:
            task.cancel()
