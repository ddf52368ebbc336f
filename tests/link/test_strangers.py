"""Who knocked and was not let in is told, with where he came from, and cannot fill the journal by it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.link import address
from hmi.link.framing import pack
from hmi.link.messages import Hello, Request
from hmi.link.server import Server
from hmi.link.strangers import QUIET_S, Strangers, origin
from tests.link.test_vestibule import Plant


async def knocked(folder: Path, data: bytes, tcp: bool = False) -> None:
    """Say something at the door, until it is closed."""
    found = address.read(folder)
    if tcp:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(found.listen.rpartition(":")[2]))
    else:
        reader, writer = await asyncio.open_unix_connection(found.address.removeprefix("unix:"))
    async with asyncio.timeout(30):
        writer.write(data)
        with contextlib.suppress(OSError):
            await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@pytest.mark.cr("2.8")
async def test_a_wrong_token_a_wrong_word_and_no_tls_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(address, "is_loopback", lambda _: False)
    clock, told = HandClock(), list[str]()
    door = Server(Plant(), clock, tmp_path, listen=("127.0.0.1", 0), tell=told.append)
    await door.start()
    try:
        for data, tcp in (
            (pack(Hello("guess", user="eve")), False),
            (pack(Request(1, "write", {})), False),
            (b"GET / HTTP/1.1\r\n\r\n", False),
            (b"GET / HTTP/1.1\r\n\r\n", True),
        ):
            await knocked(tmp_path, data, tcp)
            clock.advance(QUIET_S)
    finally:
        await door.stop()
    here = "a program of this account on this computer was not let in: "
    assert told == [
        f"{here}the token is not that of this start of the engine",
        f"{here}the first message must be a hello",
        f"{here}it spoke no word of the link",
        "a program at 127.0.0.1 was not let in: it did not speak TLS",
    ]


async def test_a_thousand_guesses_are_two_words():
    clock, told = HandClock(), list[str]()
    strangers = Strangers(clock, told.append)
    for _ in range(1000):
        strangers.turned_away(None, "the token is wrong")
    clock.advance(QUIET_S)
    strangers.turned_away(None, "the token is wrong")
    assert told == [
        "a program was not let in: the token is wrong",
        "a program was not let in: the token is wrong; 999 more since it was told last",
    ]


async def test_where_somebody_comes_from_is_said_as_far_as_it_is_known():
    one, other = socket.socketpair()
    _, writer = await asyncio.open_connection(sock=one)
    try:
        assert origin(writer.transport) == "a program of this account on this computer"
        assert origin(None) == "a program"
    finally:
        writer.close()
        await writer.wait_closed()
        other.close()
