import asyncio
import struct
from collections.abc import AsyncIterator

import pytest
from pymodbus.client import AsyncModbusTcpClient

from hmi.sim.simulation import Simulation
from tests.sim.stage import Served, plant


@pytest.fixture
async def master(simulator: Served) -> AsyncIterator[AsyncModbusTcpClient]:
    client = AsyncModbusTcpClient("127.0.0.1", port=simulator.port + 1, timeout=10, retries=0)
    assert await client.connect()
    yield client
    client.close()


def number(registers: list[int]) -> float:
    value: float = struct.unpack(">f", struct.pack(">2H", *registers))[0]
    return value


async def speed_set_point(master: AsyncModbusTcpClient) -> float:
    return number((await master.read_holding_registers(100, count=2, device_id=1)).registers)


async def test_a_master_reads_what_the_tags_say(master):
    assert await speed_set_point(master) == 26_400.0
    words = (await master.read_holding_registers(110, count=2, device_id=1)).registers
    assert words[0] == 6  # execute
    assert words[1] >> 11 & 1  # automatic
    lot = (await master.read_holding_registers(120, count=6, device_id=1)).registers
    assert struct.pack(">6H", *lot).rstrip(b"\0") == b"PO-104711"


async def test_every_address_of_the_plant_can_be_read(master):
    reads = {
        "coil": master.read_coils,
        "discrete": master.read_discrete_inputs,
        "holding": master.read_holding_registers,
        "input": master.read_input_registers,
    }
    for tag in plant().tags_of("palletiser"):
        table, _, place = tag.address.partition(":")
        answer = await reads[table](int(place.partition(".")[0]), count=1, device_id=1)
        assert not answer.isError(), tag.name


async def test_bits_stand_where_their_addresses_say(master):
    simulation = Simulation(plant()).read()
    coils = (await master.read_coils(0, count=9, device_id=1)).bits
    assert coils[4] is True  # wrapper in use
    assert coils[7] is simulation["line1.palletiser.lamp_test"] is False
    inputs = (await master.read_discrete_inputs(6, count=4, device_id=1)).bits
    assert inputs[0] is True  # bottle at the infeed
    assert inputs[3] in (True, False)


async def test_a_written_set_point_is_taken_and_limited_to_its_range(master):
    for written, taken in ((18_000.0, 18_000.0), (90_000.0, 30_000.0)):
        words = list(struct.unpack(">2H", struct.pack(">f", written)))
        assert not (await master.write_registers(100, words, device_id=1)).isError()
        async with asyncio.timeout(10):
            while await speed_set_point(master) != taken:
                await asyncio.sleep(0.05)


async def test_a_written_coil_stays(master):
    assert not (await master.write_coil(7, True, device_id=1)).isError()
    assert (await master.read_coils(7, count=1, device_id=1)).bits[0] is True
    assert not (await master.write_coil(7, False, device_id=1)).isError()
    assert (await master.read_coils(7, count=1, device_id=1)).bits[0] is False


async def test_what_is_read_only_or_not_there_is_refused(master):
    assert (await master.write_register(110, 2, device_id=1)).isError()
    assert (await master.write_registers(109, [1, 2], device_id=1)).isError()
    assert (await master.read_holding_registers(5_000, count=1, device_id=1)).isError()


async def test_the_registers_live(master):
    async def heartbeat() -> int:
        return (await master.read_holding_registers(111, count=1, device_id=1)).registers[0] >> 15

    seen = set()
    async with asyncio.timeout(20):
        while seen != {0, 1}:
            seen.add(await heartbeat())
            await asyncio.sleep(0.05)
