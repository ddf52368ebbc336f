"""A client's end against a real engine's door: no waiting unless asked for, and words when it ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hmi.clock import HandClock, MachineClock
from hmi.core.errors import LinkError
from hmi.link import address
from hmi.link.address import Address
from hmi.link.framing import pack
from hmi.link.messages import AnyMessage, Refused, Reply, Request
from hmi.link.server import Server
from hmi.link.socket import Connection, Elsewhere, attach, connect
from hmi.link.street import Link, Session

CLOCK = MachineClock()


class EchoStreet:
    """Says one word on opening, answers requests, goes when told to."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.gone: list[Session] = []

    def opened(self, session: Session) -> None:
        self.sessions.append(session)
        session.send(Reply(0, True, "welcome"))

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        if message.verb == "go":
            session.close("you asked for it")
        elif message.verb != "silence":
            session.send(Reply(message.number, True, message.verb, message.args))

    def closed(self, session: Session) -> None:
        self.gone.append(session)


@pytest.fixture
def street() -> EchoStreet:
    return EchoStreet()


@pytest.fixture
async def door(tmp_path: Path, street: EchoStreet) -> AsyncIterator[Server]:
    door = Server(street, CLOCK, tmp_path, listen=("127.0.0.1", 0))
    await door.start()
    yield door
    await door.stop()


@pytest.fixture
async def link(tmp_path: Path, door: Server) -> AsyncIterator[Connection]:
    link = connect(tmp_path, program="test", user="anna", station="west", stream=False, clock=CLOCK)
    yield link
    link.close()


async def heard(link: Link, count: int) -> list[AnyMessage]:
    """Poll, as a Qt notifier would, until so many messages have come."""
    found: list[AnyMessage] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            await asyncio.sleep(0.002)
            found += link.receive()
    return found


async def test_it_introduces_itself_and_never_waits(link: Connection, street: EchoStreet) -> None:
    assert link.receive() == []  # the engine's loop has not turned yet
    assert await heard(link, 1) == [Reply(0, True, "welcome")]
    hello = street.sessions[0].hello
    assert (hello.program, hello.user, hello.station, hello.stream) == ("test", "anna", "west", False)
    assert link.fileno() > 0


async def test_ask_keeps_what_was_not_the_answer(link: Connection) -> None:
    earlier = link.request("earlier", n=1)
    reply = await asyncio.to_thread(link.ask, "status", tags=["a"])
    assert (reply.text, reply.body) == ("status", {"tags": ["a"]})
    kept = link.receive()
    assert kept == [Reply(0, True, "welcome"), Reply(earlier, True, "earlier", {"n": 1})]


async def test_ask_gives_up_in_words(link: Connection) -> None:
    with pytest.raises(LinkError, match=r"did not answer within 0\.01 s"):
        await asyncio.to_thread(link.ask, "silence", timeout_s=0.01)
    reply = await asyncio.to_thread(link.ask, "status")
    assert reply.text == "status"


async def test_wait_returns_early_when_something_comes(link: Connection) -> None:
    assert await asyncio.to_thread(link.wait, 20.0) == [Reply(0, True, "welcome")]
    assert await asyncio.to_thread(link.wait, 0.0) == []


async def test_wait_waits_for_the_whole_of_a_message_that_comes_in_parts() -> None:
    ours, theirs = socket.socketpair()
    link = Connection(ours, CLOCK)
    data = pack(Reply(0, True, "x" * 100_000))
    waiting = asyncio.create_task(asyncio.to_thread(link.wait, 20.0))
    for start in range(0, len(data), 20_000):
        await asyncio.to_thread(theirs.sendall, data[start : start + 20_000])
        await asyncio.sleep(0.02)
    assert [message.ok for message in await waiting] == [True]
    theirs.close()
    link.close()


async def test_a_refusal_is_handed_out_and_then_raised(link: Connection) -> None:
    await heard(link, 1)
    link.request("go")
    assert await heard(link, 1) == [Refused("you asked for it")]
    with pytest.raises(LinkError, match="you asked for it"):
        await heard(link, 1)
    with pytest.raises(LinkError, match="you asked for it"):
        link.request("status")
    with pytest.raises(LinkError, match="you asked for it"):
        link.ask("status")


async def test_a_stopped_engine_is_seen(link: Connection, door: Server) -> None:
    await heard(link, 1)
    await door.stop()
    with pytest.raises(LinkError, match="the engine was stopped"):
        await heard(link, 2)


async def test_a_killed_engine_is_seen(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "s"))
        engine.listen()
        address.write(tmp_path, Address(f"unix:{tmp_path / 's'}", "t", 1))
        link = connect(tmp_path, program="test", clock=CLOCK)
        engine.accept()[0].close()
    with pytest.raises(LinkError, match="stopped or has failed"):
        await heard(link, 1)
    link.close()


async def test_an_engine_that_takes_nothing_does_not_hold_the_client(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(tmp_path / "s"))
        frozen.listen()
        address.write(tmp_path, Address(f"unix:{tmp_path / 's'}", "t", 1))
        link = connect(tmp_path, program="test", clock=CLOCK)
        link.request("silence", text="x" * 2_000_000)
        assert link.unsent > 0
        with pytest.raises(LinkError, match="takes no more"):
            for _ in range(10):
                link.request("silence", text="x" * 1_000_000)
        link.close()


async def test_what_could_not_be_sent_is_sent_later(link: Connection, street: EchoStreet) -> None:
    number = link.request("status", text="x" * 900_000)
    assert link.unsent > 0
    found = await heard(link, 2)
    assert link.unsent == 0
    assert [message.number for message in found if isinstance(message, Reply)] == [0, number]


async def test_a_hundred_megabytes_come_whole(link: Connection, street: EchoStreet) -> None:
    await heard(link, 1)
    found: list[AnyMessage] = []
    for number in range(12):
        street.sessions[0].send(Reply(number, True, body=bytes([number]) * 8_000_000))
        found += await heard(link, 1)
    assert [message.body[0] for message in found if isinstance(message, Reply)] == list(range(12))


async def test_garbage_from_the_other_side_is_a_link_error(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(tmp_path / "s"))
        stranger.listen()
        address.write(tmp_path, Address(f"unix:{tmp_path / 's'}", "t", 1))
        link = connect(tmp_path, program="test", clock=CLOCK)
        door, _ = stranger.accept()
        with door:
            door.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            with pytest.raises(LinkError, match="no hmi program"):
                await heard(link, 1)
    link.close()


def test_no_engine_and_a_dead_engine_are_the_same_words(tmp_path: Path) -> None:
    words = f"not running .data folder {tmp_path}.. Start it with hmi engine PLANT --data {tmp_path}"
    with pytest.raises(LinkError, match=words):
        connect(tmp_path, program="test", clock=CLOCK)
    for dead in (f"unix:{tmp_path / 'link.sock'}", "tcp:127.0.0.1:1"):
        address.write(tmp_path, Address(dead, "t", 1))
        with pytest.raises(LinkError, match=words):
            connect(tmp_path, program="test", clock=CLOCK)


@pytest.mark.parametrize("strange", ["", "pipe:x", "tcp:", "tcp:127.0.0.1:x"])
def test_an_address_of_another_kind_is_a_link_error(tmp_path: Path, strange: str) -> None:
    address.write(tmp_path, Address(strange, "t", 1))
    with pytest.raises(LinkError):
        connect(tmp_path, program="test", clock=CLOCK)


async def test_attach_over_tcp(tmp_path: Path, door: Server) -> None:
    found = address.read(tmp_path)
    host, _, port = found.listen.removeprefix("tcp:").rpartition(":")
    link = attach(Elsewhere(host, int(port), found.token), program="tablet", clock=CLOCK)
    reply = await asyncio.to_thread(link.ask, "status")
    assert reply.ok
    link.close()
    wrong = attach(Elsewhere(host, int(port), "wrong"), program="tablet", clock=CLOCK)
    with pytest.raises(LinkError, match="token"):
        await asyncio.to_thread(wrong.ask, "status")
    wrong.close()


def test_another_machine_is_believed_by_its_fingerprint_alone() -> None:
    with pytest.raises(LinkError, match="is not this machine: say which certificate its engine has, in HMI_PIN"):
        attach(Elsewhere("192.0.2.1", 4711, "t"), program="tablet", clock=HandClock())
    with pytest.raises(LinkError, match="no engine answers"):
        attach(Elsewhere("127.0.0.1", 1, "t"), program="tablet", clock=HandClock())


async def test_closed_by_ourselves(link: Connection, street: EchoStreet) -> None:
    await heard(link, 1)
    link.close()
    link.close()
    assert link.fileno() == -1
    with pytest.raises(LinkError, match="this program has closed"):
        link.receive()
    async with asyncio.timeout(20):
        while not street.gone:
            await asyncio.sleep(0.002)
