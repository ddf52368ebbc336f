"""Modbus units behind other lines than plain TCP, in a process of their own; prints `ready` when they listen.

`modbus_lines_server.py PORT tls FOLDER`: TLS with FOLDER's device.pem and device.key, only for who is signed by ca.pem.
`modbus_lines_server.py PORT rtutcp`: RTU frames over TCP.
`modbus_lines_server.py PORT serial FOLDER`: a serial line, whose near end FOLDER/line then points to.

Units 1 and 2 hold their own number times 100 plus the register's in holding 0 to 19; no other unit answers.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import tty
from pathlib import Path

from pymodbus.exceptions import NoSuchIdException
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer, ModbusTlsServer
from pymodbus.simulator import DataType, SimData, SimDevice


async def _nobody(*_):
    raise NoSuchIdException


def _units() -> list[SimDevice]:
    def registers(unit: int) -> list[SimData]:
        return [SimData(0, values=[100 * unit + n for n in range(20)], datatype=DataType.REGISTERS)]

    everybody_else = SimDevice(0, simdata=registers(0), action=_nobody)
    return [everybody_else, *(SimDevice(unit, simdata=registers(unit)) for unit in (1, 2))]


def _tls(port: int, folder: Path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "device.pem", folder / "device.key")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return ModbusTlsServer(_units(), sslctx=context, framer=FramerType.SOCKET, address=("127.0.0.1", port))


def _serial(link: Path) -> ModbusSerialServer:
    """Two pseudo terminals joined: what the unit writes to one comes out of the other."""
    (near, near_end), (far, far_end) = os.openpty(), os.openpty()
    for end in (near, near_end, far, far_end):
        tty.setraw(end)
    loop = asyncio.get_running_loop()
    loop.add_reader(near, lambda: os.write(far, os.read(near, 1024)))
    loop.add_reader(far, lambda: os.write(near, os.read(far, 1024)))
    link.symlink_to(os.ttyname(near_end))
    return ModbusSerialServer(_units(), port=os.ttyname(far_end), ignore_missing_devices=True)


async def main(port: str, kind: str, *folder: str) -> None:
    """Serve until killed."""
    if kind == "tls":
        server = _tls(int(port), Path(folder[0]))
    elif kind == "rtutcp":
        address = ("127.0.0.1", int(port))
        server = ModbusTcpServer(_units(), framer=FramerType.RTU, address=address, ignore_missing_devices=True)
    else:
        server = _serial(Path(folder[0]) / "line")
    await server.serve_forever(background=True)
    print("ready", flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
