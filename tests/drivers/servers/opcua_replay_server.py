"""A hostile OPC UA server: it answers what a real one once said, spoilt. `opcua_replay_server.py PORT ANSWERS.json`.

ANSWERS has the chunks of a real conversation in hex, by the name of the request (see `name_of`), in their order. Each
connection has a number, which is the seed of how it is spoilt; how many there were stands in ANSWERS.count. Prints
`ready` when it listens. With two more words, TROUBLE and NAME, only the answers to NAME are spoilt, in one way:

huge      a header of 4 GB, and bytes for ever
endless   parts of one message for ever
slow      a byte each second
silent    nothing any more
nothings  an array of two thousand million times nothing, where the text BOMB stood
shape     an array of a million by a million, of which nothing is there
pieces    an array of as many variants as a message may have bytes
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import struct
import sys
from pathlib import Path

HEAD = struct.Struct("<3scI")
BOMB = b"\x0c\x04\0\0\0BOMB"  # a variant
BOMBS = {
    "nothings": b"\x80\xff\xff\xff\x7f",
    "shape": b"\xcb\0\0\0\0\x02\0\0\0\x40\x42\x0f\0\x40\x42\x0f\0",
    "pieces": b"\x98" + struct.pack("<i", 8_000_000) + bytes(8_000_000),
}
PART = 60_000
PUBLISH = 826
FAULT = (
    b"\x01\0\x8d\x01" + bytes(12) + b"\0\0\x0b\x80" + b"\0" + b"\xff\xff\xff\xff" + b"\0\0\0"
)  # BadServiceUnsupported


def numbers_at(chunk: bytes) -> int:
    """Where the sequence number and the request's id stand in a chunk."""
    if chunk[:3] != b"OPN":
        return 16
    at = 12
    for _ in range(3):  # policy and certificates
        (length,) = struct.unpack_from("<i", chunk, at)
        at += 4 + max(0, length)
    return at


def request_of(chunk: bytes) -> int:
    """The id of the request that a chunk belongs to."""
    return 0 if chunk[:3] in (b"HEL", b"ACK") else struct.unpack_from("<I", chunk, numbers_at(chunk) + 4)[0]


def name_of(chunk: bytes) -> str:
    """What a chunk asks for: HEL, OPN, or the number of the request's type and its length, which tells how much."""
    if chunk[:3] != b"MSG":
        return chunk[:3].decode()
    kind = struct.unpack_from("<H", chunk, 26)[0]
    return str(kind) if kind == PUBLISH else f"{kind}/{len(chunk)}"


class Visit:
    """One connection, and what it gets."""

    def __init__(self, answers: dict[str, list[str]], seed: int) -> None:
        self.answers = {name: [bytes.fromhex(chunk) for chunk in chunks] for name, chunks in answers.items()}
        self.given = dict.fromkeys(answers, 0)
        self.sequence = 0
        self.random = random.Random(seed)
        self.spoilt = self.random.choice(sorted(self.answers))

    def answer(self, name: str, request: int) -> bytes:
        """What the real server said to the same question."""
        known = self.answers[name]
        chunk = bytearray(known[min(self.given[name], len(known) - 1)])
        self.given[name] += 1
        if name != "HEL":
            self.number(chunk, request)
        return bytes(chunk)

    def fault(self, asked: bytes, request: int) -> bytes:
        """An answer to what the real server was not asked."""
        made = bytearray(b"MSGF" + bytes(4) + asked[8:16] + bytes(8) + FAULT)
        self.number(made, request)
        return bytes(made)

    def number(self, chunk: bytearray, request: int) -> None:
        """Put a chunk into its place of this conversation."""
        self.sequence += 1
        struct.pack_into("<II", chunk, numbers_at(chunk), self.sequence, request)
        struct.pack_into("<I", chunk, 4, len(chunk))

    def parts(self, chunk: bytes, request: int) -> list[bytes]:
        """A message that is too long for one chunk."""
        head, body = chunk[:24], chunk[24:]
        self.sequence -= 1
        made = []
        for start in range(0, len(body), PART):
            part = bytearray(head + body[start : start + PART])
            part[3:4] = b"F" if start + PART >= len(body) else b"C"
            self.number(part, request)
            made.append(bytes(part))
        return made

    def spoil(self, chunk: bytes) -> bytes:
        """The same as a broken or hostile server might send it."""
        pick, made = self.random, bytearray(chunk)
        how = pick.randrange(7)
        if how == 0:
            for _ in range(pick.randint(1, 8)):
                made[pick.randrange(len(made))] = pick.randrange(256)
        elif how == 1:
            at = pick.randrange(8, len(made) - 4)
            made[at : at + 4] = pick.choice(
                [b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xfe\xff\xff\xff"]
            )
        elif how == 2:
            del made[pick.randrange(24, len(made)) :]
            struct.pack_into("<I", made, 4, len(made))
        elif how == 3:
            made = bytearray(pick.randbytes(pick.randint(1, 5000)))
        elif how == 4:
            at = pick.randrange(24, len(made))
            made[at:at] = pick.choice([BOMBS["nothings"], BOMBS["shape"], b"\x18" * 5000, b"\x01\x80" * 5000])
            struct.pack_into("<I", made, 4, len(made))
        elif how == 5:
            made[4:8] = pick.randbytes(4)
        else:
            made = made + made
        return bytes(made)


async def torment(visit: Visit, writer: asyncio.StreamWriter, trouble: str, chunk: bytes, request: int) -> None:
    """One kind of trouble, for as long as the other side bears it."""
    for byte in chunk if trouble == "slow" else b"":
        if writer.is_closing():
            return
        writer.write(bytes([byte]))
        await asyncio.sleep(1.0)
    visit.sequence -= 1
    if trouble == "huge":
        writer.write(HEAD.pack(b"MSG", b"F", 0xFFFF_FFFF))
    while trouble in ("huge", "endless") and not writer.is_closing():
        part = bytearray(b"x" * PART)
        if trouble == "endless":
            part = bytearray(chunk[:24]) + part
            part[3:4] = b"C"
            visit.number(part, request)
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)  # drain alone does not let the loop notice that nobody is there any more
    await asyncio.Event().wait()


async def read_chunk(reader: asyncio.StreamReader) -> bytes:
    """One chunk of a stream."""
    head = await reader.readexactly(8)
    return head + await reader.readexactly(HEAD.unpack(head)[2] - 8)


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, visit: Visit, trouble: str, where: str
) -> None:
    """Answer one client's requests."""
    while True:
        asked = await read_chunk(reader)
        name, request = name_of(asked), request_of(asked)
        if name not in visit.answers:
            writer.write(visit.fault(asked, request))
            continue
        if not trouble and visit.given[name] >= 8:
            return
        answer = visit.answer(name, request)
        if trouble in BOMBS and BOMB in answer:
            for part in visit.parts(answer.replace(BOMB, BOMBS[trouble]), request):
                writer.write(part)
            continue
        if trouble and trouble not in BOMBS and name.partition("/")[0] == where:
            await torment(visit, writer, trouble, answer, request)
        writer.write(visit.spoil(answer) if not trouble and name == visit.spoilt else answer)
        await writer.drain()


async def main(port: int, answers: dict, file: Path, trouble: str = "", where: str = "") -> None:
    """Serve until killed."""
    count = 0

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        made = Visit(answers, count)
        count += 1
        file.with_suffix(".count").write_text(str(count))
        with contextlib.suppress(OSError, EOFError):
            await serve(reader, writer, made, trouble, where)
        writer.close()

    async with await asyncio.start_server(visit, "127.0.0.1", port):
        print("ready", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    answers_file = Path(sys.argv[2])
    asyncio.run(main(int(sys.argv[1]), json.loads(answers_file.read_text()), answers_file, *sys.argv[3:]))
