import asyncio
import socket
from dataclasses import replace

import pytest

from hmi.clock import MachineClock
from hmi.commands.children import free_ports
from hmi.core.errors import DeviceError, HmiError
from hmi.core.plant.model import Connection
from hmi.sim.serve import port_addresses, serve
from tests.sim.stage import Served, plant


def never(line: str) -> None:
    raise AssertionError(line)


def test_ports_follow_the_order_of_the_connections():
    addresses = port_addresses(plant(), 48_500)
    assert addresses == {"line": "opc.tcp://127.0.0.1:48500", "palletiser": "tcp://127.0.0.1:48501"}


def test_it_says_when_it_is_ready_and_ends_well_when_told():
    child = Served()
    try:
        port = child.port
        assert child.line() == f"ready line=opc.tcp://127.0.0.1:{port} palletiser=tcp://127.0.0.1:{port + 1}"
        for number in (port, port + 1):
            socket.create_connection(("127.0.0.1", number), timeout=5).close()
        assert child.end() == (0, "ended\n", "")
    finally:
        child.process.kill()
        child.process.communicate()


@pytest.mark.parametrize("taken", [0, 1])
def test_a_taken_port_is_named_in_one_line(taken):
    port = free_ports(2)
    with socket.create_server(("127.0.0.1", port + taken)):
        child = Served(port=port)
        _, complained = child.process.communicate(timeout=45)
    assert child.process.returncode == 1
    assert str(port + taken) in complained
    assert "--port-base" in complained
    assert complained.count("\n") == 1


async def test_an_unknown_fault_stops_it_before_anything_listens():
    with pytest.raises(HmiError, match="known faults: inlet-stuck"):
        await serve(plant(), {}, ["nonsense"], MachineClock(), never)


@pytest.mark.parametrize("address", ["opc.tcp://192.168.1.5:4840", "opc.tcp://0.0.0.0:4840", "opc.tcp://plc:4840"])
async def test_it_serves_this_machine_only(address):
    with pytest.raises(DeviceError, match="--port-base"):
        await serve(plant(), {"line": address}, [], MachineClock(), never)


async def test_a_protocol_it_does_not_speak_is_named():
    other = replace(plant(), connections=(Connection("broker", "mqtt", "mqtt://127.0.0.1:1883"),))
    with pytest.raises(DeviceError, match="mqtt"):
        await serve(other, {}, [], MachineClock(), never)


async def test_it_runs_until_it_is_cancelled():
    """One connection in this process: what it announces is there, and gone after the cancellation."""
    ready = asyncio.Event()
    port = free_ports(2)
    small = replace(plant(), connections=plant().connections[1:])
    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            serve(small, {"palletiser": f"tcp://127.0.0.1:{port}"}, [], MachineClock(), lambda _: ready.set())
        )
        async with asyncio.timeout(20):
            await ready.wait()
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        task.cancel()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)
