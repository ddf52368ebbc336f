"""Runs the simulated servers over one process model, in real time, until cancelled."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final, Protocol
from urllib.parse import urlparse

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection, Plant
from hmi.core.tags import Tag
from hmi.sim.signals import Signals, Value
from hmi.sim.simulation import Simulation

_BEAT_S: Final = 0.25
_SLOW_BEATS: Final = 4  # slow values in every fourth beat
_LONGEST_CATCH_UP_S: Final = 1.0  # after a pause of the computer the plant goes on, it does not race
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class Face(Protocol):
    """A server in front of the process."""

    address: str

    async def start(self, values: Signals, bad: Mapping[str, int], now_ns: int) -> None:
        """Listen, with these values to show from the first answer on."""

    async def stop(self) -> None:
        """Stop listening."""

    def wishes(self) -> list[tuple[str, Value]]:
        """What clients have written since the last call."""

    async def publish(self, values: Signals, bad: Mapping[str, int], now_ns: int, *, slow_too: bool) -> int:
        """Show what the instruments show now."""


def port_addresses(plant: Plant, port_base: int) -> dict[str, str]:
    """Loopback addresses for a plant's connections on the ports from `port_base` on, in the order of the plant file."""
    schemes = {"opcua": "opc.tcp", "modbus": "tcp"}
    return {
        connection.id: f"{schemes.get(connection.driver, 'tcp')}://127.0.0.1:{port_base + offset}"
        for offset, connection in enumerate(plant.connections)
    }


async def serve(
    plant: Plant,
    addresses: Mapping[str, str],
    faults: Iterable[str],
    clock: Clock,
    announce: Callable[[str], None],
) -> None:
    """Serve a plant's connections until cancelled; `addresses` (by connection id) replace the plant's own.

    Announces one line `ready ID=ADDRESS …` once all accept. HmiError, before anything listens, for an unknown fault,
    and DeviceError for a port that is taken or an address that is not on this machine.
    """
    simulation = Simulation(plant, faults)
    faces = _faces(plant, addresses)
    async with AsyncExitStack() as standing:
        for face in faces.values():
            await _start(face, simulation, clock)
            standing.push_async_callback(face.stop)
        announce("ready " + " ".join(f"{name}={face.address}" for name, face in faces.items()))
        await _live(simulation, list(faces.values()), clock)


def _faces(plant: Plant, addresses: Mapping[str, str]) -> dict[str, Face]:
    faces: dict[str, Face] = {}
    for connection in plant.connections:
        address = addresses.get(connection.id, connection.address)
        if urlparse(address).hostname not in _LOOPBACK:
            raise DeviceError(
                f"connection {connection.id}: {address} is not on this machine, and the simulator serves only it: "
                "give --port-base N"
            )
        _check_free(address)
        faces[connection.id] = _face(connection, address, plant.tags_of(connection.id))
    return faces


async def _start(face: Face, simulation: Simulation, clock: Clock) -> None:
    try:
        await face.start(simulation.read(), simulation.bad(), clock.now_ns())
    except OSError as error:
        raise _taken(face.address) from error


def _check_free(address: str) -> None:
    """Try the port for a moment: building a server takes seconds, and a port that is taken is known at once."""
    url = urlparse(address)
    try:
        socket.create_server((url.hostname or "127.0.0.1", url.port or 0)).close()
    except OSError as error:
        raise _taken(address) from error


def _taken(address: str) -> DeviceError:
    return DeviceError(
        f"the simulator cannot listen on {address}, another program uses the port: "
        "end that program, or choose other ports with --port-base N"
    )


def _face(connection: Connection, address: str, tags: Sequence[Tag]) -> Face:
    # Imported here: a plant without the one protocol need not wait for its library.
    if connection.driver == "opcua":
        from hmi.sim.opcua import OpcUaGateway

        return OpcUaGateway(tags, address, connection.security)
    if connection.driver == "modbus":
        from hmi.sim.modbus import ModbusController

        return ModbusController(tags, address, connection)
    raise DeviceError(f"connection {connection.id}: the simulator speaks opcua and modbus, not {connection.driver}")


async def _live(simulation: Simulation, faces: Sequence[Face], clock: Clock) -> None:
    """One beat after the other, until cancelled."""
    last = clock.monotonic()
    beat = 0
    while True:
        await asyncio.sleep(_BEAT_S)
        now = clock.monotonic()
        for face in faces:
            for tag, value in face.wishes():
                simulation.write(tag, value)
        simulation.advance(min(now - last, _LONGEST_CATCH_UP_S))
        last = now
        beat += 1
        await _show(simulation, faces, clock, slow_too=beat % _SLOW_BEATS == 0)


async def _show(simulation: Simulation, faces: Sequence[Face], clock: Clock, *, slow_too: bool) -> None:
    values, bad = simulation.read(), simulation.bad()
    now_ns = clock.now_ns()
    for face in faces:
        await face.publish(values, bad, now_ns, slow_too=slow_too)
