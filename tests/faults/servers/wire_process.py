"""A wire between a station and a device, in a process of its own: `wire_process.py HOST PORT TO_HOST TO_PORT`.

It prints `ready` when it listens. One JSON object a line on standard input changes it, and is answered with what it
has seen: {"cut": true} breaks every connection at once; {"deaf": true} loses what the device says, {"mute": true}
what the station says; {"trickle": BYTES_PER_S, "after": N} lets what the device says through so slowly, from its
N-th byte of each connection on; {"delay": SECONDS} holds up both ways; {"lose_answer": CODE} loses the device's
next answer after a request with these bytes, and everything after it until {"lose_answer": null};
{"refuse": true} resets every new connection; {"flood": true} goes on for ever after the device's next OPC UA message,
with chunks that say that more will follow; {"tap": FILE} keeps what the station says; {} changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import sys


class Wire:
    """Carries bytes, as badly as it was told to."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self.deaf = self.mute = self.refuse = self.flood = False
        self.trickle, self.after, self.delay = 0.0, 0, 0.0
        self.lose_answer: str | None = None
        self.tap = ""
        self.losing = False
        self.calls = self.up = self.down = self.flooded = 0
        self._ends: set[asyncio.StreamWriter] = set()

    def told(self, command: dict) -> dict:
        """Change, and say what was seen."""
        if command.pop("cut", False):
            for end in list(self._ends):
                _reset(end)
        for name, value in command.items():
            setattr(self, name, value)
        if "lose_answer" in command:
            self.losing = False
        return {"calls": self.calls, "up": self.up, "down": self.down, "losing": self.losing, "flooded": self.flooded}

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the station's."""
        self.calls += 1
        if self.refuse:
            _reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._to)
        except OSError:
            _reset(writer)
            return
        self._ends |= {writer, far_writer}
        up = asyncio.ensure_future(self._carry_up(reader, far_writer))
        down = asyncio.ensure_future(self._carry_down(far_reader, writer))
        await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, far_writer):
            self._ends.discard(end)
            end.close()
        for task in (up, down):
            task.cancel()

    async def _carry_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What the station says, all of it later by the same delay."""
        async for data in _later(reader, self):
            if self.lose_answer and bytes.fromhex(self.lose_answer) in data:
                self.losing = True
            self.up += len(data)
            if self.tap:
                with open(self.tap, "ab") as file:  # noqa: ASYNC230, PTH123 - a few bytes
                    file.write(data)
            if not self.mute:
                writer.write(data)
                await writer.drain()

    async def _carry_down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        async for data in _later(reader, self):
            self.down += len(data)
            if self.deaf or self.losing:
                continue
            if self.flood and data[:4] == b"MSGF":
                await self._go_on_for_ever(data, writer)
            if self.trickle and passed + len(data) > self.after:
                quick = max(0, self.after - passed)
                writer.write(data[:quick])
                for byte in data[quick:]:
                    await asyncio.sleep(1 / self.trickle if self.trickle else 0)
                    writer.write(bytes([byte]))
                    await writer.drain()
            else:
                writer.write(data)
                await writer.drain()
            passed += len(data)

    async def _go_on_for_ever(self, message: bytes, writer: asyncio.StreamWriter) -> None:
        """Chunks of one message that never ends (Part 6, 6.7.2), in place of the one that came."""
        channel, token, sequence, request = struct.unpack_from("<IIII", message, 8)
        while True:
            head = struct.pack("<4sIIIII", b"MSGC", 8192, channel, token, sequence, request)
            writer.write(head + bytes(8192 - len(head)))
            sequence += 1
            self.flooded += 8192
            await writer.drain()


async def _later(reader: asyncio.StreamReader, wire: Wire):
    """What comes, each piece as late as the wire is long; the order stays."""
    queue: asyncio.Queue = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def take() -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                queue.put_nowait((loop.time() + wire.delay, data))
        queue.put_nowait((0.0, b""))

    task = asyncio.ensure_future(take())
    try:
        while True:
            due, data = await queue.get()
            if not data:
                return
            await asyncio.sleep(max(0.0, due - loop.time()))
            yield data
    finally:
        task.cancel()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of a goodbye."""
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main(host: str, port: int, to: tuple[str, int]) -> None:
    """Carry until killed."""
    wire = Wire(to)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await wire.join(reader, writer)

    await asyncio.start_server(join, host, port)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print("ready", flush=True)  # noqa: T201
    while line := await commands.readline():
        print(json.dumps(wire.told(json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), (sys.argv[3], int(sys.argv[4]))))
