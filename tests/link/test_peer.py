"""Whoever attaches is who the operating system says, not who he says."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.link import address
from hmi.link.framing import Frames, pack
from hmi.link.messages import AnyMessage, Hello, Reply, Request
from hmi.link.peer import other_user
from hmi.link.server import Server
from hmi.link.street import Session
from hmi.update.ownership import as_owner

NOBODY = 65534
as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be two accounts")


class Plant:
    """Says by which name it knows who asks."""

    def opened(self, session: Session) -> None: ...

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        session.send(Reply(message.number, True, session.hello.user))

    def closed(self, session: Session) -> None: ...


@pytest.fixture
def station() -> Iterator[Path]:
    """A data folder that an installer gave to a group of operators."""
    with tempfile.TemporaryDirectory(dir="/tmp") as room:
        Path(room).chmod(0o755)
        folder, operator = Path(room) / "data", Path(room) / "operator"
        for made, group in ((folder, NOBODY), (operator, NOBODY)):
            made.mkdir()
            os.chown(made, NOBODY if made == operator else 0, group)
        folder.chmod(0o2750)
        yield folder


async def name_of(client: socket.socket, token: str) -> str:
    """By which name the engine knows a client that calls itself ada."""
    loop, frames, heard = asyncio.get_running_loop(), Frames(), list[AnyMessage]()
    client.setblocking(False)
    await loop.sock_sendall(client, pack(Hello(token, user="ada")) + pack(Request(1, "who", {})))
    async with asyncio.timeout(30):
        while not heard:
            heard += frames.feed(await loop.sock_recv(client, 65_536))
    assert isinstance(heard[0], Reply)
    return heard[0].text


def attached(folder: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.connect(address.read(folder).address.removeprefix("unix:"))
    return client


@as_root
@pytest.mark.cr("2.12")
async def test_an_operator_of_the_group_cannot_call_himself_another(station: Path):
    door = Server(Plant(), MachineClock(), station)
    await door.start()
    try:
        with as_owner(station.parent / "operator"):
            operator = attached(station)
        own = attached(station)
        with operator, own:
            assert await name_of(operator, door.token) == "nobody"
            assert await name_of(own, door.token) == "ada", "the engine's own account could say anything anyway"
    finally:
        await door.stop()


def test_other_sockets_tell_nobody():
    one, other = socket.socketpair()
    with one, other, socket.socket() as tcp:
        assert other_user(one) == other_user(tcp) == ""


@as_root
def test_an_account_that_has_no_name_is_called_by_its_number(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as door, socket.socket(socket.AF_UNIX) as client:
        with tempfile.TemporaryDirectory(dir="/tmp") as room:
            Path(room).chmod(0o777)
            door.bind(f"{room}/door")
            Path(room, "door").chmod(0o666)
            door.listen()
            os.seteuid(54_321)
            try:
                client.connect(f"{room}/door")
            finally:
                os.seteuid(0)
        served, _ = door.accept()
        with served:
            assert other_user(served) == "user 54321"
