"""A Modbus device that answers from bytes made beforehand, so that it is never the bottleneck: prints its port."""

from __future__ import annotations

import asyncio
import struct
import sys

REGISTERS = 125


class Answers(asyncio.Protocol):
    """Answers every request with the same registers, 62 floats and one to spare."""

    floats = struct.pack(">62f", *(0.5 * number for number in range(62)))
    body = struct.pack(">HHBBB", 0, 2 * REGISTERS + 3, 1, 3, 2 * REGISTERS) + floats + b"\0\0"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """A request, whole: clients ask one at a time."""
        self.transport.write(data[:2] + self.body)  # type: ignore[attr-defined]


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
