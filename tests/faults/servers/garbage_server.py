"""A device that says what no protocol knows: `garbage_server.py HOST PORT KIND`; prints `ready` when it listens.

random: bytes; huge: a Hello answered with a length of 4 GB, and on; zero: lengths of nothing; mute: nothing at all;
text: what a web server says; close: the end at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys


def words(kind: str) -> bytes:
    """The next of what it says."""
    return {
        "random": lambda: os.urandom(4096),
        "huge": lambda: struct.pack("<4sI", b"ACKF", 0xFFFFFFFF) + os.urandom(65536),
        "zero": lambda: struct.pack("<4sI", b"ACKF", 0) + struct.pack(">HHH", 1, 0, 0),
        "text": lambda: b"HTTP/1.1 400 Bad Request\r\n\r\n",
    }[kind]()


async def main(host: str, port: int, kind: str) -> None:
    """Serve until killed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while kind != "close" and await reader.read(4096):
                if kind != "mute":
                    writer.write(words(kind))
                    await writer.drain()
        writer.close()

    await asyncio.start_server(answer, host, port)
    print("ready", flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
