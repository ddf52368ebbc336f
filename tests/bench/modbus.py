"""What a block of 125 registers costs from the request to a batch, beside what pymodbus takes for itself.

In one run, turn by turn, against a device in another process: the library's request alone, ours with decoding, and the
library's with its own decoding.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.client.mixin import ModbusClientMixin

from hmi.clock import MachineClock
from hmi.core.plant.model import Modbus
from hmi.core.tags import Tag
from hmi.drivers.modbus_client import ModbusLine
from hmi.drivers.modbus_plan import BlockDecoder, Order, plan, point_of

REGISTERS = 125
FLOATS = 62
REQUESTS = 40
ROUNDS, QUICK_ROUNDS = 81, 41
DECODES = 1000


def measure() -> list[dict[str, Any]]:
    """The figures of this bench."""
    return _measure(ROUNDS)


def measure_quick() -> list[dict[str, Any]]:
    """The same in fewer rounds."""
    return _measure(QUICK_ROUNDS)


def _measure(rounds: int) -> list[dict[str, Any]]:
    device = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("_modbus_device.py"))], stdout=subprocess.PIPE, text=True
    )
    try:
        assert device.stdout is not None
        port = int(device.stdout.readline())
        own, ours, theirs, over = asyncio.run(_requests(port, rounds))
    finally:
        device.kill()
        device.communicate()
    ours_us, theirs_us = _decodes(rounds)
    return [
        {
            "name": f"Modbus: block of {REGISTERS} registers, decoded: CPU over pymodbus's request",
            "value": over,
            "unit": "us/block",
            "target": 10.0,
            "ok": over <= 10.0,
            "beside": {"pymodbus request": own, "ours, all": ours, "pymodbus request + decode": theirs},
        },
        {
            "name": f"Modbus: decoding {FLOATS} floats of a block, CPU",
            "value": ours_us,
            "unit": "us/block",
            "target": 10.0,
            "ok": ours_us <= 10.0,
            "beside": {"pymodbus convert_from_registers": theirs_us},
        },
    ]


def _decoder() -> BlockDecoder:
    tags = [Tag(n, f"a.t{n}", "plc", f"holding:{2 * n}", "float32") for n in range(FLOATS)]
    (block,) = plan(map(point_of, tags), Modbus(max_registers=REGISTERS))
    return BlockDecoder(block, Order())


async def _requests(port: int, rounds: int) -> tuple[float, float, float, float]:
    """CPU microseconds per block: the library's request, ours with decoding, the library's with its own decoding.

    The last is by how much ours is over the library's request: the median of neighbours in time, since the machine is
    faster or slower from one moment to the next by more than that.
    """
    clock = MachineClock()
    decoder = _decoder()
    line = ModbusLine(f"tcp://127.0.0.1:{port}", 1, clock, lambda _: None)
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=5, retries=0)
    kind = ModbusClientMixin.DATATYPE.FLOAT32

    async def own() -> None:
        await client.read_holding_registers(0, count=REGISTERS, device_id=1)

    async def ours() -> None:
        async with line.polling():
            answer = await line.read("holding", 0, REGISTERS)
        assert len(decoder.decode(answer, clock.now_ns())) == FLOATS

    async def theirs() -> None:
        response = await client.read_holding_registers(0, count=REGISTERS, device_id=1)
        client.convert_from_registers(response.registers[: 2 * FLOATS], kind)

    await line.open()
    try:
        assert await client.connect()
        asks, found = (own, ours, theirs), []
        for number in range(rounds):  # every other round the other way about, so that none is always the first
            turns = list(enumerate(asks))[:: -1 if number % 2 else 1]
            spent = {place: await _per_call(ask) for place, ask in turns}
            found.append([spent[place] for place in range(len(asks))])
        medians = [median(column) for column in zip(*found, strict=True)]
        return medians[0], medians[1], medians[2], median(mine - bare for bare, mine, _ in found)
    finally:
        client.close()
        line.close()


async def _per_call(ask: Callable[[], Awaitable[None]]) -> float:
    start = time.process_time()
    for _ in range(REQUESTS):
        await ask()
    return (time.process_time() - start) / REQUESTS * 1e6


def _decodes(rounds: int) -> tuple[float, float]:
    """CPU microseconds of our conversion of a block and of the library's, medians of rounds in turn."""
    decoder = _decoder()
    registers = list(range(2 * FLOATS))
    answer = np.array(registers, np.uint16)
    convert, kind = ModbusClientMixin.convert_from_registers, ModbusClientMixin.DATATYPE.FLOAT32

    def per_call(call: Callable[[], Any], calls: int) -> float:
        start = time.process_time()
        for _ in range(calls):
            call()
        return (time.process_time() - start) / calls * 1e6

    pairs = [
        (
            per_call(lambda: decoder.decode(answer, 1), DECODES),
            per_call(lambda: convert(registers, kind), DECODES // 10),
        )
        for _ in range(rounds)
    ]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    return ours, theirs
