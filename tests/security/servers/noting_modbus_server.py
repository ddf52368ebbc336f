"""A Modbus TCP device that keeps account of what is written to it: `noting_modbus_server.py PORT FILE`.

It prints `ready` when it listens. Each write of a client stands in the file, `REGISTER VALUE`
a line, before it is done.
Holding 100 counts requests for it, so that it changes at every scan.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

WRITES = (5, 6, 15, 16)  # function codes that change something


async def main(port: int, account: Path) -> None:
    """Serve until killed."""

    async def action(function_code, start_address, address, count, registers, values):
        if values and function_code in WRITES:
            with account.open("a") as file:
                file.writelines(f"{address + place} {value}\n" for place, value in enumerate(values))
        if not values and address <= 100 < address + count:
            registers[100 - start_address] = (registers[100 - start_address] + 1) & 0xFFFF

    holding = [SimData(0, values=[20] * 120, datatype=DataType.REGISTERS)]
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[0] * 16, datatype=DataType.REGISTERS)]
    device = SimDevice(1, simdata=(bits, bits, holding, inputs), action=action)
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    print("ready", flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
