"""A Modbus TCP server for tests, in a process of its own: `modbus_server.py PORT`; prints `ready` when it listens.

Holding 100 counts requests for it, so it changes at every scan. Holding 60 to 63 do not exist; holding 300 refuses
writes with 'illegal value'; holding 400 answers 'device busy'; holding 500 clamps what is written to 50; holding 600
does not exist and holding 400 is busy until SIGUSR2 comes.
"""

from __future__ import annotations

import asyncio
import signal
import struct
import sys

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

LATE: list[bool] = []  # filled by SIGUSR2


def _words(fmt: str, value) -> list[int]:
    data = struct.pack(fmt, value)
    return list(struct.unpack(f">{len(data) // 2}H", data))


def _holding() -> list[SimData]:
    def registers(start: int, values: list[int]) -> SimData:
        return SimData(start, values=values, datatype=DataType.REGISTERS)

    text = list(struct.unpack(">5H", b"Pils\0\0\0\0\0\0"))
    return [
        registers(0, [*_words(">f", 12.5), *_words(">i", -70000), *_words(">Q", 2**64 - 1), 65535, 0b10010]),
        registers(20, text),
        registers(40, [7, 8, 9]),
        registers(64, [64, 65, 66]),
        registers(98, [0] * 22),
        registers(200, [*_words(">f", 20.0), 0, 0, 0]),
        registers(300, [3]),
        registers(400, [4]),
        registers(500, [5]),
        registers(600, [6]),
    ]


async def _action(function_code, start_address, address, count, registers, values):
    """The device's own behaviour, at the places named above."""
    if function_code in (3, 6, 16):
        last = address + count
        if address <= 400 < last and not LATE:
            return ExcCodes.DEVICE_BUSY
        if address <= 600 < last and not LATE:
            return ExcCodes.ILLEGAL_ADDRESS
        if values and address <= 300 < last:
            return ExcCodes.ILLEGAL_VALUE
        if values and address <= 500 < last:
            values[0] = min(values[0], 50)
        if not values and address <= 100 < last:
            at = 100 - start_address
            registers[at] = (registers[at] + 1) & 0xFFFF
    return None


async def main(port: int) -> None:
    """Serve until killed."""
    coils = [SimData(0, values=[True, False, True, True] + [False] * 28, datatype=DataType.BITS)]
    discrete = [SimData(0, values=[False, True] + [False] * 14, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[11, 22, 33], datatype=DataType.REGISTERS)]
    device = SimDevice(1, simdata=(coils, discrete, _holding(), inputs), action=_action)
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    print("ready", flush=True)  # noqa: T201
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, LATE.append, True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
