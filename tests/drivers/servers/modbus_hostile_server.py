"""Units that break the protocol, in a process of their own: `modbus_hostile_server.py PORT tcp|rtu HOW...`.

It prints `ready` when it listens. Every register holds its own number plus 1000. Each unit answers every second
request rightly and the others as the HOW of its number says, the first one's being unit 1.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from collections import Counter

LATE_S = 0.5


def crc(data: bytes) -> bytes:
    """Check sum of an RTU frame, as the standard's appendix B has it, bit by bit."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


def frame(rtu: bool, number: int, unit: int, pdu: bytes) -> bytes:
    """A PDU as it goes over the wire."""
    if rtu:
        body = bytes([unit]) + pdu
        return body + crc(body)
    return struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu


def values(pdu: bytes, shift: int = 0, more: int = 0) -> bytes:
    """The answer to a read request, of other registers or another count if asked so."""
    start, count = struct.unpack(">HH", pdu[1:5])
    words = [(start + shift + at + 1000) & 0xFFFF for at in range(count + more)]
    return bytes([pdu[0], 2 * len(words)]) + struct.pack(f">{len(words)}H", *words)


def broken(how: str, rtu: bool, number: int, unit: int, pdu: bytes) -> bytes | None:
    """What goes out instead of the right answer; None: nothing, and the connection is closed."""
    right = values(pdu)
    wrong = values(pdu, shift=1)
    answers = {
        "silent": lambda: b"",
        "close": lambda: None,
        "wrong-number": lambda: frame(rtu, number + 7, unit, wrong),
        "no-number": lambda: frame(rtu, 0, unit, wrong),
        "wrong-unit": lambda: frame(rtu, number, unit + 1, wrong),
        "wrong-function": lambda: frame(rtu, number, unit, bytes([pdu[0] ^ 7]) + wrong[1:]),
        "short": lambda: frame(rtu, number, unit, right[:3]),
        "empty": lambda: frame(rtu, number, unit, right[:1]),
        "too-few": lambda: frame(rtu, number, unit, values(pdu, more=-1)),
        "too-many": lambda: frame(rtu, number, unit, values(pdu, more=1)),
        "half": lambda: frame(rtu, number, unit, right)[:-4],
        "garbage": lambda: os.urandom(200),
        "huge": lambda: struct.pack(">HHHB", number, 0, 65535, unit) + os.urandom(5000),
        "bad-sum": lambda: frame(rtu, number, unit, wrong)[:-1] + b"\x00",
        "unknown-function": lambda: frame(rtu, number, unit, b"\x63\x01"),
    }
    if how.startswith("code-"):
        return frame(rtu, number, unit, bytes([pdu[0] | 0x80, int(how[5:])]))
    return answers[how]()


async def main(port: int, framing: str, *hows: str) -> None:
    """Serve until killed."""
    rtu = framing == "rtu"
    counts: Counter[int] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.read(8 if rtu else 7)
            if not head:
                break
            number = 0 if rtu else int.from_bytes(head[:2], "big")
            unit = head[0] if rtu else head[6]
            pdu = head[1:6] if rtu else await reader.readexactly(int.from_bytes(head[4:6], "big") - 1)
            counts[unit] += 1
            how = hows[unit - 1]
            right = frame(rtu, number, unit, values(pdu))
            if counts[unit] % 2:
                writer.write(right)
            elif how == "late":  # later than the client waits, and then with what was asked before
                asyncio.get_running_loop().call_later(LATE_S, writer.write, right)
            elif (data := broken(how, rtu, number, unit, pdu)) is None:
                break
            else:
                writer.write(data)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
        print("ready", flush=True)  # noqa: T201
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))
