"""Other computers at the port: whoever does not speak TLS costs the engine a few files for a few seconds, no more."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hmi.clock import MachineClock
from hmi.link import address
from hmi.link import server as door_file
from hmi.link.framing import Frames, pack
from hmi.link.messages import AnyMessage, Hello, Reply, Request
from hmi.link.server import CLIENTS, Server
from hmi.link.street import Session


class Plant:
    """Answers whatever is asked."""

    def opened(self, session: Session) -> None: ...

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        session.send(Reply(message.number, True, message.verb))

    def closed(self, session: Session) -> None: ...


@pytest_asyncio.fixture
async def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(address, "is_loopback", lambda _: False)
    made = Server(Plant(), MachineClock(), tmp_path, listen=("127.0.0.1", 0))
    await made.start()
    yield made
    await made.stop()


def port(folder: Path) -> int:
    return int(address.read(folder).listen.rpartition(":")[2])


async def until(fits) -> None:
    async with asyncio.timeout(30):
        while not fits():
            await asyncio.sleep(0.01)


async def knock(where: int) -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", where))
    return made


@pytest.mark.cr("7.1")
async def test_a_flood_of_silent_callers_takes_no_more_files_than_there_are_places(door: Server, tmp_path: Path):
    loop, where = asyncio.get_running_loop(), port(tmp_path)
    callers = [await knock(where) for _ in range(CLIENTS * 3)]
    try:
        sent_away = [asyncio.ensure_future(loop.sock_recv(one, 1)) for one in callers]
        await until(lambda: sum(one.done() for one in sent_away) >= CLIENTS * 2)
        assert len(door._vestibule) == CLIENTS
        for one in sent_away:
            one.cancel()
        await asyncio.gather(*sent_away, return_exceptions=True)
    finally:
        for one in callers:
            one.close()
    await until(lambda: not len(door._vestibule))


async def test_who_waits_too_long_is_sent_away(door: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door._vestibule, "_within_s", 0.05)
    caller = await knock(port(tmp_path))
    try:
        async with asyncio.timeout(30):
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.get_running_loop().sock_recv(caller, 1) == b""
    finally:
        caller.close()
    await until(lambda: not len(door._vestibule))
    assert not door.knocking


async def test_what_comes_right_behind_the_handshake_is_heard(door: Server, tmp_path: Path):
    """A window says its hello in the same packet that ends the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk, caller, loop = context.wrap_bio(into, out), await knock(port(tmp_path)), asyncio.get_running_loop()
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    talk.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    await loop.sock_sendall(caller, out.read())
                    into.write(await loop.sock_recv(caller, 65_536))
            talk.write(pack(Hello(door.token, program="window")) + pack(Request(7, "echo", {})))
            await loop.sock_sendall(caller, out.read())  # with the end of the handshake, which was not sent yet
            frames, heard = Frames(), list[AnyMessage]()
            while not heard:
                into.write(await loop.sock_recv(caller, 65_536))
                try:
                    heard += frames.feed(talk.read(65_536))
                except ssl.SSLWantReadError:
                    continue
        assert heard == [Reply(7, True, "echo")]
    finally:
        caller.close()


async def test_a_stopped_engine_lets_nobody_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(address, "is_loopback", lambda _: False)
    monkeypatch.setattr(door_file, "HELLO_WITHIN_S", 3600.0)
    made = Server(Plant(), MachineClock(), tmp_path, listen=("127.0.0.1", 0))
    await made.start()
    caller = await knock(port(tmp_path))
    try:
        await until(lambda: len(made._vestibule) == 1)
        async with asyncio.timeout(30):
            await made.stop()
        assert not len(made._vestibule)
    finally:
        caller.close()
